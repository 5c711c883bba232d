#include "engine/views/offer_events.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "engine/model/facts.h"
#include "engine/model/visibility.h"
#include "engine/routing/routing.h"
#include "engine/views/words.h"

namespace brokerage::engine {

namespace {

using journal::v1::Fact;
using journal::v1::OfferRow;

const OfferRow* OfferOf(const PackageAggregate& package, int32_t ordinal) {
  if (ordinal < 1 || static_cast<size_t>(ordinal) > package.offers.size()) return nullptr;
  return &package.offers[static_cast<size_t>(ordinal) - 1];
}

// Whether the offer's round stopped at this moment. An offer does not keep when it was closed; its
// round does.
bool RoundEndedAt(const PackageAggregate& package, const OfferRow& offer, int64_t time_us) {
  for (const journal::v1::RoundRow& round : package.row.rounds()) {
    if (round.number() == offer.round_number()) return round.closed_time_us() == time_us;
  }
  return false;
}

// When the offer was last answered, remarks apart; when it was issued if it never was.
int64_t LastAnswered(const OfferRow& offer) {
  const journal::v1::AnswerRow* answer = LastAnswer(offer, Remarks::kSkip);
  return answer == nullptr ? offer.issued_time_us() : answer->time_us();
}

// The offer whose award was given up at `time_us`. A package can be awarded and returned again and
// again; the winner of each time answered last before it was returned, and the next one answered
// after that.
const OfferRow* ReturnedAt(const PackageAggregate& package, int64_t time_us) {
  const OfferRow* found = nullptr;
  int64_t found_answer_us = 0;
  for (const OfferRow& offer : package.offers) {
    if (offer.returned_cause() == v1::CAUSE_UNSPECIFIED) continue;
    int64_t answer_us = LastAnswered(offer);
    if (answer_us > time_us || (found && answer_us < found_answer_us)) continue;
    found = &offer;
    found_answer_us = answer_us;
  }
  return found;
}

// Whether the offer may still be answered when its round's deadline moves.
bool MovesWithItsRound(const OfferRow& offer) {
  if (offer.state() != v1::OFFER_STATE_CLOSED) return true;
  return offer.close_cause() != v1::CLOSE_CAUSE_CONTRACT_ENDED &&
         offer.close_cause() != v1::CLOSE_CAUSE_CONTRACT_NOVATED &&
         offer.close_cause() != v1::CLOSE_CAUSE_ISSUED_IN_ERROR &&
         offer.close_cause() != v1::CLOSE_CAUSE_TRANSFERRED &&
         offer.close_cause() != v1::CLOSE_CAUSE_OUTAGE;
}

// The events of one fact. A function for each kind of fact.
class OfferEvents {
 public:
  OfferEvents(const PackageAggregate& package, int64_t time_us)
      : package_(package), time_us_(time_us) {}

  void Add(const journal::v1::RoundOpened& fact) {
    for (const OfferRow& offer : fact.offers()) Push(OfferEventKind::kIssued, &offer);
  }

  void Add(const journal::v1::OfferAnswered& fact) {
    Push(OfferEventKind::kAnswered, fact.ordinal());
  }

  // Those whom the round's deadline found without an answer.
  void Add(const journal::v1::RoundDue& fact) {
    for (const OfferRow& offer : package_.offers) {
      if (offer.round_number() != fact.round_number()) continue;
      const bool closed =
          offer.state() == v1::OFFER_STATE_CLOSED && offer.close_cause() != v1::CLOSE_CAUSE_OUTAGE;
      const bool answered = std::any_of(offer.answers().begin(), offer.answers().end(),
                                        [this](const journal::v1::AnswerRow& answer) {
                                          return !answer.remark() && answer.time_us() < time_us_;
                                        });
      if (!closed && !answered) Push(OfferEventKind::kLapsed, &offer);
    }
  }

  void Add(const journal::v1::AwardProposed& fact) { PushVoided(fact.voided()); }

