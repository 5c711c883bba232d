// The life of a package and of an offer, each as one table of transitions. docs/lifecycles.md shows
// the same tables.
//
// A verb says what happens; its source states say when it may. A command may do several in one go:
// a release to a round that nobody may be offered is `release` and at once `exhaust`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "brokerage/v1/package.pb.h"
#include "brokerage/v1/vocabulary.pb.h"

namespace brokerage::engine {

enum class PackageVerb : uint8_t {
  kSubmit,     // taken in
  kImport,     // taken in as one that runs already
  kFollow,     // made by a hand-back, to find the next provider
  kHold,       // kept back from distribution, or let go again
  kRelease,    // goes to its first round
  kNextRound,  // the round brought no award; the next one opens
  kExhaust,    // no round is left: waits
  kAward,
  kCancel,
  kReissue,  // goes to the first round again
  kReopen,   // after an outage a round that lapsed is open again
  kStart,
  kReturn,    // given up before the start
  kHandBack,  // given up after the start
  kCease,
  kErase,       // its texts go
  kGiveNotice,  // care ends with a day that is said before
  kMoveNotice,
  kWithdrawNotice,
  kPlace,     // care navigation gives it to a branch that has not accepted it
  kStop,      // its person was said to have died
  kContinue,  // which was a mistake
  kAnswerQuestion,
  kCorrect,  // before it goes out
  kPause,
  kResume,
  kAskRestart,   // the branch is asked whether it takes the person back
  kAskChange,    // the branch is asked for other terms
  kChangeTerms,  // less care, or the branch agreed
  kWithdrawAsked,
  kUndoToSubmitted,
  kUndoToOffered,
  kUndoToUnfilled,
  kUndoToAwarded,
  kUndoToStarted,
  kUndoToPaused,
  kLink,  // to others, or no longer
};
inline constexpr int kPackageVerbs = 37;

enum class OfferVerb : uint8_t {
  kIssue,
  kAccept,   // for the first time, or in place of another answer
  kDecline,  // likewise
  kLapse,    // the deadline passed without an answer
  kLateAccept,
  kLateDecline,
  kReopen,  // its time is given back after an outage
  kAward,
  kLose,         // another acceptance won
  kVoid,         // a hard rule fails at award, or the package is cancelled
  kClose,        // ended unanswered before its deadline, or before its time was given back
  kClaimError,   // the branch claims that it was issued in error
  kUpholdError,  // the claim is upheld
  kRejectError,  // the claim is rejected
  kMove,         // goes to another branch of its provider
  kPlace,        // the package is the branch's, without having been offered
  kRefusePlacing,
  kAskQuestion,
  kResume,  // stands for care that went on without an offer
  kUndo,    // what a step made of it is undone
  kUndoPlacing,
};
inline constexpr int kOfferVerbs = 21;

// `from` is UNSPECIFIED where the thing begins. (from, verb) is unique.
struct PackageTransition {
  v1::PackageState from;
  PackageVerb verb;
  v1::PackageState to;
};
struct OfferTransition {
  v1::OfferState from;
  OfferVerb verb;
  v1::OfferState to;
};

// In the order of verbs, then of states.
absl::Span<const PackageTransition> PackageTransitions();
absl::Span<const OfferTransition> OfferTransitions();

// Where the verb leads from the state; nothing if it is not legal there.
std::optional<v1::PackageState> Next(v1::PackageState state, PackageVerb verb);
std::optional<v1::OfferState> Next(v1::OfferState state, OfferVerb verb);
bool Legal(v1::PackageState state, PackageVerb verb);
bool Legal(v1::OfferState state, OfferVerb verb);

// The states in which the verb is legal, in the order of the enum; UNSPECIFIED for one that begins
// a life.
std::vector<v1::PackageState> SourcesOf(PackageVerb verb);
std::vector<v1::OfferState> SourcesOf(OfferVerb verb);

// "hand_back"
const char* VerbName(PackageVerb verb);
const char* VerbName(OfferVerb verb);

// The RPC that asks for it, such as "HandBackPackage"; "" where only the engine does it, by itself
// or as part of another. Both an RPC and the engine may award.
const char* RpcOf(PackageVerb verb);
const char* RpcOf(OfferVerb verb);

// "HANDED_BACK"
std::string StateName(v1::PackageState state);
std::string StateName(v1::OfferState state);

// "OFFERED or UNFILLED": what a refusal says would have been right.
std::string SourcesInWords(PackageVerb verb);
std::string SourcesInWords(OfferVerb verb);

}  // namespace brokerage::engine
