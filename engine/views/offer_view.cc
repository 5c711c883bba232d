#include "engine/views/offer_view.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "engine/model/package.h"
#include "engine/model/visibility.h"

namespace brokerage::engine {

namespace {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

// Whether the person is this branch's to care for: what stands in the offer's name from then on.
bool HasThePerson(const OfferRow& offer) {
  return offer.state() == v1::OFFER_STATE_WON && offer.returned_cause() == v1::CAUSE_UNSPECIFIED;
}

void AddAnswers(const PackageAggregate& package, const OfferRow& row, v1::Offer* offer) {
  int number = 0;
  for (const journal::v1::AnswerRow& from : row.answers()) {
    ++number;
    v1::AnswerRecord* answer = offer->add_answers();
    answer->set_answer(from.answer());
    *answer->mutable_answer_time() = ToTimestamp(from.time_us());
    answer->set_late(from.late());
    answer->set_decline_reason(from.decline_reason());
    answer->set_note(package.Text(absl::StrCat("note/", row.ordinal(), "/", number)));
    answer->set_possible_start_date(FormatDate(from.possible_start_date()));
    if (from.valid_until_us() != 0) {
      *answer->mutable_valid_until_time() = ToTimestamp(from.valid_until_us());
    }
    answer->set_remark(from.remark());
    if (from.has_limit()) *answer->mutable_limit() = from.limit();
  }
}

void AddClaim(const PackageAggregate& package, const OfferRow& row, v1::Offer* offer) {
  if (row.claim().state() == v1::CLAIM_STATE_UNSPECIFIED) return;
  v1::ErrorClaim* claim = offer->mutable_error_claim();
  claim->set_state(row.claim().state());
  if (row.claim().time_us() != 0) *claim->mutable_claim_time() = ToTimestamp(row.claim().time_us());
  claim->set_reason(package.Text(absl::StrCat("claim/", row.ordinal())));
  claim->set_routing_confirms_coverage(row.claim().routing_confirms_coverage());
  if (row.claim().decided_time_us() != 0) {
    *claim->mutable_decide_time() = ToTimestamp(row.claim().decided_time_us());
  }
  claim->set_decision_reason(package.Text(absl::StrCat("claim_decision/", row.ordinal())));
}

void AddPackage(const PackageRow& row, const OfferRow& from, v1::Offer* offer) {
  offer->set_lot_id(LotOf(row, from));
  offer->set_framework_id(row.framework_id());
  offer->set_authority_id(row.authority_id());
  offer->set_ward_code(row.ward_code());
  *offer->mutable_needs() = row.needs();
  offer->set_urgency(row.urgency());
  // The package keeps its newest terms only: an offer of older terms must not show those.
  if (from.terms_version() == row.terms_version()) {
    *offer->mutable_terms() = row.terms();
  } else {
    offer->mutable_terms()->set_service_type(from.service_type());
  }
}

}  // namespace

v1::Offer ToOffer(const PackageAggregate& package, const OfferRow& row, const Caller& caller) {
  v1::Offer offer;
  if (!MaySeeOffer(caller, package.row, row)) return offer;
  offer.set_id(OfferIdOf(package.row, row.ordinal()));
  offer.set_package_id(PackageIdOf(package.row));
  offer.set_round_number(row.round_number());
  offer.set_state(row.state());
  offer.set_provider_id(row.provider_id());
  offer.set_branch_id(row.branch_id());
  offer.set_contract_id(row.contract_id());
  offer.set_tier_id(row.tier_id());
  if (row.issued_time_us() != 0) *offer.mutable_issue_time() = ToTimestamp(row.issued_time_us());
  if (row.deadline_us() != 0) *offer.mutable_deadline_time() = ToTimestamp(row.deadline_us());
  AddAnswers(package, row, &offer);
  AddClaim(package, row, &offer);
  if (row.state() == v1::OFFER_STATE_CLOSED) offer.set_close_cause(row.close_cause());
  if (row.state() == v1::OFFER_STATE_LOST) offer.set_lost_by(row.lost_by());
  if (row.state() == v1::OFFER_STATE_VOID) offer.set_void_rule(row.void_rule());
  offer.set_restart(row.restart());
  *offer.mutable_moved_from_branch_ids() = row.moved_from_branch_ids();
  offer.set_price_pence(row.price_pence());
  offer.set_terms_version(row.terms_version());
  AddPackage(package.row, row, &offer);
  offer.set_summary(package.Text("summary"));
  bool full_postcode = HasThePerson(row) && !package.Text("postcode").empty();
  offer.set_postcode(full_postcode ? package.Text("postcode") : package.row.postcode_sector());
  if (HasThePerson(row) || MaySeePackage(caller, package.row)) {
    offer.set_details(package.Text("details"));
    offer.set_person_reference(package.Text("person_reference"));
  }
  return offer;
}

v1::Offer ToMovedOffer(const PackageAggregate& package, const OfferRow& row, const Caller& caller) {
  v1::Offer offer;
  const auto& before = row.moved_from_branch_ids();
  if (std::find(before.begin(), before.end(), caller.branch_id) == before.end()) return offer;
  offer.set_id(OfferIdOf(package.row, row.ordinal()));
  offer.set_package_id(PackageIdOf(package.row));
  offer.set_round_number(row.round_number());
  offer.set_provider_id(row.provider_id());
  offer.add_moved_from_branch_ids(caller.branch_id);
  return offer;
}

}  // namespace brokerage::engine
