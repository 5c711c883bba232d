#include "engine/views/offer_event_words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/calendar.h"
#include "engine/model/parts.h"
#include "engine/routing/routing.h"
#include "engine/views/words.h"

namespace brokerage::engine {

namespace {

using journal::v1::Fact;
using journal::v1::OfferRow;

std::string LimitWords(const v1::AcceptanceLimit& limit) {
  std::string text = ", at most ";
  if (limit.packages_max() > 0) absl::StrAppend(&text, limit.packages_max(), " packages");
  if (limit.packages_max() > 0 && limit.weekly_minutes_max() > 0) absl::StrAppend(&text, " and ");
  if (limit.weekly_minutes_max() > 0) {
    absl::StrAppend(&text, limit.weekly_minutes_max(), " minutes a week");
  }
  absl::StrAppend(&text, " of \"", limit.name(), "\"");
  return text;
}

// "visit 2", "visits 1, 3 (210 of 420 minutes a week)"; without the minutes where the terms are
// others now.
std::string VisitsWords(const journal::v1::AnswerRow& answer, const OfferEvent& event) {
  std::string text = absl::StrCat(answer.visits_size() == 1 ? "visit " : "visits ",
                                  absl::StrJoin(answer.visits(), ", "));
  const journal::v1::PackageRow& row = event.package->row;
  if (event.offer->terms_version() != row.terms_version() || WonInPart(*event.package)) return text;
  return absl::StrCat(text, " (", WeeklyMinutes(row.terms(), answer.visits()), " of ",
                      row.terms().weekly_minutes(), " minutes a week)");
}

std::string AnswerWords(const journal::v1::AnswerRow& answer, const OfferEvent& event) {
  std::string text;
  if (answer.answer() == v1::ANSWER_ACCEPT) {
    text = answer.late() ? "accepted late" : "accepted";
    if (!answer.visits().empty()) absl::StrAppend(&text, " in part: ", VisitsWords(answer, event));
    if (answer.possible_start_date() != 0) {
      absl::StrAppend(&text, ", start possible on ", FormatDate(answer.possible_start_date()));
    }
    if (answer.valid_until_us() != 0) {
      absl::StrAppend(&text, ", valid until ", MomentWords(answer.valid_until_us()));
    }
    if (answer.has_limit()) absl::StrAppend(&text, LimitWords(answer.limit()));
  } else {
    text = absl::StrCat(
        answer.late() ? "declined late: " : "declined: ",
        PlainWords(v1::DeclineReason_Name(answer.decline_reason()), "DECLINE_REASON_"));
  }
  if (answer.remark()) {
    absl::StrAppend(&text, "; the package no longer waited, so that it is a remark only");
  }
  return text;
}

std::string AfterOutage(const journal::v1::DeadlineExtended& extended) {
  return extended.reason().empty() ? "" : absl::StrCat(" after an outage: ", extended.reason());
}

std::string AskedDecidedWords(absl::string_view branch, const OfferRow& offer,
                              const journal::v1::AskedDecided& fact) {
  const absl::string_view what = offer.purpose() == v1::OFFER_PURPOSE_RESTART
                                     ? "to take the person back"
                                     : "to the other terms";
  if (fact.state() == v1::OFFER_STATE_ACCEPTED) return absl::StrCat(branch, " agreed ", what, ".");
  return absl::StrCat(
      branch, " did not agree ", what, ": ",
      PlainWords(v1::DeclineReason_Name(fact.answer().decline_reason()), "DECLINE_REASON_"), ".");
}

std::string VoidWords(const OfferEvent& event, const Fact& fact) {
  if (event.void_rule != v1::HARD_RULE_UNSPECIFIED) return RuleName(event.void_rule);
  return CloseWords(fact.has_package_reissued() ? v1::CLOSE_CAUSE_REISSUED
                                                : v1::CLOSE_CAUSE_PACKAGE_CANCELLED);
}

std::string UndoneWords(const OfferEvent& event, const journal::v1::StepUndone& fact,
                        const std::string& branch) {
  const std::string undone = StepWords(fact.kind()) + " was undone: ";
  if (event.kind == OfferEventKind::kAwardUndone) {
    return absl::StrCat(
        undone, branch, " does not have the package",
        fact.kind() == v1::STEP_KIND_AWARD ? ", and its acceptance stands again." : ".");
  }
  for (const journal::v1::ReopenedOffer& one : fact.offers()) {
    if (one.ordinal() != event.offer->ordinal()) continue;
    if (one.state() == v1::OFFER_STATE_OPEN) {
      return absl::StrCat(undone, "the offer to ", branch, " is open again until ",
                          MomentWords(one.deadline_us()), ".");
    }
    if (one.state() == v1::OFFER_STATE_ACCEPTED) {
      return absl::StrCat(undone, "the acceptance of ", branch, " stands again.");
    }
  }
  return absl::StrCat(undone, fact.state() == v1::PACKAGE_STATE_AWARDED
                                  ? branch + " has the package, and its start is awaited again."
                                  : "care by " + branch + " goes on.");
}

}  // namespace

std::string OfferEventWords(const OfferEvent& event, const Fact& fact, const Directory& directory) {
  const OfferRow& offer = *event.offer;
  std::string branch = BranchWords(offer, directory);
  switch (event.kind) {
    case OfferEventKind::kIssued:
      return absl::StrCat(offer.restart() ? "Offered as a restart to " : "Offered to ", branch,
                          " under ", offer.contract_id(), " until ",
                          MomentWords(offer.deadline_us()), ".");
    case OfferEventKind::kAnswered:
      return absl::StrCat(branch, " ", AnswerWords(fact.offer_answered().answer(), event), ".");
    case OfferEventKind::kLapsed:
      return absl::StrCat(branch, " had not answered by the deadline.");
    case OfferEventKind::kClosed:
      return absl::StrCat(
          "The offer to ", branch, " was closed unanswered: ",
          CloseWords(fact.has_offers_closed() ? fact.offers_closed().cause() : offer.close_cause()),
          ".");
    case OfferEventKind::kWon:
      return absl::StrCat(branch, fact.package_awarded().award().part()
                                      ? " won the part that it accepted."
                                      : " won.");
    case OfferEventKind::kLost:
      if (fact.has_package_placed()) {
        return absl::StrCat(branch, " lost: care navigation placed the package.");
      }
      return absl::StrCat(branch, " lost, decided by ", CriterionWords(event.lost_by), ".");
    case OfferEventKind::kVoid:
      return absl::StrCat("The acceptance of ", branch, " is void: ", VoidWords(event, fact), ".");
    case OfferEventKind::kDeadlineMoved:
      return absl::StrCat("The deadline of ", branch, " moved to ",
                          MomentWords(fact.deadline_extended().deadline_us()),
                          AfterOutage(fact.deadline_extended()), ".");
    case OfferEventKind::kReopened:
      return absl::StrCat("The offer to ", branch, " is open again, until ",
                          MomentWords(fact.deadline_extended().deadline_us()),
                          AfterOutage(fact.deadline_extended()), ".");
    case OfferEventKind::kCountedInTime:
      return absl::StrCat("The late answer of ", branch, " counts as in time",
                          AfterOutage(fact.deadline_extended()), ".");
    case OfferEventKind::kClaimed:
      return absl::StrCat(
          branch, " claims that the offer was issued in error; the stored routing says that it ",
          fact.error_claimed().routing_confirms_coverage() ? "covered" : "did not cover",
          " ward and service.");
    case OfferEventKind::kClaimDecided:
      return absl::StrCat(
          "The claim of ", branch, " that the offer was issued in error was ",
          fact.error_decided().state() == v1::CLAIM_STATE_UPHELD ? "upheld" : "rejected", ".");
    case OfferEventKind::kStarted:
      return absl::StrCat("Care by ", branch, " started",
                          DateWords(fact.package_started().date(), event.time_us), ".");
    case OfferEventKind::kReturned:
      return absl::StrCat(
          "The award to ", branch, " was given up before the start",
          DateWords(fact.package_returned().date(), event.time_us), ": ",
          EndingWords(fact.package_returned().end_reason(), fact.package_returned().cause()), ".");
    case OfferEventKind::kHandedBack:
      return absl::StrCat(
          branch, " handed the package back",
          DateWords(fact.package_handed_back().date(), event.time_us), ": ",
          EndingWords(fact.package_handed_back().end_reason(), fact.package_handed_back().cause()),
          ".");
    case OfferEventKind::kCeased:
      return CareEndedWords("Care by " + branch, fact.package_ceased(), event.time_us);
    case OfferEventKind::kNoticeGiven:
      return NoticeWords("care by " + branch, fact.notice_given().notice());
    case OfferEventKind::kNoticeMoved:
      return NoticeMovedWords("care by " + branch, fact.notice_moved());
    case OfferEventKind::kPaused:
      return PauseWords("care by " + branch, fact.package_paused().pause());
    case OfferEventKind::kResumed:
      return absl::StrCat("Care by ", branch, " goes on from ",
                          FormatDate(fact.package_resumed().date()), ".");
    case OfferEventKind::kAsked:
      return AskedWords(branch, fact.branch_asked().offer());
    case OfferEventKind::kAskedDecided:
      return AskedDecidedWords(branch, offer, fact.asked_decided());
    case OfferEventKind::kTermsChanged:
      return TermsChangedWords("care by " + branch, fact.terms_changed());
    case OfferEventKind::kStartMoved:
      return absl::StrCat("Care that was offered to ", branch, " is to start on ",
                          FormatDate(fact.start_moved().start_by_date()), ".");
    case OfferEventKind::kPlaced:
      return absl::StrCat("Care navigation placed the package with ", branch, " under ",
                          offer.contract_id(), "; it may be refused until ",
                          MomentWords(offer.refuse_until_us()), ".");
    case OfferEventKind::kQuestionAsked:
      return absl::StrCat("A question was asked about what was offered to ", branch, ".");
    case OfferEventKind::kQuestionAnswered:
      return absl::StrCat("A question about what was offered to ", branch, " was answered.");
    case OfferEventKind::kNoticeWithdrawn:
      return absl::StrCat("The notice was taken back: care by ", branch, " goes on.");
    case OfferEventKind::kAwardCancelled:
      return absl::StrCat(
          "The package that ", branch, " had won was cancelled",
          WhyWords(fact.package_cancelled().end_reason(), fact.package_cancelled().cause()), ".");
    case OfferEventKind::kStepUndone:
    case OfferEventKind::kAwardUndone:
      return UndoneWords(event, fact.step_undone(), branch);
    case OfferEventKind::kMoved:
      return absl::StrCat(
          "The offer moved from ",
          BranchWords(fact.offer_moved().from_branch_id(), offer.provider_id(), directory), " to ",
          BranchWords(event.branch_id, offer.provider_id(), directory), "; the clock runs on.");
    case OfferEventKind::kMovedAway:
      return absl::StrCat("The offer to ",
                          BranchWords(event.branch_id, offer.provider_id(), directory),
                          " moved to another branch of its provider.");
  }
  return "";
}

}  // namespace brokerage::engine
