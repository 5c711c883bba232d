#include "demo/weeks.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "demo/people/stock.h"
#include "engine/base/calendar.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::London;
using client::ReferralRow;

namespace {

constexpr absl::Duration kSlot = absl::Minutes(30);     // where weeks are not told in full
constexpr absl::Duration kEvening = absl::Minutes(90);  // before midnight; a week ends at 23:00

}  // namespace

DemoWeeks::DemoWeeks(Council* council, BranchBehaviours behaviours, Chance chance, bool in_full)
    : calendar_(council, in_full ? absl::ZeroDuration() : kSlot),
      diary_(council, in_full),
      setting_{*council, calendar_, diary_, notes_, chance, in_full, absl::CivilDay()},
      branches_(&setting_, std::move(behaviours)),
      navigation_(&setting_, &branches_),
      commissioner_(&setting_, &branches_, &navigation_) {}

void DemoWeeks::MoveIn(const std::vector<ReferralRow>& rows) { demo::MoveIn(rows, &setting_); }

absl::Status DemoWeeks::Run(absl::CivilDay monday, int week, const Plan& plan,
                            const std::vector<ReferralRow>& rows,
                            const std::vector<Event>& events) {
  setting_.monday = monday;
  navigation_.BeginWeek();
  diary_.BeginWeek();
  const int round_trip = week / plan.weeks;  // the rows repeat, with other people
  const std::string suffix = round_trip > 0 ? absl::StrCat("-", round_trip + 1) : "";
  if (!std::exchange(began_, true)) navigation_.TakeOver();
  for (const ReferralRow& row : rows) {
    if (row.week != week % plan.weeks + 1) continue;
    const absl::CivilDay day = monday + row.day;
    calendar_.At(engine::StartOfDay(day, London()) + row.time_of_day,
                 [this, &row, day, suffix] { navigation_.Submit(row, day, suffix); });
  }
  for (const Event& event : events) {
    if (event.date < monday || event.date >= monday + 7) continue;
    calendar_.At(engine::StartOfDay(event.date, London()) + event.time_of_day,
                 [this, &event] { commissioner_.Act(event); });
  }
  for (int i = 0; i < 7; ++i) {
    const absl::CivilDay day = monday + i;
    calendar_.At(engine::StartOfDay(day + 1, London()) - kEvening,
                 [this, day] { commissioner_.ObserveChanges(day + 1); });
  }
  absl::Status status = RunUntil(engine::StartOfDay(monday + 7, London()) - absl::Hours(1));
  if (status.ok()) diary_.ReportWeek(monday, navigation_.Waiting());
  return status;
}

absl::Status DemoWeeks::RunUntil(absl::Time end) {
  for (;;) {
    const absl::Time next = std::min({end, navigation_.NextDue(), calendar_.NextAct()});
    if (absl::Status status = setting_.council.AdvanceTo(next); !status.ok()) return status;
    navigation_.ObserveDeadlines();
    navigation_.Poll();
    while (calendar_.RunNext()) {
      if (setting_.in_full) navigation_.Poll();
    }
    if (!setting_.in_full) {
      branches_.SendAnswers();
      navigation_.Poll();
    }
    if (next >= end) return absl::OkStatus();
  }
}

}  // namespace brokerage::demo
