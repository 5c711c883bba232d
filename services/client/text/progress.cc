#include "services/client/text/progress.h"

#include <unistd.h>

#include <cstdio>
#include <string>

namespace brokerage::client {

void ShowProgress(size_t done, size_t all) {
  if (!isatty(STDERR_FILENO)) return;
  constexpr size_t kWidth = 40;
  const size_t filled = all == 0 ? kWidth : done * kWidth / all;
  fprintf(stderr, "\r[%s%s] %zu of %zu%s", std::string(filled, '#').c_str(),
          std::string(kWidth - filled, '.').c_str(), done, all, done == all ? "\n" : "");
}

}  // namespace brokerage::client
