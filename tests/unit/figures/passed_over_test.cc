// What a contract avoided counts once for each rule of the framework and terms version, whether the
// round opened or was passed over.
#include "engine/figures/passed_over.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace brokerage::engine {
namespace {

using journal::v1::PassedOverRound;
using journal::v1::RoundRow;
using journal::v1::Verdict;

constexpr uint32_t Bit(v1::HardRule rule) { return 1u << rule; }
constexpr uint32_t kClosed = Bit(v1::HARD_RULE_BRANCH_TAKING_OFFERS);
constexpr uint32_t kNowhere =
    Bit(v1::HARD_RULE_BRANCH_COVERS_WARD) | Bit(v1::HARD_RULE_BRANCH_COVERS_SERVICE);

Verdict Of(const std::string& contract, const std::string& branch, uint32_t failed_rules) {
  Verdict verdict;
  verdict.set_provider_id("p-" + contract);
  verdict.set_contract_id(contract);
  verdict.set_branch_id(branch);
  verdict.set_tier_id("lead");
  verdict.set_distance_m(1200);
  verdict.set_failed_rules(failed_rules);
  verdict.set_offered(failed_rules == 0);
  return verdict;
}

Verdict Suspended(const std::string& contract, const std::string& branch) {
  Verdict verdict = Of(contract, branch, Bit(v1::HARD_RULE_PROVIDER_NOT_SUSPENDED));
  verdict.add_suspension_ids("S-000001");
  return verdict;
}

class AvoidedTest : public ::testing::Test {
 protected:
  AvoidedTest() {
    package_.row.set_framework_id("county");
    package_.row.set_urgency(v1::URGENCY_URGENT);
  }

  // As Apply does.
  void PassOver(const std::vector<Verdict>& verdicts, int32_t terms_version = 1) {
    PassedOverRound round;
    round.set_rule_number(1);
    round.set_terms_version(terms_version);
    round.set_date(20180630);
    *round.mutable_verdicts() = VerdictsThatCount(verdicts);
    TallyPassedOver(package_, round, &table_);
    *package_.row.add_passed_over_rounds() = round;
  }
  void Open(const std::vector<Verdict>& verdicts) {
    RoundRow round;
    round.set_rule_number(1);
    round.set_terms_version(1);
    for (const Verdict& verdict : verdicts) *round.add_verdicts() = verdict;
    TallyAvoided(package_, round, 20180702, &table_);
    *package_.row.add_rounds() = round;
  }
  // Over all months, or in one.
  int64_t Missed(const std::string& contract, int32_t month = 0) const {
    int64_t sum = 0;
    for (const auto& [key, row] : table_.rows()) {
      const bool counted = row.contract_id() == contract && (month == 0 || row.month() == month);
      if (counted) sum += row.missed_in_opt_out();
    }
    return sum;
  }
  int64_t NotCovered(const std::string& contract) const {
    int64_t sum = 0;
    for (const auto& [key, row] : table_.rows()) {
      if (row.contract_id() == contract) sum += row.wards_not_covered();
    }
    return sum;
  }

  PackageAggregate package_;
  RollupTable table_;
};

TEST_F(AvoidedTest, ARoundWithNobodyToAskKeepsOneVerdictOfEachContractThatAvoidedIt) {
  const auto kept = VerdictsThatCount(
      {Of("a", "a-east", kNowhere), Of("a", "a-west", kClosed), Of("b", "b-east", kNowhere),
       Of("b", "b-west", kNowhere | kClosed), Suspended("c", "c-east"), Of("c", "c-west", kNowhere),
       Of("d", "d", kNowhere | Bit(v1::HARD_RULE_TIER_IN_ROUND)),
       Of("e", "e", kClosed | Bit(v1::HARD_RULE_MEETS_NEEDS))});
  ASSERT_EQ(kept.size(), 3);
  EXPECT_EQ(kept[0].ShortDebugString(),
            absl::StrCat("provider_id: \"p-a\" branch_id: \"a-west\" contract_id: \"a\" "
                         "failed_rules: ",
                         kClosed));
  EXPECT_EQ(kept[1].ShortDebugString(),
            absl::StrCat("provider_id: \"p-b\" contract_id: \"b\" failed_rules: ",
                         Bit(v1::HARD_RULE_BRANCH_COVERS_WARD)));
  EXPECT_EQ(kept[2].SerializeAsString(), Suspended("c", "c-east").SerializeAsString());
}

TEST_F(AvoidedTest, WhatIsPassedOverCountsOnceHoweverOftenItIsPutOutAgain) {
  const std::vector<Verdict> verdicts = {Of("a", "a", kClosed), Of("b", "b", kNowhere)};
  PassOver(verdicts);
  PassOver(verdicts);
  EXPECT_EQ(Missed("a"), 1);
  EXPECT_EQ(NotCovered("b"), 1);
  PassOver(verdicts, 2);
  EXPECT_EQ(Missed("a"), 2) << "on other terms";
  EXPECT_EQ(NotCovered("b"), 2);
}

TEST_F(AvoidedTest, TheFirstMomentCountsAndNotTheRoundThatOpensLater) {
  PassOver({Of("a", "a", kClosed), Suspended("b", "b")});
  Open({Of("a", "a", kClosed), Of("b", "b", 0), Of("c", "c", kClosed)});
  EXPECT_EQ(Missed("a", 201806), 1);
  EXPECT_EQ(Missed("a"), 1);
  EXPECT_EQ(Missed("c", 201807), 1) << "it had not avoided the package before";
}

TEST_F(AvoidedTest, ARoundThatHasOpenedIsCountedAsItWasThen) {
  Open({Of("a", "a", 0), Of("b", "b", kClosed)});
  PassOver({Of("a", "a", kClosed), Of("b", "b", kClosed)});
  EXPECT_EQ(Missed("a"), 0) << "it had its offer";
  EXPECT_EQ(Missed("b"), 1);
}

TEST_F(AvoidedTest, ARecordOfOldThatHoldsSuspensionsAloneTakesNothingFromALaterRound) {
  PassedOverRound of_old;
  of_old.set_rule_number(1);
  of_old.set_terms_version(1);
  of_old.set_date(20180630);
  *of_old.add_verdicts() = Suspended("b", "b");
  TallyPassedOver(package_, of_old, &table_);
  *package_.row.add_passed_over_rounds() = of_old;
  Open({Of("a", "a", kClosed), Of("b", "b", 0)});
  EXPECT_EQ(Missed("a", 201807), 1);
  EXPECT_EQ(Missed("b"), 0);
}

TEST_F(AvoidedTest, WhatAContractAvoidedWasNotStoppedByASuspension) {
  PassOver({Of("a", "a", kClosed), Of("b", "b", kNowhere), Suspended("c", "c")});
  for (const auto& [key, row] : table_.rows()) {
    EXPECT_EQ(row.stopped_by_suspension(), row.contract_id() == "c" ? 1 : 0) << row.contract_id();
  }
}

}  // namespace
}  // namespace brokerage::engine
