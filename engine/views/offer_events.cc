#include "engine/views/offer_events.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "engine/model/visibility.h"
#include "engine/routing/routing.h"
#include "engine/views/package_view.h"
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
int64_t LastAnswer(const OfferRow& offer) {
  int64_t time_us = offer.issued_time_us();
  for (const journal::v1::AnswerRow& answer : offer.answers()) {
    if (!answer.remark()) time_us = answer.time_us();
  }
  return time_us;
}

// The offer whose award was given up at `time_us`. A package can be awarded and returned again and
// again; the winner of each time answered last before it was returned, and the next one answered
// after that.
const OfferRow* ReturnedAt(const PackageAggregate& package, int64_t time_us) {
  const OfferRow* found = nullptr;
  int64_t found_answer_us = 0;
  for (const OfferRow& offer : package.offers) {
    if (offer.returned_cause() == v1::CAUSE_UNSPECIFIED) continue;
    int64_t answer_us = LastAnswer(offer);
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
         offer.close_cause() != v1::CLOSE_CAUSE_OUTAGE;
}

class Teller {
 public:
  Teller(const PackageAggregate& package, int64_t time_us) : package_(package), time_us_(time_us) {}

  void Add(Tiding what, int32_t ordinal) { Add(what, OfferOf(package_, ordinal)); }
  void Add(Tiding what, const OfferRow* offer) {
    if (offer) Push(what, offer);
  }

  void AddMoved(const journal::v1::OfferMoved& moved) {
    const OfferRow* offer = OfferOf(package_, moved.ordinal());
    if (offer == nullptr) return;
    Push(Tiding::kMovedAway, offer).branch_id = moved.from_branch_id();
    Push(Tiding::kMoved, offer).branch_id = moved.branch_id();
  }

  void AddVoided(const google::protobuf::RepeatedPtrField<journal::v1::VoidedOffer>& voided) {
    for (const journal::v1::VoidedOffer& one : voided) {
      if (const OfferRow* offer = OfferOf(package_, one.ordinal())) {
        Push(Tiding::kVoid, offer).void_rule = one.rule();
      }
    }
  }

  void AddAward(const journal::v1::PackageAwarded& awarded) {
    Add(Tiding::kWon, awarded.award().offer_ordinal());
    for (const journal::v1::LostOffer& lost : awarded.lost()) {
      if (const OfferRow* offer = OfferOf(package_, lost.ordinal())) {
        Push(Tiding::kLost, offer).lost_by = lost.lost_by();
      }
    }
    AddVoided(awarded.voided());
    AddEnded(v1::CLOSE_CAUSE_AWARDED_ELSEWHERE);
  }

  // Offers that the fact closed, as their round ended with it.
  void AddEnded(v1::CloseCause cause) {
    for (const OfferRow& offer : package_.offers) {
      if (offer.state() == v1::OFFER_STATE_CLOSED && offer.close_cause() == cause &&
          RoundEndedAt(package_, offer, time_us_)) {
        Add(Tiding::kClosed, &offer);
      }
    }
  }

  void AddReissued() {
    AddEnded(v1::CLOSE_CAUSE_REISSUED);
    for (const OfferRow& offer : package_.offers) {
      if (VoidWithoutRule(offer) && WasOfTheLastIssue(offer)) Add(Tiding::kVoid, &offer);
    }
  }

  void AddCancelled() {
    const OfferRow* winner = Winner();
    for (const OfferRow& offer : package_.offers) {
      if (&offer == winner) {
        Add(Tiding::kAwardCancelled, &offer);
      } else if (offer.state() == v1::OFFER_STATE_CLOSED &&
                 offer.close_cause() == v1::CLOSE_CAUSE_PACKAGE_CANCELLED) {
        Add(Tiding::kClosed, &offer);
      } else if (VoidWithoutRule(offer) && offer.ordinal() > package_.row.previous_issue_offers()) {
        Add(Tiding::kVoid, &offer);
      }
    }
  }

  // Those whom the round's deadline found without an answer.
  void AddLapsed(int32_t round_number) {
    for (const OfferRow& offer : package_.offers) {
      if (offer.round_number() != round_number) continue;
      const bool closed =
          offer.state() == v1::OFFER_STATE_CLOSED && offer.close_cause() != v1::CLOSE_CAUSE_OUTAGE;
      const bool answered = std::any_of(offer.answers().begin(), offer.answers().end(),
                                        [this](const journal::v1::AnswerRow& answer) {
                                          return !answer.remark() && answer.time_us() < time_us_;
                                        });
      if (!closed && !answered) Add(Tiding::kLapsed, &offer);
    }
  }

  void AddExtended(const journal::v1::DeadlineExtended& extended) {
    std::set<int32_t> told;
    for (auto [what, ordinals] :
         {std::pair{Tiding::kReopened, &extended.reopened_ordinals()},
          std::pair{Tiding::kClosed, &extended.closed_ordinals()},
          std::pair{Tiding::kCountedInTime, &extended.in_time_ordinals()}}) {
      for (int32_t ordinal : *ordinals) {
        told.insert(ordinal);
        Add(what, ordinal);
      }
    }
    if (extended.deadline_us() == 0) return;
    for (const OfferRow& offer : package_.offers) {
      if (offer.round_number() == extended.round_number() && MovesWithItsRound(offer) &&
          !told.contains(offer.ordinal())) {
        Add(Tiding::kDeadlineMoved, &offer);
      }
    }
  }

  void AddWinner(Tiding what) { Add(what, Winner()); }

  std::vector<OfferTiding> Take() { return std::move(tidings_); }

 private:
  OfferTiding& Push(Tiding what, const OfferRow* offer) {
    OfferTiding& tiding = tidings_.emplace_back();
    tiding.what = what;
    tiding.offer = offer;
    tiding.branch_id = offer->branch_id();
    return tiding;
  }

  static bool VoidWithoutRule(const OfferRow& offer) {
    return offer.state() == v1::OFFER_STATE_VOID && offer.void_rule() == v1::HARD_RULE_UNSPECIFIED;
  }

  // Whether a reissue at this moment ended the offer's issue: while an acceptance stands no round
  // opens but by a reissue, so that none opened since its answer.
  bool WasOfTheLastIssue(const OfferRow& offer) const {
    int64_t answer_us = LastAnswer(offer);
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
  std::vector<OfferTiding> tidings_;
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
  if (answer.remark())
    absl::StrAppend(&text, "; the package no longer waited, so that it is a remark only");
  return text;
}

std::string VoidWords(const OfferTiding& tiding, const Fact& fact) {
  if (tiding.void_rule != v1::HARD_RULE_UNSPECIFIED) return RuleName(tiding.void_rule);
  return CloseWords(fact.has_package_reissued() ? v1::CLOSE_CAUSE_REISSUED
                                                : v1::CLOSE_CAUSE_PACKAGE_CANCELLED);
}

}  // namespace

uint64_t PackageNumberOf(const Fact& fact) {
  switch (fact.fact_case()) {
    case Fact::kPackageSubmitted:
      return fact.package_submitted().package().number();
    case Fact::kPackageReleased:
      return fact.package_released().package_number();
    case Fact::kPackageHeld:
      return fact.package_held().package_number();
    case Fact::kRoundOpened:
      return fact.round_opened().package_number();
    case Fact::kOfferAnswered:
      return fact.offer_answered().package_number();
    case Fact::kRoundDue:
      return fact.round_due().package_number();
    case Fact::kRoundClosed:
      return fact.round_closed().package_number();
    case Fact::kAwardProposed:
      return fact.award_proposed().package_number();
    case Fact::kPackageAwarded:
      return fact.package_awarded().package_number();
    case Fact::kPackageUnfilled:
      return fact.package_unfilled().package_number();
    case Fact::kPackageReissued:
      return fact.package_reissued().package_number();
    case Fact::kPackageCancelled:
      return fact.package_cancelled().package_number();
    case Fact::kPackageStarted:
      return fact.package_started().package_number();
    case Fact::kPackageReturned:
      return fact.package_returned().package_number();
    case Fact::kPackageHandedBack:
      return fact.package_handed_back().package_number();
    case Fact::kPackageCeased:
      return fact.package_ceased().package_number();
    case Fact::kOffersClosed:
      return fact.offers_closed().package_number();
    case Fact::kErrorClaimed:
      return fact.error_claimed().package_number();
    case Fact::kErrorDecided:
      return fact.error_decided().package_number();
    case Fact::kDeadlineExtended:
      return fact.deadline_extended().package_number();
    case Fact::kTextsErased:
      return fact.texts_erased().package_number();
    case Fact::kRoundEvaluated:
      return fact.round_evaluated().package_number();
    case Fact::kLimitPassed:
      return fact.limit_passed().package_number();
    case Fact::kOfferMoved:
      return fact.offer_moved().package_number();
    case Fact::kRoundsPassedOver:
      return fact.rounds_passed_over().package_number();
    default:
      return 0;
  }
}

std::vector<OfferTiding> TidingsOf(const Fact& fact, int64_t time_us,
                                   const PackageAggregate& package) {
  Teller teller(package, time_us);
  switch (fact.fact_case()) {
    case Fact::kRoundOpened:
      for (const OfferRow& offer : fact.round_opened().offers())
        teller.Add(Tiding::kIssued, &offer);
      break;
    case Fact::kOfferAnswered:
      teller.Add(Tiding::kAnswered, fact.offer_answered().ordinal());
      break;
    case Fact::kRoundDue:
      teller.AddLapsed(fact.round_due().round_number());
      break;
    case Fact::kAwardProposed:
      teller.AddVoided(fact.award_proposed().voided());
      break;
    case Fact::kPackageAwarded:
      teller.AddAward(fact.package_awarded());
      break;
    case Fact::kPackageUnfilled:
      teller.AddVoided(fact.package_unfilled().voided());
      break;
    case Fact::kPackageReissued:
      teller.AddReissued();
      break;
    case Fact::kPackageCancelled:
      teller.AddCancelled();
      break;
    case Fact::kPackageStarted:
      teller.AddWinner(Tiding::kStarted);
      break;
    case Fact::kPackageReturned:
      teller.Add(Tiding::kReturned, ReturnedAt(package, time_us));
      break;
    case Fact::kPackageHandedBack:
      teller.AddWinner(Tiding::kHandedBack);
      break;
    case Fact::kPackageCeased:
      teller.AddWinner(Tiding::kCeased);
      break;
    case Fact::kOffersClosed:
      for (int32_t ordinal : fact.offers_closed().ordinals()) teller.Add(Tiding::kClosed, ordinal);
      break;
    case Fact::kErrorClaimed:
      teller.Add(Tiding::kClaimed, fact.error_claimed().ordinal());
      break;
    case Fact::kErrorDecided:
      teller.Add(Tiding::kClaimDecided, fact.error_decided().ordinal());
      break;
    case Fact::kDeadlineExtended:
      teller.AddExtended(fact.deadline_extended());
      break;
    case Fact::kOfferMoved:
      teller.AddMoved(fact.offer_moved());
      break;
    default:
      break;
  }
  return teller.Take();
}

bool MayHear(const Caller& caller, const journal::v1::PackageRow& row, const OfferTiding& tiding) {
  if (caller.role == v1::ROLE_PROVIDER_BRANCH) {
    return !caller.branch_id.empty() && tiding.branch_id == caller.branch_id;
  }
  // A move is told once to those who see both branches.
  return tiding.what != Tiding::kMovedAway && MaySeeOffer(caller, row, *tiding.offer);
}

const char* TidingKind(Tiding what) {
  switch (what) {
    case Tiding::kIssued:
      return "OfferIssued";
    case Tiding::kAnswered:
      return "OfferAnswered";
    case Tiding::kLapsed:
      return "OfferLapsed";
    case Tiding::kClosed:
      return "OfferClosed";
    case Tiding::kWon:
      return "OfferWon";
    case Tiding::kLost:
      return "OfferLost";
    case Tiding::kVoid:
      return "OfferVoid";
    case Tiding::kDeadlineMoved:
      return "DeadlineExtended";
    case Tiding::kReopened:
      return "OfferReopened";
    case Tiding::kCountedInTime:
      return "AnswerCountedInTime";
    case Tiding::kClaimed:
      return "ErrorClaimed";
    case Tiding::kClaimDecided:
      return "ErrorDecided";
    case Tiding::kStarted:
      return "PackageStarted";
    case Tiding::kReturned:
      return "PackageReturned";
    case Tiding::kHandedBack:
      return "PackageHandedBack";
    case Tiding::kCeased:
      return "PackageCeased";
    case Tiding::kAwardCancelled:
      return "PackageCancelled";
    case Tiding::kMoved:
    case Tiding::kMovedAway:
      return "OfferMoved";
  }
  return "";
}

std::string TidingWords(const OfferTiding& tiding, const Fact& fact, const Directory& directory) {
  const OfferRow& offer = *tiding.offer;
  std::string branch = BranchWords(offer, directory);
  const std::string& reason = fact.deadline_extended().reason();
  const std::string after_outage = reason.empty() ? "" : absl::StrCat(" after an outage: ", reason);
  switch (tiding.what) {
    case Tiding::kIssued:
      return absl::StrCat(offer.restart() ? "Offered as a restart to " : "Offered to ", branch,
                          " under ", offer.contract_id(), " until ",
                          MomentWords(offer.deadline_us()), ".");
    case Tiding::kAnswered:
      return absl::StrCat(branch, " ", AnswerWords(fact.offer_answered().answer()), ".");
    case Tiding::kLapsed:
      return absl::StrCat(branch, " had not answered by the deadline.");
    case Tiding::kClosed:
      return absl::StrCat(
          "The offer to ", branch, " was closed unanswered: ",
          CloseWords(fact.has_offers_closed() ? fact.offers_closed().cause() : offer.close_cause()),
          ".");
    case Tiding::kWon:
      return absl::StrCat(branch, " won.");
    case Tiding::kLost:
      return absl::StrCat(branch, " lost, decided by ", CriterionWords(tiding.lost_by), ".");
    case Tiding::kVoid:
      return absl::StrCat("The acceptance of ", branch, " is void: ", VoidWords(tiding, fact), ".");
    case Tiding::kDeadlineMoved:
      return absl::StrCat("The deadline of ", branch, " moved to ",
                          MomentWords(fact.deadline_extended().deadline_us()), after_outage, ".");
    case Tiding::kReopened:
      return absl::StrCat("The offer to ", branch, " is open again, until ",
                          MomentWords(fact.deadline_extended().deadline_us()), after_outage, ".");
    case Tiding::kCountedInTime:
      return absl::StrCat("The late answer of ", branch, " counts as in time", after_outage, ".");
    case Tiding::kClaimed:
      return absl::StrCat(
          branch, " claims that the offer was issued in error; the stored routing says that it ",
          fact.error_claimed().routing_confirms_coverage() ? "covered" : "did not cover",
          " ward and service.");
    case Tiding::kClaimDecided:
      return absl::StrCat(
          "The claim of ", branch, " that the offer was issued in error was ",
          fact.error_decided().state() == v1::CLAIM_STATE_UPHELD ? "upheld" : "rejected", ".");
    case Tiding::kStarted:
      return absl::StrCat("Care by ", branch, " started.");
    case Tiding::kReturned:
      return absl::StrCat("The award to ", branch, " was given up before the start: ",
                          CauseWords(fact.package_returned().cause()), ".");
    case Tiding::kHandedBack:
      return absl::StrCat(branch, " handed the package back: ",
                          CauseWords(fact.package_handed_back().cause()), ".");
    case Tiding::kCeased:
      return absl::StrCat("Care by ", branch, " ended.");
    case Tiding::kAwardCancelled:
      return absl::StrCat("The package that ", branch, " had won was cancelled.");
    case Tiding::kMoved:
      return absl::StrCat(
          "The offer moved from ",
          BranchWords(fact.offer_moved().from_branch_id(), offer.provider_id(), directory), " to ",
          BranchWords(tiding.branch_id, offer.provider_id(), directory), "; the clock runs on.");
    case Tiding::kMovedAway:
      return absl::StrCat("The offer to ",
                          BranchWords(tiding.branch_id, offer.provider_id(), directory),
                          " moved to another branch of its provider.");
  }
  return "";
}

}  // namespace brokerage::engine
