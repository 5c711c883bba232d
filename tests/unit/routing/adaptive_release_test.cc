#include "engine/routing/adaptive_release.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/fixtures/small_framework.h"

namespace brokerage::engine {
namespace {

using journal::v1::OfferRow;
using journal::v1::RollupRow;

v1::AdaptiveRelease Rule(int lower, int upper, int over = 0) {
  v1::AdaptiveRelease rule;
  rule.set_lower_percent(lower);
  rule.set_upper_percent(upper);
  rule.set_over_packages(over);
  return rule;
}

// After as many outcomes as the text has letters: y filled, n not.
RollupRow After(const std::string& outcomes, const v1::AdaptiveRelease& rule) {
  RollupRow fill;
  for (char outcome : outcomes) AddToFill(rule, outcome == 'y', &fill);
  return fill;
}

std::string Times(int many, char outcome) {
  return std::string(static_cast<size_t>(many), outcome);
}

TEST(AdaptiveRelease, BeginsBelowTheLowerThresholdAndEndsAtTheUpper) {
  const struct {
    std::string outcomes;
    v1::AdaptiveRelease rule;
    bool on;
  } kCases[] = {
      {"", Rule(50, 70), false},
      {Times(19, 'n'), Rule(50, 70), false},
      {Times(20, 'n'), Rule(50, 70), true},
      {Times(10, 'y') + Times(10, 'n'), Rule(50, 70), false},  // 50% is not below 50%
      {Times(9, 'y') + Times(11, 'n'), Rule(50, 70), true},
      // Up again: 65% is still below the upper threshold, 70% is not.
      {Times(20, 'n') + Times(13, 'y'), Rule(50, 70), true},
      {Times(20, 'n') + Times(14, 'y'), Rule(50, 70), false},
      // Down again: 50% is not yet below the lower one.
      {Times(20, 'y') + Times(10, 'n'), Rule(50, 70), false},
      {Times(20, 'y') + Times(11, 'n'), Rule(50, 70), true},
      // Over more packages: exact thirds, and twenty suffice.
      {Times(7, 'y') + Times(14, 'n'), Rule(33, 40, 30), false},
      {Times(7, 'y') + Times(14, 'n'), Rule(34, 40, 30), true},
      {Times(20, 'n') + Times(10, 'y'), Rule(34, 40, 30), true},
      {Times(20, 'n') + Times(10, 'y'), Rule(30, 33, 30), false},
      {Times(200, 'n') + Times(99, 'y'), Rule(50, 60, 200), true},
      {Times(200, 'n') + Times(120, 'y'), Rule(50, 60, 200), false},
      {Times(20, 'n'), Rule(1, 100), true},
      {Times(20, 'n') + Times(19, 'y'), Rule(1, 100), true},
      {Times(20, 'n') + Times(20, 'y'), Rule(1, 100), false},
  };
  for (const auto& one : kCases) {
    EXPECT_EQ(After(one.outcomes, one.rule).adaptive_release_on(), one.on)
        << one.outcomes << " " << one.rule.ShortDebugString();
  }
}

TEST(AdaptiveRelease, KeepsTheNewestTwoHundredOutcomes) {
  const RollupRow fill = After(Times(5, 'y') + Times(197, 'n'), Rule(50, 70));
  ASSERT_EQ(fill.filled_size(), 200);
  EXPECT_TRUE(fill.filled(2));
  EXPECT_FALSE(fill.filled(3));
}

// What is wrong with the rule in a framework of two rounds; it begins in line 8.
std::vector<std::string> ErrorsWith(const std::string& fields) {
  return FrameworkErrorsOf(SmallFrameworkWith(
      "framework.textproto", "rounds {",
      absl::StrCat("rounds { tier_ids: \"lead\" standard_window { hours: 24 } urgent_window { "
                   "hours: 4 } award_timing: AWARD_TIMING_AT_CLOSE }\nadaptive_release {\n",
                   fields, " }\nrounds {")));
}

TEST(AdaptiveRelease, IsRefusedWithoutItsClauseAndOutOfBounds) {
  const struct {
    const char* fields;
    const char* error;
  } kCases[] = {
      {"lower_percent: 50 upper_percent: 70",
       "framework.textproto:8 contract_clause: the contract clause that allows it is required, "
       "such as \"Schedule 2, 4.3\""},
      {"lower_percent: 50 upper_percent: 70\ncontract_clause: \" \"",
       "framework.textproto:10 contract_clause: the contract clause that allows it is required, "
       "such as \"Schedule 2, 4.3\""},
      {"lower_percent: 50\nupper_percent: 49 contract_clause: \"1\"",
       "framework.textproto:10 upper_percent: 49 is less than lower_percent, 50; at least that"},
      {"upper_percent: 49 contract_clause: \"1\"",
       "framework.textproto:8 lower_percent: 0 is not from 1 to 100"},
      {"lower_percent: 49 upper_percent: 101 contract_clause: \"1\"",
       "framework.textproto:9 upper_percent: 101 is not from 1 to 100"},
      {"lower_percent: 50 upper_percent: 70 over_packages: 19 contract_clause: \"1\"",
       "framework.textproto:9 over_packages: 19 is not from 20 to 200"},
      {"lower_percent: 50 upper_percent: 70 over_packages: 201 contract_clause: \"1\"",
       "framework.textproto:9 over_packages: 201 is not from 20 to 200"},
  };
  for (const auto& one : kCases) {
    EXPECT_THAT(ErrorsWith(one.fields), testing::ElementsAre(one.error)) << one.fields;
  }
}

TEST(AdaptiveRelease, NeedsANextRound) {
  EXPECT_THAT(FrameworkErrorsOf(SmallFrameworkWith(
                  "framework.textproto", "rounds {",
                  "adaptive_release { lower_percent: 50 upper_percent: 70 contract_clause: \"1\" "
                  "}\nrounds {")),
              testing::ElementsAre("framework.textproto:7 adaptive_release: there is no next "
                                   "round: rounds has fewer than two; add one, or take this out"));
}

TEST(AdaptiveRelease, IsTakenWhereItIsRight) {
  for (const char* fields :
       {"lower_percent: 50 upper_percent: 50 contract_clause: \"1\"",
        "lower_percent: 1 upper_percent: 100 over_packages: 200 contract_clause: \"1\""}) {
    EXPECT_THAT(ErrorsWith(fields), testing::IsEmpty()) << fields;
  }
}

// A package with one round to two tiers, whose deadline has passed: an offer in "lead", two in
// "additional".
struct SettledPackage {
  PackageAggregate package;
  RollupTable table;

