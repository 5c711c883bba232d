#include "services/broker/options.h"

#include <cstdio>

#include "services/client/text/words.h"

namespace brokerage::broker {

int Refused(const absl::Status& status) {
  fprintf(stderr, "broker: %s\n", client::SayError(status).c_str());
  return client::kExitRefused;
}

}  // namespace brokerage::broker
