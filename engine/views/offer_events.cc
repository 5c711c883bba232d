#include "engine/views/offer_events.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/model/facts.h"
#include "engine/model/parts.h"
#include "engine/model/visibility.h"

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

// The offer whose award was given up at `time_us`; null where that was undone. Returns of old do
// not keep when they were: a package can be awarded and returned again and again; the winner of
// each time answered last before it was returned, and the next one answered after that.
const OfferRow* ReturnedAt(const PackageAggregate& package, int64_t time_us) {
  const OfferRow* found = nullptr;
  int64_t found_answer_us = 0;
  for (const OfferRow& offer : package.offers) {
    if (offer.has_returned() && offer.returned().time_us() == time_us) return &offer;
    if (offer.has_returned() || offer.returned_cause() == v1::CAUSE_UNSPECIFIED) continue;
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
    if (winner != nullptr) PushAskedThatEnded();
    for (const OfferRow& offer : package_.offers) {
      if (&offer == winner) {
        Push(OfferEventKind::kAwardCancelled, &offer);
      } else if (offer.state() == v1::OFFER_STATE_CLOSED &&
                 offer.close_cause() == v1::CLOSE_CAUSE_PACKAGE_CANCELLED &&
                 RoundEndedAt(package_, offer, time_us_)) {
        Push(OfferEventKind::kClosed, &offer);
      } else if (VoidWithoutRule(offer) && offer.ordinal() > package_.row.previous_issue_offers()) {
        Push(OfferEventKind::kVoid, &offer);
      }
    }
  }

  void Add(const journal::v1::PackageStarted& fact) { Push(OfferEventKind::kStarted, Winner()); }

  void Add(const journal::v1::PackageReturned& fact) {
    Push(OfferEventKind::kReturned, ReturnedAt(package_, time_us_));
    PushAskedThatEnded();
  }

  void Add(const journal::v1::PackageHandedBack& fact) {
    Push(OfferEventKind::kHandedBack, Winner());
    PushAskedThatEnded();
  }

  void Add(const journal::v1::PackageCeased& fact) {
    Push(OfferEventKind::kCeased, Winner());
    PushAskedThatEnded();
  }

  void Add(const journal::v1::NoticeGiven& fact) { Push(OfferEventKind::kNoticeGiven, Winner()); }
  void Add(const journal::v1::NoticeMoved& fact) { Push(OfferEventKind::kNoticeMoved, Winner()); }
  void Add(const journal::v1::NoticeWithdrawn& fact) {
    Push(OfferEventKind::kNoticeWithdrawn, Winner());
  }

  void Add(const journal::v1::PackagePaused& fact) { Push(OfferEventKind::kPaused, Winner()); }
  void Add(const journal::v1::PackageResumed& fact) { Push(OfferEventKind::kResumed, Winner()); }
  void Add(const journal::v1::BranchAsked& fact) {
    Push(OfferEventKind::kAsked, fact.offer().ordinal());
  }
  void Add(const journal::v1::AskedDecided& fact) {
    Push(fact.state() == v1::OFFER_STATE_LAPSED   ? OfferEventKind::kLapsed
         : fact.state() == v1::OFFER_STATE_CLOSED ? OfferEventKind::kClosed
                                                  : OfferEventKind::kAskedDecided,
         fact.ordinal());
  }
  void Add(const journal::v1::TermsChanged& fact) { Push(OfferEventKind::kTermsChanged, Winner()); }

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

  // The first of an award or a placing is the one that had the package.
  void Add(const journal::v1::StepUndone& fact) {
    bool had_package = fact.kind() == v1::STEP_KIND_AWARD || fact.kind() == v1::STEP_KIND_PLACE;
    for (const journal::v1::ReopenedOffer& one : fact.offers()) {
      const bool award_undone = std::exchange(had_package, false);
      Push(award_undone ? OfferEventKind::kAwardUndone : OfferEventKind::kStepUndone,
           one.ordinal());
    }
  }

  // Change no offer.
  void Add(
      const OneOf<journal::v1::PackageSubmitted, journal::v1::PackageReleased,
                  journal::v1::PackageHeld, journal::v1::RoundClosed, journal::v1::RoundEvaluated,
                  journal::v1::RoundsPassedOver, journal::v1::LimitPassed, journal::v1::TextsErased,
                  journal::v1::PackageStopped, journal::v1::PackageContinued,
                  journal::v1::PackageCorrected, journal::v1::PackagesLinked> auto& fact) {}

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
    event.package = &package_;
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

  // What the branch had been asked and had not answered when the package ended or was given up.
  void PushAskedThatEnded() {
    for (const OfferRow& offer : package_.offers) {
      if (offer.close_cause() == v1::CLOSE_CAUSE_PACKAGE_ENDED &&
          offer.issued_time_us() < time_us_ && time_us_ <= offer.deadline_us()) {
        Push(OfferEventKind::kClosed, &offer);
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
    return offer.state() == v1::OFFER_STATE_VOID && !offer.placed() &&
           offer.void_rule() == v1::HARD_RULE_UNSPECIFIED;
  }

  // Whether a reissue at this moment ended the offer's issue: while an acceptance stands no round
  // opens but by a reissue, so that none opened since its answer; while one in part stands, only
  // later rounds of the framework's list.
  bool WasOfTheLastIssue(const OfferRow& offer) const {
    int64_t answer_us = LastAnswered(offer);
    if (answer_us > time_us_) return false;
    const bool in_part = AcceptedVisits(offer) != nullptr;
    return std::none_of(package_.row.rounds().begin(), package_.row.rounds().end(),
                        [&](const journal::v1::RoundRow& round) {
                          const bool may_follow =
                              in_part && round.rule_number() > offer.rule_number();
                          return round.opened_time_us() > answer_us &&
                                 round.opened_time_us() < time_us_ && !may_follow;
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
    case OfferEventKind::kAsked:
      return {v1::OFFER_CHANGE_KIND_ISSUED};
    case OfferEventKind::kAskedDecided:
      return {v1::OFFER_CHANGE_KIND_ANSWERED};
    case OfferEventKind::kTermsChanged:
      return {v1::OFFER_CHANGE_KIND_TERMS};
    case OfferEventKind::kStarted:
    case OfferEventKind::kPaused:
    case OfferEventKind::kResumed:
    case OfferEventKind::kNoticeGiven:
    case OfferEventKind::kNoticeMoved:
    case OfferEventKind::kNoticeWithdrawn:
      return {v1::OFFER_CHANGE_KIND_FATE};
    case OfferEventKind::kReturned:
    case OfferEventKind::kHandedBack:
    case OfferEventKind::kCeased:
    case OfferEventKind::kAwardCancelled:
      return {v1::OFFER_CHANGE_KIND_FATE, v1::OFFER_CHANGE_KIND_TEXTS_CLOSED};
    case OfferEventKind::kStepUndone:
      return {v1::OFFER_CHANGE_KIND_UNDONE};
    case OfferEventKind::kAwardUndone:
      return {v1::OFFER_CHANGE_KIND_UNDONE, v1::OFFER_CHANGE_KIND_TEXTS_CLOSED};
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
    case OfferEventKind::kPaused:
      return "PackagePaused";
    case OfferEventKind::kResumed:
      return "PackageResumed";
    case OfferEventKind::kAsked:
      return "BranchAsked";
    case OfferEventKind::kAskedDecided:
      return "AskedDecided";
    case OfferEventKind::kTermsChanged:
      return "TermsChanged";
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
    case OfferEventKind::kStepUndone:
    case OfferEventKind::kAwardUndone:
      return "StepUndone";
    case OfferEventKind::kMoved:
    case OfferEventKind::kMovedAway:
      return "OfferMoved";
  }
  return "";
}

}  // namespace brokerage::engine
