// The engine against a second implementation of routing, award and counts, over random
// weeks in random frameworks. A failure names its seed: ./dev prove --proof reference --seed SEED
// plays that framework again.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/reference/workload.h"

namespace brokerage::engine::reference {
namespace {

constexpr int kPackagesPerFramework = 50;
constexpr uint64_t kFrameworks = 110;  // 5,500 packages; ./dev prove has no end

constexpr int kPackagesPerAdaptiveFramework = 120;
constexpr uint64_t kAdaptiveFrameworks = 20;

void Play(uint64_t seed, WorkloadTally* tally) {
  Workload workload(seed, false, tally);
  for (const std::string& problem : workload.Run(kPackagesPerFramework)) ADD_FAILURE() << problem;
}

void PlayAdaptive(uint64_t seed, WorkloadTally* tally) {
  Workload workload(seed, true, tally);
  for (const std::string& problem : workload.Run(kPackagesPerAdaptiveFramework))
    ADD_FAILURE() << problem;
}

// Facts that touch neither packages nor the directory.
const std::set<std::string>& NotOfThisWorkload() {
  static const std::set<std::string> kFacts = {"account_changed", "clock_judged"};
  return kFacts;
}

TEST(Reference, EngineAgreesInEveryFramework) {
  WorkloadTally tally;
  for (uint64_t seed = 1000; seed < 1000 + kFrameworks && !::testing::Test::HasFailure(); ++seed)
    Play(seed, &tally);
  if (::testing::Test::HasFailure()) return;
  // Nothing was compared in vain.
  for (const char* what : {"round_opened",
                           "package_awarded",
                           "award_proposed",
                           "certain before all have answered",
                           "package_returned",
                           "package_handed_back",
                           "ending by its reason",
                           "ending that nobody may say",
                           "step on an earlier day",
                           "waits because UNFILLED_CAUSE_NOBODY_ASKED",
                           "waits because UNFILLED_CAUSE_NOBODY_ACCEPTED",
                           "waits because UNFILLED_CAUSE_ACCEPTANCES_FELL",
                           "notice of a provider",
                           "notice of an authority",
                           "notice taken back",
                           "notice moved",
                           "notice that does not move",
                           "placed",
                           "not placed",
                           "placed within the rules",
                           "placed against rules",
                           "placing refused",
                           "undone STEP_KIND_AWARD",
                           "undone STEP_KIND_PLACE",
                           "undone STEP_KIND_CANCEL",
                           "undone STEP_KIND_START",
                           "undone STEP_KIND_RETURN",
                           "undone STEP_KIND_HAND_BACK",
                           "undone STEP_KIND_CEASE",
                           "undone before the deadline",
                           "undone after the deadline",
                           "undone after something else had happened",
                           "undone, and under notice again",
                           "follower of an end that was undone",
                           "undo refused",
                           "placing that stands",
                           "package stopped",
                           "package of a person who is known",
                           "asked again",
                           "window shortened",
                           "resumed by a restart",
                           "resumed without being asked",
                           "restart not taken",
                           "restart ACCEPTED",
                           "restart DECLINED",
                           "restart LAPSED",
                           "change ACCEPTED",
                           "change DECLINED",
                           "change LAPSED",
                           "terms changed without an answer",
                           "part proposed",
                           "part awarded",
                           "parts make nothing certain",
                           "rest divided again",
                           "linked",
                           "unlinked",
                           "ended by notice",
                           "ended before its notice, by the start of what follows",
                           "offers_closed",
                           "figures compared",
                           "query scanned",
                           "query from roll-ups",
                           "contract short of its minimum",
                           "packages beside figures",
                           "deadline_extended",
                           "round open again",
                           "silence of an outage",
                           "late answer in time after all",
                           "transfer of an award",
                           "award overridden",
                           "offered by postcode area",
                           "offer moved",
                           "ward moved",
                           "limit compared",
                           "void by WITHIN_ACCEPTANCE_LIMIT",
                           "limit_passed",
                           "stopped by a suspension alone",
                           "rounds_passed_over",
                           "avoided where nobody could be asked",
                           "suspension with stops",
                           "left an interim service",
                           "left over the limit",
                           "transfer of several packages",
                           "sanction proposed",
                           "scorecard with restarts",
                           "scorecard with unserved wards",
                           "scorecard with one who never answered",
                           "scorecard with a rate in a printed gap",
                           "scorecard with a medium risk",
                           "scorecard with another risk but urgent",
                           "distribution of five or more"}) {
    EXPECT_GT(tally.happened[what], 0) << what;
  }
  for (int i = 0; i < journal::v1::Fact::descriptor()->field_count(); ++i) {
    const std::string& fact = journal::v1::Fact::descriptor()->field(i)->name();
    if (NotOfThisWorkload().contains(fact)) continue;
    EXPECT_GT(tally.happened[fact], 0)
        << fact << " never happened: an act of the workload makes it";
  }
  for (int number = 1; number <= v1::HardRule_MAX; ++number) {
    // Only contracts of the ward's lot are considered.
    if (number == v1::HARD_RULE_LOT_MATCHES_WARD) continue;
    const std::string name = v1::HardRule_Name(static_cast<v1::HardRule>(number));
    // WITHIN_ACCEPTANCE_LIMIT, which is asked at award alone, makes acceptances void.
    EXPECT_GT(tally.happened["routing: " + name] + tally.happened["void by " + name.substr(10)], 0)
        << name;
  }
  for (int criterion = 1; criterion <= v1::AwardCriterion_MAX; ++criterion) {
    if (criterion == v1::AWARD_CRITERION_EARLIER_ROUND) continue;  // below
    const std::string name =
        v1::AwardCriterion_Name(static_cast<v1::AwardCriterion>(criterion)).substr(16);
    EXPECT_GT(tally.happened["decided by " + name], 0) << name;
  }
}

TEST(Reference, EngineAgreesWhereReleaseIsAdaptive) {
  WorkloadTally tally;
  for (uint64_t seed = 5000; seed < 5000 + kAdaptiveFrameworks && !::testing::Test::HasFailure();
       ++seed) {
    PlayAdaptive(seed, &tally);
  }
  if (::testing::Test::HasFailure()) return;
  for (const char* what : {"round beside another", "nobody to open beside", "adaptive release ends",
                           "later round waits", "awarded without waiting for the later round",
                           "awarded to the later round", "decided by EARLIER_ROUND",
                           "offers_closed", "tier filled by a part"}) {
    EXPECT_GT(tally.happened[what], 2) << what;
  }
}

}  // namespace
}  // namespace brokerage::engine::reference
