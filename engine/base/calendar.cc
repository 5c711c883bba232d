#include "engine/base/calendar.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_format.h"

namespace brokerage::engine {

namespace {

// A plain decimal number of exactly text.size() digits; -1 unless it is one.
int Digits(absl::string_view text) {
  int value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

// The moment of a local time: the first that exists where it was skipped, the first of two where it
// is repeated.
absl::Time MomentOf(absl::CivilSecond local, absl::Duration subsecond, const absl::TimeZone& zone) {
  absl::TimeZone::TimeInfo info = zone.At(local);
  if (info.kind == absl::TimeZone::TimeInfo::SKIPPED) return info.trans;
  return info.pre + subsecond;
}

absl::CivilSecond OnDay(absl::CivilDay day, absl::CivilSecond time_of_day) {
  return absl::CivilSecond(day.year(), day.month(), day.day(), time_of_day.hour(),
                           time_of_day.minute(), time_of_day.second());
}

int DayOfWeek(absl::CivilDay day) {  // 1 Monday to 7 Sunday
  return static_cast<int>(absl::GetWeekday(day)) + 1;
}

}  // namespace

google::protobuf::Timestamp ToTimestamp(int64_t time_us) {
  int64_t seconds = time_us / 1000000;
  int64_t rest_us = time_us % 1000000;
  if (rest_us < 0) {
    rest_us += 1000000;
    --seconds;
  }
  google::protobuf::Timestamp time;
  time.set_seconds(seconds);
  time.set_nanos(static_cast<int32_t>(rest_us * 1000));
  return time;
}

int64_t FromTimestamp(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1000000 + time.nanos() / 1000;
}

DateNumber ToDateNumber(absl::CivilDay day) {
  return static_cast<DateNumber>(day.year() * 10000 + absl::civil_diff_t{day.month()} * 100 +
                                 day.day());
}

absl::CivilDay FromDateNumber(DateNumber date) {
  return absl::CivilDay(date / 10000, date / 100 % 100, date % 100);
}

DateNumber LocalDate(absl::Time time, const absl::TimeZone& zone) {
  return ToDateNumber(absl::ToCivilDay(time, zone));
}

int32_t MonthOf(DateNumber date) { return date / 100; }

int32_t AddMonths(int32_t month, int delta) {
  absl::CivilMonth moved = absl::CivilMonth(month / 100, month % 100) + delta;
  return static_cast<int32_t>(moved.year() * 100 + moved.month());
}

std::optional<DateNumber> ParseDate(absl::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int year = Digits(text.substr(0, 4));
  int month = Digits(text.substr(5, 2));
  int day = Digits(text.substr(8, 2));
  if (year < 1900 || year > 2199 || month < 1 || day < 1) return std::nullopt;
  absl::CivilDay date(year, month, day);  // normalises 31 February to a day of March
  if (date.month() != month || date.day() != day) return std::nullopt;
  return ToDateNumber(date);
}

std::string FormatDate(DateNumber date) {
  if (date == 0) return "";
  return absl::StrFormat("%04d-%02d-%02d", date / 10000, date / 100 % 100, date % 100);
}

std::optional<int> ParseLocalTime(absl::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  int hour = Digits(text.substr(0, 2));
  int minute = Digits(text.substr(3, 2));
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return std::nullopt;
  return hour * 60 + minute;
}

absl::Time StartOfDay(absl::CivilDay day, const absl::TimeZone& zone) {
  return MomentOf(absl::CivilSecond(day), absl::ZeroDuration(), zone);
}

bool IsWorkingDay(absl::CivilDay day, const Holidays& holidays) {
  return DayOfWeek(day) <= 5 && holidays.count(ToDateNumber(day)) == 0;
}

absl::Time WindowEnd(const v1::Window& window, absl::Time from, const absl::TimeZone& zone,
                     const Holidays& holidays) {
  absl::TimeZone::CivilInfo local = zone.At(from);
  absl::CivilDay day(local.cs);
  switch (window.span_case()) {
    case v1::Window::kHours:
      if (window.hours() <= 0) std::abort();
      return from + absl::Hours(window.hours());
    case v1::Window::kDays:
      if (window.days() <= 0) std::abort();
      return MomentOf(OnDay(day + window.days(), local.cs), local.subsecond, zone);
    case v1::Window::kWorkingDays:
      if (window.working_days() <= 0) std::abort();
      for (int left = window.working_days(); left > 0;) {
        ++day;
        if (IsWorkingDay(day, holidays)) --left;
      }
      return MomentOf(OnDay(day, local.cs), local.subsecond, zone);
    case v1::Window::SPAN_NOT_SET:
      break;
  }
  std::abort();  // the framework check refuses a window without a span
}

absl::Time NextDistribution(const v1::FrameworkRules& rules, absl::Time from,
                            const absl::TimeZone& zone) {
  absl::CivilDay today = absl::ToCivilDay(from, zone);
  // A week and a day: today's times may have passed, and then the same day next week is the next.
  for (int ahead = 0; ahead <= 7; ++ahead) {
    absl::CivilDay day = today + ahead;
    absl::Time first = absl::InfiniteFuture();
    for (const v1::DistributionTime& distribution : rules.distribution_times()) {
      std::optional<int> minutes = ParseLocalTime(distribution.local_time());
      if (!minutes || distribution.day_of_week() != DayOfWeek(day)) continue;
      absl::Time moment = MomentOf(absl::CivilSecond(day) + absl::civil_diff_t{*minutes} * 60,
                                   absl::ZeroDuration(), zone);
      if (moment >= from) first = std::min(first, moment);
    }
    if (first != absl::InfiniteFuture()) return first;
  }
  return from;
}

absl::Time ReleaseDue(const v1::FrameworkRules& rules, v1::Urgency urgency, absl::Time from,
                      const absl::TimeZone& zone) {
  return urgency == v1::URGENCY_URGENT ? from : NextDistribution(rules, from, zone);
}

}  // namespace brokerage::engine
