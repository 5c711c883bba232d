#include "engine/base/postcode.h"
#include "engine/figures/outcome.h"
#include "engine/figures/tally.h"
#include "engine/model/directory.h"
#include "engine/model/package.h"

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

// In time or late; remarks count nowhere.
const AnswerRow* LastAnswer(const OfferRow& offer) {
  for (int i = offer.answers_size() - 1; i >= 0; --i) {
    if (!offer.answers(i).remark()) return &offer.answers(i);
  }
  return nullptr;
}

int ClassPlace(v1::ResponseClass response_class) {
  switch (response_class) {
    case v1::RESPONSE_CLASS_ACCEPTED:
      return 0;
    case v1::RESPONSE_CLASS_DECLINED:
      return 1;
    case v1::RESPONSE_CLASS_PENDING:
      return 2;
    case v1::RESPONSE_CLASS_LATE:
      return 3;
    case v1::RESPONSE_CLASS_SILENT:
      return 4;
    case v1::RESPONSE_CLASS_CLOSED_UNANSWERED:
      return 5;
    case v1::RESPONSE_CLASS_ERROR_UPHELD:
      return 6;
    default:
      return 7;
  }
}

int OutcomePlace(const Standing& standing) {
  const bool acceptance =
      standing.response_class == v1::RESPONSE_CLASS_ACCEPTED || standing.accepted_late;
  if (!acceptance) return 5;
  switch (standing.state) {
    case v1::OFFER_STATE_WON:
      return standing.returned_cause == v1::CAUSE_PROVIDER ? 1 : 0;
    case v1::OFFER_STATE_LOST:
      return 3;
    case v1::OFFER_STATE_VOID:
    case v1::OFFER_STATE_DECLINED:
      return 4;
    default:
      return 2;
  }
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
    case v1::RESPONSE_CLASS_PENDING:
      return counts->set_pending(counts->pending() + sign);
    case v1::RESPONSE_CLASS_LATE:
      return counts->set_late(counts->late() + sign);
    default:
      return counts->set_silent(counts->silent() + sign);
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
    default:
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
    default:
      return counts->set_late_undecided(counts->late_undecided() + sign);
  }
}

void AddWhatFollowed(const Standing& standing, int64_t sign, v1::Counts* counts) {
  const bool in_time = standing.response_class == v1::RESPONSE_CLASS_ACCEPTED;
  if (standing.returned_cause == v1::CAUSE_PROVIDER) {
    counts->set_returned_by_provider(counts->returned_by_provider() + sign);
    if (in_time) {
      counts->set_accepted_returned_by_provider(counts->accepted_returned_by_provider() + sign);
    }
  } else if (standing.returned_cause != v1::CAUSE_UNSPECIFIED) {
    counts->set_returned_otherwise(counts->returned_otherwise() + sign);
  }
  if (standing.started) counts->set_started(counts->started() + sign);
  if (standing.handed_back_cause == v1::CAUSE_PROVIDER) {
    counts->set_handed_back_by_provider(counts->handed_back_by_provider() + sign);
  } else if (standing.handed_back_cause != v1::CAUSE_UNSPECIFIED) {
    counts->set_handed_back_otherwise(counts->handed_back_otherwise() + sign);
  }
  if (standing.ceased) counts->set_ceased(counts->ceased() + sign);
  // "Of won": an award of a late acceptance is in neither part of the fraction.
  if (standing.handed_back_in_cohort && in_time && standing.state == v1::OFFER_STATE_WON) {
    counts->set_handed_back_in_cohort(counts->handed_back_in_cohort() + sign);
  }
}

}  // namespace

v1::ResponseClass ClassOf(const OfferRow& offer) {
  if (offer.has_claim() && offer.claim().state() == v1::CLAIM_STATE_UPHELD) {
    return v1::RESPONSE_CLASS_ERROR_UPHELD;
  }
  if (const AnswerRow* answer = LastAnswerInTime(offer)) {
    return answer->answer() == v1::ANSWER_ACCEPT ? v1::RESPONSE_CLASS_ACCEPTED
                                                 : v1::RESPONSE_CLASS_DECLINED;
  }
  if (offer.state() == v1::OFFER_STATE_CLOSED) return v1::RESPONSE_CLASS_CLOSED_UNANSWERED;
  if (LastAnswer(offer) != nullptr) return v1::RESPONSE_CLASS_LATE;
  if (offer.state() == v1::OFFER_STATE_OPEN && !offer.settled()) return v1::RESPONSE_CLASS_PENDING;
  return v1::RESPONSE_CLASS_SILENT;
}

