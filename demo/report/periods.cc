#include "demo/report/periods.h"

#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::London;

Period QuarterOf(absl::CivilDay day) {
  const absl::CivilMonth first(day.year(), (day.month() - 1) / 3 * 3 + 1);
  return {absl::CivilDay(first), absl::CivilDay(first + 3)};
}

std::string QuarterName(const Period& quarter) {
  return absl::StrCat(quarter.from.year(), " Q", (quarter.from.month() - 1) / 3 + 1);
}

std::string Date(absl::CivilDay day) { return engine::FormatDate(engine::ToDateNumber(day)); }

std::string DateOf(absl::Time time) { return Date(absl::ToCivilDay(time, London())); }

}  // namespace brokerage::demo
