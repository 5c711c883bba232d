// Weeks of care navigation, its branches and its commissioners against a server whose clock is a
// simulation's.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "demo/council/chance.h"
#include "demo/council/council.h"
#include "demo/council/files.h"
#include "demo/council/notes.h"
#include "demo/people/branches.h"
#include "demo/people/calendar.h"
#include "demo/people/care_navigation.h"
#include "demo/people/commissioner.h"
#include "demo/people/diary.h"
#include "demo/people/setting.h"
#include "services/client/files/referral_file.h"

namespace brokerage::demo {

class DemoWeeks {
 public:
  // `council` outlives the weeks. `in_full`: every event is told, to the minute. Otherwise a line a
  // week, and its news; then what happens within half an hour happens at its beginning, and a
  // branch answers all of that in one call.
  DemoWeeks(Council* council, BranchBehaviours behaviours, Chance chance, bool in_full);
  DemoWeeks(const DemoWeeks&) = delete;
  DemoWeeks& operator=(const DemoWeeks&) = delete;

  // Moves in what ran before the contracts began: each row's package runs from now on where the
  // row says, and nobody is asked.
  void MoveIn(const std::vector<client::ReferralRow>& rows);

  // Runs the rows' packages and the events from this Monday on to the end of its Sunday. `week`
  // counts from the plan's first, from 0. Packages that earlier weeks left open go on. What a
  // server refuses is an event like others; only a clock that does not move is an error.
  absl::Status Run(absl::CivilDay monday, int week, const Plan& plan,
                   const std::vector<client::ReferralRow>& rows, const std::vector<Event>& events);

  // The packages submitted in the last week that ran, in order.
  const std::vector<OwnedPackage>& packages() const { return navigation_.packages(); }
  const Notes& notes() const { return notes_; }

 private:
  absl::Status RunUntil(absl::Time end);

  Notes notes_;
  Calendar calendar_;
  Diary diary_;
  Setting setting_;
  Branches branches_;
  CareNavigation navigation_;
  Commissioner commissioner_;
  bool began_ = false;
};

}  // namespace brokerage::demo