  void Add(const journal::v1::PackageAwarded& fact) {
    Push(OfferEventKind::kWon, fact.award().offer_ordinal());
    for (const journal::v1::LostOffer& lost : fact.lost()) {
      if (const OfferRow* offer = OfferOf(package_, lost.ordinal())) {
        Push(OfferEventKind::kLost, *offer).lost_by = lost.lost_by();
      }
    }
    PushVoided(fact.voided());
    PushEnded(v1::CLOSE_CAUSE_AWARDED_ELSEWHERE);
  }

  void Add(const journal::v1::PackageUnfilled& fact) { PushVoided(fact.voided()); }

  void Add(const journal::v1::PackageReissued& fact) {
    PushEnded(v1::CLOSE_CAUSE_REISSUED);
    for (const OfferRow& offer : package_.offers) {
      if (VoidWithoutRule(offer) && WasOfTheLastIssue(offer)) Push(OfferEventKind::kVoid, &offer);
    }
  }

  void Add(const journal::v1::PackageCancelled& fact) {
    const OfferRow* winner = Winner();
    for (const OfferRow& offer : package_.offers) {
      if (&offer == winner) {
        Push(OfferEventKind::kAwardCancelled, &offer);
      } else if (offer.state() == v1::OFFER_STATE_CLOSED &&
                 offer.close_cause() == v1::CLOSE_CAUSE_PACKAGE_CANCELLED) {
        Push(OfferEventKind::kClosed, &offer);
      } else if (VoidWithoutRule(offer) && offer.ordinal() > package_.row.previous_issue_offers()) {
        Push(OfferEventKind::kVoid, &offer);
      }
    }
  }

  void Add(const journal::v1::PackageStarted& fact) { Push(OfferEventKind::kStarted, Winner()); }

  void Add(const journal::v1::PackageReturned& fact) {
    Push(OfferEventKind::kReturned, ReturnedAt(package_, time_us_));
  }

  void Add(const journal::v1::PackageHandedBack& fact) {
    Push(OfferEventKind::kHandedBack, Winner());
  }

  void Add(const journal::v1::PackageCeased& fact) { Push(OfferEventKind::kCeased, Winner()); }

  void Add(const journal::v1::NoticeGiven& fact) { Push(OfferEventKind::kNoticeGiven, Winner()); }
  void Add(const journal::v1::NoticeMoved& fact) { Push(OfferEventKind::kNoticeMoved, Winner()); }
  void Add(const journal::v1::NoticeWithdrawn& fact) {
    Push(OfferEventKind::kNoticeWithdrawn, Winner());
  }

  void Add(const journal::v1::StartMoved& fact) {
    for (int32_t ordinal : fact.ordinals()) Push(OfferEventKind::kStartMoved, ordinal);
  }

  void Add(const journal::v1::QuestionAsked& fact) {
    const OfferRow* asked = OfferOf(package_, fact.ordinal());
    if (asked != nullptr) PushRound(OfferEventKind::kQuestionAsked, asked->round_number());
  }
  void Add(const journal::v1::QuestionAnswered& fact) {
    const int place = fact.question_number() - 1;
    if (place < 0 || place >= package_.row.questions_size()) return;
    PushRound(OfferEventKind::kQuestionAnswered, package_.row.questions(place).round_number());
  }

  void Add(const journal::v1::PackagePlaced& fact) {
    Push(OfferEventKind::kPlaced, fact.award().offer_ordinal());
    for (const journal::v1::LostOffer& lost : fact.lost()) {
      Push(OfferEventKind::kLost, lost.ordinal());
    }
    PushEnded(v1::CLOSE_CAUSE_AWARDED_ELSEWHERE);
  }

  void Add(const journal::v1::OffersClosed& fact) {
    for (int32_t ordinal : fact.ordinals()) Push(OfferEventKind::kClosed, ordinal);
  }

  void Add(const journal::v1::ErrorClaimed& fact) {
    Push(OfferEventKind::kClaimed, fact.ordinal());
  }

