#include "demo/council/chance.h"

#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"

namespace brokerage::demo {

uint64_t Chance::Number(const std::string& name) const {
  const std::string hash = engine::HashOf(absl::StrCat(seed_, "|", name));
  uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8 | static_cast<unsigned char>(hash[i]);
  return number;
}

}  // namespace brokerage::demo
