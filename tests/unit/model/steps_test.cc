#include "engine/model/steps.h"

#include <gtest/gtest.h>

#include <string>

namespace brokerage::engine {
namespace {

std::string UntilOf(int month, int day, int hour) {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Europe/London", &zone));
  const absl::Time recorded = absl::FromCivil(absl::CivilHour(2018, month, day, hour), zone);
  return absl::FormatTime("%a %d %b %H:%M", UndoUntil(recorded, zone, {20180827}), zone);
}

TEST(Steps, AreCareNavigationsToUndoUntilTheirWorkingDayEnds) {
  EXPECT_EQ(UntilOf(7, 2, 0), "Tue 03 Jul 00:00");
  EXPECT_EQ(UntilOf(7, 2, 23), "Tue 03 Jul 00:00");
}

TEST(Steps, OfADayThatIsNoWorkingDayWaitForTheNextOne) {
  EXPECT_EQ(UntilOf(7, 7, 9), "Tue 10 Jul 00:00");   // a Saturday
  EXPECT_EQ(UntilOf(8, 26, 9), "Wed 29 Aug 00:00");  // a Sunday before a bank holiday
}

journal::v1::PackageRow RowOf(v1::StepKind kind, v1::PackageState state) {
  journal::v1::PackageRow row;
  row.set_state(state);
  row.mutable_last_step()->set_kind(kind);
  row.mutable_last_step()->set_time_us(1000);
  return row;
}

TEST(Steps, CanBeUndoneFromTheStateToWhichTheyLed) {
  EXPECT_EQ(StepToUndo({}), v1::STEP_KIND_UNSPECIFIED);
  EXPECT_EQ(StepToUndo(RowOf(v1::STEP_KIND_AWARD, v1::PACKAGE_STATE_AWARDED)), v1::STEP_KIND_AWARD);
  EXPECT_EQ(StepToUndo(RowOf(v1::STEP_KIND_RETURN, v1::PACKAGE_STATE_UNFILLED)),
            v1::STEP_KIND_RETURN);
  EXPECT_EQ(StepToUndo(RowOf(v1::STEP_KIND_RETURN, v1::PACKAGE_STATE_OFFERED)),
            v1::STEP_KIND_UNSPECIFIED);
}

TEST(Steps, CannotBeUndoneOnceCareWentOnOtherwise) {
  const auto started = RowOf(v1::STEP_KIND_START, v1::PACKAGE_STATE_STARTED);
  EXPECT_EQ(StepToUndo(started), v1::STEP_KIND_START);
  auto resumed = started;
  resumed.set_resumed_date(20180709);
  EXPECT_EQ(StepToUndo(resumed), v1::STEP_KIND_UNSPECIFIED);
  auto noticed = started;
  noticed.mutable_notice()->set_last_day(20180930);
  EXPECT_EQ(StepToUndo(noticed), v1::STEP_KIND_UNSPECIFIED);
  auto changed = started;
  changed.add_terms_changes()->set_time_us(999);
  EXPECT_EQ(StepToUndo(changed), v1::STEP_KIND_START);  // before it started
  changed.add_terms_changes()->set_time_us(1001);
  EXPECT_EQ(StepToUndo(changed), v1::STEP_KIND_UNSPECIFIED);
  auto asked = started;
  asked.set_asked_ordinal(3);
  EXPECT_EQ(StepToUndo(asked), v1::STEP_KIND_UNSPECIFIED);
}

}  // namespace
}  // namespace brokerage::engine