  void Add(const journal::v1::ErrorDecided& fact) {
    Push(OfferEventKind::kClaimDecided, fact.ordinal());
  }

  void Add(const journal::v1::DeadlineExtended& fact) {
    std::set<int32_t> told;
    for (auto [kind, ordinals] :
         {std::pair{OfferEventKind::kReopened, &fact.reopened_ordinals()},
          std::pair{OfferEventKind::kClosed, &fact.closed_ordinals()},
          std::pair{OfferEventKind::kCountedInTime, &fact.in_time_ordinals()}}) {
      for (int32_t ordinal : *ordinals) {
        told.insert(ordinal);
        Push(kind, ordinal);
      }
    }
    if (fact.deadline_us() == 0) return;
    for (const OfferRow& offer : package_.offers) {
      if (offer.round_number() == fact.round_number() && MovesWithItsRound(offer) &&
          !told.contains(offer.ordinal())) {
        Push(OfferEventKind::kDeadlineMoved, &offer);
      }
    }
  }

  void Add(const journal::v1::OfferMoved& fact) {
    const OfferRow* offer = OfferOf(package_, fact.ordinal());
    if (offer == nullptr) return;
    Push(OfferEventKind::kMovedAway, *offer).branch_id = fact.from_branch_id();
    Push(OfferEventKind::kMoved, *offer).branch_id = fact.branch_id();
  }

  // Change no offer.
  void Add(const OneOf<
           journal::v1::PackageSubmitted, journal::v1::PackageReleased, journal::v1::PackageHeld,
           journal::v1::RoundClosed, journal::v1::RoundEvaluated, journal::v1::RoundsPassedOver,
           journal::v1::LimitPassed, journal::v1::TextsErased, journal::v1::PackageStopped,
           journal::v1::PackageContinued, journal::v1::PackageCorrected> auto& fact) {}

  // Are of no package.
  void Add(const OneOf<journal::v1::FrameworkApplied, journal::v1::DirectoryChanged,
                       journal::v1::AccountChanged, journal::v1::ClockJudged> auto& fact) {}

  std::vector<OfferEvent> Take() { return std::move(events_); }

 private:
  OfferEvent& Push(OfferEventKind kind, const OfferRow& offer) {
    OfferEvent& event = events_.emplace_back();
    event.kind = kind;
    event.time_us = time_us_;
    event.offer = &offer;
    event.branch_id = offer.branch_id();
    return event;
  }
  // Nothing where there is no such offer.
  void Push(OfferEventKind kind, const OfferRow* offer) {
    if (offer != nullptr) Push(kind, *offer);
  }
  void Push(OfferEventKind kind, int32_t ordinal) { Push(kind, OfferOf(package_, ordinal)); }

  void PushVoided(const google::protobuf::RepeatedPtrField<journal::v1::VoidedOffer>& voided) {
    for (const journal::v1::VoidedOffer& one : voided) {
      if (const OfferRow* offer = OfferOf(package_, one.ordinal())) {
        Push(OfferEventKind::kVoid, *offer).void_rule = one.rule();
      }
    }
  }

  // Every branch of the round sees it.
  void PushRound(OfferEventKind kind, int32_t round_number) {
    for (const OfferRow& offer : package_.offers) {
      if (offer.round_number() == round_number) Push(kind, &offer);
    }
  }

  // Offers that the fact closed, as their round ended with it.
  void PushEnded(v1::CloseCause cause) {
    for (const OfferRow& offer : package_.offers) {
      if (offer.state() == v1::OFFER_STATE_CLOSED && offer.close_cause() == cause &&
          RoundEndedAt(package_, offer, time_us_)) {
        Push(OfferEventKind::kClosed, &offer);
      }
    }
  }

  static bool VoidWithoutRule(const OfferRow& offer) {
    return offer.state() == v1::OFFER_STATE_VOID && offer.void_rule() == v1::HARD_RULE_UNSPECIFIED;
  }

