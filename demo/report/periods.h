// Dates and quarters of a report.
#pragma once

#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace brokerage::demo {

struct Period {
  absl::CivilDay from;
  absl::CivilDay to;  // the first day after it
};

Period QuarterOf(absl::CivilDay day);
// "2018 Q3".
std::string QuarterName(const Period& quarter);

// As requests have it: "2018-07-02".
std::string Date(absl::CivilDay day);
// The local date of a moment.
std::string DateOf(absl::Time time);

}  // namespace brokerage::demo
