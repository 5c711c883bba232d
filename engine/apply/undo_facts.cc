#include "engine/apply/undo_facts.h"

#include <algorithm>
#include <map>

#include "engine/apply/steps.h"
#include "engine/routing/adaptive_release.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::OutageSpan;
using journal::v1::PackageLink;
using journal::v1::PackageRow;
using journal::v1::ReopenedOffer;
using journal::v1::RoundRow;
using journal::v1::StepRow;
using journal::v1::StepUndone;

namespace {

// What the step noted in the offer that has, or had, the package.
void ClearStep(v1::StepKind kind, OfferRow& offer) {
  switch (kind) {
    case v1::STEP_KIND_START:
      return offer.clear_started();
    case v1::STEP_KIND_RETURN:
      offer.clear_returned();
      return offer.clear_returned_cause();
    case v1::STEP_KIND_HAND_BACK:
      offer.clear_handed_back_in_cohort();
      return offer.clear_handed_back_cause();
    case v1::STEP_KIND_CEASE:
      return offer.clear_ceased();
    case v1::STEP_KIND_AWARD:
    case v1::STEP_KIND_PLACE:
    case v1::STEP_KIND_CANCEL:
    case v1::STEP_KIND_UNSPECIFIED:
    case v1::StepKind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::StepKind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
}

// The offer as the fact has it; of an open one its round has the deadline.
void Restore(const StepUndone& fact, const ReopenedOffer& as, bool had_won, OfferRow& offer) {
  if (as.state() == v1::OFFER_STATE_WON) return ClearStep(fact.kind(), offer);
  offer.set_state(as.state());
  offer.clear_close_cause();
  offer.clear_lost_by();
  offer.clear_void_rule();
  if (had_won) offer.set_undone(true);
}

// The rounds of offers that are open again, until that moment, and those that the step closed.
void ReopenRounds(Applier& applier, const StepUndone& fact, int64_t step_us, PackageRow& row,
                  PackageAggregate& package) {
  std::map<int32_t, int64_t> deadlines;  // by round
  for (const ReopenedOffer& one : fact.offers()) {
    if (one.state() != v1::OFFER_STATE_OPEN) continue;
    const OfferRow& offer = package.offers[static_cast<size_t>(one.ordinal() - 1)];
    deadlines[offer.round_number()] = one.deadline_us();
  }
  for (RoundRow& round : *row.mutable_rounds()) {
    const auto found = deadlines.find(round.number());
    if (found == deadlines.end()) {
      if (!round.settled() && round.closed_time_us() == step_us) round.clear_closed_time_us();
      continue;
    }
    OutageSpan& idle = *round.add_given_back();  // no window ran from the step until now
    idle.set_from_us(step_us);
    idle.set_to_us(applier.record().time_us());
    round.set_deadline_us(found->second);
    round.clear_closed_time_us();
    round.clear_settled();
    for (size_t i = 0; i < package.offers.size(); ++i) {
      if (package.offers[i].round_number() != round.number()) continue;
      applier.ChangeOffer(package, static_cast<int32_t>(i + 1), [&round](OfferRow& offer) {
        offer.set_deadline_us(round.deadline_us());
        offer.clear_settled();
      });
    }
  }
}

void ClearAward(const StepUndone& fact, const StepRow& step, PackageRow& row) {
  row.clear_award();
  if (step.has_terms()) *row.mutable_terms() = step.terms();
  if (fact.state() == v1::PACKAGE_STATE_SUBMITTED) {  // it had never gone out
    row.clear_framework_revision();
  } else {
    row.set_confirm_award(true);
  }
}

// How it ended; with it the notice by which it did, and the package that followed.
void ClearEnd(Applier& applier, const StepUndone& fact, const StepRow& step, PackageRow& row) {
  row.clear_ending();
  row.clear_ended_time_us();
  row.clear_leaving_outcome();
  row.clear_left_date();
  row.clear_stay_days();
  row.clear_left_within_limit();
  if (fact.kind() == v1::STEP_KIND_HAND_BACK) row.set_give_up_cause(step.give_up_cause());
  const std::string& branch = step.follower_gave_up_branch_id();
  if (!branch.empty() && applier.IsTouched(row.successor_number())) {  // it waits or is awarded
    auto& gave_up = *applier.Change(row.successor_number()).mutable_gave_up_branch_ids();
    gave_up.erase(std::remove(gave_up.begin(), gave_up.end(), branch), gave_up.end());
  }
  const bool under_notice = fact.care_until_date() != 0;
  if (!under_notice) row.clear_notice();
  if (step.made_follower() || (!under_notice && !KeepsFollower(applier.state(), row))) {
    row.clear_successor_number();
    row.clear_successor_year();
  }
}

bool AnyAcceptanceStands(const PackageAggregate& package) {
  return std::any_of(package.offers.begin(), package.offers.end(), [&](const OfferRow& offer) {
    return offer.ordinal() > package.row.previous_issue_offers() &&
           offer.state() == v1::OFFER_STATE_ACCEPTED;
  });
}

}  // namespace

void Apply(Applier& applier, const StepUndone& fact) {
  PackageRow& row = applier.Change(fact.package_number());
  PackageAggregate& package = applier.Touch(fact.package_number());
  const StepRow step = row.last_step();
  const v1::Cause given_up_by = row.give_up_cause();
  if (fact.kind() == v1::STEP_KIND_RETURN) {
    *row.mutable_award() = step.award();
    *row.mutable_terms_changes() = step.terms_changes();
    row.set_previous_issue_offers(step.previous_issue_offers());
    row.set_unfilled_cause(step.unfilled_cause());
    row.set_give_up_cause(step.give_up_cause());
  }
  const int32_t winner = row.award().offer_ordinal();  // 0 where no offer had it
  const bool takes_award = fact.kind() == v1::STEP_KIND_AWARD || fact.kind() == v1::STEP_KIND_PLACE;
  const v1::FrameworkRules& rules = RulesOf(applier.state(), row);
  if (takes_award && row.award().part() && rules.has_adaptive_release()) {
    CountPartInFill(rules.adaptive_release(), package.offers[static_cast<size_t>(winner - 1)],
                    false, &package, &applier.state().rollups);
  }
  for (const ReopenedOffer& one : fact.offers()) {
    applier.ChangeOffer(package, one.ordinal(), [&](OfferRow& offer) {
      Restore(fact, one, takes_award && one.ordinal() == winner, offer);
    });
  }
  ReopenRounds(applier, fact, step.time_us(), row, package);
  const OfferRow* won = winner == 0 ? nullptr : &package.offers[static_cast<size_t>(winner - 1)];
  row.set_state(fact.state());
  row.set_awaits_award(step.awaits_award());
  row.set_proposed_ordinal(step.proposed_ordinal());
  row.set_release_due_us(step.release_due_us());
  row.set_held(step.held());
  switch (fact.kind()) {
    case v1::STEP_KIND_AWARD:
    case v1::STEP_KIND_PLACE:
      CountHours(applier, package, *won, row.award(), -1);
      CountUnderLimit(applier, package, *won, -1);
      ClearAward(fact, step, row);
      break;
    case v1::STEP_KIND_CANCEL:
      row.clear_ending();
      row.clear_ended_time_us();
      if (fact.state() == v1::PACKAGE_STATE_AWARDED) {
        CountHours(applier, package, *won, row.award(), +1);
        CountUnderLimit(applier, package, *won, +1);
      }
      break;
    case v1::STEP_KIND_START:
      row.clear_started_time_us();
      row.clear_started_date();
      row.clear_limit_due_us();
      row.clear_limit_passed();
      break;
    case v1::STEP_KIND_RETURN:
      CountReturn(applier, package, *won, row.award(), given_up_by, -1);
      break;
    case v1::STEP_KIND_HAND_BACK:
    case v1::STEP_KIND_CEASE:
      ClearEnd(applier, fact, step, row);
      break;
    case v1::STEP_KIND_UNSPECIFIED:
    case v1::StepKind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::StepKind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  row.clear_last_step();
  // What was certain before is looked at again: a person sees a proposal where an award was undone.
  row.set_needs_evaluation(
      fact.state() == v1::PACKAGE_STATE_OFFERED ||
      (fact.state() == v1::PACKAGE_STATE_UNFILLED && AnyAcceptanceStands(package)));
}

void Apply(Applier& applier, const journal::v1::PackagesLinked& fact) {
  journal::v1::PackageRow& row = applier.Change(fact.package_number());
  auto* links = row.mutable_links();
  links->erase(std::remove_if(
                   links->begin(), links->end(),
                   [&](const PackageLink& link) { return link.number() == fact.other().number(); }),
               links->end());
  if (!fact.unlinked()) *links->Add() = fact.other();
  std::sort(links->begin(), links->end(),
            [](const PackageLink& a, const PackageLink& b) { return a.number() < b.number(); });
}

}  // namespace brokerage::engine
