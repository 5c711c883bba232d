#include "engine/figures/tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/figures/award_figures.h"
#include "engine/figures/outcome.h"
#include "engine/figures/passed_over.h"
#include "engine/figures/rates.h"
#include "engine/needs.h"
#include "tests/fixtures/packages_fixture.h"

namespace brokerage::engine {
namespace {

using journal::v1::OfferFact;
using journal::v1::OfferRow;
using journal::v1::RollupRow;
using journal::v1::RoundRow;
using testing::ChangeOffer;
using testing::Issue;
using testing::Lapse;
using testing::MakePackage;
using testing::Put;
using testing::Reply;
using testing::TallyAll;
using testing::Uphold;

OfferRow OpenOffer() {
  PackageAggregate package = MakePackage(1);
  return Put(&package);
}

// The sum of one kind's rows.
RollupRow Sum(const RollupTable& table, RollupRow::Kind kind) {
  RollupRow sum;
  auto add = [](const google::protobuf::Message& from, google::protobuf::Message* to) {
    const auto* descriptor = from.GetDescriptor();
    const auto* reflection = from.GetReflection();
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const auto* field = descriptor->field(i);
      reflection->SetInt64(to, field,
                           reflection->GetInt64(*to, field) + reflection->GetInt64(from, field));
    }
  };
  for (const auto& [key, row] : table.rows()) {
    if (row.kind() != kind) continue;
    add(row.live(), sum.mutable_live());
    add(row.settled(), sum.mutable_settled());
    add(row.packages(), sum.mutable_packages());
    sum.set_minutes(sum.minutes() + row.minutes());
    sum.set_awards(sum.awards() + row.awards());
  }
  return sum;
}

int64_t SumOfClasses(const v1::Counts& counts) {
  return counts.error_upheld() + counts.notice_failed() + counts.accepted() + counts.declined() +
         counts.closed_unanswered() + counts.pending() + counts.late() + counts.silent() +
         counts.in_part();
}

TEST(ResponseClass, AnOpenOfferIsPendingUntilItsDeadline) {
  OfferRow offer = OpenOffer();
  EXPECT_EQ(ClassOf(offer), v1::RESPONSE_CLASS_PENDING);
  Lapse(offer);
  EXPECT_EQ(ClassOf(offer), v1::RESPONSE_CLASS_SILENT);
}

TEST(ResponseClass, ADeclineIsAResponse) {
  OfferRow offer = OpenOffer();
  Reply(offer, v1::ANSWER_DECLINE);
  EXPECT_EQ(ClassOf(offer), v1::RESPONSE_CLASS_DECLINED);
}

TEST(ResponseClass, APartIsAClassOfItsOwnThatNeverMoves) {
  PackageAggregate package = MakePackage(1);
  Reply(Put(&package), v1::ANSWER_ACCEPT);
  OfferRow& offer = package.offers[0];
  offer.mutable_answers(0)->add_visits(2);
  for (v1::OfferState state : {v1::OFFER_STATE_ACCEPTED, v1::OFFER_STATE_LOST, v1::OFFER_STATE_VOID,
                               v1::OFFER_STATE_WON}) {
    offer.set_state(state);
    EXPECT_EQ(ClassOf(offer), v1::RESPONSE_CLASS_IN_PART);
    RollupTable table;
    TallyAll(package, &table);
    const RollupRow offers = Sum(table, RollupRow::KIND_OFFER);
    const RollupRow units = Sum(table, RollupRow::KIND_PICK_UP);
    const bool won = state == v1::OFFER_STATE_WON;
    EXPECT_EQ(offers.live().in_part(), 1);
    EXPECT_EQ(offers.live().accepted() + offers.live().won(), 0);
    EXPECT_EQ(RespondedOf(offers.live()), 1);
    EXPECT_EQ(units.live().in_part(), won ? 0 : 1);
    EXPECT_EQ(units.live().accepted(), won ? 1 : 0);
    EXPECT_EQ(units.live().won(), won ? 1 : 0);
    EXPECT_EQ(units.live().lost() + units.live().void_() + units.live().undecided(), 0);
  }
}

TEST(ResponseClass, APartThatWasMadeLateIsAwardedLate) {
  PackageAggregate package = MakePackage(1);
  Reply(Put(&package), v1::ANSWER_ACCEPT);
  OfferRow& offer = package.offers[0];
  offer.mutable_answers(0)->add_visits(2);
  Reply(offer, v1::ANSWER_ACCEPT, true);
  offer.set_state(v1::OFFER_STATE_WON);
  RollupTable table;
  TallyAll(package, &table);
  for (RollupRow::Kind kind : {RollupRow::KIND_OFFER, RollupRow::KIND_PICK_UP}) {
    const RollupRow sum = Sum(table, kind);
    EXPECT_EQ(sum.live().in_part(), 1);
    EXPECT_EQ(sum.live().late_won(), 1);
    EXPECT_EQ(sum.live().won(), 0);
  }
}

TEST(ResponseClass, TheLastAnswerInTimeCounts) {
  OfferRow offer = OpenOffer();
  Reply(offer, v1::ANSWER_DECLINE);
  Reply(offer, v1::ANSWER_ACCEPT);
  EXPECT_EQ(ClassOf(offer), v1::RESPONSE_CLASS_ACCEPTED);
}

TEST(ResponseClass, ALateAnswerNeverMovesOneInTime) {
  OfferRow accepted = OpenOffer();
  Reply(accepted, v1::ANSWER_ACCEPT);
  Reply(accepted, v1::ANSWER_DECLINE, /*late=*/true);
  EXPECT_EQ(ClassOf(accepted), v1::RESPONSE_CLASS_ACCEPTED);
  OfferRow declined = OpenOffer();
  Reply(declined, v1::ANSWER_DECLINE);
  Reply(declined, v1::ANSWER_ACCEPT, /*late=*/true);
  EXPECT_EQ(ClassOf(declined), v1::RESPONSE_CLASS_DECLINED);
}

TEST(ResponseClass, AnAcceptanceThatClosesStaysAccepted) {
  OfferRow offer = OpenOffer();
  Reply(offer, v1::ANSWER_ACCEPT);
  offer.set_state(v1::OFFER_STATE_CLOSED);
  EXPECT_EQ(ClassOf(offer), v1::RESPONSE_CLASS_ACCEPTED);
}

TEST(ResponseClass, AClosedOfferWithoutAnswerIsNeitherSilentNorPending) {
  OfferRow offer = OpenOffer();
  offer.set_state(v1::OFFER_STATE_CLOSED);
  EXPECT_EQ(ClassOf(offer), v1::RESPONSE_CLASS_CLOSED_UNANSWERED);
  offer.set_settled(true);
  EXPECT_EQ(ClassOf(offer), v1::RESPONSE_CLASS_CLOSED_UNANSWERED);
}

TEST(ResponseClass, AFirstAnswerAfterTheDeadlineIsLate) {
  OfferRow offer = OpenOffer();
  Lapse(offer);
  Reply(offer, v1::ANSWER_ACCEPT, /*late=*/true);
  EXPECT_EQ(ClassOf(offer), v1::RESPONSE_CLASS_LATE);
}

TEST(ResponseClass, OnlyAnUpheldClaimExcludesAnOffer) {
  OfferRow offer = OpenOffer();
  Reply(offer, v1::ANSWER_DECLINE);
  offer.mutable_claim()->set_state(v1::CLAIM_STATE_REJECTED);
  EXPECT_EQ(ClassOf(offer), v1::RESPONSE_CLASS_DECLINED);
  offer.mutable_claim()->set_state(v1::CLAIM_STATE_UPHELD);
  EXPECT_EQ(ClassOf(offer), v1::RESPONSE_CLASS_ERROR_UPHELD);
}

TEST(ResponseClass, ARemarkCountsNowhere) {
  OfferRow closed = OpenOffer();
  closed.set_state(v1::OFFER_STATE_CLOSED);
  closed.add_answers()->set_remark(true);
  EXPECT_EQ(ClassOf(closed), v1::RESPONSE_CLASS_CLOSED_UNANSWERED);
  OfferRow lapsed = OpenOffer();
  Lapse(lapsed);
  lapsed.add_answers()->set_remark(true);
  lapsed.mutable_answers(0)->set_late(true);
  EXPECT_EQ(ClassOf(lapsed), v1::RESPONSE_CLASS_SILENT);
}

TEST(Counts, LateAcceptancesHaveOutcomesOfTheirOwn) {
  PackageAggregate package = MakePackage(1);
  v1::Counts counts;
  for (v1::OfferState state : {v1::OFFER_STATE_WON, v1::OFFER_STATE_LOST, v1::OFFER_STATE_VOID,
                               v1::OFFER_STATE_ACCEPTED}) {
    OfferRow offer = OpenOffer();
    Lapse(offer);
    Reply(offer, v1::ANSWER_ACCEPT, /*late=*/true);
    offer.set_state(state);
    AddFact(FactOf(package.row, offer), 1, &counts);
  }
  OfferRow declined = OpenOffer();
  Lapse(declined);
  Reply(declined, v1::ANSWER_DECLINE, /*late=*/true);
  AddFact(FactOf(package.row, declined), 1, &counts);
  EXPECT_EQ(counts.late(), 5);
  EXPECT_EQ(counts.late_won(), 1);
  EXPECT_EQ(counts.late_lost(), 1);
  EXPECT_EQ(counts.late_void(), 1);
  EXPECT_EQ(counts.late_undecided(), 1);
  EXPECT_EQ(counts.won() + counts.lost() + counts.void_() + counts.undecided(), 0);
}

TEST(Counts, AnAcceptanceAfterADeclineInTimeHasALateOutcome) {
  PackageAggregate package = MakePackage(1);
  OfferRow offer = OpenOffer();
  Reply(offer, v1::ANSWER_DECLINE);
  Lapse(offer);
  Reply(offer, v1::ANSWER_ACCEPT, /*late=*/true);
  offer.set_state(v1::OFFER_STATE_WON);
  offer.set_started(true);
  v1::Counts counts;
  AddFact(FactOf(package.row, offer), 1, &counts);
  EXPECT_EQ(counts.declined(), 1);
  EXPECT_EQ(counts.late_won(), 1);
  EXPECT_EQ(counts.started(), 1);
  EXPECT_EQ(counts.won() + counts.late(), 0);
}

TEST(Counts, WhatWasIssuedInErrorCountsNowhereElse) {
  PackageAggregate package = MakePackage(1);
  OfferRow offer = OpenOffer();
  Reply(offer, v1::ANSWER_ACCEPT);
  Uphold(offer);
  offer.set_state(v1::OFFER_STATE_WON);
  offer.set_started(true);
  v1::Counts counts;
  AddFact(FactOf(package.row, offer), 1, &counts);
  EXPECT_EQ(counts.error_upheld(), 1);
  EXPECT_EQ(counts.won() + counts.late_won() + counts.started(), 0);
}

TEST(Counts, AReturnForTheProvidersOwnCauseStaysWonAndLeavesThePickUpNumerator) {
  PackageAggregate package = MakePackage(1);
  v1::Counts counts;
  for (v1::Cause cause : {v1::CAUSE_PROVIDER, v1::CAUSE_PERSON}) {
    OfferRow offer = OpenOffer();
    Reply(offer, v1::ANSWER_ACCEPT);
    offer.set_state(v1::OFFER_STATE_WON);
    offer.set_returned_cause(cause);
    AddFact(FactOf(package.row, offer), 1, &counts);
  }
  EXPECT_EQ(counts.won(), 2);
  EXPECT_EQ(counts.returned_by_provider(), 1);
  EXPECT_EQ(counts.returned_otherwise(), 1);
  EXPECT_EQ(counts.accepted_returned_by_provider(), 1);
  EXPECT_EQ(PickUpRateOf(counts, v1::PICK_UP_NUMERATOR_ACCEPTED).numerator(), 1);
  EXPECT_EQ(PickUpRateOf(counts, v1::PICK_UP_NUMERATOR_WON).numerator(), 1);
}

TEST(Counts, SubtractingAFactUndoesAddingIt) {
  std::mt19937 random(5);
  v1::Counts counts;
  std::vector<OfferFact> facts;
  for (uint64_t number = 1; number <= 50; ++number) {
    PackageAggregate package = testing::RandomPackage(random, number);
    for (const OfferRow& offer : package.offers) facts.push_back(FactOf(package.row, offer));
  }
  for (const OfferFact& fact : facts) AddFact(fact, 1, &counts);
  EXPECT_GT(counts.issued(), 0);
  for (const OfferFact& fact : facts) AddFact(fact, -1, &counts);
  EXPECT_EQ(counts.SerializeAsString(), "");
}

TEST(Rollups, CountsAddUpWhateverHappens) {
  std::mt19937 random(7);
  RollupTable table;
  for (uint64_t number = 1; number <= 300; ++number)
    TallyAll(testing::RandomPackage(random, number), &table);
  for (const auto& [key, row] : table.rows()) {
    for (const v1::Counts* counts : {&row.live(), &row.settled()}) {
      EXPECT_EQ(counts->issued(), SumOfClasses(*counts)) << key;
      EXPECT_EQ(counts->accepted(),
                counts->won() + counts->lost() + counts->void_() + counts->undecided())
          << key;
      EXPECT_LE(
          counts->late_won() + counts->late_lost() + counts->late_void() + counts->late_undecided(),
          counts->late() + counts->declined());  // who declined in time may accept late
      EXPECT_LE(counts->accepted_returned_by_provider(), counts->won()) << key;
      EXPECT_LE(counts->handed_back_in_cohort(), counts->won()) << key;
    }
    EXPECT_EQ(row.settled().pending(), 0) << key;
    EXPECT_EQ(row.packages().referred(),
              row.packages().sourced() + row.packages().waiting() + row.packages().cancelled());
  }
  const RollupRow by_offer = Sum(table, RollupRow::KIND_OFFER);
  const RollupRow by_ward = Sum(table, RollupRow::KIND_WARD);
  EXPECT_EQ(by_offer.live().SerializeAsString(), by_ward.live().SerializeAsString());
  EXPECT_EQ(by_offer.settled().SerializeAsString(), by_ward.settled().SerializeAsString());
  EXPECT_GT(by_offer.live().issued(), Sum(table, RollupRow::KIND_OPPORTUNITY).live().issued());
  EXPECT_GT(by_offer.live().issued(), Sum(table, RollupRow::KIND_PICK_UP).live().issued());
}

TEST(Rollups, ChangingOffersOneByOneEqualsCountingThemAtTheEnd) {
  std::mt19937 random(11);
  RollupTable counted_at_end, changed;
  for (uint64_t number = 1; number <= 100; ++number) {
    PackageAggregate end = testing::RandomPackage(random, number);
    PackageAggregate begin = end;
    for (OfferRow& offer : begin.offers) {
      offer.set_state(v1::OFFER_STATE_OPEN);
      for (const char* field : {"answers", "claim", "settled", "returned_cause", "started",
                                "handed_back_cause", "ceased", "handed_back_in_cohort"}) {
        offer.GetReflection()->ClearField(&offer, OfferRow::descriptor()->FindFieldByName(field));
      }
    }
    TallyAll(end, &counted_at_end);
    TallyAll(begin, &changed);
    for (size_t i = 0; i < end.offers.size(); ++i) {
      ChangeOffer(&begin, i, &changed, [&](OfferRow& offer) { offer = end.offers[i]; });
    }
  }
  ASSERT_EQ(changed.rows().size(), counted_at_end.rows().size());
  for (const auto& [key, row] : changed.rows()) {
    const RollupRow* other = counted_at_end.Find(key);
    ASSERT_NE(other, nullptr) << key;
    EXPECT_EQ(row.live().SerializeAsString(), other->live().SerializeAsString()) << key;
    EXPECT_EQ(row.settled().SerializeAsString(), other->settled().SerializeAsString()) << key;
  }
}

TEST(Rollups, TheWorkedExampleOfTheDefinitionsComesOutExactly) {
  RollupTable table;
  uint64_t number = 0;
  auto issue = [&](auto fate) {
    PackageAggregate package = MakePackage(++number);
    fate(Put(&package));
    TallyAll(package, &table);
  };
  auto answered = [](v1::Answer answer, v1::OfferState state) {
    return [=](OfferRow& offer) {
      Reply(offer, answer);
      offer.set_state(state);
      offer.set_settled(true);
    };
  };
  issue([](OfferRow& offer) { offer.set_state(v1::OFFER_STATE_CLOSED); });
  issue([](OfferRow& offer) { Uphold(offer); });
  for (int i = 0; i < 2; ++i) issue([](OfferRow&) {});
  for (int i = 0; i < 9; ++i) issue(answered(v1::ANSWER_ACCEPT, v1::OFFER_STATE_WON));
  for (int i = 0; i < 4; ++i) issue(answered(v1::ANSWER_ACCEPT, v1::OFFER_STATE_LOST));
  for (int i = 0; i < 4; ++i) issue(answered(v1::ANSWER_DECLINE, v1::OFFER_STATE_DECLINED));
  for (int i = 0; i < 2; ++i) {
    issue([](OfferRow& offer) {
      Lapse(offer);
      Reply(offer, v1::ANSWER_DECLINE, /*late=*/true);
    });
  }
  issue([](OfferRow& offer) { Lapse(offer); });

  for (RollupRow::Kind kind : {RollupRow::KIND_OFFER, RollupRow::KIND_WARD, RollupRow::KIND_PICK_UP,
                               RollupRow::KIND_OPPORTUNITY}) {
    const v1::Counts counts = Sum(table, kind).live();
    EXPECT_EQ(counts.issued(), 24);
    EXPECT_EQ(ExcludedOf(counts), 2);
    EXPECT_EQ(DueOf(counts), 20);
    EXPECT_EQ(RespondedOf(counts), 17);
    EXPECT_EQ(counts.late(), 2);
    EXPECT_EQ(counts.silent(), 1);
    EXPECT_EQ(counts.won(), 9);
    EXPECT_EQ(counts.lost(), 4);
    const v1::Rates rates = RatesOf(counts, false);
    EXPECT_EQ(PrintRate(rates.response()), "85.0%");
    EXPECT_EQ(PrintRate(rates.acceptance()), "65.0%");
    EXPECT_EQ(PrintRate(rates.award()), "45.0%");
    const v1::Rate pick_up = PickUpRateOf(counts, v1::PICK_UP_NUMERATOR_ACCEPTED);
    EXPECT_EQ(PrintRate(pick_up), "65.0%");
    EXPECT_EQ(ShortBy(pick_up, 75), 2);
    EXPECT_EQ(ToRecover(pick_up, 75), 8);
  }
}

TEST(Rollups, ThreeReissuesOfTheSameTermsAreOneFailure) {
  PackageAggregate package = MakePackage(1);
  for (DateNumber date : {20180730, 20180806, 20180813}) {
    Issue issue;
    issue.date = date;
    issue.round = static_cast<int32_t>(package.offers.size()) + 1;
    Lapse(Put(&package, issue));
  }
  RollupTable table;
  TallyAll(package, &table);
  EXPECT_EQ(Sum(table, RollupRow::KIND_OFFER).live().silent(), 3);
  EXPECT_EQ(Sum(table, RollupRow::KIND_OPPORTUNITY).live().silent(), 3);
  const std::string july = RollupTable::Prefix(RollupRow::KIND_PICK_UP, "shire", 201807);
  auto unit = table.rows().lower_bound(july);
  ASSERT_NE(unit, table.rows().end());
  EXPECT_THAT(unit->first, ::testing::StartsWith(july + "north/lead/alder|"));
  EXPECT_EQ(unit->second.live().silent(), 1);
  EXPECT_EQ(unit->second.live().issued(), 1);
  EXPECT_EQ(Sum(table, RollupRow::KIND_PICK_UP).live().issued(), 1);
}

TEST(Rollups, ChangedTermsMakeANewPickUpUnit) {
  PackageAggregate package = MakePackage(1);
  Lapse(Put(&package));
  package.row.set_terms_version(2);
  Reply(Put(&package), v1::ANSWER_ACCEPT);
  RollupTable table;
  TallyAll(package, &table);
  EXPECT_EQ(Sum(table, RollupRow::KIND_PICK_UP).live().silent(), 1);
  EXPECT_EQ(Sum(table, RollupRow::KIND_PICK_UP).live().accepted(), 1);
}

TEST(Rollups, AnOpportunityOfSeveralBranchesTakesTheBestAnswer) {
  PackageAggregate package = MakePackage(1);
  Lapse(Put(&package));
  Issue other;
  other.branch_id = "alder-south";
  Reply(Put(&package, other), v1::ANSWER_DECLINE);
  other.branch_id = "alder-west";
  Put(&package, other).set_state(v1::OFFER_STATE_CLOSED);
  RollupTable table;
  TallyAll(package, &table);
  const v1::Counts opportunities = Sum(table, RollupRow::KIND_OPPORTUNITY).live();
  EXPECT_EQ(opportunities.issued(), 1);
  EXPECT_EQ(opportunities.declined(), 1);
  EXPECT_EQ(Sum(table, RollupRow::KIND_OFFER).live().issued(), 3);
}

TEST(Units, AUnitIsExcludedOnlyIfAllItsOffersAre) {
  PackageAggregate package = MakePackage(1);
  Uphold(Put(&package));
  Put(&package).set_state(v1::OFFER_STATE_CLOSED);
  std::vector<OfferFact> facts;
  for (const OfferRow& offer : package.offers) facts.push_back(FactOf(package.row, offer));
  EXPECT_EQ(UnitOf(facts, CountedFor::kPickUp).response_class(),
            v1::RESPONSE_CLASS_CLOSED_UNANSWERED);
  Lapse(Put(&package));
  facts.push_back(FactOf(package.row, package.offers.back()));
  EXPECT_EQ(UnitOf(facts, CountedFor::kPickUp).response_class(), v1::RESPONSE_CLASS_SILENT);
}

TEST(Units, AUnitThatWasWonAgainAfterAReturnCountsAsPickedUp) {
  PackageAggregate package = MakePackage(1);
  OfferRow& returned = Put(&package);
  Reply(returned, v1::ANSWER_ACCEPT);
  returned.set_state(v1::OFFER_STATE_WON);
  returned.set_returned_cause(v1::CAUSE_PROVIDER);
  Issue again;
  again.round = 2;
  Reply(Put(&package, again), v1::ANSWER_ACCEPT);
  package.offers[1].set_state(v1::OFFER_STATE_LOST);
  RollupTable lost_again;
  TallyAll(package, &lost_again);
  EXPECT_EQ(Sum(lost_again, RollupRow::KIND_PICK_UP).live().accepted_returned_by_provider(), 1);
  package.offers[1].set_state(v1::OFFER_STATE_WON);
  RollupTable won_again;
  TallyAll(package, &won_again);
  EXPECT_EQ(Sum(won_again, RollupRow::KIND_PICK_UP).live().won(), 1);
  EXPECT_EQ(Sum(won_again, RollupRow::KIND_PICK_UP).live().accepted_returned_by_provider(), 0);
}

TEST(Rollups, SettledCountsOnlyWhatIsPastItsDeadline) {
  PackageAggregate package = MakePackage(1);
  Lapse(Put(&package));
  Issue again;
  again.round = 2;
  Reply(Put(&package, again), v1::ANSWER_ACCEPT);
  RollupTable table;
  TallyAll(package, &table);
  RollupRow unit = Sum(table, RollupRow::KIND_PICK_UP);
  EXPECT_EQ(unit.live().accepted(), 1);
  EXPECT_EQ(unit.settled().silent(), 1);
  ChangeOffer(&package, 1, &table, [](OfferRow& offer) { offer.set_settled(true); });
  unit = Sum(table, RollupRow::KIND_PICK_UP);
  EXPECT_EQ(unit.settled().accepted(), 1);
  EXPECT_EQ(unit.settled().silent(), 0);
  EXPECT_EQ(Sum(table, RollupRow::KIND_OFFER).settled().issued(), 2);
}

TEST(Rollups, ARestartCountsNowhere) {
  PackageAggregate package = MakePackage(1);
  Issue restart;
  restart.restart = true;
  Reply(Put(&package, restart), v1::ANSWER_ACCEPT);
  RollupTable table;
  TallyAll(package, &table);
  ASSERT_EQ(table.rows().size(), 1u);
  EXPECT_EQ(table.rows().begin()->second.kind(), RollupRow::KIND_PACKAGE);
  v1::Counts counts;
  AddFact(FactOf(package.row, package.offers[0]), 1, &counts);
  EXPECT_EQ(counts.issued(), 0);
}

TEST(Rollups, AnImportedPackageIsNoReferral) {
  PackageAggregate package = MakePackage(1);
  package.row.set_imported(true);
  package.row.set_state(v1::PACKAGE_STATE_STARTED);
  RollupTable table;
  TallyChange(PackageTally(), package, &table);
  EXPECT_TRUE(table.rows().empty());
}

TEST(Rollups, APackageOfTheWaitingListIsReferredAndWaiting) {
  PackageAggregate package = MakePackage(1);
  package.row.set_state(v1::PACKAGE_STATE_UNFILLED);
  RollupTable table;
  TallyChange(PackageTally(), package, &table);
  const PackageTally waiting = TallyOf(package.row);
  package.row.set_state(v1::PACKAGE_STATE_HANDED_BACK);
  TallyChange(waiting, package, &table);
  const v1::PackageCounts counts = Sum(table, RollupRow::KIND_PACKAGE).packages();
  EXPECT_EQ(counts.referred(), 1);
  EXPECT_EQ(counts.released(), 1);
  EXPECT_EQ(counts.sourced(), 1);
  EXPECT_EQ(counts.waiting(), 0);
}

TEST(Rollups, WhatWasAvoidedIsKeptByContract) {
  PackageAggregate package = MakePackage(1);
  RoundRow round;
  round.set_number(1);
  round.set_rule_number(1);
  round.set_terms_version(1);
  for (const char* contract : {"north/lead/alder", "north/lead/beech"}) {
    journal::v1::Verdict* verdict = round.add_verdicts();
    verdict->set_contract_id(contract);
    verdict->set_failed_rules(1u << v1::HARD_RULE_BRANCH_TAKING_OFFERS);
  }
  RollupTable table;
  TallyAvoided(package, round, 20180703, &table);
  ASSERT_EQ(table.rows().size(), 2u);
  for (const auto& [key, row] : table.rows()) {
    EXPECT_EQ(key, RollupTable::KeyOf(row));
    EXPECT_EQ(row.missed_in_opt_out(), 1) << row.contract_id();
  }
  EXPECT_EQ(table.rows().begin()->second.contract_id(), "north/lead/alder");
}

std::vector<std::string> KeysOf(const std::vector<const RollupTable::Rows::value_type*>& rows) {
  std::vector<std::string> keys;
  keys.reserve(rows.size());
  for (const auto* row : rows) keys.push_back(row->first);
  return keys;
}

TEST(ATalliedTable, NamesWhatChangedOnce) {
  PackageAggregate package = MakePackage(1);
  Put(&package);
  RollupTable table;
  TallyAll(package, &table);
  RollupTable copy = table;
  const std::vector<std::string> changed = KeysOf(table.TakeChanged());
  EXPECT_EQ(changed.size(), 5u);
  EXPECT_EQ(std::set<std::string>(changed.begin(), changed.end()).size(), 5u);
  EXPECT_TRUE(table.TakeChanged().empty());
  EXPECT_EQ(KeysOf(copy.TakeChanged()), changed);
  for (const std::string& key : changed) EXPECT_EQ(RollupTable::KeyOf(*table.Find(key)), key);
  RollupTable loaded;
  for (const auto& [key, row] : table.rows()) loaded.Put(row);
  EXPECT_TRUE(loaded.TakeChanged().empty());
  EXPECT_EQ(loaded.rows().size(), 5u);
}

TEST(ATalliedTable, EveryRowThatAPackageTouchesIsNamedForLoading) {
  std::mt19937 random(13);
  for (uint64_t number = 1; number <= 100; ++number) {
    PackageAggregate package = testing::RandomPackage(random, number);
    RollupTable table;
    TallyAll(package, &table);
    if (!package.offers.empty()) {
      TallyHours(package, package.offers[0], 20180731, 1, &table);
      package.row.mutable_award()->set_offer_ordinal(1);
      package.row.mutable_award()->set_time_us(1533077999000000);  // 23:59:59 in London
    }
    std::vector<std::string> keys = RollupKeysOf(package);
    for (const std::string& key : KeysOf(table.TakeChanged()))
      EXPECT_THAT(keys, ::testing::Contains(key));
  }
}

}  // namespace
}  // namespace brokerage::engine
