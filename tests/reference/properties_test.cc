// Properties of every package, offer and figure, over random weeks in random frameworks of their
// own.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "tests/reference/workload.h"

namespace brokerage::engine::reference {
namespace {

constexpr int kPackagesPerFramework = 40;
constexpr uint64_t kFrameworks = 10;  // ./dev prove has no end
constexpr uint64_t kRaces = 60;       // likewise
constexpr int kActsOfARace = 60;

struct Weeks {
  WorkloadTally tally;
  std::set<Property> broken;
  std::vector<std::string> problems;
};

const Weeks& Played() {
  static const Weeks& weeks = *[] {
    auto* played = new Weeks();
    for (uint64_t seed = 7000; seed < 7000 + kFrameworks && played->problems.empty(); ++seed) {
      Workload workload(seed, seed % 4 == 0, &played->tally);
      played->problems = workload.RunToTheEnd(kPackagesPerFramework);
      played->broken = workload.broken();
    }
    return played;
  }();
  return weeks;
}

int64_t Happened(const std::string& what) {
  const auto& happened = Played().tally.happened;
  const auto found = happened.find("property: " + what);
  return found == happened.end() ? 0 : found->second;
}

void ExpectHolds(Property property) {
  EXPECT_FALSE(Played().broken.contains(property)) << absl::StrJoin(Played().problems, "\n");
}

TEST(Properties, NoOfferIsOutsideCoverageContractDatesOptOutsOrSuspensions) {
  ExpectHolds(Property::kOnlyWhoMay);
  EXPECT_GT(Happened("offer checked"), 1000);
}

TEST(Properties, NoProviderIsOfferedAPackageTwiceInARound) { ExpectHolds(Property::kOneOfferEach); }

TEST(Properties, APackageHasOneWinnerFromItsAwardOn) {
  ExpectHolds(Property::kOneWinner);
  EXPECT_GT(Happened("winner seen"), 500);
}

TEST(Properties, EveryPackageEndsOrStandsOnTheWaitingList) {
  ExpectHolds(Property::kComesToAnEnd);
  EXPECT_GT(Happened("ended as PACKAGE_STATE_CEASED"), 100);
  EXPECT_GT(Happened("ended as PACKAGE_STATE_UNFILLED"), 10);
}

TEST(Properties, EveryOfferIsInOneClassAndTheSumsHoldInEverySliceAtEveryMoment) {
  ExpectHolds(Property::kSumsHold);
  EXPECT_GT(Happened("sums checked"), 100);
}

TEST(Properties, NobodyIsLostAndNobodyIsCaredForTwice) {
  ExpectHolds(Property::kNobodyIsLost);
  EXPECT_GT(Happened("person checked"), 1000);
}

TEST(Properties, ABranchIsToldWhatBecameOfItsPackageAndReadsNoTextsThatAreClosed) {
  ExpectHolds(Property::kToldAsItIs);
}

// Navigators, branches, head offices and the clock at one package and what follows it.
TEST(Properties, HoldWhileEverybodyRacesForOnePackage) {
  WorkloadTally tally;
  for (uint64_t seed = 8000; seed < 8000 + kRaces; ++seed) {
    Workload workload(seed, seed % 4 == 0, &tally);
    const std::vector<std::string> problems = workload.Race(kActsOfARace);
    ASSERT_TRUE(problems.empty()) << absl::StrJoin(problems, "\n");
  }
  EXPECT_GT(tally.happened["package_awarded"], 20);
  EXPECT_GT(tally.happened["step_undone"], 5);
  EXPECT_GT(tally.happened["refused PACKAGE_STATE package_id"], 50);
}

TEST(Properties, NothingElseWentWrong) {
  if (Played().broken.empty()) {
    EXPECT_TRUE(Played().problems.empty()) << absl::StrJoin(Played().problems, "\n");
  }
}

}  // namespace
}  // namespace brokerage::engine::reference
