#include "demo/people/setting.h"

#include "absl/strings/str_format.h"

namespace brokerage::demo {

std::string Setting::NextRequestId(const std::string& what) {
  return absl::StrFormat("play-%s-%s-%d", absl::FormatCivilTime(monday), what, ++requests);
}

}  // namespace brokerage::demo
