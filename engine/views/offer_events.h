// What a fact of the journal means for each offer that it concerns: the one source of a branch's
// history, and of whose history a record belongs in, so that the two cannot disagree.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "brokerage/journal/v1/record.pb.h"
#include "engine/model/caller.h"
#include "engine/model/directory.h"
#include "engine/model/package.h"

namespace brokerage::engine {

enum class OfferEventKind : uint8_t {
  kIssued,
  kAnswered,
  kLapsed,
  kClosed,
  kWon,
  kLost,
  kVoid,
  kDeadlineMoved,
  kReopened,       // it had lapsed in an outage
  kCountedInTime,  // its late answer was an outage's doing
  kClaimed,
  kClaimDecided,
  kStarted,
  kReturned,
  kHandedBack,
  kCeased,
  kNoticeGiven,
  kNoticeMoved,
  kNoticeWithdrawn,
  kStartMoved,
  kPlaced,
  kQuestionAsked,
  kQuestionAnswered,
  kAwardCancelled,
  kPaused,
  kResumed,
  kAsked,         // for a restart or other terms
  kAskedDecided,  // its answer to that
  kTermsChanged,
  kStepUndone,   // what a step made of it is as before
  kAwardUndone,  // likewise, and it does not have the package any more
  kMoved,        // to the branch that has it from then on, and to all who see both
  kMovedAway,    // to the branch that had it
};

struct OfferEvent {
  OfferEventKind kind;
  int64_t time_us;
  // The offer as it now is; with kIssued as it was issued. Points into the fact or the package.
  const journal::v1::OfferRow* offer;
  v1::AwardCriterion lost_by = v1::AWARD_CRITERION_UNSPECIFIED;  // with kLost
  v1::HardRule void_rule = v1::HARD_RULE_UNSPECIFIED;            // with kVoid, where a rule failed
  // The branch that it befell: the offer's, but of a move as the fact says. Points into either.
  absl::string_view branch_id = {};
  const PackageAggregate* package = nullptr;  // as it now is
};

// `package` is as it is at any time after the fact. Only offers of which something changed by the
// fact, each once, so that no branch learns of the others by being told that nothing happened.
std::vector<OfferEvent> OfferEventsOf(const journal::v1::Fact& fact, int64_t time_us,
                                      const PackageAggregate& package);

// Whether the caller learns of it: who sees the offer, and of branches the one that it befell.
bool MaySeeOfferEvent(const Caller& caller, const journal::v1::PackageRow& row,
                      const OfferEvent& event);

// "OfferWon".
const char* OfferEventName(OfferEventKind kind);
// What changed by it, as streams tell; the second where texts close with it.
std::vector<v1::OfferChangeKind> OfferChangesOf(OfferEventKind kind);

}  // namespace brokerage::engine
