// Answers to offers, and claims that one was issued in error.

#include "absl/strings/str_cat.h"
#include "engine/award/acceptance_limits.h"
#include "engine/base/bounds.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/decide/decide.h"
#include "engine/model/lifecycle.h"
#include "engine/model/package.h"
#include "engine/model/visibility.h"
#include "engine/routing/routing.h"

namespace brokerage::engine {

using journal::v1::AnswerRow;
using journal::v1::OfferRow;
using journal::v1::PackageRow;

absl::StatusOr<Deciding::FoundOffer> Deciding::FindOffer(absl::string_view id) {
  if (id.empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "offer_id", "", "an offer's id");
  }
  const auto parsed = ParseOfferId(id);
  const PackageAggregate* package = parsed ? state_.Package(parsed->package.number) : nullptr;
  if (package != nullptr && package->row.year() == parsed->package.year &&
      parsed->ordinal <= static_cast<int32_t>(package->offers.size())) {
    const OfferRow& offer = package->offers[static_cast<size_t>(parsed->ordinal - 1)];
    if (MaySeeOffer(caller_, package->row, offer)) return FoundOffer{package, &offer};
  }
  return Reject(v1::REJECTION_REASON_NOT_FOUND, "offer_id", id, "the id of an offer of yours");
}

absl::Status Deciding::CheckAnswer(const FoundOffer& found, AnswerRow* answer) {
  const OfferRow& offer = *found.offer;
  const PackageRow& row = found.package->row;
  const std::string id = FormatOfferId({{row.year(), row.number()}, offer.ordinal()});
  const bool accept = answer->answer() == v1::ANSWER_ACCEPT;
  const OfferVerb verb = offer.state() == v1::OFFER_STATE_LAPSED
                             ? (accept ? OfferVerb::kLateAccept : OfferVerb::kLateDecline)
                             : (accept ? OfferVerb::kAccept : OfferVerb::kDecline);
  if (!Legal(offer.state(), verb)) {
    return Reject(
        v1::REJECTION_REASON_OFFER_STATE, "offer_id", id,
        absl::StrCat("an offer that still takes answers; it is ", StateName(offer.state())));
  }
  if (offer.answers_size() >= limits::kAnswersPerOfferMax) {
    return Reject(v1::REJECTION_REASON_LIMIT_REACHED, "offer_id", id,
                  absl::StrCat("at most ", limits::kAnswersPerOfferMax, " answers to one offer"));
  }
  answer->set_time_us(now_us());
  // Not by the deadline itself: while the clock is in doubt deadlines do not pass, and an outage
  // may have taken the branch's time.
  answer->set_late(offer.settled());
  const bool of_this_issue = offer.ordinal() > row.previous_issue_offers();
  if (StillWaits(row) && of_this_issue) return absl::OkStatus();
  if (offer.state() != v1::OFFER_STATE_LAPSED) {
    return Reject(v1::REJECTION_REASON_ANSWER_TOO_LATE, "offer_id", id,
                  "an offer whose package still waits: an answer can be changed until the award");
  }
  answer->set_late(true);
  answer->set_remark(true);
  return absl::OkStatus();
}

absl::Status Deciding::On(const v1::AcceptOfferRequest& request) {
  absl::StatusOr<FoundOffer> found = FindOffer(request.offer_id());
  if (!found.ok()) return found.status();
  AnswerRow answer;
  answer.set_answer(v1::ANSWER_ACCEPT);
  if (absl::Status status = CheckAnswer(*found, &answer); !status.ok()) return status;
  if (!request.possible_start_date().empty()) {
    const auto date = ParseDate(request.possible_start_date());
    const DateNumber today = Today(RulesOf(state_, found->package->row));
    if (!date || *date < today) {
      return Reject(v1::REJECTION_REASON_FIELD_INVALID, "possible_start_date",
                    request.possible_start_date(),
                    absl::StrCat("a date, YYYY-MM-DD, not before ", FormatDate(today)));
    }
    answer.set_possible_start_date(*date);
  }
  if (request.has_valid_until_time()) {
    answer.set_valid_until_us(FromTimestamp(request.valid_until_time()));
    if (answer.valid_until_us() <= now_us()) {
      return Reject(v1::REJECTION_REASON_FIELD_INVALID, "valid_until_time", "",
                    "a time in the future");
    }
  }
  if (request.has_limit()) {
    if (absl::Status status = CheckAcceptanceLimit(request.limit()); !status.ok()) return status;
    *answer.mutable_limit() = request.limit();
  }
  journal::v1::OfferAnswered& answered = *Add().mutable_offer_answered();
  answered.set_package_number(found->package->row.number());
  answered.set_ordinal(found->offer->ordinal());
  *answered.mutable_answer() = std::move(answer);
  return absl::OkStatus();
}

absl::Status Deciding::On(const v1::DeclineOfferRequest& request) {
  absl::StatusOr<FoundOffer> found = FindOffer(request.offer_id());
  if (!found.ok()) return found.status();
  AnswerRow answer;
  answer.set_answer(v1::ANSWER_DECLINE);
  if (request.reason() == v1::DECLINE_REASON_UNSPECIFIED) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "reason", "", "why it is declined");
  }
  if (request.reason() == v1::DECLINE_REASON_OTHER || !request.note().empty()) {
    if (absl::Status status = CheckReason(request.note(), "note"); !status.ok()) return status;
  }
  if (absl::Status status = CheckAnswer(*found, &answer); !status.ok()) return status;
  answer.set_decline_reason(request.reason());
  const uint64_t number = found->package->row.number();
  if (!request.note().empty()) {
    answer.set_note_hash(AddText(
        number,
        absl::StrCat("note/", found->offer->ordinal(), "/", found->offer->answers_size() + 1),
        request.note()));
  }
  journal::v1::OfferAnswered& answered = *Add().mutable_offer_answered();
  answered.set_package_number(number);
  answered.set_ordinal(found->offer->ordinal());
  *answered.mutable_answer() = std::move(answer);
  return absl::OkStatus();
}

