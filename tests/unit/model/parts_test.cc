#include "engine/model/parts.h"

#include <gtest/gtest.h>

namespace brokerage::engine {
namespace {

using journal::v1::OfferRow;

// Three visits: 30 minutes daily, 20 by two carers on two days, 15 on Sundays.
v1::PackageTerms Terms() {
  v1::PackageTerms terms;
  terms.set_carers_per_visit(1);
  terms.set_visit_pattern("as the plan says");
  v1::Visit& daily = *terms.add_visits();
  for (int day = 1; day <= 7; ++day) daily.add_days_of_week(day);
  daily.set_minutes(30);
  v1::Visit& double_handed = *terms.add_visits();
  double_handed.add_days_of_week(1);
  double_handed.add_days_of_week(4);
  double_handed.set_minutes(20);
  double_handed.set_carers(2);
  v1::Visit& sundays = *terms.add_visits();
  sundays.add_days_of_week(7);
  sundays.set_minutes(15);
  terms.set_weekly_minutes(210 + 80 + 15);
  return terms;
}

VisitNumbers Numbers(std::initializer_list<int> numbers) {
  VisitNumbers visits;
  for (const int number : numbers) visits.Add(number);
  return visits;
}

OfferRow Accepted(std::initializer_list<int> numbers) {
  OfferRow offer;
  offer.set_state(v1::OFFER_STATE_ACCEPTED);
  journal::v1::AnswerRow& answer = *offer.add_answers();
  answer.set_answer(v1::ANSWER_ACCEPT);
  *answer.mutable_visits() = Numbers(numbers);
  return offer;
}

TEST(Parts, AddUpToTheWhole) {
  const v1::PackageTerms terms = Terms();
  for (const VisitNumbers& visits : {Numbers({1}), Numbers({2, 3}), Numbers({1, 3})}) {
    const v1::PackageTerms part = PartOf(terms, visits);
    const v1::PackageTerms rest = RestOf(terms, visits);
    EXPECT_EQ(part.weekly_minutes(), WeeklyMinutes(terms, visits));
    EXPECT_EQ(part.weekly_minutes() + rest.weekly_minutes(), terms.weekly_minutes());
    EXPECT_EQ(part.visits_size(), visits.size());
    EXPECT_EQ(part.visits_size() + rest.visits_size(), terms.visits_size());
    EXPECT_EQ(part.visit_pattern(), "");
    EXPECT_EQ(rest.carers_per_visit(), 1);
  }
  EXPECT_EQ(WeeklyMinutes(terms, Numbers({2})), 80);
}

TEST(Parts, AreWhatTheLastAnswerThatCountsAccepts) {
  OfferRow offer = Accepted({1, 3});
  ASSERT_NE(AcceptedVisits(offer), nullptr);
  EXPECT_TRUE(StandsInPart(offer));
  EXPECT_FALSE(StandsWhole(offer));
  journal::v1::PackageRow row;
  *row.mutable_terms() = Terms();
  EXPECT_EQ(AcceptedMinutes(row, offer), 225);

  journal::v1::AnswerRow& remark = *offer.add_answers();
  remark.set_answer(v1::ANSWER_DECLINE);
  remark.set_remark(true);
  EXPECT_TRUE(StandsInPart(offer));

  offer.add_answers()->set_answer(v1::ANSWER_ACCEPT);
  EXPECT_EQ(AcceptedVisits(offer), nullptr);
  EXPECT_TRUE(StandsWhole(offer));
  EXPECT_EQ(AcceptedMinutes(row, offer), 305);

  offer.set_state(v1::OFFER_STATE_LOST);
  EXPECT_FALSE(StandsWhole(offer));
}

TEST(Parts, AreKeptByTheAwardOfThePresentTerms) {
  PackageAggregate package;
  package.row.set_terms_version(2);
  package.offers.push_back(Accepted({1}));
  package.offers.back().set_terms_version(1);
  package.offers.back().set_state(v1::OFFER_STATE_WON);
  EXPECT_EQ(WonInPart(package), nullptr);
  package.offers.push_back(Accepted({1}));
  package.offers.back().set_terms_version(2);
  EXPECT_EQ(WonInPart(package), nullptr);
  package.offers.back().set_state(v1::OFFER_STATE_WON);
  EXPECT_EQ(WonInPart(package), &package.offers.back());
}

}  // namespace
}  // namespace brokerage::engine
