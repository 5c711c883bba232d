#include "engine/model/lifecycle.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace brokerage::engine {

namespace {

constexpr v1::PackageState kNoPackage = v1::PACKAGE_STATE_UNSPECIFIED;
constexpr v1::PackageState kSubmitted = v1::PACKAGE_STATE_SUBMITTED;
constexpr v1::PackageState kOffered = v1::PACKAGE_STATE_OFFERED;
constexpr v1::PackageState kUnfilled = v1::PACKAGE_STATE_UNFILLED;
constexpr v1::PackageState kAwarded = v1::PACKAGE_STATE_AWARDED;
constexpr v1::PackageState kStarted = v1::PACKAGE_STATE_STARTED;
constexpr v1::PackageState kCeased = v1::PACKAGE_STATE_CEASED;
constexpr v1::PackageState kCancelled = v1::PACKAGE_STATE_CANCELLED;
constexpr v1::PackageState kHandedBack = v1::PACKAGE_STATE_HANDED_BACK;
constexpr v1::PackageState kPaused = v1::PACKAGE_STATE_PAUSED;

constexpr PackageTransition kPackageTable[] = {
    {kNoPackage, PackageVerb::kSubmit, kSubmitted},
    {kNoPackage, PackageVerb::kImport, kStarted},
    {kNoPackage, PackageVerb::kFollow, kUnfilled},
    {kSubmitted, PackageVerb::kHold, kSubmitted},
    {kSubmitted, PackageVerb::kRelease, kOffered},
    {kOffered, PackageVerb::kNextRound, kOffered},
    {kOffered, PackageVerb::kExhaust, kUnfilled},
    {kOffered, PackageVerb::kAward, kAwarded},
    {kUnfilled, PackageVerb::kAward, kAwarded},
    {kSubmitted, PackageVerb::kCancel, kCancelled},
    {kOffered, PackageVerb::kCancel, kCancelled},
    {kUnfilled, PackageVerb::kCancel, kCancelled},
    {kAwarded, PackageVerb::kCancel, kCancelled},
    {kOffered, PackageVerb::kReissue, kOffered},
    {kUnfilled, PackageVerb::kReissue, kOffered},
    {kOffered, PackageVerb::kReopen, kOffered},
    {kUnfilled, PackageVerb::kReopen, kOffered},
    {kAwarded, PackageVerb::kStart, kStarted},
    {kAwarded, PackageVerb::kReturn, kUnfilled},
    {kStarted, PackageVerb::kHandBack, kHandedBack},
    {kPaused, PackageVerb::kHandBack, kHandedBack},
    {kStarted, PackageVerb::kCease, kCeased},
    {kPaused, PackageVerb::kCease, kCeased},
    {kCeased, PackageVerb::kErase, kCeased},
    {kCancelled, PackageVerb::kErase, kCancelled},
    {kHandedBack, PackageVerb::kErase, kHandedBack},
    {kAwarded, PackageVerb::kGiveNotice, kUnfilled},
    {kStarted, PackageVerb::kGiveNotice, kStarted},
    {kPaused, PackageVerb::kGiveNotice, kPaused},
    {kStarted, PackageVerb::kMoveNotice, kStarted},
    {kPaused, PackageVerb::kMoveNotice, kPaused},
    {kStarted, PackageVerb::kWithdrawNotice, kStarted},
    {kPaused, PackageVerb::kWithdrawNotice, kPaused},
    {kSubmitted, PackageVerb::kPlace, kAwarded},
    {kOffered, PackageVerb::kPlace, kAwarded},
    {kUnfilled, PackageVerb::kPlace, kAwarded},
    {kSubmitted, PackageVerb::kStop, kSubmitted},
    {kOffered, PackageVerb::kStop, kOffered},
    {kUnfilled, PackageVerb::kStop, kUnfilled},
    {kAwarded, PackageVerb::kStop, kAwarded},
    {kStarted, PackageVerb::kStop, kStarted},
    {kPaused, PackageVerb::kStop, kPaused},
    {kSubmitted, PackageVerb::kContinue, kSubmitted},
    {kOffered, PackageVerb::kContinue, kOffered},
    {kUnfilled, PackageVerb::kContinue, kUnfilled},
    {kAwarded, PackageVerb::kContinue, kAwarded},
    {kStarted, PackageVerb::kContinue, kStarted},
    {kPaused, PackageVerb::kContinue, kPaused},
    {kOffered, PackageVerb::kAnswerQuestion, kOffered},
    {kUnfilled, PackageVerb::kAnswerQuestion, kUnfilled},
    {kAwarded, PackageVerb::kAnswerQuestion, kAwarded},
    {kSubmitted, PackageVerb::kCorrect, kSubmitted},
    {kStarted, PackageVerb::kPause, kPaused},
    {kPaused, PackageVerb::kResume, kStarted},
    {kPaused, PackageVerb::kAskRestart, kPaused},
    {kAwarded, PackageVerb::kAskChange, kAwarded},
    {kStarted, PackageVerb::kAskChange, kStarted},
    {kPaused, PackageVerb::kAskChange, kPaused},
    {kAwarded, PackageVerb::kChangeTerms, kAwarded},
    {kStarted, PackageVerb::kChangeTerms, kStarted},
    {kPaused, PackageVerb::kChangeTerms, kPaused},
    {kAwarded, PackageVerb::kWithdrawAsked, kAwarded},
    {kStarted, PackageVerb::kWithdrawAsked, kStarted},
    {kPaused, PackageVerb::kWithdrawAsked, kPaused},
    {kAwarded, PackageVerb::kUndoToSubmitted, kSubmitted},
    {kCancelled, PackageVerb::kUndoToSubmitted, kSubmitted},
    {kAwarded, PackageVerb::kUndoToOffered, kOffered},
    {kCancelled, PackageVerb::kUndoToOffered, kOffered},
    {kAwarded, PackageVerb::kUndoToUnfilled, kUnfilled},
    {kCancelled, PackageVerb::kUndoToUnfilled, kUnfilled},
    {kUnfilled, PackageVerb::kUndoToAwarded, kAwarded},
    {kStarted, PackageVerb::kUndoToAwarded, kAwarded},
    {kCancelled, PackageVerb::kUndoToAwarded, kAwarded},
    {kCeased, PackageVerb::kUndoToStarted, kStarted},
    {kHandedBack, PackageVerb::kUndoToStarted, kStarted},
    {kCeased, PackageVerb::kUndoToPaused, kPaused},
    {kHandedBack, PackageVerb::kUndoToPaused, kPaused},
    {kSubmitted, PackageVerb::kLink, kSubmitted},
    {kOffered, PackageVerb::kLink, kOffered},
    {kUnfilled, PackageVerb::kLink, kUnfilled},
    {kAwarded, PackageVerb::kLink, kAwarded},
    {kStarted, PackageVerb::kLink, kStarted},
    {kPaused, PackageVerb::kLink, kPaused},
};

constexpr v1::OfferState kNoOffer = v1::OFFER_STATE_UNSPECIFIED;
constexpr v1::OfferState kOpen = v1::OFFER_STATE_OPEN;
constexpr v1::OfferState kAccepted = v1::OFFER_STATE_ACCEPTED;
constexpr v1::OfferState kDeclined = v1::OFFER_STATE_DECLINED;
constexpr v1::OfferState kLapsed = v1::OFFER_STATE_LAPSED;
constexpr v1::OfferState kWon = v1::OFFER_STATE_WON;
constexpr v1::OfferState kLost = v1::OFFER_STATE_LOST;
constexpr v1::OfferState kVoided = v1::OFFER_STATE_VOID;
constexpr v1::OfferState kClosed = v1::OFFER_STATE_CLOSED;

// A claim waits for care navigation while the offer lives on: it is decided in whatever state the
// offer is by then.
constexpr OfferTransition kOfferTable[] = {
    {kNoOffer, OfferVerb::kIssue, kOpen},
    {kOpen, OfferVerb::kAccept, kAccepted},
    {kAccepted, OfferVerb::kAccept, kAccepted},
    {kDeclined, OfferVerb::kAccept, kAccepted},
    {kOpen, OfferVerb::kDecline, kDeclined},
    {kAccepted, OfferVerb::kDecline, kDeclined},
    {kDeclined, OfferVerb::kDecline, kDeclined},
    {kOpen, OfferVerb::kLapse, kLapsed},
    {kLapsed, OfferVerb::kLateAccept, kAccepted},
    {kLapsed, OfferVerb::kLateDecline, kDeclined},
    {kLapsed, OfferVerb::kReopen, kOpen},
    {kAccepted, OfferVerb::kAward, kWon},
    {kAccepted, OfferVerb::kLose, kLost},
    {kAccepted, OfferVerb::kVoid, kVoided},
    {kOpen, OfferVerb::kClose, kClosed},
    {kLapsed, OfferVerb::kClose, kClosed},
    {kOpen, OfferVerb::kClaimError, kOpen},
    {kDeclined, OfferVerb::kClaimError, kDeclined},
    {kLapsed, OfferVerb::kClaimError, kLapsed},
    {kClosed, OfferVerb::kClaimError, kClosed},
    {kOpen, OfferVerb::kUpholdError, kClosed},
    {kAccepted, OfferVerb::kUpholdError, kAccepted},
    {kDeclined, OfferVerb::kUpholdError, kDeclined},
    {kLapsed, OfferVerb::kUpholdError, kLapsed},
    {kWon, OfferVerb::kUpholdError, kWon},
    {kLost, OfferVerb::kUpholdError, kLost},
    {kVoided, OfferVerb::kUpholdError, kVoided},
    {kClosed, OfferVerb::kUpholdError, kClosed},
    {kOpen, OfferVerb::kRejectError, kOpen},
    {kAccepted, OfferVerb::kRejectError, kAccepted},
    {kDeclined, OfferVerb::kRejectError, kDeclined},
    {kLapsed, OfferVerb::kRejectError, kLapsed},
    {kWon, OfferVerb::kRejectError, kWon},
    {kLost, OfferVerb::kRejectError, kLost},
    {kVoided, OfferVerb::kRejectError, kVoided},
    {kClosed, OfferVerb::kRejectError, kClosed},
    {kOpen, OfferVerb::kMove, kOpen},
    {kNoOffer, OfferVerb::kPlace, kWon},
    {kWon, OfferVerb::kRefusePlacing, kWon},
    {kOpen, OfferVerb::kAskQuestion, kOpen},
    {kAccepted, OfferVerb::kAskQuestion, kAccepted},
    {kDeclined, OfferVerb::kAskQuestion, kDeclined},
    {kLapsed, OfferVerb::kAskQuestion, kLapsed},
    {kNoOffer, OfferVerb::kResume, kAccepted},
    {kWon, OfferVerb::kUndo, kAccepted},
    {kLost, OfferVerb::kUndo, kAccepted},
    {kVoided, OfferVerb::kUndo, kAccepted},
    {kClosed, OfferVerb::kUndo, kOpen},
    {kWon, OfferVerb::kUndoPlacing, kVoided},
};

struct VerbNames {
  const char* name;
  const char* rpc;
};

// In the order of the enums.
constexpr VerbNames kPackageVerbNames[] = {
    {"submit", "SubmitPackage"},
    {"import", "SubmitPackage"},
    {"follow", ""},
    {"hold", "ReleasePackages"},
    {"release", "ReleasePackages"},
    {"next_round", ""},
    {"exhaust", ""},
    {"award", "AwardPackage"},
    {"cancel", "CancelPackage"},
    {"reissue", "ReissuePackage"},
    {"reopen", ""},
    {"start", "StartPackage"},
    {"return", "ReturnPackage"},
    {"hand_back", "HandBackPackage"},
    {"cease", "CeasePackage"},
    {"erase", "ErasePackageTexts"},
    {"give_notice", "GiveNotice"},
    {"move_notice", "MoveNotice"},
    {"withdraw_notice", "WithdrawNotice"},
    {"place", "PlacePackages"},
    {"stop", ""},
    {"continue", "ContinuePackage"},
    {"answer_question", "AnswerQuestion"},
    {"correct", "CorrectPackage"},
    {"pause", "PausePackage"},
    {"resume", "ResumePackage"},
    {"ask_restart", "ResumePackage"},
    {"ask_change", "ChangeTerms"},
    {"change_terms", "ChangeTerms"},
    {"withdraw_asked", "WithdrawAskedOffer"},
    {"undo_to_submitted", "UndoPackage"},
    {"undo_to_offered", "UndoPackage"},
    {"undo_to_unfilled", "UndoPackage"},
    {"undo_to_awarded", "UndoPackage"},
    {"undo_to_started", "UndoPackage"},
    {"undo_to_paused", "UndoPackage"},
    {"link", "LinkPackages"},
};
static_assert(std::size(kPackageVerbNames) == kPackageVerbs);

constexpr VerbNames kOfferVerbNames[] = {
    {"issue", ""},
    {"accept", "AcceptOffer"},
    {"decline", "DeclineOffer"},
    {"lapse", ""},
    {"late_accept", "AcceptOffer"},
    {"late_decline", "DeclineOffer"},
    {"reopen", ""},
    {"award", ""},
    {"lose", ""},
    {"void", ""},
    {"close", ""},
    {"claim_error", "ClaimIssuedInError"},
    {"uphold_error", "DecideIssuedInError"},
    {"reject_error", "DecideIssuedInError"},
    {"move", "MoveOffer"},
    {"place", ""},
    {"refuse_placing", "RefusePlacing"},
    {"ask_question", "AskQuestion"},
    {"resume", ""},
    {"undo", ""},
    {"undo_placing", ""},
};
static_assert(std::size(kOfferVerbNames) == kOfferVerbs);

template <typename Table, typename State, typename Verb>
std::optional<State> NextIn(const Table& table, State state, Verb verb) {
  for (const auto& transition : table) {
    if (transition.from == state && transition.verb == verb) return transition.to;
  }
  return std::nullopt;
}

template <typename State, typename Table, typename Verb>
std::vector<State> SourcesIn(const Table& table, Verb verb) {
  std::vector<State> sources;
  for (const auto& transition : table) {
    if (transition.verb == verb) sources.push_back(transition.from);
  }
  std::sort(sources.begin(), sources.end());
  return sources;
}

template <typename State>
std::string InWords(const std::vector<State>& states) {
  std::string text;
  for (size_t i = 0; i < states.size(); ++i) {
    absl::string_view joint = i == 0 ? "" : i + 1 == states.size() ? " or " : ", ";
    absl::StrAppend(&text, joint, StateName(states[i]));
  }
  return text;
}

}  // namespace

