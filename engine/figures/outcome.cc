#include "engine/figures/outcome.h"

#include "engine/base/postcode.h"

namespace brokerage::engine {

namespace {

using journal::v1::AnswerRow;
using journal::v1::OfferFact;
using journal::v1::OfferRow;

const AnswerRow* LastAnswerInTime(const OfferRow& offer) {
  for (int i = offer.answers_size() - 1; i >= 0; --i) {
    const AnswerRow& answer = offer.answers(i);
    if (!answer.late() && !answer.remark()) return &answer;
  }
  return nullptr;
}

int ClassPlace(v1::ResponseClass response_class) {
  switch (response_class) {
    case v1::RESPONSE_CLASS_ACCEPTED:
      return 0;
    case v1::RESPONSE_CLASS_IN_PART:
      return 1;
    case v1::RESPONSE_CLASS_DECLINED:
      return 2;
    case v1::RESPONSE_CLASS_PENDING:
      return 3;
    case v1::RESPONSE_CLASS_LATE:
      return 4;
    case v1::RESPONSE_CLASS_SILENT:
      return 5;
    case v1::RESPONSE_CLASS_CLOSED_UNANSWERED:
      return 6;
    case v1::RESPONSE_CLASS_ERROR_UPHELD:
      return 7;
    case v1::RESPONSE_CLASS_NOTICE_FAILED:
    case v1::RESPONSE_CLASS_UNSPECIFIED:
    case v1::ResponseClass_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::ResponseClass_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return 8;
}

int OutcomePlace(const OfferOutcome& outcome) {
  const bool acceptance = outcome.response_class == v1::RESPONSE_CLASS_ACCEPTED ||
                          outcome.response_class == v1::RESPONSE_CLASS_IN_PART ||
                          outcome.accepted_late;
  if (!acceptance) return 5;
  switch (outcome.state) {
    case v1::OFFER_STATE_WON:
      return outcome.returned_cause == v1::CAUSE_PROVIDER ? 1 : 0;
    case v1::OFFER_STATE_LOST:
      return 3;
    case v1::OFFER_STATE_VOID:
    case v1::OFFER_STATE_DECLINED:
      return 4;
    case v1::OFFER_STATE_UNSPECIFIED:
    case v1::OFFER_STATE_OPEN:
    case v1::OFFER_STATE_ACCEPTED:
    case v1::OFFER_STATE_LAPSED:
    case v1::OFFER_STATE_CLOSED:
    case v1::OfferState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::OfferState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return 2;
}

void AddClass(v1::ResponseClass response_class, int64_t sign, v1::Counts* counts) {
  switch (response_class) {
    case v1::RESPONSE_CLASS_ERROR_UPHELD:
      return counts->set_error_upheld(counts->error_upheld() + sign);
    case v1::RESPONSE_CLASS_NOTICE_FAILED:
      return counts->set_notice_failed(counts->notice_failed() + sign);
    case v1::RESPONSE_CLASS_ACCEPTED:
      return counts->set_accepted(counts->accepted() + sign);
    case v1::RESPONSE_CLASS_DECLINED:
      return counts->set_declined(counts->declined() + sign);
    case v1::RESPONSE_CLASS_CLOSED_UNANSWERED:
      return counts->set_closed_unanswered(counts->closed_unanswered() + sign);
    case v1::RESPONSE_CLASS_IN_PART:
      return counts->set_in_part(counts->in_part() + sign);
    case v1::RESPONSE_CLASS_PENDING:
      return counts->set_pending(counts->pending() + sign);
    case v1::RESPONSE_CLASS_LATE:
      return counts->set_late(counts->late() + sign);
    case v1::RESPONSE_CLASS_SILENT:
    case v1::RESPONSE_CLASS_UNSPECIFIED:
    case v1::ResponseClass_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::ResponseClass_INT_MAX_SENTINEL_DO_NOT_USE_:
      return counts->set_silent(counts->silent() + sign);
  }
}

// A change of terms that a branch was asked for.
void AddChange(v1::OfferState state, int64_t sign, v1::Counts* counts) {
  counts->set_changes_asked(counts->changes_asked() + sign);
  if (state == v1::OFFER_STATE_ACCEPTED) {
    counts->set_changes_accepted(counts->changes_accepted() + sign);
  } else if (state == v1::OFFER_STATE_DECLINED) {
    counts->set_changes_declined(counts->changes_declined() + sign);
  } else if (state == v1::OFFER_STATE_LAPSED) {
    counts->set_changes_silent(counts->changes_silent() + sign);
  }
}

void AddOutcomeInTime(v1::OfferState state, int64_t sign, v1::Counts* counts) {
  switch (state) {
    case v1::OFFER_STATE_WON:
      return counts->set_won(counts->won() + sign);
    case v1::OFFER_STATE_LOST:
      return counts->set_lost(counts->lost() + sign);
    case v1::OFFER_STATE_VOID:
    case v1::OFFER_STATE_DECLINED:  // withdrawn after its deadline, while nobody had the package
      return counts->set_void_(counts->void_() + sign);
    case v1::OFFER_STATE_UNSPECIFIED:
    case v1::OFFER_STATE_OPEN:
    case v1::OFFER_STATE_ACCEPTED:
    case v1::OFFER_STATE_LAPSED:
    case v1::OFFER_STATE_CLOSED:
    case v1::OfferState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::OfferState_INT_MAX_SENTINEL_DO_NOT_USE_:
      return counts->set_undecided(counts->undecided() + sign);
  }
}

void AddLateOutcome(v1::OfferState state, int64_t sign, v1::Counts* counts) {
  switch (state) {
    case v1::OFFER_STATE_WON:
      return counts->set_late_won(counts->late_won() + sign);
    case v1::OFFER_STATE_LOST:
      return counts->set_late_lost(counts->late_lost() + sign);
    case v1::OFFER_STATE_VOID:
      return counts->set_late_void(counts->late_void() + sign);
    case v1::OFFER_STATE_UNSPECIFIED:
    case v1::OFFER_STATE_OPEN:
    case v1::OFFER_STATE_ACCEPTED:
    case v1::OFFER_STATE_DECLINED:
    case v1::OFFER_STATE_LAPSED:
    case v1::OFFER_STATE_CLOSED:
    case v1::OfferState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::OfferState_INT_MAX_SENTINEL_DO_NOT_USE_:
      return counts->set_late_undecided(counts->late_undecided() + sign);
  }
}

void AddWhatFollowed(const OfferOutcome& outcome, int64_t sign, v1::Counts* counts) {
  const bool in_time = outcome.response_class == v1::RESPONSE_CLASS_ACCEPTED;
  if (outcome.returned_cause == v1::CAUSE_PROVIDER) {
    counts->set_returned_by_provider(counts->returned_by_provider() + sign);
    if (in_time) {
      counts->set_accepted_returned_by_provider(counts->accepted_returned_by_provider() + sign);
    }
  } else if (outcome.returned_cause != v1::CAUSE_UNSPECIFIED) {
    counts->set_returned_otherwise(counts->returned_otherwise() + sign);
  }
  if (outcome.started) counts->set_started(counts->started() + sign);
  if (outcome.handed_back_cause == v1::CAUSE_PROVIDER) {
    counts->set_handed_back_by_provider(counts->handed_back_by_provider() + sign);
  } else if (outcome.handed_back_cause != v1::CAUSE_UNSPECIFIED) {
    counts->set_handed_back_otherwise(counts->handed_back_otherwise() + sign);
  }
  if (outcome.ceased) counts->set_ceased(counts->ceased() + sign);
  // "Of won": an award of a late acceptance is in neither part of the fraction.
  if (outcome.handed_back_in_cohort && in_time && outcome.state == v1::OFFER_STATE_WON) {
    counts->set_handed_back_in_cohort(counts->handed_back_in_cohort() + sign);
  }
}

}  // namespace

v1::ResponseClass ClassOf(const OfferRow& offer) {
  if (offer.placed()) return v1::RESPONSE_CLASS_UNSPECIFIED;  // nobody was asked
  if (offer.has_claim() && offer.claim().state() == v1::CLAIM_STATE_UPHELD) {
    return v1::RESPONSE_CLASS_ERROR_UPHELD;
  }
  if (const AnswerRow* answer = LastAnswerInTime(offer)) {
    if (answer->answer() != v1::ANSWER_ACCEPT) return v1::RESPONSE_CLASS_DECLINED;
    return answer->visits().empty() ? v1::RESPONSE_CLASS_ACCEPTED : v1::RESPONSE_CLASS_IN_PART;
  }
  if (offer.state() == v1::OFFER_STATE_CLOSED) return v1::RESPONSE_CLASS_CLOSED_UNANSWERED;
  if (LastAnswer(offer, Remarks::kSkip) != nullptr) return v1::RESPONSE_CLASS_LATE;
  if (offer.state() == v1::OFFER_STATE_OPEN && !offer.settled()) return v1::RESPONSE_CLASS_PENDING;
  return v1::RESPONSE_CLASS_SILENT;
}

OfferOutcome OutcomeOf(const OfferRow& offer) {
  OfferOutcome outcome;
  outcome.response_class = ClassOf(offer);
  outcome.state = offer.state();
  // Late, too, when a decline in time, or an acceptance in part, was followed by an acceptance
  // after the deadline.
  const AnswerRow* last = LastAnswer(offer, Remarks::kSkip);
  outcome.accepted_late = outcome.response_class != v1::RESPONSE_CLASS_ERROR_UPHELD &&
                          outcome.response_class != v1::RESPONSE_CLASS_ACCEPTED &&
                          last != nullptr && last->answer() == v1::ANSWER_ACCEPT &&
                          (outcome.response_class != v1::RESPONSE_CLASS_IN_PART || last->late());
  outcome.settled = offer.settled();
  outcome.returned_cause = offer.returned_cause();
  outcome.started = offer.started();
  outcome.handed_back_cause = offer.handed_back_cause();
  outcome.ceased = offer.ceased();
  outcome.handed_back_in_cohort = offer.handed_back_in_cohort();
  outcome.placed = offer.placed();
  outcome.change = offer.purpose() == v1::OFFER_PURPOSE_CHANGE;
  return outcome;
}

OfferOutcome OutcomeOf(const OfferFact& fact) {
  OfferOutcome outcome;
  outcome.response_class = fact.response_class();
  outcome.state = fact.state();
  outcome.accepted_late = fact.accepted_late();
  outcome.settled = fact.settled();
  outcome.returned_cause = fact.returned_cause();
  outcome.started = fact.started();
  outcome.handed_back_cause = fact.handed_back_cause();
  outcome.ceased = fact.ceased();
  outcome.handed_back_in_cohort = fact.handed_back_in_cohort();
  outcome.placed = fact.placed();
  outcome.change = fact.purpose() == v1::OFFER_PURPOSE_CHANGE;
  return outcome;
}

OfferOutcome AsPickUp(const OfferOutcome& outcome) {
  OfferOutcome counted = outcome;
  const bool awarded = outcome.response_class == v1::RESPONSE_CLASS_IN_PART &&
                       outcome.state == v1::OFFER_STATE_WON && !outcome.accepted_late;
  if (awarded) counted.response_class = v1::RESPONSE_CLASS_ACCEPTED;
  return counted;
}

void AddOutcome(const OfferOutcome& outcome, int64_t sign, v1::Counts* counts) {
  if (outcome.change) return AddChange(outcome.state, sign, counts);
  if (outcome.placed && outcome.state == v1::OFFER_STATE_VOID) return;  // the placing was undone
  if (outcome.placed) {
    counts->set_placed(counts->placed() + sign);
    return AddWhatFollowed(outcome, sign, counts);
  }
  counts->set_issued(counts->issued() + sign);
  AddClass(outcome.response_class, sign, counts);
  if (outcome.response_class == v1::RESPONSE_CLASS_ERROR_UPHELD) return;  // counts nowhere else
  if (outcome.response_class == v1::RESPONSE_CLASS_ACCEPTED) {
    AddOutcomeInTime(outcome.state, sign, counts);
  } else if (outcome.accepted_late) {
    AddLateOutcome(outcome.state, sign, counts);
  }
  AddWhatFollowed(outcome, sign, counts);
}

bool IsBetter(const OfferOutcome& a, const OfferOutcome& b) {
  const int place_a = ClassPlace(a.response_class);
  const int place_b = ClassPlace(b.response_class);
  if (place_a != place_b) return place_a < place_b;
  return OutcomePlace(a) < OutcomePlace(b);
}

void UnitOutcome::Add(const OfferRow& offer, CountedFor what) {
  const OfferOutcome of_offer = OutcomeOf(offer);
  const OfferOutcome outcome = what == CountedFor::kPickUp ? AsPickUp(of_offer) : of_offer;
  if (first_ == nullptr) {
    first_ = &offer;
    live_ = outcome;
  } else if (IsBetter(outcome, live_)) {
    live_ = outcome;
  }
  if (!outcome.settled) return;
  if (!any_settled_ || IsBetter(outcome, settled_)) settled_ = outcome;
  any_settled_ = true;
}

void UnitOutcome::Count(int64_t sign, journal::v1::RollupRow* row) const {
  if (first_ == nullptr) return;
  AddOutcome(live_, sign, row->mutable_live());
  if (any_settled_) AddOutcome(settled_, sign, row->mutable_settled());
}

bool UnitOutcome::CountsAs(const UnitOutcome& other) const {
  return (first_ == nullptr) == (other.first_ == nullptr) && live_ == other.live_ &&
         any_settled_ == other.any_settled_ && settled_ == other.settled_;
}

OfferFact FactOf(const journal::v1::PackageRow& package, const OfferRow& offer) {
  const OfferOutcome outcome = OutcomeOf(offer);
  OfferFact fact;
  fact.set_package_number(offer.package_number());
  fact.set_ordinal(offer.ordinal());
  fact.set_provider_id(offer.provider_id());
  fact.set_branch_id(offer.branch_id());
  fact.set_contract_id(offer.contract_id());
  fact.set_tier_id(offer.tier_id());
  fact.set_lot_id(LotOf(package, offer));
  fact.set_authority_id(package.authority_id());
  fact.set_ward_code(package.ward_code());
  if (!package.postcode_sector().empty()) {
    fact.set_postcode_area(PostcodeArea(package.postcode_sector()));
  }
  fact.set_service_type(offer.service_type());
  fact.set_urgency(package.urgency());
  fact.set_round_number(offer.round_number());
  fact.set_rule_number(offer.rule_number());
  fact.set_terms_version(offer.terms_version());
  fact.set_issued_date(offer.issued_date());
  fact.set_response_class(outcome.response_class);
  fact.set_state(outcome.state);
  fact.set_accepted_late(outcome.accepted_late);
  fact.set_settled(outcome.settled);
  fact.set_returned_cause(outcome.returned_cause);
  fact.set_started(outcome.started);
  fact.set_handed_back_cause(outcome.handed_back_cause);
  fact.set_ceased(outcome.ceased);
  fact.set_handed_back_in_cohort(outcome.handed_back_in_cohort);
  fact.set_restart(offer.restart());
  fact.set_placed(offer.placed());
  fact.set_purpose(offer.purpose());
  fact.set_shortened(offer.shortened());
  return fact;
}

void AddFact(const OfferFact& fact, int64_t sign, v1::Counts* counts) {
  if (!CountsAsOffer(fact)) return;
  AddOutcome(OutcomeOf(fact), sign, counts);
}

OfferFact UnitOf(const std::vector<OfferFact>& facts, CountedFor what) {
  const auto outcome = [what](const OfferFact& fact) {
    return what == CountedFor::kPickUp ? AsPickUp(OutcomeOf(fact)) : OutcomeOf(fact);
  };
  const OfferFact* first = &facts.front();
  const OfferFact* best = first;
  bool settled = true;
  for (const OfferFact& fact : facts) {
    if (fact.ordinal() < first->ordinal()) first = &fact;
    if (IsBetter(outcome(fact), outcome(*best))) best = &fact;
    settled = settled && fact.settled();
  }
  OfferFact unit = *first;
  unit.set_response_class(outcome(*best).response_class);
  unit.set_state(best->state());
  unit.set_accepted_late(best->accepted_late());
  unit.set_settled(settled);
  unit.set_returned_cause(best->returned_cause());
  unit.set_started(best->started());
  unit.set_handed_back_cause(best->handed_back_cause());
  unit.set_ceased(best->ceased());
  unit.set_handed_back_in_cohort(best->handed_back_in_cohort());
  return unit;
}

}  // namespace brokerage::engine
