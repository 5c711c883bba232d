// What each fact does to state.

#include <algorithm>
#include <set>

#include "engine/apply/applier.h"
#include "engine/award/acceptance_limits.h"
#include "engine/base/check.h"
#include "engine/figures/passed_over.h"
#include "engine/figures/tally.h"
#include "engine/routing/adaptive_release.h"

namespace brokerage::engine {

using journal::v1::Fact;
using journal::v1::OfferRow;
using journal::v1::PackageRow;
using journal::v1::RoundRow;

void Applier::Do(const Fact& fact) {
  switch (fact.fact_case()) {
    case Fact::kFrameworkApplied:
      return On(fact.framework_applied());
    case Fact::kDirectoryChanged:
      return On(fact.directory_changed());
    case Fact::kPackageSubmitted:
      return On(fact.package_submitted());
    case Fact::kPackageReleased:
      return On(fact.package_released());
    case Fact::kPackageHeld:
      return On(fact.package_held());
    case Fact::kRoundOpened:
      return On(fact.round_opened());
    case Fact::kOfferAnswered:
      return On(fact.offer_answered());
    case Fact::kRoundDue:
      return On(fact.round_due());
    case Fact::kRoundClosed:
      return On(fact.round_closed());
    case Fact::kAwardProposed:
      return On(fact.award_proposed());
    case Fact::kPackageAwarded:
      return On(fact.package_awarded());
    case Fact::kPackageUnfilled:
      return On(fact.package_unfilled());
    case Fact::kPackageReissued:
      return On(fact.package_reissued());
    case Fact::kPackageCancelled:
      return On(fact.package_cancelled());
    case Fact::kPackageStarted:
      return On(fact.package_started());
    case Fact::kPackageReturned:
      return On(fact.package_returned());
    case Fact::kPackageHandedBack:
      return On(fact.package_handed_back());
    case Fact::kPackageCeased:
      return On(fact.package_ceased());
    case Fact::kOffersClosed:
      return On(fact.offers_closed());
    case Fact::kErrorClaimed:
      return On(fact.error_claimed());
    case Fact::kErrorDecided:
      return On(fact.error_decided());
    case Fact::kDeadlineExtended:
      return On(fact.deadline_extended());
    case Fact::kTextsErased:
      return On(fact.texts_erased());
    case Fact::kAccountChanged:
      return On(fact.account_changed());
    case Fact::kClockJudged:
      return On(fact.clock_judged());
    case Fact::kRoundEvaluated:
      return On(fact.round_evaluated());
    case Fact::kLimitPassed:
      return On(fact.limit_passed());
    case Fact::kOfferMoved:
      return On(fact.offer_moved());
    case Fact::kRoundsPassedOver:
      return On(fact.rounds_passed_over());
    case Fact::FACT_NOT_SET:
      break;
  }
  BROKERAGE_CHECK(false && "a fact of a newer version");
}

void Applier::On(const journal::v1::FrameworkApplied& fact) {
  state_.directory.PutFramework(fact.framework());
  ++state_.directory_version;
  Put(Table::kFrameworks,
      FrameworkKey(fact.framework().framework_id(), fact.framework().revision()),
      fact.framework().SerializeAsString());
}

void Applier::On(const journal::v1::DirectoryChanged& fact) {
  for (const journal::v1::DirectoryFact& changed : fact.facts()) {
    const journal::v1::DirectoryFact* before = state_.directory.Fact(changed.key());
    if (before != nullptr && before->effective_time_us() != 0) {
      AgendaEntry entry;
      entry.phase = AgendaEntry::kContractChange;
      entry.due_us = before->effective_time_us();
      entry.fact_key = before->key();
      state_.agenda.erase(entry);
    }
    if (before == nullptr && (changed.has_opt_out_window() || changed.has_suspension() ||
                              changed.has_coverage_proposal() || changed.has_transfer())) {
      state_.system.set_last_fact_number(state_.system.last_fact_number() + 1);
      system_changed_ = true;
    }
    // One that speaks for all dates leaves nothing to the version before. A fact whose effect was
    // noted is not a new version: it keeps the time at which it was recorded.
    if (before != nullptr && changed.from_date() != 0 &&
        before->recorded_time_us() != changed.recorded_time_us()) {
      Put(Table::kDirectoryPast, PastFactKey(changed.key(), sequence_),
          before->SerializeAsString());
    }
    state_.directory.Put(changed);
    EnterFact(&state_, changed);
    Put(Table::kDirectory, changed.key(), changed.SerializeAsString());
  }
  ++state_.directory_version;
  LookAgainAtOffersOf(fact);
}

// Who may still be awarded has changed for open offers of these subjects: what was not certain may
// be now. An acceptance that was proposed for award may hold no longer: the next best, or the next
// round, must not wait for somebody to notice.
void Applier::LookAgainAtOffersOf(const journal::v1::DirectoryChanged& fact) {
  std::set<absl::string_view> subjects;  // ids of branches, providers, contracts; codes of wards
  std::set<std::pair<absl::string_view, absl::string_view>> suspended;  // framework, provider
  for (const journal::v1::DirectoryFact& changed : fact.facts()) {
    subjects.insert(changed.opt_out_window().branch_id());
    subjects.insert(changed.coverage().branch_id());
    subjects.insert(changed.branch().id());
    if (changed.suspension().framework_id().empty()) {
      subjects.insert(changed.suspension().provider_id());
    } else {
      suspended.insert({changed.suspension().framework_id(), changed.suspension().provider_id()});
    }
    subjects.insert(changed.suspension().contract_id());
    subjects.insert(changed.contract().id());
    subjects.insert(changed.novation().contract_id());
    subjects.insert(changed.lot_ward().ward_code());
  }
  subjects.erase("");
  if (subjects.empty() && suspended.empty()) return;
  const std::set<uint64_t> open_packages = state_.open_packages;  // changes below
  for (uint64_t number : open_packages) {
    const PackageAggregate& package = *state_.Package(number);
    const bool concerned =
        std::any_of(package.offers.begin(), package.offers.end(), [&](const OfferRow& offer) {
          const bool stands =
              offer.state() == v1::OFFER_STATE_OPEN ||
              (package.row.awaits_award() && offer.state() == v1::OFFER_STATE_ACCEPTED);
          return stands &&
                 (subjects.contains(offer.branch_id()) || subjects.contains(offer.provider_id()) ||
                  subjects.contains(offer.contract_id()) ||
                  suspended.contains({package.row.framework_id(), offer.provider_id()}) ||
                  subjects.contains(package.row.ward_code()));
        });
    if (concerned) NoteEvaluation(Touch(number));
  }
}

void Applier::ChangeLimit(const OfferRow& accepted,
                          const std::function<void(journal::v1::RollupRow*)>& change) {
  const v1::AcceptanceLimit* limit = LimitOf(accepted);
  if (limit == nullptr) return;
  journal::v1::RollupRow* row =
      state_.rollups.Change(LimitDimensions(accepted.branch_id(), limit->name()));
  const journal::v1::RollupRow before = *row;
  change(row);
  const std::set<uint64_t>* found =
      state_.waiting_by_limit.Find(LimitKey(accepted.branch_id(), limit->name()));
  if (found == nullptr) return;
  const std::set<uint64_t> waiting = *found;  // changes below
  for (uint64_t number : waiting) {
    const int64_t minutes = state_.Package(number)->row.terms().weekly_minutes();
    if (HasRoom(before, minutes) != HasRoom(*row, minutes)) NoteEvaluation(Touch(number));
  }
}

void Applier::CountUnderLimit(const PackageAggregate& package, const OfferRow& winner,
                              int64_t sign) {
  ChangeLimit(winner, [&package, sign](journal::v1::RollupRow* row) {
    row->set_awards(row->awards() + sign);
    row->set_minutes(row->minutes() + sign * package.row.terms().weekly_minutes());
  });
}

void Applier::On(const journal::v1::PackageSubmitted& fact) {
  Insert(fact.package());
  if (fact.package().predecessor_number() == 0) return;
  PackageRow& predecessor = Change(fact.package().predecessor_number());
  predecessor.set_successor_number(fact.package().number());
  predecessor.set_successor_year(fact.package().year());
}

void Applier::On(const journal::v1::PackageReleased& fact) {
  PackageRow& row = Change(fact.package_number());
  if (row.released_time_us() == 0) row.set_released_time_us(record_.time_us());
  row.set_framework_revision(fact.framework_revision());
  row.set_release_due_us(0);
  row.set_held(false);
  row.set_issued_by(record_.account_id());
}

void Applier::On(const journal::v1::PackageHeld& fact) {
  PackageRow& row = Change(fact.package_number());
  row.set_held(fact.held());
  row.set_release_due_us(fact.release_due_us());
}

void Applier::On(const journal::v1::RoundOpened& fact) {
  PackageRow& row = Change(fact.package_number());
  BROKERAGE_CHECK(fact.round().number() == row.rounds_size() + 1 && fact.offers_size() > 0);
  TallyAvoided(Touch(fact.package_number()), fact.round(), fact.offers(0).issued_date(),
               &state_.rollups);
  if (!fact.restart()) {
    TallySuspended(Touch(fact.package_number()), fact.round().terms_version(),
                 fact.round().verdicts(), fact.offers(0).issued_date(), &state_.rollups);
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
  PackageAggregate& package = Touch(fact.package_number());
  for (const OfferRow& offer : fact.offers()) AddOffer(package, offer);
}

void Applier::On(const journal::v1::RoundsPassedOver& fact) {
  PackageRow& row = Change(fact.package_number());
  for (const journal::v1::PassedOverRound& round : fact.rounds()) {
    TallyPassedOver(Touch(fact.package_number()), round, &state_.rollups);
    *row.add_passed_over_rounds() = round;
  }
}

void Applier::On(const journal::v1::OfferAnswered& fact) {
  PackageAggregate& package = Touch(fact.package_number());
  ChangeOffer(package, fact.ordinal(), [&fact](OfferRow& offer) {
    *offer.add_answers() = fact.answer();
    if (fact.answer().remark()) return;
    offer.set_state(fact.answer().answer() == v1::ANSWER_ACCEPT ? v1::OFFER_STATE_ACCEPTED
                                                                : v1::OFFER_STATE_DECLINED);
  });
  if (!fact.answer().remark()) {
    ChangeLimit(package.offers[static_cast<size_t>(fact.ordinal() - 1)],
                [&fact](journal::v1::RollupRow* row) {
                  *row->mutable_acceptance_limit() = fact.answer().limit();
                });
  }
  NoteEvaluation(package);
}

void Applier::On(const journal::v1::RoundDue& fact) {
  PackageRow& row = Change(fact.package_number());
  RoundRow& round = *row.mutable_rounds(fact.round_number() - 1);
  round.set_settled(true);
  if (round.closed_time_us() == 0) round.set_closed_time_us(record_.time_us());
  PackageAggregate& package = Touch(fact.package_number());
  for (size_t i = 0; i < package.offers.size(); ++i) {
    if (package.offers[i].round_number() != fact.round_number()) continue;
    ChangeOffer(package, static_cast<int32_t>(i + 1), [](OfferRow& offer) {
      offer.set_settled(true);
      if (offer.state() == v1::OFFER_STATE_OPEN) offer.set_state(v1::OFFER_STATE_LAPSED);
    });
  }
  const v1::FrameworkRules& rules = RulesOf(state_, row);
  if (rules.has_adaptive_release()) {
    CountFill(rules.adaptive_release(), fact.round_number(), &package, &state_.rollups);
  }
  if (row.state() == v1::PACKAGE_STATE_OFFERED) row.set_needs_evaluation(true);
}

void Applier::On(const journal::v1::RoundClosed& fact) {
  PackageRow& row = Change(fact.package_number());
  row.mutable_rounds(fact.round_number() - 1)->set_closed_time_us(record_.time_us());
}

void Applier::On(const journal::v1::RoundEvaluated& fact) {
  PackageRow& row = Change(fact.package_number());
  row.set_needs_evaluation(false);
  row.set_awaits_award(false);
  row.set_proposed_ordinal(0);
}

void Applier::On(const journal::v1::AwardProposed& fact) {
  PackageRow& row = Change(fact.package_number());
  row.set_needs_evaluation(false);
  row.set_awaits_award(true);
  row.set_proposed_ordinal(fact.ordinal());
  VoidOffers(Touch(fact.package_number()), fact.voided());
}

void Applier::On(const journal::v1::PackageAwarded& fact) {
  PackageRow& row = Change(fact.package_number());
  PackageAggregate& package = Touch(fact.package_number());
  ChangeOffer(package, fact.award().offer_ordinal(),
              [](OfferRow& offer) { offer.set_state(v1::OFFER_STATE_WON); });
  for (const journal::v1::LostOffer& lost : fact.lost()) {
    ChangeOffer(package, lost.ordinal(), [&lost](OfferRow& offer) {
      offer.set_state(v1::OFFER_STATE_LOST);
      offer.set_lost_by(lost.lost_by());
    });
  }
  VoidOffers(package, fact.voided());
  CloseOpenOffers(package, v1::CLOSE_CAUSE_AWARDED_ELSEWHERE);
  CloseRounds(row);
  row.set_state(v1::PACKAGE_STATE_AWARDED);
  *row.mutable_award() = fact.award();
  row.mutable_award()->set_award_date(fact.award_date());
  row.set_needs_evaluation(false);
  row.set_awaits_award(false);
  row.set_proposed_ordinal(0);
  const OfferRow& winner = package.offers[static_cast<size_t>(fact.award().offer_ordinal() - 1)];
  TallyHours(package, winner, fact.award_date(), +1, &state_.rollups);
  CountUnderLimit(package, winner, +1);
}

void Applier::On(const journal::v1::PackageUnfilled& fact) {
  PackageRow& row = Change(fact.package_number());
  VoidOffers(Touch(fact.package_number()), fact.voided());
  row.set_state(v1::PACKAGE_STATE_UNFILLED);
  row.set_needs_evaluation(false);
  row.set_awaits_award(false);
  row.set_proposed_ordinal(0);
}

void Applier::On(const journal::v1::PackageReissued& fact) {
  PackageRow& row = Change(fact.package_number());
  PackageAggregate& package = Touch(fact.package_number());
  CloseOpenOffers(package, v1::CLOSE_CAUSE_REISSUED);
  VoidAcceptances(package);
  CloseRounds(row);
  if (row.released_time_us() == 0) row.set_released_time_us(record_.time_us());
  *row.mutable_terms() = fact.terms();
  row.set_terms_version(fact.terms_version());
  row.set_framework_revision(fact.framework_revision());
  row.set_next_rule_number(1);
  row.set_previous_issue_offers(row.offer_count());
  row.set_awaits_award(false);
  row.set_proposed_ordinal(0);
  row.set_needs_evaluation(false);
  row.set_issued_by(record_.account_id());
}

void Applier::On(const journal::v1::PackageCancelled& fact) {
  PackageRow& row = Change(fact.package_number());
  PackageAggregate& package = Touch(fact.package_number());
  CloseOpenOffers(package, v1::CLOSE_CAUSE_PACKAGE_CANCELLED);
  VoidAcceptances(package);
  CloseRounds(row);
  if (row.state() == v1::PACKAGE_STATE_AWARDED) {
    const OfferRow& winner = package.offers[static_cast<size_t>(row.award().offer_ordinal() - 1)];
    TallyHours(package, winner, row.award().award_date(), -1, &state_.rollups);
    CountUnderLimit(package, winner, -1);
  }
  row.set_state(v1::PACKAGE_STATE_CANCELLED);
  row.set_release_due_us(0);
  row.set_ended_time_us(record_.time_us());
  row.set_needs_evaluation(false);
  row.set_awaits_award(false);
  row.set_proposed_ordinal(0);
}

void Applier::On(const journal::v1::PackageStarted& fact) {
  PackageRow& row = Change(fact.package_number());
  ChangeOffer(Touch(fact.package_number()), row.award().offer_ordinal(),
              [](OfferRow& offer) { offer.set_started(true); });
  row.set_state(v1::PACKAGE_STATE_STARTED);
  row.set_started_time_us(record_.time_us());
  row.set_limit_due_us(fact.limit_due_us());
}

void Applier::On(const journal::v1::PackageReturned& fact) {
  PackageRow& row = Change(fact.package_number());
  PackageAggregate& package = Touch(fact.package_number());
  const int32_t winner = row.award().offer_ordinal();
  ChangeOffer(package, winner,
              [&fact](OfferRow& offer) { offer.set_returned_cause(fact.cause()); });
  const OfferRow& returned = package.offers[static_cast<size_t>(winner - 1)];
  if (fact.cause() == v1::CAUSE_PROVIDER) {
    TakeBackAward(package, returned, row.award().award_date(), &state_.rollups);
  } else {
    TallyHours(package, returned, row.award().award_date(), -1, &state_.rollups);
  }
  CountUnderLimit(package, returned, -1);
  row.set_state(v1::PACKAGE_STATE_UNFILLED);
  row.set_give_up_cause(fact.cause());
  row.clear_award();
  row.set_previous_issue_offers(row.offer_count());
  if (!fact.transfer_id().empty()) {
    row.set_transfer_id(fact.transfer_id());
    // Who gave it up before by its own cause is asked again no more than now.
    if (!fact.gave_up_provider_id().empty()) {
      row.set_gave_up_provider_id(fact.gave_up_provider_id());
    }
  }
}

void Applier::On(const journal::v1::PackageHandedBack& fact) {
  PackageRow& row = Change(fact.package_number());
  if (!row.imported()) {
    ChangeOffer(Touch(fact.package_number()), row.award().offer_ordinal(),
                [&fact](OfferRow& offer) {
                  offer.set_handed_back_cause(fact.cause());
                  offer.set_handed_back_in_cohort(fact.in_cohort());
                });
  }
  row.set_state(v1::PACKAGE_STATE_HANDED_BACK);
  row.set_give_up_cause(fact.cause());
  row.set_ended_time_us(record_.time_us());
  row.set_successor_number(fact.successor().number());
  row.set_successor_year(fact.successor().year());
  Insert(fact.successor());
}

void Applier::On(const journal::v1::PackageCeased& fact) {
  PackageRow& row = Change(fact.package_number());
  if (!row.imported()) {
    ChangeOffer(Touch(fact.package_number()), row.award().offer_ordinal(),
                [](OfferRow& offer) { offer.set_ceased(true); });
  }
  row.set_state(v1::PACKAGE_STATE_CEASED);
  row.set_ended_time_us(record_.time_us());
  row.set_leaving_outcome(fact.leaving_outcome());
  row.set_left_date(fact.left_date());
  row.set_stay_days(fact.stay_days());
}

void Applier::On(const journal::v1::OffersClosed& fact) {
  PackageAggregate& package = Touch(fact.package_number());
  for (int32_t ordinal : fact.ordinals()) {
    ChangeOffer(package, ordinal, [&fact](OfferRow& offer) {
      offer.set_state(v1::OFFER_STATE_CLOSED);
      offer.set_close_cause(fact.cause());
    });
  }
  NoteEvaluation(package);
}

void Applier::On(const journal::v1::ErrorClaimed& fact) {
  PackageAggregate& package = Touch(fact.package_number());
  ChangeOffer(package, fact.ordinal(), [this, &fact](OfferRow& offer) {
    journal::v1::ClaimRow& claim = *offer.mutable_claim();
    claim.set_state(v1::CLAIM_STATE_OPEN);
    claim.set_time_us(record_.time_us());
    claim.set_routing_confirms_coverage(fact.routing_confirms_coverage());
  });
}

void Applier::On(const journal::v1::ErrorDecided& fact) {
  PackageAggregate& package = Touch(fact.package_number());
  ChangeOffer(package, fact.ordinal(), [this, &fact](OfferRow& offer) {
    offer.mutable_claim()->set_state(fact.state());
    offer.mutable_claim()->set_decided_time_us(record_.time_us());
    if (fact.state() == v1::CLAIM_STATE_UPHELD && offer.state() == v1::OFFER_STATE_OPEN) {
      offer.set_state(v1::OFFER_STATE_CLOSED);
      offer.set_close_cause(v1::CLOSE_CAUSE_ISSUED_IN_ERROR);
    }
  });
  NoteEvaluation(package);
}

void Applier::On(const journal::v1::OfferMoved& fact) {
  PackageAggregate& package = Touch(fact.package_number());
  ChangeOffer(package, fact.ordinal(), [&fact](OfferRow& offer) {
    BROKERAGE_CHECK(offer.branch_id() == fact.from_branch_id());
    offer.add_moved_from_branch_ids(fact.from_branch_id());
    offer.set_branch_id(fact.branch_id());
  });
  Delete(Table::kOffersByBranch,
         OwnedOfferKey(fact.from_branch_id(), fact.package_number(), fact.ordinal()));
  Put(Table::kOffersByBranch,
      OwnedOfferKey(fact.branch_id(), fact.package_number(), fact.ordinal()), "");
  // Another branch may pass other rules at the deadline, or tie otherwise.
  NoteEvaluation(package);
}

void Applier::On(const journal::v1::DeadlineExtended& fact) {
  PackageRow& row = Change(fact.package_number());
  RoundRow& round = *row.mutable_rounds(fact.round_number() - 1);
  if (fact.has_taken()) *round.add_given_back() = fact.taken();
  if (!fact.reopened_ordinals().empty()) {  // no window ran from its deadline until now
    journal::v1::OutageSpan& idle = *round.add_given_back();
    idle.set_from_us(round.deadline_us());
    idle.set_to_us(record_.time_us());
  }
  if (fact.deadline_us() != 0) round.set_deadline_us(fact.deadline_us());
  const bool reopened = !fact.reopened_ordinals().empty();
  if (reopened) {
    round.set_settled(false);
    round.set_closed_time_us(0);
    row.set_state(v1::PACKAGE_STATE_OFFERED);
  }
  PackageAggregate& package = Touch(fact.package_number());
  for (size_t i = 0; i < package.offers.size() && fact.deadline_us() != 0; ++i) {
    if (package.offers[i].round_number() != fact.round_number()) continue;
    ChangeOffer(package, static_cast<int32_t>(i + 1), [&](OfferRow& offer) {
      offer.set_deadline_us(fact.deadline_us());
      if (reopened) offer.set_settled(false);
    });
  }
  for (int32_t ordinal : fact.reopened_ordinals()) {
    ChangeOffer(package, ordinal, [](OfferRow& offer) { offer.set_state(v1::OFFER_STATE_OPEN); });
  }
  for (int32_t ordinal : fact.closed_ordinals()) {
    ChangeOffer(package, ordinal, [](OfferRow& offer) {
      offer.set_state(v1::OFFER_STATE_CLOSED);
      offer.set_close_cause(v1::CLOSE_CAUSE_OUTAGE);
    });
  }
  for (int32_t ordinal : fact.in_time_ordinals()) {
    ChangeOffer(package, ordinal, [&fact](OfferRow& offer) {
      for (journal::v1::AnswerRow& answer : *offer.mutable_answers()) {
        const bool in_time = !answer.remark() && answer.time_us() <= fact.in_time_until_us();
        if (in_time) answer.set_late(false);
      }
    });
  }
  // An award that was proposed waits for those who may answer again; who came late may come first.
  if (reopened || !fact.in_time_ordinals().empty()) NoteEvaluation(package);
}

void Applier::On(const journal::v1::TextsErased& fact) {
  Change(fact.package_number()).set_erased(true);
  PackageAggregate& package = Touch(fact.package_number());
  for (const journal::v1::TextRow& text : package.texts) {
    Delete(Table::kTexts, TextKey(text.package_number(), text.name()));
  }
  package.texts.clear();
}

void Applier::On(const journal::v1::AccountChanged& fact) {
  const std::string& id = fact.account().account().id();
  state_.accounts[id] = fact.account();
  ++state_.directory_version;
  Put(Table::kAccounts, id, fact.account().SerializeAsString());
}

void Applier::On(const journal::v1::LimitPassed& fact) {
  Change(fact.package_number()).set_limit_passed(true);
}

void Applier::On(const journal::v1::ClockJudged& fact) {
  state_.system.set_clock_jumped(fact.jumped());
  system_changed_ = true;
}

}  // namespace brokerage::engine
