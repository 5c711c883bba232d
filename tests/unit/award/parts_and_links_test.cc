#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/award/ranking.h"
#include "tests/fixtures/directory_fixture.h"

namespace brokerage::engine {
namespace {

using journal::v1::OfferRow;

struct County : DirectoryFixture {
  explicit County(std::initializer_list<v1::AwardCriterion> criteria) {
    for (v1::AwardCriterion criterion : criteria) {
      rules.add_award_criteria()->set_criterion(criterion);
    }
    for (int i = 0; i < 4; ++i) {
      v1::Visit& visit = *package.row.mutable_terms()->add_visits();
      visit.add_days_of_week(1);
      visit.set_minutes(60);
    }
    package.row.mutable_terms()->set_carers_per_visit(1);
    package.row.mutable_terms()->set_weekly_minutes(240);
  }
  void AcceptVisit(OfferRow& offer, int number) { offer.mutable_answers(0)->add_visits(number); }
  std::string Ranked(const Ranking& ranking) {
    std::string branches;
    for (const auto& one : ranking.acceptances) absl::StrAppend(&branches, one.branch_id(), " ");
    return branches;
  }
};

TEST(Parts, RankAfterEveryAcceptanceOfTheWhole) {
  County county({v1::AWARD_CRITERION_TIER});
  county.AcceptVisit(county.AddAcceptance("lead", "lead"), 1);
  county.AddAcceptance("late", "additional").mutable_answers(0)->set_late(true);
  const Ranking ranking = RankAcceptances(county.Award());
  EXPECT_EQ(county.Ranked(ranking), "late-a lead-a ");
  EXPECT_EQ(ranking.best, 0u);
  EXPECT_EQ(ranking.decided_by, v1::AWARD_CRITERION_WHOLE);
}

TEST(Parts, AloneHaveNoBest) {
  County county({v1::AWARD_CRITERION_TIER});
  county.AcceptVisit(county.AddAcceptance("lead", "lead"), 1);
  county.AcceptVisit(county.AddAcceptance("other", "additional"), 2);
  const Ranking ranking = RankAcceptances(county.Award());
  EXPECT_EQ(county.Ranked(ranking), "lead-a other-a ");
  EXPECT_EQ(ranking.valid, 2u);
  EXPECT_EQ(ranking.best, 2u);
}

TEST(Parts, KeepNoAcceptanceOfTheWholeWaiting) {
  County county({v1::AWARD_CRITERION_TIER});
  county.AcceptVisit(county.AddAcceptance("part", "lead"), 1);
  county.AddAcceptance("whole", "lead");
  county.AddOneBranchProvider("open", "additional");
  county.AddOffer("open", "additional");
  const Ranking ranking = RankAcceptances(county.Award());
  ASSERT_EQ(ranking.best, 0u);
  EXPECT_TRUE(IsCertain(county.Award(), ranking));
}

TEST(Parts, MoveNoLowestPriceOfTheOthers) {
  County county({v1::AWARD_CRITERION_WEIGHTED_SCORE});
  county.rules.set_quality_weight_percent(0);
  OfferRow& part = county.AddAcceptance("part", "lead");
  county.AcceptVisit(part, 1);
  part.set_price_pence(1000);
  county.AddAcceptance("whole", "lead").set_price_pence(2000);
  const Ranking ranking = RankAcceptances(county.Award());
  ASSERT_EQ(county.Ranked(ranking), "whole-a part-a ");
  for (const v1::CriterionValue& value : ranking.acceptances[0].values()) {
    if (value.criterion() != v1::AWARD_CRITERION_WEIGHTED_SCORE) continue;
    EXPECT_EQ(value.rank_value(), -100 * 100 * 1'000'000LL);
  }
}

// A linked package that the branch has, or has accepted.
PackageAggregate Other(v1::PackageState state, const std::string& branch_id) {
  PackageAggregate other;
  other.row.set_number(77);
  other.row.set_state(state);
  other.row.mutable_award()->set_offer_ordinal(1);
  OfferRow& offer = other.offers.emplace_back();
  offer.set_ordinal(1);
  offer.set_branch_id(branch_id);
  const bool waits = state == v1::PACKAGE_STATE_OFFERED;
  offer.set_state(waits ? v1::OFFER_STATE_ACCEPTED : v1::OFFER_STATE_WON);
  offer.add_answers()->set_answer(v1::ANSWER_ACCEPT);
  return other;
}

TEST(Linked, PrefersWhoHasTheOtherOrAcceptedIt) {
  for (v1::PackageState state : {v1::PACKAGE_STATE_OFFERED, v1::PACKAGE_STATE_AWARDED,
                                 v1::PACKAGE_STATE_STARTED, v1::PACKAGE_STATE_PAUSED}) {
    County county({v1::AWARD_CRITERION_LINKED, v1::AWARD_CRITERION_TIER});
    county.AddAcceptance("lead", "lead");
    county.AddAcceptance("other", "additional");
    const PackageAggregate other = Other(state, "other-a");
    AwardQuestion question = county.Award();
    question.linked = {&other};
    const Ranking ranking = RankAcceptances(question);
    EXPECT_EQ(county.Ranked(ranking), "other-a lead-a ") << v1::PackageState_Name(state);
    EXPECT_EQ(ranking.decided_by, v1::AWARD_CRITERION_LINKED);
  }
}

TEST(Linked, PrefersNobodyForAPartOrForWhatEnded) {
  PackageAggregate part = Other(v1::PACKAGE_STATE_OFFERED, "other-a");
  part.offers[0].mutable_answers(0)->add_visits(1);
  PackageAggregate ended = Other(v1::PACKAGE_STATE_CEASED, "other-a");
  for (PackageAggregate* other : {&part, &ended}) {
    County county({v1::AWARD_CRITERION_LINKED, v1::AWARD_CRITERION_TIER});
    county.AddAcceptance("lead", "lead");
    county.AddAcceptance("other", "additional");
    AwardQuestion question = county.Award();
    question.linked = {other};
    EXPECT_EQ(county.Ranked(RankAcceptances(question)), "lead-a other-a ");
  }
}

TEST(Linked, IsCertainWhenNobodyMayAnswerForTheOtherAnyMore) {
  County county({v1::AWARD_CRITERION_LINKED, v1::AWARD_CRITERION_TIER});
  county.AddAcceptance("lead", "lead");
  county.AddOneBranchProvider("open", "additional");
  county.AddOffer("open", "additional");
  PackageAggregate other = Other(v1::PACKAGE_STATE_OFFERED, "lead-a");
  other.offers.emplace_back().set_state(v1::OFFER_STATE_OPEN);
  AwardQuestion question = county.Award();
  question.linked = {&other};
  EXPECT_FALSE(IsCertain(question, RankAcceptances(question)));
  other.offers.back().set_state(v1::OFFER_STATE_DECLINED);
  EXPECT_TRUE(IsCertain(question, RankAcceptances(question)));
}

}  // namespace
}  // namespace brokerage::engine