  SettledPackage() {
    package.row.set_framework_id("county");
    package.row.set_lot_id("north");
    journal::v1::RoundRow* round = package.row.add_rounds();
    round->set_rule_number(1);
    round->set_terms_version(1);
    round->add_tier_ids("lead");
    round->add_tier_ids("additional");
    for (const char* tier : {"lead", "additional", "additional"}) {
      OfferRow& offer = package.offers.emplace_back();
      offer.set_ordinal(static_cast<int32_t>(package.offers.size()));
      offer.set_round_number(1);
      offer.set_tier_id(tier);
      offer.set_state(v1::OFFER_STATE_LAPSED);
      offer.set_settled(true);
    }
  }
  void Accept(size_t place, bool late) {
    package.offers[place].set_state(v1::OFFER_STATE_ACCEPTED);
    package.offers[place].add_answers()->set_answer(v1::ANSWER_ACCEPT);
    package.offers[place].mutable_answers(0)->set_late(late);
  }
  // "lead y, additional n": what was counted.
  std::string Counted() {
    CountFill(Rule(50, 70), 1, &package, &table);
    std::string text;
    for (const char* tier : {"lead", "additional"}) {
      const RollupRow* row =
          table.Find(RollupTable::KeyOf(FillDimensions("county", "north", tier)));
      if (row == nullptr) continue;
      if (!text.empty()) text += ", ";
      text += tier;
      for (bool filled : row->filled()) text += filled ? " y" : " n";
    }
    return text;
  }
};

TEST(Fill, CountsAPackageForEachTierThatCouldAnswer) {
  SettledPackage one;
  one.Accept(2, false);
  EXPECT_EQ(one.Counted(), "lead n, additional y");
}

TEST(Fill, ALateAcceptanceFillsNothing) {
  SettledPackage one;
  one.Accept(0, true);
  EXPECT_EQ(one.Counted(), "lead n, additional n");
}

TEST(Fill, LeavesOutATierThatWasNotAskedOrCouldNotAnswer) {
  SettledPackage one;
  one.package.offers[0].set_state(v1::OFFER_STATE_CLOSED);
  EXPECT_EQ(one.Counted(), "additional n");
  SettledPackage other;
  other.package.offers[0].mutable_claim()->set_state(v1::CLAIM_STATE_UPHELD);
  EXPECT_EQ(other.Counted(), "additional n");
  SettledPackage unasked;
  unasked.package.offers.erase(unasked.package.offers.begin());
  EXPECT_EQ(unasked.Counted(), "additional n");
}

TEST(Fill, CountsTheSameTermsOnce) {
  SettledPackage one;
  EXPECT_EQ(one.Counted(), "lead n, additional n");
  one.Accept(0, false);
  EXPECT_EQ(one.Counted(), "lead n, additional n");
}

TEST(Fill, APartFillsOnceItIsAwarded) {
  SettledPackage one;
  one.Accept(0, false);
  one.package.offers[0].mutable_answers(0)->add_visits(1);
  EXPECT_EQ(one.Counted(), "lead n, additional n");
  OfferRow& offer = one.package.offers[0];
  offer.set_state(v1::OFFER_STATE_WON);
  CountPartInFill(Rule(50, 70), offer, true, &one.package, &one.table);
  EXPECT_EQ(one.Counted(), "lead y, additional n");
}

TEST(Fill, APartThatCameLateFillsNothing) {
  SettledPackage one;
  one.Accept(0, true);
  one.package.offers[0].mutable_answers(0)->add_visits(1);
  EXPECT_EQ(one.Counted(), "lead n, additional n");
  one.package.offers[0].set_state(v1::OFFER_STATE_WON);
  CountPartInFill(Rule(50, 70), one.package.offers[0], true, &one.package, &one.table);
  EXPECT_EQ(one.Counted(), "lead n, additional n");
}

TEST(Fill, CountsNoRestart) {
  SettledPackage one;
  one.package.row.mutable_rounds(0)->set_rule_number(0);
  EXPECT_EQ(one.Counted(), "");
}

}  // namespace
}  // namespace brokerage::engine