Standing StandingOf(const OfferRow& offer) {
  Standing standing;
  standing.response_class = ClassOf(offer);
  standing.state = offer.state();
  // Late, too, when a decline in time was followed by an acceptance after the deadline.
  const AnswerRow* last = LastAnswer(offer);
  standing.accepted_late = standing.response_class != v1::RESPONSE_CLASS_ERROR_UPHELD &&
                           standing.response_class != v1::RESPONSE_CLASS_ACCEPTED &&
                           last != nullptr && last->answer() == v1::ANSWER_ACCEPT;
  standing.settled = offer.settled();
  standing.returned_cause = offer.returned_cause();
  standing.started = offer.started();
  standing.handed_back_cause = offer.handed_back_cause();
  standing.ceased = offer.ceased();
  standing.handed_back_in_cohort = offer.handed_back_in_cohort();
  return standing;
}

Standing StandingOf(const OfferFact& fact) {
  Standing standing;
  standing.response_class = fact.response_class();
  standing.state = fact.state();
  standing.accepted_late = fact.accepted_late();
  standing.settled = fact.settled();
  standing.returned_cause = fact.returned_cause();
  standing.started = fact.started();
  standing.handed_back_cause = fact.handed_back_cause();
  standing.ceased = fact.ceased();
  standing.handed_back_in_cohort = fact.handed_back_in_cohort();
  return standing;
}

void AddStanding(const Standing& standing, int64_t sign, v1::Counts* counts) {
  counts->set_issued(counts->issued() + sign);
  AddClass(standing.response_class, sign, counts);
  if (standing.response_class == v1::RESPONSE_CLASS_ERROR_UPHELD) return;  // counts nowhere else
  if (standing.response_class == v1::RESPONSE_CLASS_ACCEPTED) {
    AddOutcomeInTime(standing.state, sign, counts);
  } else if (standing.accepted_late) {
    AddLateOutcome(standing.state, sign, counts);
  }
  AddWhatFollowed(standing, sign, counts);
}

bool IsBetter(const Standing& a, const Standing& b) {
  const int place_a = ClassPlace(a.response_class);
  const int place_b = ClassPlace(b.response_class);
  if (place_a != place_b) return place_a < place_b;
  return OutcomePlace(a) < OutcomePlace(b);
}

void UnitStanding::Add(const OfferRow& offer) {
  const Standing standing = StandingOf(offer);
  if (first_ == nullptr) {
    first_ = &offer;
    live_ = standing;
  } else if (IsBetter(standing, live_)) {
    live_ = standing;
  }
  if (!standing.settled) return;
  if (!any_settled_ || IsBetter(standing, settled_)) settled_ = standing;
  any_settled_ = true;
}

void UnitStanding::Count(int64_t sign, journal::v1::RollupRow* row) const {
  AddStanding(live_, sign, row->mutable_live());
  if (any_settled_) AddStanding(settled_, sign, row->mutable_settled());
}

OfferFact FactOf(const journal::v1::PackageRow& package, const OfferRow& offer) {
  const Standing standing = StandingOf(offer);
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
  fact.set_response_class(standing.response_class);
  fact.set_state(standing.state);
  fact.set_accepted_late(standing.accepted_late);
  fact.set_settled(standing.settled);
  fact.set_returned_cause(standing.returned_cause);
  fact.set_started(standing.started);
  fact.set_handed_back_cause(standing.handed_back_cause);
  fact.set_ceased(standing.ceased);
  fact.set_handed_back_in_cohort(standing.handed_back_in_cohort);
  fact.set_restart(offer.restart());
  return fact;
}

void AddFact(const OfferFact& fact, int64_t sign, v1::Counts* counts) {
  if (fact.restart()) return;
  AddStanding(StandingOf(fact), sign, counts);
}

OfferFact UnitOf(const std::vector<OfferFact>& facts) {
  const OfferFact* first = &facts.front();
  const OfferFact* best = first;
  bool settled = true;
  for (const OfferFact& fact : facts) {
    if (fact.ordinal() < first->ordinal()) first = &fact;
    if (IsBetter(StandingOf(fact), StandingOf(*best))) best = &fact;
    settled = settled && fact.settled();
  }
  OfferFact unit = *first;
  unit.set_response_class(best->response_class());
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
