#include "engine/base/calendar.h"

#include <gtest/gtest.h>

#include "absl/time/time.h"

namespace brokerage::engine {
namespace {

absl::TimeZone London() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/London", &zone));
  return zone;
}

absl::Time Utc(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M:%E*S", text, &time, &error)) << text << ": " << error;
  return time;
}

std::string InUtc(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%E*S", time, absl::UTCTimeZone());
}

v1::Window Hours(int n) {
  v1::Window window;
  window.set_hours(n);
  return window;
}

v1::Window Days(int n) {
  v1::Window window;
  window.set_days(n);
  return window;
}

v1::Window WorkingDays(int n) {
  v1::Window window;
  window.set_working_days(n);
  return window;
}

std::string End(const v1::Window& window, const std::string& from, const Holidays& holidays = {}) {
  return InUtc(WindowEnd(window, Utc(from), London(), holidays));
}

TEST(Dates, AreReadOnlyInOneSpelling) {
  EXPECT_EQ(ParseDate("2018-07-01"), 20180701);
  EXPECT_EQ(ParseDate("2020-02-29"), 20200229);
  for (const char* wrong : {"", "2019-02-29", "2018-7-1", "2018-07-01 ", "2018/07/01", "01-07-2018",
                            "2018-13-01", "2018-00-10", "2018-04-31", "1899-12-31", "2200-01-01",
                            "201a-07-01", "-018-07-01", "2018-07-00"}) {
    EXPECT_EQ(ParseDate(wrong), std::nullopt) << wrong;
  }
}

TEST(Dates, SurviveTheWayToTextAndBack) {
  for (absl::CivilDay day(2019, 12, 25); day < absl::CivilDay(2020, 3, 5); ++day) {
    DateNumber date = ToDateNumber(day);
    EXPECT_EQ(FromDateNumber(date), day);
    EXPECT_EQ(ParseDate(FormatDate(date)), date);
  }
  EXPECT_EQ(FormatDate(0), "");
}

TEST(Dates, AreThoseOfTheLocalClock) {
  EXPECT_EQ(LocalDate(Utc("2018-07-01 22:59:59"), London()), 20180701);
  EXPECT_EQ(LocalDate(Utc("2018-07-01 23:00:00"), London()), 20180702);  // British summer time
  EXPECT_EQ(LocalDate(Utc("2018-12-31 23:59:59"), London()), 20181231);
}

TEST(Months, AreCountedOverTheYearsEnd) {
  EXPECT_EQ(MonthOf(20180701), 201807);
  EXPECT_EQ(AddMonths(201807, -2), 201805);
  EXPECT_EQ(AddMonths(201801, -1), 201712);
  EXPECT_EQ(AddMonths(201812, 1), 201901);
  EXPECT_EQ(AddMonths(201807, -19), 201612);
  EXPECT_EQ(AddMonths(201807, 0), 201807);
}

TEST(LocalTimes, AreReadOnlyInOneSpelling) {
  EXPECT_EQ(ParseLocalTime("00:00"), 0);
  EXPECT_EQ(ParseLocalTime("11:00"), 660);
  EXPECT_EQ(ParseLocalTime("23:59"), 1439);
  for (const char* wrong : {"", "9:00", "24:00", "11:60", "11.00", "11:0a", "11:00 ", "-1:00"}) {
    EXPECT_EQ(ParseLocalTime(wrong), std::nullopt) << wrong;
  }
}

TEST(StartOfDayTest, FollowsTheLocalClock) {
  EXPECT_EQ(InUtc(StartOfDay(absl::CivilDay(2018, 7, 2), London())), "2018-07-01 23:00:00");
  EXPECT_EQ(InUtc(StartOfDay(absl::CivilDay(2018, 12, 2), London())), "2018-12-02 00:00:00");
}

TEST(StartOfDayTest, IsTheFirstMomentThatExistsWhereMidnightIsSkipped) {
  absl::TimeZone zone;
  ASSERT_TRUE(absl::LoadTimeZone("America/Sao_Paulo", &zone));
  EXPECT_EQ(InUtc(StartOfDay(absl::CivilDay(2018, 11, 4), zone)), "2018-11-04 03:00:00");
}

TEST(AWindowOfHours, IsElapsedTimeOverBothClockChanges) {
  EXPECT_EQ(End(Hours(24), "2019-03-30 12:00:00"), "2019-03-31 12:00:00");
  EXPECT_EQ(End(Hours(24), "2019-10-26 12:00:00"), "2019-10-27 12:00:00");
  EXPECT_EQ(End(Hours(4), "2019-03-31 00:30:00"), "2019-03-31 04:30:00");
}

TEST(AWindowOfDays, EndsAtTheSameLocalTimeOverBothClockChanges) {
  // 11:00 GMT on 30 March to 11:00 BST on 31 March: 23 hours.
  EXPECT_EQ(End(Days(1), "2019-03-30 11:00:00"), "2019-03-31 10:00:00");
  // 11:00 BST on 26 October to 11:00 GMT on 27 October: 25 hours.
  EXPECT_EQ(End(Days(1), "2019-10-26 10:00:00"), "2019-10-27 11:00:00");
  EXPECT_EQ(End(Days(3), "2019-10-25 10:00:00"), "2019-10-28 11:00:00");
  EXPECT_EQ(End(Days(3), "2019-01-30 11:00:00"), "2019-02-02 11:00:00");
}

TEST(AWindowOfDays, EndsAtTheFirstLocalTimeThatExists) {
  // 01:30 on 31 March 2019 does not exist in London; 02:00 BST, which is 01:00 UTC, does.
  EXPECT_EQ(End(Days(1), "2019-03-30 01:30:00.25"), "2019-03-31 01:00:00");
}

TEST(AWindowOfDays, EndsAtTheFirstOfTwoEqualLocalTimes) {
  // 01:30 happens twice on 27 October 2019: first in summer time, 00:30 UTC.
  EXPECT_EQ(End(Days(1), "2019-10-26 00:30:00.25"), "2019-10-27 00:30:00.25");
}

TEST(AWindowOfDays, ThatBeginsInTheSecondOfTwoEqualLocalTimesKeepsTheLocalTime) {
  EXPECT_EQ(End(Days(1), "2019-10-27 01:30:00"), "2019-10-28 01:30:00");
}

TEST(AWindowOfWorkingDays, PassesOverWeekends) {
  EXPECT_EQ(End(WorkingDays(1), "2018-07-05 10:00:00"), "2018-07-06 10:00:00");  // Thursday
  EXPECT_EQ(End(WorkingDays(1), "2018-07-06 10:00:00"), "2018-07-09 10:00:00");  // Friday
  EXPECT_EQ(End(WorkingDays(1), "2018-07-07 10:00:00"), "2018-07-09 10:00:00");  // Saturday
  EXPECT_EQ(End(WorkingDays(2), "2018-07-08 10:00:00"), "2018-07-10 10:00:00");  // Sunday
  EXPECT_EQ(End(WorkingDays(10), "2018-07-06 10:00:00"), "2018-07-20 10:00:00");
}

TEST(AWindowOfWorkingDays, PassesOverChristmas) {
  Holidays holidays = {20181225, 20181226, 20190101};
  EXPECT_EQ(End(WorkingDays(1), "2018-12-24 15:00:00", holidays), "2018-12-27 15:00:00");
  EXPECT_EQ(End(WorkingDays(2), "2018-12-21 15:00:00", holidays), "2018-12-27 15:00:00");
  EXPECT_EQ(End(WorkingDays(2), "2018-12-31 15:00:00", holidays), "2019-01-03 15:00:00");
}

TEST(AWindowOfWorkingDays, PassesOverEaster) {
  Holidays holidays = {20190419, 20190422};
  EXPECT_EQ(End(WorkingDays(1), "2019-04-18 10:00:00", holidays), "2019-04-23 10:00:00");
}

TEST(AWindowOfWorkingDays, KeepsTheLocalTimeOverAClockChange) {
  EXPECT_EQ(End(WorkingDays(1), "2019-03-29 11:00:00"), "2019-04-01 10:00:00");
  EXPECT_EQ(End(WorkingDays(1), "2019-10-25 10:00:00"), "2019-10-28 11:00:00");
}

TEST(AWindowOfWorkingDays, TakesTheDayFromTheLocalClock) {
  // Thursday 23:30 UTC is Friday 00:30 in London.
  EXPECT_EQ(End(WorkingDays(1), "2018-07-05 23:30:00"), "2018-07-08 23:30:00");
}

v1::FrameworkRules Rules(const std::vector<std::pair<int, std::string>>& times) {
  v1::FrameworkRules rules;
  for (const auto& [day, time] : times) {
    v1::DistributionTime* distribution = rules.add_distribution_times();
    distribution->set_day_of_week(day);
    distribution->set_local_time(time);
  }
  return rules;
}

std::string Next(const v1::FrameworkRules& rules, const std::string& from) {
  return InUtc(NextDistribution(rules, Utc(from), London()));
}

TEST(Distribution, IsAtOnceWithoutTimes) {
  EXPECT_EQ(Next(Rules({}), "2018-07-05 10:01:02.5"), "2018-07-05 10:01:02.5");
}

TEST(Distribution, IsTheNextTimeOfTheWeek) {
  v1::FrameworkRules rules;
  for (int day = 1; day <= 5; ++day) {
    for (const char* time : {"15:00", "11:00"}) {  // the order in the file does not matter
      v1::DistributionTime* distribution = rules.add_distribution_times();
      distribution->set_day_of_week(day);
      distribution->set_local_time(time);
    }
  }
  EXPECT_EQ(Next(rules, "2018-07-05 09:00:00"), "2018-07-05 10:00:00");
  EXPECT_EQ(Next(rules, "2018-07-05 10:00:00"), "2018-07-05 10:00:00");  // at the moment itself
  EXPECT_EQ(Next(rules, "2018-07-05 10:00:00.000001"), "2018-07-05 14:00:00");
  EXPECT_EQ(Next(rules, "2018-07-05 15:00:00"), "2018-07-06 10:00:00");
  EXPECT_EQ(Next(rules, "2018-07-06 14:30:00"), "2018-07-09 10:00:00");
  EXPECT_EQ(Next(rules, "2019-03-29 16:00:00"), "2019-04-01 10:00:00");
  EXPECT_EQ(Next(rules, "2019-10-25 16:00:00"), "2019-10-28 11:00:00");
}

TEST(Distribution, OnceAWeekComesRoundAgain) {
  v1::FrameworkRules rules = Rules({{4, "11:00"}});
  EXPECT_EQ(Next(rules, "2018-07-05 10:00:01"), "2018-07-12 10:00:00");
}

TEST(Distribution, AtATimeThatIsSkippedIsAtTheFirstThatExists) {
  v1::FrameworkRules rules = Rules({{7, "01:30"}});
  EXPECT_EQ(Next(rules, "2019-03-30 12:00:00"), "2019-03-31 01:00:00");
  EXPECT_EQ(Next(rules, "2019-10-26 12:00:00"), "2019-10-27 00:30:00");
  // The second 01:30 of the day is no second distribution.
  EXPECT_EQ(Next(rules, "2019-10-27 00:30:01"), "2019-11-03 01:30:00");
}

TEST(WorkingDaysTest, AreNeitherWeekendsNorHolidays) {
  Holidays holidays = {20180827};
  EXPECT_TRUE(IsWorkingDay(absl::CivilDay(2018, 8, 24), holidays));
  EXPECT_FALSE(IsWorkingDay(absl::CivilDay(2018, 8, 25), holidays));
  EXPECT_FALSE(IsWorkingDay(absl::CivilDay(2018, 8, 26), holidays));
  EXPECT_FALSE(IsWorkingDay(absl::CivilDay(2018, 8, 27), holidays));
}

}  // namespace
}  // namespace brokerage::engine
