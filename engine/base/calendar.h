// Civil time: local dates, windows, distribution times. Every function is pure; the time zone is an
// argument.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "brokerage/v1/framework.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace brokerage::engine {

// A moment of a row, in microseconds since the epoch, as messages have it, and back.
google::protobuf::Timestamp ToTimestamp(int64_t time_us);  // REQUIRES: not 0, which is none
int64_t FromTimestamp(const google::protobuf::Timestamp& time);

// Finds an IANA time zone that was loaded before; null if the host does not know it.
using ZoneFinder = std::function<const absl::TimeZone*(const std::string& name)>;

// A local date as YYYYMMDD, as rows keep it; 0 is none.
using DateNumber = int32_t;

DateNumber ToDateNumber(absl::CivilDay day);
absl::CivilDay FromDateNumber(DateNumber date);  // REQUIRES: a valid date
DateNumber LocalDate(absl::Time time, const absl::TimeZone& zone);
int32_t MonthOf(DateNumber date);             // YYYYMM
int32_t AddMonths(int32_t month, int delta);  // YYYYMM
// Empty unless the text is exactly "YYYY-MM-DD", a real date, 1900 to 2199.
std::optional<DateNumber> ParseDate(absl::string_view text);
std::string FormatDate(DateNumber date);  // "YYYY-MM-DD"; "" for 0
// "HH:MM" as minutes since midnight; empty unless exactly so.
std::optional<int> ParseLocalTime(absl::string_view text);

// The first moment of a local day (the first that exists).
absl::Time StartOfDay(absl::CivilDay day, const absl::TimeZone& zone);

using Holidays = std::set<DateNumber>;

bool IsWorkingDay(absl::CivilDay day, const Holidays& holidays);

// The end of a window that begins at `from`:
//   hours          elapsed time;
//   days           the same local time of day, so many days later; a local time that does not
//                  exist is the first that does, one that exists twice is the first of the two;
//   working_days   likewise, counting only days that are neither Saturday, Sunday nor holiday. A
//                  window of n working days ends on the n-th working day after the day of `from`;
//                  n = 0 is not allowed.
// REQUIRES: window has a span greater than 0.
absl::Time WindowEnd(const v1::Window& window, absl::Time from, const absl::TimeZone& zone,
                     const Holidays& holidays);

// The next distribution at or after `from`; `from` itself when the framework has no distribution
// times.
absl::Time NextDistribution(const v1::FrameworkRules& rules, absl::Time from,
                            const absl::TimeZone& zone);

// When a package that is submitted at `from` goes out: at once if it is urgent, else with the next
// distribution.
absl::Time ReleaseDue(const v1::FrameworkRules& rules, v1::Urgency urgency, absl::Time from,
                      const absl::TimeZone& zone);

}  // namespace brokerage::engine