  // Whether a reissue at this moment ended the offer's issue: while an acceptance stands no round
  // opens but by a reissue, so that none opened since its answer.
  bool WasOfTheLastIssue(const OfferRow& offer) const {
    int64_t answer_us = LastAnswered(offer);
    if (answer_us > time_us_) return false;
    return std::none_of(package_.row.rounds().begin(), package_.row.rounds().end(),
                        [this, answer_us](const journal::v1::RoundRow& round) {
                          return round.opened_time_us() > answer_us &&
                                 round.opened_time_us() < time_us_;
                        });
  }

  // The offer that has the package; null where none does, or none did (an imported package).
  const OfferRow* Winner() const {
    if (!package_.row.has_award()) return nullptr;
    const OfferRow* offer = OfferOf(package_, package_.row.award().offer_ordinal());
    return offer && offer->returned_cause() == v1::CAUSE_UNSPECIFIED ? offer : nullptr;
  }

  const PackageAggregate& package_;
  int64_t time_us_;
  std::vector<OfferEvent> events_;
};

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

std::string AnswerWords(const journal::v1::AnswerRow& answer) {
  std::string text;
  if (answer.answer() == v1::ANSWER_ACCEPT) {
    text = answer.late() ? "accepted late" : "accepted";
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

std::string VoidWords(const OfferEvent& event, const Fact& fact) {
  if (event.void_rule != v1::HARD_RULE_UNSPECIFIED) return RuleName(event.void_rule);
  return CloseWords(fact.has_package_reissued() ? v1::CLOSE_CAUSE_REISSUED
                                                : v1::CLOSE_CAUSE_PACKAGE_CANCELLED);
}

}  // namespace

std::vector<OfferEvent> OfferEventsOf(const Fact& fact, int64_t time_us,
                                      const PackageAggregate& package) {
  OfferEvents events(package, time_us);
  VisitFact(fact, [&events](const auto& kind) { events.Add(kind); });
  return events.Take();
}

bool MaySeeOfferEvent(const Caller& caller, const journal::v1::PackageRow& row,
                      const OfferEvent& event) {
  if (caller.role == v1::ROLE_PROVIDER_BRANCH) {
    return !caller.branch_id.empty() && event.branch_id == caller.branch_id;
  }
  // A move is told once to those who see both branches.
  return event.kind != OfferEventKind::kMovedAway && MaySeeOffer(caller, row, *event.offer);
}

std::vector<v1::OfferChangeKind> OfferChangesOf(OfferEventKind kind) {
  switch (kind) {
    case OfferEventKind::kIssued:
      return {v1::OFFER_CHANGE_KIND_ISSUED};
    case OfferEventKind::kAnswered:
    case OfferEventKind::kCountedInTime:
      return {v1::OFFER_CHANGE_KIND_ANSWERED};
    case OfferEventKind::kLapsed:
      return {v1::OFFER_CHANGE_KIND_LAPSED};
    case OfferEventKind::kClosed:
      return {v1::OFFER_CHANGE_KIND_CLOSED};
    case OfferEventKind::kWon:
      return {v1::OFFER_CHANGE_KIND_WON};
    case OfferEventKind::kLost:
      return {v1::OFFER_CHANGE_KIND_LOST};
    case OfferEventKind::kVoid:
      return {v1::OFFER_CHANGE_KIND_VOID};
    case OfferEventKind::kDeadlineMoved:
    case OfferEventKind::kReopened:
      return {v1::OFFER_CHANGE_KIND_DEADLINE_MOVED};
    case OfferEventKind::kClaimed:
    case OfferEventKind::kClaimDecided:
      return {v1::OFFER_CHANGE_KIND_CLAIM};
    case OfferEventKind::kStarted:
    case OfferEventKind::kNoticeGiven:
    case OfferEventKind::kNoticeMoved:
    case OfferEventKind::kNoticeWithdrawn:
      return {v1::OFFER_CHANGE_KIND_FATE};
    case OfferEventKind::kReturned:
    case OfferEventKind::kHandedBack:
    case OfferEventKind::kCeased:
    case OfferEventKind::kAwardCancelled:
      return {v1::OFFER_CHANGE_KIND_FATE, v1::OFFER_CHANGE_KIND_TEXTS_CLOSED};
    case OfferEventKind::kStartMoved:
      return {v1::OFFER_CHANGE_KIND_START_MOVED};
    case OfferEventKind::kPlaced:
      return {v1::OFFER_CHANGE_KIND_PLACED};
    case OfferEventKind::kQuestionAsked:
    case OfferEventKind::kQuestionAnswered:
      return {v1::OFFER_CHANGE_KIND_QUESTION};
    case OfferEventKind::kMoved:
    case OfferEventKind::kMovedAway:
      return {v1::OFFER_CHANGE_KIND_MOVED};
  }
  return {};
}

const char* OfferEventName(OfferEventKind kind) {
  switch (kind) {
    case OfferEventKind::kIssued:
      return "OfferIssued";
    case OfferEventKind::kAnswered:
      return "OfferAnswered";
    case OfferEventKind::kLapsed:
      return "OfferLapsed";
    case OfferEventKind::kClosed:
      return "OfferClosed";
    case OfferEventKind::kWon:
      return "OfferWon";
    case OfferEventKind::kLost:
      return "OfferLost";
    case OfferEventKind::kVoid:
      return "OfferVoid";
    case OfferEventKind::kDeadlineMoved:
      return "DeadlineExtended";
    case OfferEventKind::kReopened:
      return "OfferReopened";
    case OfferEventKind::kCountedInTime:
      return "AnswerCountedInTime";
    case OfferEventKind::kClaimed:
      return "ErrorClaimed";
    case OfferEventKind::kClaimDecided:
      return "ErrorDecided";
    case OfferEventKind::kStarted:
      return "PackageStarted";
    case OfferEventKind::kReturned:
      return "PackageReturned";
    case OfferEventKind::kHandedBack:
      return "PackageHandedBack";
    case OfferEventKind::kCeased:
      return "PackageCeased";
    case OfferEventKind::kNoticeGiven:
      return "NoticeGiven";
    case OfferEventKind::kNoticeMoved:
      return "NoticeMoved";
    case OfferEventKind::kNoticeWithdrawn:
      return "NoticeWithdrawn";
    case OfferEventKind::kStartMoved:
      return "StartMoved";
    case OfferEventKind::kPlaced:
      return "PackagePlaced";
    case OfferEventKind::kQuestionAsked:
      return "QuestionAsked";
    case OfferEventKind::kQuestionAnswered:
      return "QuestionAnswered";
    case OfferEventKind::kAwardCancelled:
      return "PackageCancelled";
    case OfferEventKind::kMoved:
    case OfferEventKind::kMovedAway:
      return "OfferMoved";
  }
  return "";
}

std::string OfferEventWords(const OfferEvent& event, const Fact& fact, const Directory& directory) {
  const OfferRow& offer = *event.offer;
  std::string branch = BranchWords(offer, directory);
  switch (event.kind) {
    case OfferEventKind::kIssued:
      return absl::StrCat(offer.restart() ? "Offered as a restart to " : "Offered to ", branch,
                          " under ", offer.contract_id(), " until ",
                          MomentWords(offer.deadline_us()), ".");
    case OfferEventKind::kAnswered:
      return absl::StrCat(branch, " ", AnswerWords(fact.offer_answered().answer()), ".");
    case OfferEventKind::kLapsed:
      return absl::StrCat(branch, " had not answered by the deadline.");
    case OfferEventKind::kClosed:
      return absl::StrCat(
          "The offer to ", branch, " was closed unanswered: ",
          CloseWords(fact.has_offers_closed() ? fact.offers_closed().cause() : offer.close_cause()),
          ".");
    case OfferEventKind::kWon:
      return absl::StrCat(branch, " won.");
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
