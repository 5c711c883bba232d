#include "engine/decide/claims.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "engine/base/rejection.h"
#include "engine/decide/checks.h"
#include "engine/model/lifecycle.h"
#include "engine/model/package.h"
#include "engine/routing/routing.h"
#include "engine/views/replies.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

absl::Status Decide(const Context& in, const v1::ClaimIssuedInErrorRequest& request,
                    Decision* out) {
  absl::StatusOr<FoundOffer> found = FindOffer(in, request.offer_id());
  if (!found.ok()) return found.status();
  const OfferRow& offer = *found->offer;
  const PackageRow& row = found->package->row;
  if (!Legal(offer.state(), OfferVerb::kClaimError) || IsAsked(offer) ||
      offer.claim().state() != v1::CLAIM_STATE_UNSPECIFIED) {
    return Reject(v1::REJECTION_REASON_OFFER_STATE, "offer_id", request.offer_id(),
                  absl::StrCat("an offer that is ", SourcesInWords(OfferVerb::kClaimError),
                               " and has no claim yet; it is ", StateName(offer.state())));
  }
  if (absl::Status status = CheckImpersonalReason(request.reason()); !status.ok()) return status;
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  v1::Window window;
  window.set_working_days(rules.claim_working_days() > 0 ? rules.claim_working_days() : 5);
  const absl::Time until =
      WindowEnd(window, absl::FromUnixMicros(offer.issued_time_us()), in.ZoneOf(rules),
                in.state.directory.HolidaysOf(row.framework_id()));
  if (in.now > until) {
    return Reject(v1::REJECTION_REASON_CLAIM_TOO_LATE, "offer_id", request.offer_id(),
                  absl::StrCat("an offer of the last ", window.working_days(), " working days"));
  }
  journal::v1::ErrorClaimed& claimed = *out->Add().mutable_error_claimed();
  claimed.set_package_number(row.number());
  claimed.set_ordinal(offer.ordinal());
  // Whoever has it now: the claim is about whom it was issued to.
  const std::string& issued_to =
      offer.moved_from_branch_ids().empty() ? offer.branch_id() : offer.moved_from_branch_ids(0);
  for (const journal::v1::Verdict& verdict : row.rounds(offer.round_number() - 1).verdicts()) {
    if (verdict.branch_id() == issued_to && verdict.contract_id() == offer.contract_id()) {
      claimed.set_routing_confirms_coverage(VerdictConfirmsCoverage(verdict));
    }
  }
  claimed.set_reason_hash(
      AddText(in, row.number(), absl::StrCat("claim/", offer.ordinal()), request.reason(), out));
  return absl::OkStatus();
}

v1::ClaimIssuedInErrorResponse Reply(const After& after,
                                     const v1::ClaimIssuedInErrorRequest& request) {
  return WithOffer<v1::ClaimIssuedInErrorResponse>(after.state, request.offer_id(), after.caller);
}

absl::Status Decide(const Context& in, const v1::DecideIssuedInErrorRequest& request,
                    Decision* out) {
  absl::StatusOr<FoundOffer> found = FindOffer(in, request.offer_id());
  if (!found.ok()) return found.status();
  const OfferRow& offer = *found->offer;
  const PackageRow& row = found->package->row;
  if (offer.claim().state() != v1::CLAIM_STATE_OPEN) {
    return Reject(v1::REJECTION_REASON_OFFER_STATE, "offer_id", request.offer_id(),
                  "an offer with a claim that waits for a decision");
  }
  if (absl::Status status = CheckImpersonalReason(request.reason()); !status.ok()) return status;
  const std::string& issuer = row.issued_by().empty() ? row.submitted_by() : row.issued_by();
  if (issuer == in.caller.account_id) {
    return Reject(v1::REJECTION_REASON_OWN_ISSUE, "offer_id", request.offer_id(),
                  "a decision by somebody who did not issue the package");
  }
  journal::v1::ErrorDecided& decided = *out->Add().mutable_error_decided();
  decided.set_package_number(row.number());
  decided.set_ordinal(offer.ordinal());
  decided.set_state(request.uphold() ? v1::CLAIM_STATE_UPHELD : v1::CLAIM_STATE_REJECTED);
  decided.set_reason_hash(AddText(
      in, row.number(), absl::StrCat("claim_decision/", offer.ordinal()), request.reason(), out));
  return absl::OkStatus();
}

v1::DecideIssuedInErrorResponse Reply(const After& after,
                                      const v1::DecideIssuedInErrorRequest& request) {
  return WithOffer<v1::DecideIssuedInErrorResponse>(after.state, request.offer_id(), after.caller);
}

}  // namespace brokerage::engine
