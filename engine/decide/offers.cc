#include "engine/decide/offers.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/award/acceptance_limits.h"
#include "engine/award/ranking.h"
#include "engine/base/bounds.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/decide/asked.h"
#include "engine/decide/checks.h"
#include "engine/decide/evaluation.h"
#include "engine/model/lifecycle.h"
#include "engine/model/package.h"
#include "engine/model/parts.h"
#include "engine/routing/adaptive_release.h"
#include "engine/routing/routing.h"
#include "engine/views/replies.h"

namespace brokerage::engine {

using journal::v1::AnswerRow;
using journal::v1::OfferRow;
using journal::v1::PackageRow;

namespace {

// Checks that the offer may be answered now, and marks the answer late or a remark.
absl::Status CheckAnswer(const Context& in, const FoundOffer& found, AnswerRow* answer) {
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
  answer->set_time_us(in.now_us());
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

// Whether the answer leaves nothing to evaluate for now.
bool LeavesAwardWaiting(const Context& in, const FoundOffer& found, const AnswerRow& answer) {
  const PackageAggregate& package = *found.package;
  const PackageRow& row = package.row;
  if (row.state() != v1::PACKAGE_STATE_OFFERED || row.needs_evaluation() || row.awaits_award() ||
      answer.remark() || HasParallelRound(package)) {
    return false;
  }
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  if (!AwardsBeforeClose(rules, row)) return false;  // nothing is evaluated then anyway
  const auto is_to_be_closed = [&package](const journal::v1::RoundRow& round) {
    return IsToBeClosed(package, round);
  };
  if (std::any_of(row.rounds().begin(), row.rounds().end(), is_to_be_closed)) return false;
  const AwardQuestion question{package, rules,           in.state.directory,     in.state.rollups,
                               in.now,  in.Today(rules), LinkedTo(in.state, row)};
  const bool whole = answer.answer() == v1::ANSWER_ACCEPT && answer.visits().empty();
  return AwardWaits(question, *found.offer, whole);
}

// Keeps which visits are accepted, where they are not all. Errors: FIELD_INVALID.
absl::Status AddVisits(const FoundOffer& found, const v1::AcceptOfferRequest& request,
                       AnswerRow* answer) {
  const VisitNumbers& visits = request.visits();
  if (visits.empty()) return absl::OkStatus();
  const auto invalid = [&visits](const std::string& expected) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "visits", absl::StrJoin(visits, ", "),
                  expected);
  };
  const OfferRow& offer = *found.offer;
  const v1::PackageTerms& terms = found.package->row.terms();
  const bool newest = offer.terms_version() == found.package->row.terms_version();
  if (answer->remark() || !newest || offer.purpose() != v1::OFFER_PURPOSE_UNSPECIFIED) {
    return invalid("nothing: a part can be accepted of a package that waits, on its newest terms");
  }
  if (terms.visits().empty()) {
    return invalid("nothing: the terms list no visits, so that there is no part of them");
  }
  int32_t before = 0;
  for (const int32_t number : visits) {
    if (number <= before || number > terms.visits_size()) {
      return invalid(
          absl::StrCat("numbers of visits, 1 to ", terms.visits_size(), ", each once, in order"));
    }
    before = number;
  }
  if (visits.size() == terms.visits_size()) {
    return invalid("fewer than all visits: leave it out to accept all of the package");
  }
  const int64_t minutes = WeeklyMinutes(terms, visits);
  const int64_t least = limits::kWeeklyMinutesMin;
  if (minutes < least || terms.weekly_minutes() - minutes < least) {
    return invalid(
        absl::StrCat("visits of at least ", least, " minutes a week, and as much that is left"));
  }
  *answer->mutable_visits() = visits;
  return absl::OkStatus();
}

// Keeps what the branch says beside its answer. Errors: FIELD_INVALID, TEXT_IDENTIFIES_PERSON.
absl::Status AddNote(const Context& in, const FoundOffer& found, const std::string& note,
                     AnswerRow* answer, Decision* out) {
  if (note.empty()) return absl::OkStatus();
  if (absl::Status status = CheckImpersonalReason(note, "note"); !status.ok()) return status;
  answer->set_note_hash(
      AddText(in, found.package->row.number(),
              absl::StrCat("note/", found.offer->ordinal(), "/", found.offer->answers_size() + 1),
              note, out));
  return absl::OkStatus();
}

void AddAnswer(const Context& in, const FoundOffer& found, AnswerRow answer, Decision* out) {
  journal::v1::OfferAnswered& answered = *out->Add().mutable_offer_answered();
  answered.set_package_number(found.package->row.number());
  answered.set_ordinal(found.offer->ordinal());
  answered.set_award_waits(LeavesAwardWaiting(in, found, answer));
  *answered.mutable_answer() = std::move(answer);
}

// The branch agrees to what it was asked: to no more than that, and for good.
absl::Status Agree(const Context& in, const v1::AcceptOfferRequest& request,
                   const FoundOffer& found, AnswerRow answer, Decision* out) {
  if (absl::Status status = CheckAskedAnswer(found); !status.ok()) return status;
  const char* given = !request.possible_start_date().empty() ? "possible_start_date"
                      : request.has_valid_until_time()       ? "valid_until_time"
                      : request.has_limit()                  ? "limit"
                      : !request.visits().empty()            ? "visits"
                                                             : nullptr;
  if (given != nullptr) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, given, "",
                  "nothing: whoever has the package agrees to what it is asked, or declines");
  }
  if (absl::Status status = AddNote(in, found, request.note(), &answer, out); !status.ok()) {
    return status;
  }
  AnswerAsked(in, found, std::move(answer), out);
  return absl::OkStatus();
}

}  // namespace

