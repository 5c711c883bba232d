// Properties of every package, offer and figure, over random weeks in random frameworks of their
// own.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_join.h"
#include "tests/reference/workload.h"

namespace brokerage::engine::reference {
namespace {

constexpr int kPackagesPerFramework = 40;
constexpr uint64_t kFrameworks = 40;

struct Weeks {
  WorkloadTally tally;
  std::set<Workload::Property> broken;
  std::vector<std::string> problems;
};

const Weeks& Driven() {
  static const Weeks& weeks = *[] {
    auto* driven = new Weeks();
    for (uint64_t seed = 7000; seed < 7000 + kFrameworks && driven->problems.empty(); ++seed) {
      Workload drive(seed, seed % 4 == 0, &driven->tally);
      driven->problems = drive.RunToTheEnd(kPackagesPerFramework);
      driven->broken = drive.broken();
    }
    return driven;
  }();
  return weeks;
}

int64_t Happened(const std::string& what) {
  const auto& happened = Driven().tally.happened;
  const auto found = happened.find("property: " + what);
  return found == happened.end() ? 0 : found->second;
}

void ExpectHolds(Workload::Property property) {
  EXPECT_FALSE(Driven().broken.contains(property)) << absl::StrJoin(Driven().problems, "\n");
}

TEST(Properties, NoOfferIsOutsideCoverageContractDatesOptOutsOrSuspensions) {
  ExpectHolds(Workload::kOnlyWhoMay);
  EXPECT_GT(Happened("offer checked"), 1000);
}

TEST(Properties, NoProviderIsOfferedAPackageTwiceInARound) { ExpectHolds(Workload::kOneOfferEach); }

TEST(Properties, APackageHasOneWinnerFromItsAwardOn) {
  ExpectHolds(Workload::kOneWinner);
  EXPECT_GT(Happened("winner seen"), 500);
}

TEST(Properties, EveryPackageEndsOrStandsOnTheWaitingList) {
  ExpectHolds(Workload::kComesToAnEnd);
  EXPECT_GT(Happened("ended as PACKAGE_STATE_CEASED"), 100);
  EXPECT_GT(Happened("ended as PACKAGE_STATE_UNFILLED"), 10);
}

TEST(Properties, EveryOfferIsInOneClassAndTheSumsHoldInEverySliceAtEveryMoment) {
  ExpectHolds(Workload::kSumsHold);
  EXPECT_GT(Happened("sums checked"), 100);
}

TEST(Properties, NothingElseWentWrong) {
  if (Driven().broken.empty()) {
    EXPECT_TRUE(Driven().problems.empty()) << absl::StrJoin(Driven().problems, "\n");
  }
}

}  // namespace
}  // namespace brokerage::engine::reference