absl::Span<const PackageTransition> PackageTransitions() { return kPackageTable; }
absl::Span<const OfferTransition> OfferTransitions() { return kOfferTable; }

std::optional<v1::PackageState> Next(v1::PackageState state, PackageVerb verb) {
  return NextIn(kPackageTable, state, verb);
}

std::optional<v1::OfferState> Next(v1::OfferState state, OfferVerb verb) {
  return NextIn(kOfferTable, state, verb);
}

bool Legal(v1::PackageState state, PackageVerb verb) { return Next(state, verb).has_value(); }
bool Legal(v1::OfferState state, OfferVerb verb) { return Next(state, verb).has_value(); }

std::vector<v1::PackageState> SourcesOf(PackageVerb verb) {
  return SourcesIn<v1::PackageState>(kPackageTable, verb);
}

std::vector<v1::OfferState> SourcesOf(OfferVerb verb) {
  return SourcesIn<v1::OfferState>(kOfferTable, verb);
}

const char* VerbName(PackageVerb verb) { return kPackageVerbNames[static_cast<size_t>(verb)].name; }
const char* VerbName(OfferVerb verb) { return kOfferVerbNames[static_cast<size_t>(verb)].name; }
const char* RpcOf(PackageVerb verb) { return kPackageVerbNames[static_cast<size_t>(verb)].rpc; }
const char* RpcOf(OfferVerb verb) { return kOfferVerbNames[static_cast<size_t>(verb)].rpc; }

std::string StateName(v1::PackageState state) {
  return std::string(absl::StripPrefix(v1::PackageState_Name(state), "PACKAGE_STATE_"));
}

std::string StateName(v1::OfferState state) {
  return std::string(absl::StripPrefix(v1::OfferState_Name(state), "OFFER_STATE_"));
}

std::string SourcesInWords(PackageVerb verb) { return InWords(SourcesOf(verb)); }
std::string SourcesInWords(OfferVerb verb) { return InWords(SourcesOf(verb)); }

}  // namespace brokerage::engine