absl::Status Decide(const Context& in, const v1::AcceptOfferRequest& request, Decision* out) {
  absl::StatusOr<FoundOffer> found = FindOffer(in, request.offer_id());
  if (!found.ok()) return found.status();
  AnswerRow answer;
  answer.set_answer(v1::ANSWER_ACCEPT);
  if (IsAsked(*found->offer)) return Agree(in, request, *found, std::move(answer), out);
  if (absl::Status status = CheckAnswer(in, *found, &answer); !status.ok()) return status;
  if (absl::Status status = AddVisits(*found, request, &answer); !status.ok()) return status;
  if (!request.possible_start_date().empty()) {
    const auto date = ParseDate(request.possible_start_date());
    const DateNumber today = in.Today(RulesOf(in.state, found->package->row));
    if (!date || *date < today) {
      return Reject(v1::REJECTION_REASON_FIELD_INVALID, "possible_start_date",
                    request.possible_start_date(),
                    absl::StrCat("a date, YYYY-MM-DD, not before ", FormatDate(today)));
    }
    answer.set_possible_start_date(*date);
  }
  if (request.has_valid_until_time()) {
    answer.set_valid_until_us(FromTimestamp(request.valid_until_time()));
    if (answer.valid_until_us() <= in.now_us()) {
      return Reject(v1::REJECTION_REASON_FIELD_INVALID, "valid_until_time", "",
                    "a time in the future");
    }
  }
  if (request.has_limit()) {
    if (absl::Status status = CheckAcceptanceLimit(request.limit()); !status.ok()) return status;
    *answer.mutable_limit() = request.limit();
  }
  if (absl::Status status = AddNote(in, *found, request.note(), &answer, out); !status.ok()) {
    return status;
  }
  AddAnswer(in, *found, std::move(answer), out);
  return absl::OkStatus();
}

v1::AcceptOfferResponse Reply(const After& after, const v1::AcceptOfferRequest& request) {
  return WithOffer<v1::AcceptOfferResponse>(after.state, request.offer_id(), after.caller);
}

absl::Status Decide(const Context& in, const v1::DeclineOfferRequest& request, Decision* out) {
  absl::StatusOr<FoundOffer> found = FindOffer(in, request.offer_id());
  if (!found.ok()) return found.status();
  AnswerRow answer;
  answer.set_answer(v1::ANSWER_DECLINE);
  if (request.reason() == v1::DECLINE_REASON_UNSPECIFIED) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "reason", "", "why it is declined");
  }
  if (request.reason() == v1::DECLINE_REASON_OTHER) {
    if (absl::Status status = CheckReason(request.note(), "note"); !status.ok()) return status;
  }
  const bool asked = IsAsked(*found->offer);
  absl::Status may = asked ? CheckAskedAnswer(*found) : CheckAnswer(in, *found, &answer);
  if (!may.ok()) return may;
  answer.set_decline_reason(request.reason());
  if (absl::Status status = AddNote(in, *found, request.note(), &answer, out); !status.ok()) {
    return status;
  }
  if (asked) {
    AnswerAsked(in, *found, std::move(answer), out);
  } else {
    AddAnswer(in, *found, std::move(answer), out);
  }
  return absl::OkStatus();
}

v1::DeclineOfferResponse Reply(const After& after, const v1::DeclineOfferRequest& request) {
  return WithOffer<v1::DeclineOfferResponse>(after.state, request.offer_id(), after.caller);
}

absl::Status Decide(const Context& in, const v1::MoveOfferRequest& request, Decision* out) {
  absl::StatusOr<FoundOffer> found = FindOffer(in, request.offer_id());
  if (!found.ok()) return found.status();
  const OfferRow& offer = *found->offer;
  const PackageRow& row = found->package->row;
  if (!Legal(offer.state(), OfferVerb::kMove) || offer.restart() || IsAsked(offer) ||
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
  const v1::Branch* branch = in.state.directory.Branch(request.branch_id());
  if (branch == nullptr || branch->provider_id() != offer.provider_id()) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "branch_id", request.branch_id(),
                  "the id of a branch of yours");
  }
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  const RoutingQuestion question{
      *found->package, rules, in.state.directory, in.now, in.Today(rules), {}, false};
  if (auto rule = MoveFailure(question, offer, request.branch_id())) {
    return Reject(
        v1::REJECTION_REASON_FIELD_INVALID, "branch_id", request.branch_id(),
        absl::StrCat("another branch of the provider, one that passes ", RuleName(*rule)));
  }
  journal::v1::OfferMoved& moved = *out->Add().mutable_offer_moved();
  moved.set_package_number(row.number());
  moved.set_ordinal(offer.ordinal());
  moved.set_from_branch_id(offer.branch_id());
  moved.set_branch_id(request.branch_id());
  return absl::OkStatus();
}

v1::MoveOfferResponse Reply(const After& after, const v1::MoveOfferRequest& request) {
  return WithOffer<v1::MoveOfferResponse>(after.state, request.offer_id(), after.caller);
}

}  // namespace brokerage::engine
