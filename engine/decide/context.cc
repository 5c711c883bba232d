#include "engine/decide/context.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/hash.h"

namespace brokerage::engine {

const absl::TimeZone& Context::ZoneOf(const v1::FrameworkRules& rules) const {
  const absl::TimeZone* zone = zones(rules.time_zone());
  BROKERAGE_CHECK(zone != nullptr);  // ApplyFramework refuses a zone that the host does not know
  return *zone;
}

DateNumber Context::Today(const v1::FrameworkRules& rules) const {
  return LocalDate(now, ZoneOf(rules));
}

std::string AddText(const Context& in, uint64_t package_number, std::string name,
                    absl::string_view text, Decision* out) {
  journal::v1::TextRow row;
  row.set_package_number(package_number);
  row.set_name(std::move(name));
  row.set_text(std::string(text));
  row.set_salt(std::string(in.salt));
  std::string hash = SaltedHash(row.salt(), row.name(), text);
  out->texts.push_back(std::move(row));
  return hash;
}

std::string AddReason(const Context& in, uint64_t package_number, absl::string_view reason,
                      Decision* out) {
  if (reason.empty()) return "";
  const uint64_t sequence = in.state.last_sequence + 1;  // of the record that is being decided
  return AddText(in, package_number, absl::StrCat("reason/", sequence), reason, out);
}

}  // namespace brokerage::engine
