#include "engine/decide/undo.h"

#include <algorithm>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"
#include "engine/decide/checks.h"
#include "engine/decide/endings.h"
#include "engine/decide/notices.h"
#include "engine/decide/persons.h"
#include "engine/model/package.h"
#include "engine/model/steps.h"
#include "engine/views/replies.h"
#include "engine/views/words.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::PackageRow;
using journal::v1::ReopenedOffer;
using journal::v1::RoundRow;
using journal::v1::StepRow;
using journal::v1::StepUndone;

namespace {

constexpr int64_t kSecond = 1000000;

std::string KindName(v1::StepKind kind) {
  return std::string(absl::StripPrefix(v1::StepKind_Name(kind), "STEP_KIND_"));
}

absl::Status NotNow(const PackageRow& row, absl::string_view expected) {
  return Reject(v1::REJECTION_REASON_PACKAGE_STATE, "package_id", PackageIdOf(row), expected);
}

absl::Status FollowerIsAwarded(const PackageRow& row, const PackageAggregate& follower) {
  return Reject(v1::REJECTION_REASON_ALREADY_DECIDED, "package_id", PackageIdOf(row),
                absl::StrCat("a package whose follower nobody has been awarded; ",
                             PackageIdOf(follower.row), " is ", StateName(follower.row.state())));
}

// PACKAGE_STATE unless that step is the package's last one, and can be undone.
absl::Status CheckStep(const Context& in, const PackageRow& row, v1::StepKind step) {
  const v1::StepKind last = StepToUndo(row);
  if (last == step) return absl::OkStatus();
  const std::string changed = ChangedWords(in, row);
  return NotNow(
      row, absl::StrCat(last == v1::STEP_KIND_UNSPECIFIED
                            ? "a package whose last step can be undone"
                            : absl::StrCat("step ", KindName(last),
                                           ", the package's last one that can be undone"),
                        "; it is ", StateName(row.state()), changed.empty() ? "" : " ", changed));
}

// IN_THE_PAST where care navigation comes too late; a commissioner never does.
absl::Status CheckInTime(const Context& in, const PackageRow& row) {
  if (in.caller.role == v1::ROLE_COMMISSIONER) return absl::OkStatus();
  const absl::Time until =
      UndoUntil(absl::FromUnixMicros(row.last_step().time_us()), in.ZoneOf(RulesOf(in.state, row)),
                in.state.directory.HolidaysOf(row.framework_id()));
  if (in.now < until) return absl::OkStatus();
  return Reject(
      v1::REJECTION_REASON_IN_THE_PAST, "package_id", PackageIdOf(row),
      absl::StrCat("a step that was recorded on the same working day: this one could be undone "
                   "until ",
                   MomentWords(absl::ToUnixMicros(until)), ", and a commissioner still may"));
}

// When the framework's shortest window ends if it begins now.
absl::Time ShortestWindowEnd(const Context& in, const PackageRow& row) {
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  const absl::Time from = absl::FromUnixSeconds(absl::ToUnixSeconds(in.now));
  absl::Time end = absl::InfiniteFuture();
  const auto ask = [&](const v1::Window& window) {
    end = std::min(end, WindowEnd(window, from, in.ZoneOf(rules),
                                  in.state.directory.HolidaysOf(row.framework_id())));
  };
  for (const auto& round : rules.rounds()) {
    ask(round.standard_window());
    ask(round.urgent_window());
  }
  if (rules.has_restart()) {
    ask(rules.restart().standard_window());
    ask(rules.restart().urgent_window());
  }
  for (const v1::ShortenedWindow& shortened : rules.shortened_windows()) ask(shortened.window());
  return end;
}

// Until when the round's offers can be answered once they are open again: for the time that they
// had left, and for the framework's shortest window at least. From the whole second, as all
// windows.
int64_t DeadlineAgain(const Context& in, const PackageRow& row, const RoundRow& round) {
  const int64_t closed_seconds = in.now_us() / kSecond - row.last_step().time_us() / kSecond;
  return std::max(round.deadline_us() + closed_seconds * kSecond,
                  absl::ToUnixMicros(ShortestWindowEnd(in, row)));
}

// Whether an award under the offer's contract could still go to its provider.
bool ContractStands(const Context& in, const PackageRow& row, const OfferRow& offer) {
  const v1::Contract* contract = in.state.directory.Contract(offer.contract_id());
  const DateNumber today = in.Today(RulesOf(in.state, row));
  return contract != nullptr && in.state.directory.ContractInForce(*contract, today) &&
         in.state.directory.ProviderOfContract(contract->id(), today) == offer.provider_id();
}

bool CanOpenAgain(const Context& in, const PackageRow& row, const OfferRow& offer) {
  return offer.state() == v1::OFFER_STATE_CLOSED &&
         offer.claim().state() != v1::CLAIM_STATE_UPHELD && ContractStands(in, row, offer);
}

// What the offer that has the package, or had it, is again.
v1::OfferState WinnerAgain(v1::StepKind kind) {
  if (kind == v1::STEP_KIND_AWARD) return v1::OFFER_STATE_ACCEPTED;
  return kind == v1::STEP_KIND_PLACE ? v1::OFFER_STATE_VOID : v1::OFFER_STATE_WON;
}

// The winner comes first.
void AddOffers(const Context& in, const PackageAggregate& package, StepUndone* undone) {
  const PackageRow& row = package.row;
  const StepRow& step = row.last_step();
  const auto offer_of = [&](int32_t ordinal) -> const OfferRow& {
    return package.offers[static_cast<size_t>(ordinal - 1)];
  };
  const auto add = [&](int32_t ordinal, v1::OfferState state) {
    ReopenedOffer* offer = undone->add_offers();
    offer->set_ordinal(ordinal);
    offer->set_state(state);
    return offer;
  };
  const int32_t winner = step.kind() == v1::STEP_KIND_RETURN ? step.award().offer_ordinal()
                         : row.has_award()                   ? row.award().offer_ordinal()
                                                             : 0;
  if (winner != 0) add(winner, WinnerAgain(step.kind()));
  for (const int32_t ordinal : step.accepted_ordinals()) {
    const v1::OfferState state = offer_of(ordinal).state();
    if (state == v1::OFFER_STATE_LOST || state == v1::OFFER_STATE_VOID) {
      add(ordinal, v1::OFFER_STATE_ACCEPTED);
    }
  }
  std::map<int32_t, int64_t> deadlines;  // by round
  for (const int32_t ordinal : step.closed_ordinals()) {
    const OfferRow& offer = offer_of(ordinal);
    if (!CanOpenAgain(in, row, offer)) continue;
    int64_t& deadline = deadlines[offer.round_number()];
    if (deadline == 0) {
      deadline = DeadlineAgain(in, row, row.rounds(offer.round_number() - 1));
    }
    add(ordinal, v1::OFFER_STATE_OPEN)->set_deadline_us(deadline);
  }
}

StepUndone Undone(const Context& in, const PackageAggregate& package) {
  StepUndone undone;
  undone.set_package_number(package.row.number());
  undone.set_kind(package.row.last_step().kind());
  undone.set_state(package.row.last_step().from_state());
  AddOffers(in, package, &undone);
  return undone;
}

// The package under notice of which the start ended the notice, if that can be as it was, too.
// Errors: PACKAGE_STATE.
absl::StatusOr<const PackageAggregate*> FindEndedBefore(const Context& in, const PackageRow& row) {
  const PackageAggregate* before = in.state.Package(row.predecessor_number());
  const bool ended_with_it = before != nullptr &&
                             StepToUndo(before->row) != v1::STEP_KIND_UNSPECIFIED &&
                             before->row.last_step().sequence() == row.last_step().sequence();
  if (!ended_with_it) {
    return NotNow(row,
                  absl::StrCat("a start with which ",
                               FormatPackageId({row.predecessor_year(), row.predecessor_number()}),
                               " did not end under notice, or whose end can be undone, too"));
  }
  const DateNumber last_day = before->row.notice().last_day();
  if (last_day >= in.Today(RulesOf(in.state, before->row))) return before;
  return NotNow(row,
                absl::StrCat("a start until the last day of care by who had the person before, "
                             "which was ",
                             FormatDate(last_day), ": nobody would give care from then on"));
}

// The end of a package that ran. What was made to follow by it is cancelled, or by the notice with
// which it ended; what followed before stays. Errors: ALREADY_DECIDED.
absl::Status UndoEnd(const Context& in, const PackageAggregate& package, Decision* out) {
  const PackageRow& row = package.row;
  const bool under_notice = row.has_notice() && !EndedByNotice(row);
  const PackageAggregate* follower = in.state.Package(row.successor_number());
  const bool follows = follower != nullptr && FollowerOf(in, row) != nullptr;
  const bool goes =
      follows && (row.last_step().made_follower() || (!under_notice && IsOfAnEnd(follower->row)));
  if (follower != nullptr && follower->row.state() != v1::PACKAGE_STATE_CANCELLED) {
    const bool awarded = follower->row.state() == v1::PACKAGE_STATE_AWARDED;
    if (!follows || (awarded && goes)) return FollowerIsAwarded(row, *follower);
  }
  const bool still_died = under_notice && row.notice().reason() == v1::END_REASON_DIED;
  if (!still_died) ContinueOthers(in, package, out);
  if (goes) CancelFollower(in, row, out);
  if (follows && !goes) LeaveFollower(*follower, under_notice ? row.notice().last_day() : 0, out);
  StepUndone undone = Undone(in, package);
  if (under_notice) undone.set_care_until_date(row.notice().last_day());
  *out->Add().mutable_step_undone() = std::move(undone);
  return absl::OkStatus();
}

// What was said meanwhile of the care that the person has until the package starts: a notice that
// was moved, an end.
void CatchUpWithCareBefore(const PackageRow& row, const PackageRow& before,
                           const StepUndone& undone, Decision* out) {
  const DateNumber last_day = before.notice().last_day();
  const DateNumber until = Runs(before.state()) ? last_day : before.ending().date();
  if (row.care_until_date() == 0 || until == row.care_until_date()) return;
  journal::v1::StartMoved& moved = *out->Add().mutable_start_moved();
  moved.set_package_number(row.number());
  moved.set_start_by_date(until == last_day ? DayAfter(last_day)
                                            : ParseDate(row.terms().start_by_date()).value_or(0));
  moved.set_care_until_date(until);
  for (const ReopenedOffer& one : undone.offers()) {
    if (one.state() != v1::OFFER_STATE_VOID) moved.add_ordinals(one.ordinal());
  }
}

absl::Status UndoCancel(const Context& in, const PackageAggregate& package, Decision* out) {
  const PackageRow& row = package.row;
  const PackageAggregate* before = in.state.Package(row.predecessor_number());
  if (before != nullptr && before->row.successor_number() != row.number()) {
    return NotNow(row, absl::StrCat("a package that still follows ", PackageIdOf(before->row)));
  }
  ContinueOthers(in, package, out);
  const StepUndone undone = Undone(in, package);
  *out->Add().mutable_step_undone() = undone;
  if (before != nullptr) CatchUpWithCareBefore(row, before->row, undone, out);
  return absl::OkStatus();
}

absl::Status UndoStart(const Context& in, const PackageAggregate& package, Decision* out) {
  const PackageRow& row = package.row;
  if (row.last_step().ended_predecessor()) {
    absl::StatusOr<const PackageAggregate*> before = FindEndedBefore(in, row);
    if (!before.ok()) return before.status();
    StepUndone end = Undone(in, **before);
    end.set_care_until_date((*before)->row.notice().last_day());
    *out->Add().mutable_step_undone() = std::move(end);
  }
  *out->Add().mutable_step_undone() = Undone(in, package);
  return absl::OkStatus();
}

// Of an award of a part, the rest of the package is cancelled. Errors: ALREADY_DECIDED.
absl::Status UndoAward(const Context& in, const PackageAggregate& package, Decision* out) {
  const PackageRow& row = package.row;
  if (row.last_step().has_rest()) {
    const PackageAggregate* rest = in.state.Package(row.last_step().rest().number());
    const bool waits = rest != nullptr && Legal(rest->row.state(), PackageVerb::kCancel) &&
                       rest->row.state() != v1::PACKAGE_STATE_AWARDED;
    const bool gone = rest != nullptr && rest->row.state() == v1::PACKAGE_STATE_CANCELLED;
    if (rest != nullptr && !waits && !gone) return FollowerIsAwarded(row, *rest);
    if (waits) CancelPackage(in, rest->row, out);
  }
  *out->Add().mutable_step_undone() = Undone(in, package);
  return absl::OkStatus();
}

}  // namespace

