#include "engine/apply/offer_facts.h"

#include <algorithm>

#include "engine/base/check.h"
#include "engine/figures/passed_over.h"
#include "engine/figures/tally.h"
#include "engine/model/tables.h"
#include "engine/routing/adaptive_release.h"

namespace brokerage::engine {

using journal::v1::AnswerRow;
using journal::v1::ClaimRow;
using journal::v1::DeadlineExtended;
using journal::v1::ErrorClaimed;
using journal::v1::ErrorDecided;
using journal::v1::OfferAnswered;
using journal::v1::OfferMoved;
using journal::v1::OfferRow;
using journal::v1::OffersClosed;
using journal::v1::OutageSpan;
using journal::v1::PackageRow;
using journal::v1::PassedOverRound;
using journal::v1::QuestionAnswered;
using journal::v1::QuestionAsked;
using journal::v1::QuestionRow;
using journal::v1::RollupRow;
using journal::v1::RoundClosed;
using journal::v1::RoundDue;
using journal::v1::RoundEvaluated;
using journal::v1::RoundOpened;
using journal::v1::RoundRow;
using journal::v1::RoundsPassedOver;

void Apply(Applier& applier, const RoundOpened& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  BROKERAGE_CHECK(fact.round().number() == row.rounds_size() + 1 && fact.offers_size() > 0);
  TallyAvoided(applier.Touch(fact.package_number()), fact.round(), fact.offers(0).issued_date(),
               &applier.state().rollups);
  if (!fact.restart()) {
    TallySuspended(applier.Touch(fact.package_number()), fact.round().terms_version(),
                   fact.round().verdicts(), fact.offers(0).issued_date(), &applier.state().rollups);
  }
  *row.add_rounds() = fact.round();
  row.set_state(v1::PACKAGE_STATE_OFFERED);
  row.set_next_rule_number(fact.next_rule_number());
  row.set_issue_lot_id(fact.lot_id());
  row.set_offer_count(row.offer_count() + fact.offers_size());
  row.set_awaits_award(false);
  row.set_proposed_ordinal(0);
  row.set_needs_evaluation(false);
  if (fact.restart()) row.set_restart_done(true);
  PackageAggregate& package = applier.Touch(fact.package_number());
  for (const OfferRow& offer : fact.offers()) applier.AddOffer(package, offer);
}

void Apply(Applier& applier, const RoundsPassedOver& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  for (const PassedOverRound& round : fact.rounds()) {
    TallyPassedOver(applier.Touch(fact.package_number()), round, &applier.state().rollups);
    *row.add_passed_over_rounds() = round;
  }
}

void Apply(Applier& applier, const RoundDue& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  RoundRow& round = *row.mutable_rounds(fact.round_number() - 1);
  round.set_settled(true);
  if (round.closed_time_us() == 0) round.set_closed_time_us(applier.record().time_us());
  PackageAggregate& package = applier.Touch(fact.package_number());
  for (size_t i = 0; i < package.offers.size(); ++i) {
    if (package.offers[i].round_number() != fact.round_number()) continue;
    applier.ChangeOffer(package, static_cast<int32_t>(i + 1), [](OfferRow& offer) {
      offer.set_settled(true);
      if (offer.state() == v1::OFFER_STATE_OPEN) offer.set_state(v1::OFFER_STATE_LAPSED);
    });
  }
  const v1::FrameworkRules& rules = RulesOf(applier.state(), row);
  if (rules.has_adaptive_release()) {
    CountFill(rules.adaptive_release(), fact.round_number(), &package, &applier.state().rollups);
  }
  if (row.state() == v1::PACKAGE_STATE_OFFERED) row.set_needs_evaluation(true);
}

void Apply(Applier& applier, const RoundClosed& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  row.mutable_rounds(fact.round_number() - 1)->set_closed_time_us(applier.record().time_us());
}

void Apply(Applier& applier, const RoundEvaluated& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  row.set_needs_evaluation(false);
  row.set_awaits_award(false);
  row.set_proposed_ordinal(0);
}

void Apply(Applier& applier, const DeadlineExtended& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  RoundRow& round = *row.mutable_rounds(fact.round_number() - 1);
  if (fact.has_taken()) *round.add_given_back() = fact.taken();
  if (!fact.reopened_ordinals().empty()) {  // no window ran from its deadline until now
    OutageSpan& idle = *round.add_given_back();
    idle.set_from_us(round.deadline_us());
    idle.set_to_us(applier.record().time_us());
  }
  if (fact.deadline_us() != 0) round.set_deadline_us(fact.deadline_us());
  const bool reopened = !fact.reopened_ordinals().empty();
  if (reopened) {
    round.set_settled(false);
    round.set_closed_time_us(0);
    row.set_state(v1::PACKAGE_STATE_OFFERED);
  }
  PackageAggregate& package = applier.Touch(fact.package_number());
  for (size_t i = 0; i < package.offers.size() && fact.deadline_us() != 0; ++i) {
    if (package.offers[i].round_number() != fact.round_number()) continue;
    applier.ChangeOffer(package, static_cast<int32_t>(i + 1), [&](OfferRow& offer) {
      offer.set_deadline_us(fact.deadline_us());
      if (reopened) offer.set_settled(false);
    });
  }
  for (int32_t ordinal : fact.reopened_ordinals()) {
    applier.ChangeOffer(package, ordinal,
                        [](OfferRow& offer) { offer.set_state(v1::OFFER_STATE_OPEN); });
  }
  for (int32_t ordinal : fact.closed_ordinals()) {
    applier.ChangeOffer(package, ordinal, [](OfferRow& offer) {
      offer.set_state(v1::OFFER_STATE_CLOSED);
      offer.set_close_cause(v1::CLOSE_CAUSE_OUTAGE);
    });
  }
  for (int32_t ordinal : fact.in_time_ordinals()) {
    applier.ChangeOffer(package, ordinal, [&fact](OfferRow& offer) {
      for (AnswerRow& answer : *offer.mutable_answers()) {
        const bool in_time = !answer.remark() && answer.time_us() <= fact.in_time_until_us();
        if (in_time) answer.set_late(false);
      }
    });
  }
  // An award that was proposed waits for those who may answer again; who came late may come first.
  if (reopened || !fact.in_time_ordinals().empty()) applier.NoteEvaluation(package);
}

void Apply(Applier& applier, const OfferAnswered& fact) {
  PackageAggregate& package = applier.Touch(fact.package_number());
  applier.ChangeOffer(package, fact.ordinal(), [&fact](OfferRow& offer) {
    *offer.add_answers() = fact.answer();
    if (fact.answer().remark()) return;
    offer.set_state(fact.answer().answer() == v1::ANSWER_ACCEPT ? v1::OFFER_STATE_ACCEPTED
                                                                : v1::OFFER_STATE_DECLINED);
  });
  if (!fact.answer().remark()) {
    applier.ChangeLimit(
        package.offers[static_cast<size_t>(fact.ordinal() - 1)],
        [&fact](RollupRow* row) { *row->mutable_acceptance_limit() = fact.answer().limit(); });
  }
  if (!fact.award_waits()) applier.NoteEvaluation(package);
}

void Apply(Applier& applier, const OffersClosed& fact) {
  PackageAggregate& package = applier.Touch(fact.package_number());
  for (int32_t ordinal : fact.ordinals()) {
    applier.ChangeOffer(package, ordinal, [&fact](OfferRow& offer) {
      offer.set_state(v1::OFFER_STATE_CLOSED);
      offer.set_close_cause(fact.cause());
      if (IsAsked(offer)) offer.set_settled(true);  // it is of no round
    });
  }
  // What the branch that has the package was asked falls with its contract, too.
  const auto& closed = fact.ordinals();
  const int32_t asked = package.row.asked_ordinal();
  if (std::find(closed.begin(), closed.end(), asked) != closed.end()) {
    applier.Change(fact.package_number()).clear_asked_ordinal();
  }
  applier.NoteEvaluation(package);
}

void Apply(Applier& applier, const OfferMoved& fact) {
  PackageAggregate& package = applier.Touch(fact.package_number());
  BROKERAGE_CHECK(package.offers[static_cast<size_t>(fact.ordinal() - 1)].branch_id() ==
                  fact.from_branch_id());
  applier.MoveOffer(package, fact.ordinal(), fact.branch_id());
  applier.Delete(Table::kOffersByBranch,
                 OwnedOfferKey(fact.from_branch_id(), fact.package_number(), fact.ordinal()));
  applier.Put(Table::kOffersByBranch,
              OwnedOfferKey(fact.branch_id(), fact.package_number(), fact.ordinal()), "");
  // Another branch may pass other rules at the deadline, or tie otherwise.
  applier.NoteEvaluation(package);
}

void Apply(Applier& applier, const ErrorClaimed& fact) {
  PackageAggregate& package = applier.Touch(fact.package_number());
  applier.ChangeOffer(package, fact.ordinal(), [&applier, &fact](OfferRow& offer) {
    ClaimRow& claim = *offer.mutable_claim();
    claim.set_state(v1::CLAIM_STATE_OPEN);
    claim.set_time_us(applier.record().time_us());
    claim.set_routing_confirms_coverage(fact.routing_confirms_coverage());
  });
}

void Apply(Applier& applier, const ErrorDecided& fact) {
  PackageAggregate& package = applier.Touch(fact.package_number());
  applier.ChangeOffer(package, fact.ordinal(), [&applier, &fact](OfferRow& offer) {
    offer.mutable_claim()->set_state(fact.state());
    offer.mutable_claim()->set_decided_time_us(applier.record().time_us());
    if (fact.state() == v1::CLAIM_STATE_UPHELD && offer.state() == v1::OFFER_STATE_OPEN) {
      offer.set_state(v1::OFFER_STATE_CLOSED);
      offer.set_close_cause(v1::CLOSE_CAUSE_ISSUED_IN_ERROR);
    }
  });
  applier.NoteEvaluation(package);
}

void Apply(Applier& applier, const QuestionAsked& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  const PackageAggregate& package = applier.Touch(fact.package_number());
  QuestionRow& question = *row.add_questions();
  question.set_ordinal(fact.ordinal());
  question.set_round_number(package.offers[static_cast<size_t>(fact.ordinal() - 1)].round_number());
  question.set_time_us(applier.record().time_us());
}

void Apply(Applier& applier, const QuestionAnswered& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  row.mutable_questions(fact.question_number() - 1)
      ->set_answered_time_us(applier.record().time_us());
}

}  // namespace brokerage::engine
