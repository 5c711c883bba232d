#include "tests/reference/reference_classes.h"

namespace brokerage::engine::reference {

using journal::v1::OfferRow;

bool IsPartInTime(const OfferRow& offer, v1::ResponseClass one) {
  bool late = false;
  for (const auto& answer : offer.answers()) late = answer.remark() ? late : answer.late();
  return one == v1::RESPONSE_CLASS_IN_PART && !late;
}

v1::ResponseClass ReferenceClass(const OfferRow& offer) {
  if (offer.claim().state() == v1::CLAIM_STATE_UPHELD) return v1::RESPONSE_CLASS_ERROR_UPHELD;
  v1::Answer last_in_time = v1::ANSWER_UNSPECIFIED;
  bool part = false;
  bool any_late = false;
  for (const auto& answer : offer.answers()) {
    if (answer.remark()) continue;
    if (answer.late()) {
      any_late = true;
    } else {
      last_in_time = answer.answer();
      part = answer.visits_size() > 0;
    }
  }
  if (last_in_time == v1::ANSWER_ACCEPT) {
    return part ? v1::RESPONSE_CLASS_IN_PART : v1::RESPONSE_CLASS_ACCEPTED;
  }
  if (last_in_time == v1::ANSWER_DECLINE) return v1::RESPONSE_CLASS_DECLINED;
  if (offer.state() == v1::OFFER_STATE_CLOSED) return v1::RESPONSE_CLASS_CLOSED_UNANSWERED;
  if (offer.state() == v1::OFFER_STATE_OPEN) return v1::RESPONSE_CLASS_PENDING;
  return any_late ? v1::RESPONSE_CLASS_LATE : v1::RESPONSE_CLASS_SILENT;
}

v1::ResponseClass ReferencePickUpClass(const OfferRow& offer) {
  const v1::ResponseClass one = ReferenceClass(offer);
  const bool awarded = offer.state() == v1::OFFER_STATE_WON && IsPartInTime(offer, one);
  return awarded ? v1::RESPONSE_CLASS_ACCEPTED : one;
}

bool AcceptsInPart(const OfferRow& offer) {
  bool part = false;
  for (const auto& answer : offer.answers()) {
    if (!answer.remark()) part = answer.answer() == v1::ANSWER_ACCEPT && answer.visits_size() > 0;
  }
  return part;
}

}  // namespace brokerage::engine::reference