absl::Status Decide(const Context& in, const v1::UndoPackageRequest& request, Decision* out) {
  absl::StatusOr<const PackageAggregate*> found = FindOfAuthority(in, request.package_id());
  if (!found.ok()) return found.status();
  const PackageAggregate& package = **found;
  const PackageRow& row = package.row;
  if (request.step() == v1::STEP_KIND_UNSPECIFIED) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "step", "",
                  "the step to undo: AWARD, PLACE, CANCEL, START, RETURN, HAND_BACK or CEASE");
  }
  if (absl::Status status = CheckStep(in, row, request.step()); !status.ok()) return status;
  if (absl::Status status = CheckInTime(in, row); !status.ok()) return status;
  switch (request.step()) {
    case v1::STEP_KIND_CANCEL:
      return UndoCancel(in, package, out);
    case v1::STEP_KIND_START:
      return UndoStart(in, package, out);
    case v1::STEP_KIND_HAND_BACK:
    case v1::STEP_KIND_CEASE:
      return UndoEnd(in, package, out);
    case v1::STEP_KIND_AWARD:
    case v1::STEP_KIND_PLACE:
      return UndoAward(in, package, out);
    case v1::STEP_KIND_RETURN:
    case v1::STEP_KIND_UNSPECIFIED:
    case v1::StepKind_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::StepKind_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  *out->Add().mutable_step_undone() = Undone(in, package);
  return absl::OkStatus();
}

v1::UndoPackageResponse Reply(const After& after, const v1::UndoPackageRequest& request) {
  v1::UndoPackageResponse response;
  *response.mutable_package() =
      PackageWithoutTexts(after.state, ParsePackageId(request.package_id())->number);
  return response;
}

}  // namespace brokerage::engine