absl::Status Deciding::On(const v1::ClaimIssuedInErrorRequest& request) {
  absl::StatusOr<FoundOffer> found = FindOffer(request.offer_id());
  if (!found.ok()) return found.status();
  const OfferRow& offer = *found->offer;
  const PackageRow& row = found->package->row;
  if (!Legal(offer.state(), OfferVerb::kClaimError) ||
      offer.claim().state() != v1::CLAIM_STATE_UNSPECIFIED) {
    return Reject(v1::REJECTION_REASON_OFFER_STATE, "offer_id", request.offer_id(),
                  absl::StrCat("an offer that is ", SourcesInWords(OfferVerb::kClaimError),
                               " and has no claim yet; it is ", StateName(offer.state())));
  }
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  const v1::FrameworkRules& rules = RulesOf(state_, row);
  v1::Window window;
  window.set_working_days(rules.claim_working_days() > 0 ? rules.claim_working_days() : 5);
  const absl::Time until =
      WindowEnd(window, absl::FromUnixMicros(offer.issued_time_us()), ZoneOf(rules),
                state_.directory.HolidaysOf(row.framework_id()));
  if (now_ > until) {
    return Reject(v1::REJECTION_REASON_CLAIM_TOO_LATE, "offer_id", request.offer_id(),
                  absl::StrCat("an offer of the last ", window.working_days(), " working days"));
  }
  journal::v1::ErrorClaimed& claimed = *Add().mutable_error_claimed();
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
      AddText(row.number(), absl::StrCat("claim/", offer.ordinal()), request.reason()));
  return absl::OkStatus();
}

absl::Status Deciding::On(const v1::DecideIssuedInErrorRequest& request) {
  absl::StatusOr<FoundOffer> found = FindOffer(request.offer_id());
  if (!found.ok()) return found.status();
  const OfferRow& offer = *found->offer;
  const PackageRow& row = found->package->row;
  if (offer.claim().state() != v1::CLAIM_STATE_OPEN) {
    return Reject(v1::REJECTION_REASON_OFFER_STATE, "offer_id", request.offer_id(),
                  "an offer with a claim that waits for a decision");
  }
  if (absl::Status status = CheckReason(request.reason()); !status.ok()) return status;
  const std::string& issuer = row.issued_by().empty() ? row.submitted_by() : row.issued_by();
  if (issuer == caller_.account_id) {
    return Reject(v1::REJECTION_REASON_OWN_ISSUE, "offer_id", request.offer_id(),
                  "a decision by somebody who did not issue the package");
  }
  journal::v1::ErrorDecided& decided = *Add().mutable_error_decided();
  decided.set_package_number(row.number());
  decided.set_ordinal(offer.ordinal());
  decided.set_state(request.uphold() ? v1::CLAIM_STATE_UPHELD : v1::CLAIM_STATE_REJECTED);
  decided.set_reason_hash(
      AddText(row.number(), absl::StrCat("claim_decision/", offer.ordinal()), request.reason()));
  return absl::OkStatus();
}

absl::Status Deciding::On(const v1::MoveOfferRequest& request) {
  absl::StatusOr<FoundOffer> found = FindOffer(request.offer_id());
  if (!found.ok()) return found.status();
  const OfferRow& offer = *found->offer;
  const PackageRow& row = found->package->row;
  if (!Legal(offer.state(), OfferVerb::kMove) || offer.restart() ||
      offer.claim().state() != v1::CLAIM_STATE_UNSPECIFIED) {
    return Reject(v1::REJECTION_REASON_OFFER_STATE, "offer_id", request.offer_id(),
                  absl::StrCat("an offer that is ", SourcesInWords(OfferVerb::kMove),
                               ", is no restart's and has no claim of issue in error; it is ",
                               StateName(offer.state())));
  }
  if (offer.moved_from_branch_ids_size() >= limits::kMovesPerOfferMax) {
    return Reject(v1::REJECTION_REASON_LIMIT_REACHED, "offer_id", request.offer_id(),
                  absl::StrCat("at most ", limits::kMovesPerOfferMax, " moves of one offer"));
  }
  if (request.branch_id().empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "branch_id", "", "a branch's id");
  }
  const v1::Branch* branch = state_.directory.Branch(request.branch_id());
  if (branch == nullptr || branch->provider_id() != offer.provider_id()) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "branch_id", request.branch_id(),
                  "the id of a branch of yours");
  }
  const v1::FrameworkRules& rules = RulesOf(state_, row);
  const RoutingQuestion question{
      *found->package, rules, state_.directory, now_, Today(rules), {}, false};
  if (auto rule = FailsAtMove(question, offer, request.branch_id())) {
    return Reject(
        v1::REJECTION_REASON_FIELD_INVALID, "branch_id", request.branch_id(),
        absl::StrCat("another branch of the provider, one that passes ", RuleName(*rule)));
  }
  journal::v1::OfferMoved& moved = *Add().mutable_offer_moved();
  moved.set_package_number(row.number());
  moved.set_ordinal(offer.ordinal());
  moved.set_from_branch_id(offer.branch_id());
  moved.set_branch_id(request.branch_id());
  return absl::OkStatus();
}

}  // namespace brokerage::engine
