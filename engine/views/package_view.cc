#include "engine/views/package_view.h"

#include <string>

#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/model/state.h"
#include "engine/model/steps.h"
#include "engine/routing/routing.h"
#include "engine/views/offer_view.h"

namespace brokerage::engine {

namespace {

using journal::v1::OfferRow;
using journal::v1::PackageRow;
using journal::v1::RoundRow;

v1::Round WithoutVerdicts(const RoundRow& row) {
  v1::Round round;
  round.set_number(row.number());
  round.set_rule_number(row.rule_number());
  *round.mutable_tier_ids() = row.tier_ids();
  if (row.opened_time_us() != 0) *round.mutable_open_time() = ToTimestamp(row.opened_time_us());
  if (row.deadline_us() != 0) *round.mutable_deadline_time() = ToTimestamp(row.deadline_us());
  if (row.closed_time_us() != 0) *round.mutable_close_time() = ToTimestamp(row.closed_time_us());
  round.set_terms_version(row.terms_version());
  if (row.has_beside()) *round.mutable_beside() = row.beside();
  round.set_shortened(row.shortened());
  return round;
}

v1::Award ToAward(const PackageRow& package, const OfferRow* awarded) {
  const journal::v1::AwardRow& row = package.award();
  v1::Award award;
  award.set_offer_id(OfferIdOf(package, row.offer_ordinal()));
  if (awarded != nullptr) {
    award.set_branch_id(awarded->branch_id());
    award.set_provider_id(awarded->provider_id());
    award.set_contract_id(awarded->contract_id());
  }
  if (row.time_us() != 0) *award.mutable_award_time() = ToTimestamp(row.time_us());
  *award.mutable_ranking() = row.ranking();
  award.set_decided_by(row.decided_by());
  award.set_overridden(row.overridden());
  award.set_override_reason(row.override_reason());
  award.set_price_exception_reason(row.price_exception_reason());
  award.set_placed(row.placed());
  *award.mutable_broken_rules() = row.broken_rules();
  return award;
}

void AddReferral(const PackageRow& row, v1::Package* package) {
  package->set_framework_id(row.framework_id());
  package->set_framework_revision(row.framework_revision());
  package->set_authority_id(row.authority_id());
  package->set_origin(row.origin());
  package->set_urgency(row.urgency());
  package->set_ward_code(row.ward_code());
  package->set_lot_id(IssueLotOf(row));
  *package->mutable_terms() = row.terms();
  package->set_terms_version(row.terms_version());
  *package->mutable_needs() = row.needs();
  package->set_running_branch_id(row.running_branch_id());
  package->set_running_contract_id(row.running_contract_id());
  package->set_previous_provider_id(row.previous_provider_id());
  package->set_previous_branch_id(row.previous_branch_id());
  *package->mutable_refused_provider_ids() = row.refused_provider_ids();
  *package->mutable_preferred_provider_ids() = row.preferred_provider_ids();
}

void AddTexts(const PackageAggregate& aggregate, v1::Package* package) {
  package->set_summary(aggregate.Text("summary"));
  package->set_details(aggregate.Text("details"));
  package->set_person_reference(aggregate.Text("person_reference"));
  package->set_postcode(aggregate.Text("postcode"));
  package->set_erased(aggregate.row.erased());
}

void AddTimes(const PackageRow& row, v1::Package* package) {
  if (row.submitted_time_us() != 0) {
    *package->mutable_submit_time() = ToTimestamp(row.submitted_time_us());
  }
  if (row.release_due_us() != 0) {
    *package->mutable_release_due_time() = ToTimestamp(row.release_due_us());
  }
  package->set_held(row.held());
  if (row.released_time_us() != 0) {
    *package->mutable_release_time() = ToTimestamp(row.released_time_us());
  }
  if (row.started_time_us() != 0) {
    *package->mutable_start_time() = ToTimestamp(row.started_time_us());
  }
  if (row.ended_time_us() != 0) *package->mutable_end_time() = ToTimestamp(row.ended_time_us());
  if (row.limit_due_us() != 0) *package->mutable_limit_due_time() = ToTimestamp(row.limit_due_us());
  package->set_limit_passed(row.limit_passed());
}

// The offers as care navigation sees them. The texts stand once, in the package, not again in every
// offer of it.
void AddOffers(const PackageAggregate& aggregate, v1::Package* package) {
  Caller navigation;
  navigation.role = v1::ROLE_CARE_NAVIGATOR;
  navigation.authority_id = aggregate.row.authority_id();
  for (const OfferRow& row : aggregate.offers) {
    v1::Offer* offer = package->add_offers();
    *offer = ToOffer(aggregate, row, navigation);
    offer->clear_summary();
    offer->clear_details();
    offer->clear_person_reference();
    offer->clear_questions();
  }
}

// What happens once somebody has it.
void AddLife(const PackageAggregate& aggregate, v1::Package* package) {
  const PackageRow& row = aggregate.row;
  if (row.state() == v1::PACKAGE_STATE_PAUSED) {
    *package->mutable_pause() = ToPause(aggregate);
  }
  if (row.asked_ordinal() != 0) package->set_asked_offer_id(OfferIdOf(row, row.asked_ordinal()));
  for (const journal::v1::TermsChangeRow& from : row.terms_changes()) {
    v1::TermsChange& change = *package->add_terms_changes();
    change.set_terms_version(from.terms_version());
    change.set_from_date(FormatDate(from.from_date()));
    change.set_minutes_difference(from.minutes_difference());
    *change.mutable_record_time() = ToTimestamp(from.time_us());
    if (from.offer_ordinal() != 0) change.set_offer_id(OfferIdOf(row, from.offer_ordinal()));
  }
}

// All but the rounds and the offers.
v1::Package WithoutRounds(const PackageAggregate& aggregate, const OfferRow* awarded) {
  const PackageRow& row = aggregate.row;
  v1::Package package;
  package.set_id(PackageIdOf(row));
  package.set_state(row.state());
  AddReferral(row, &package);
  AddTexts(aggregate, &package);
  AddTimes(row, &package);
  if (row.has_award()) *package.mutable_award() = ToAward(row, awarded);
  package.set_give_up_cause(row.give_up_cause());
  if (row.successor_number() != 0) {
    package.set_successor_package_id(
        FormatPackageId({row.successor_year(), row.successor_number()}));
  }
  if (row.predecessor_number() != 0) {
    package.set_predecessor_package_id(
        FormatPackageId({row.predecessor_year(), row.predecessor_number()}));
  }
  package.set_start_date(FormatDate(row.started_date()));
  if (row.state() == v1::PACKAGE_STATE_UNFILLED) package.set_unfilled_cause(row.unfilled_cause());
  if (IsUnderNotice(row)) *package.mutable_notice() = ToNotice(aggregate);
  if (row.has_ending()) *package.mutable_ending() = ToEnding(aggregate, row.ending());
  package.set_leaving_outcome(row.leaving_outcome());
  package.set_transfer_id(row.transfer_id());
  package.set_person_number(static_cast<int64_t>(row.person_number()));
  if (IsStopped(row)) {
    package.set_stopped_by_package_id(
        FormatPackageId({row.stopped_by_year(), row.stopped_by_number()}));
  }
  if (row.changed_time_us() != 0) {
    *package.mutable_change_time() = ToTimestamp(row.changed_time_us());
    package.set_changed_by(row.changed_by());
  }
  package.set_care_until_date(FormatDate(row.care_until_date()));
  AddLife(aggregate, &package);
  for (const journal::v1::PackageLink& link : row.links()) {
    package.add_linked_package_ids(FormatPackageId({link.year(), link.number()}));
  }
  if (row.has_part_of()) {
    package.set_part_of_package_id(FormatPackageId({row.part_of().year(), row.part_of().number()}));
  }
  *package.mutable_gave_up_branch_ids() = row.gave_up_branch_ids();
  if (const v1::StepKind kind = StepToUndo(row); kind != v1::STEP_KIND_UNSPECIFIED) {
    package.mutable_last_step()->set_kind(kind);
    *package.mutable_last_step()->mutable_record_time() = ToTimestamp(row.last_step().time_us());
  }
  package.set_awaits_award(row.awaits_award());
  if (row.awaits_award() && row.proposed_ordinal() != 0) {
    package.set_proposed_offer_id(OfferIdOf(row, row.proposed_ordinal()));
  }
  return package;
}

}  // namespace

v1::Package ToPackage(const PackageAggregate& aggregate, Detail detail,
                      const Directory& directory) {
  const PackageRow& row = aggregate.row;
  const size_t place = static_cast<size_t>(row.award().offer_ordinal()) - 1;  // none: behind all
  const OfferRow* awarded = place < aggregate.offers.size() ? &aggregate.offers[place] : nullptr;
  if (detail == Detail::kList) return ToListedPackage(aggregate, awarded);
  v1::Package package = WithoutRounds(aggregate, awarded);
  for (const RoundRow& round : row.rounds()) {
    *package.add_rounds() = ToRound(round, row, false, directory);
  }
  AddOffers(aggregate, &package);
  for (int number = 1; number <= row.questions_size(); ++number) {
    v1::Question& question = *package.add_questions();
    question = ToQuestion(aggregate, number);
    question.set_offer_id(OfferIdOf(row, row.questions(number - 1).ordinal()));
  }
  return package;
}

v1::Package ToListedPackage(const PackageAggregate& aggregate, const OfferRow* awarded) {
  v1::Package package = WithoutRounds(aggregate, awarded);
  for (const RoundRow& round : aggregate.row.rounds()) {
    *package.add_rounds() = WithoutVerdicts(round);
  }
  return package;
}

v1::Round ToRound(const RoundRow& row, const PackageRow& package, bool all_rules,
                  const Directory& directory) {
  v1::Round round = WithoutVerdicts(row);
  for (const journal::v1::Verdict& from : row.verdicts()) {
    v1::BranchVerdict* verdict = round.add_verdicts();
    verdict->set_provider_id(from.provider_id());
    verdict->set_branch_id(from.branch_id());
    verdict->set_contract_id(from.contract_id());
    verdict->set_tier_id(from.tier_id());
    verdict->set_offered(from.offered());
    for (int number = v1::HardRule_MIN + 1; number <= v1::HardRule_MAX; ++number) {
      bool passed = (from.failed_rules() >> number & 1u) == 0;
      if (passed && !all_rules) continue;
      const auto rule = static_cast<v1::HardRule>(number);
      if (!IsAsked(rule, kAtIssue)) continue;
      v1::RuleVerdict* said = verdict->add_rules();
      said->set_rule(rule);
      said->set_passed(passed);
      said->set_explanation(ExplainRule(rule, passed, from, package, directory));
    }
  }
  return round;
}

}  // namespace brokerage::engine
