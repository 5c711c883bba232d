#include "engine/model/state.h"

#include <algorithm>
#include <limits>

#include "engine/base/check.h"

namespace brokerage::engine {

namespace {

// What somebody could have done by then and has not.
bool IsDeadline(int phase) {
  return phase == AgendaEntry::kRoundDue || phase == AgendaEntry::kLimit ||
         phase == AgendaEntry::kNoticeEnds || phase == AgendaEntry::kAskedDue;
}

// What would be said to have passed by a clock that nobody trusts waits until it is confirmed.
bool Pauses(const State& state, int phase) {
  return state.system.clock_jumped() && IsDeadline(phase);
}

}  // namespace

bool IsInterim(const journal::v1::PackageRow& row) { return row.limit_due_us() != 0; }

bool AwaitsLimit(const journal::v1::PackageRow& row) {
  return IsInterim(row) && Runs(row.state()) && !row.limit_passed();
}

bool IsOverLimit(const journal::v1::PackageRow& row) {
  return IsInterim(row) && Runs(row.state()) && row.limit_passed();
}

bool IsStopped(const journal::v1::PackageRow& row) { return row.stopped_by_number() != 0; }

bool HasNotEnded(v1::PackageState state) { return WaitsOrIsAwarded(state) || Runs(state); }

bool Runs(v1::PackageState state) {
  return state == v1::PACKAGE_STATE_STARTED || state == v1::PACKAGE_STATE_PAUSED;
}

bool IsUnderNotice(const journal::v1::PackageRow& row) {
  return row.has_notice() && Runs(row.state());
}

bool IsOfAnEnd(const journal::v1::PackageRow& row) { return row.previous_handed_back(); }

bool WaitsOrIsAwarded(v1::PackageState state) {
  switch (state) {
    case v1::PACKAGE_STATE_SUBMITTED:
    case v1::PACKAGE_STATE_OFFERED:
    case v1::PACKAGE_STATE_UNFILLED:
    case v1::PACKAGE_STATE_AWARDED:
      return true;
    case v1::PACKAGE_STATE_STARTED:
    case v1::PACKAGE_STATE_PAUSED:
    case v1::PACKAGE_STATE_CEASED:
    case v1::PACKAGE_STATE_CANCELLED:
    case v1::PACKAGE_STATE_HANDED_BACK:
    case v1::PACKAGE_STATE_UNSPECIFIED:
    case v1::PackageState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::PackageState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return false;
}

bool IsOpenPackage(const journal::v1::PackageRow& row) {
  if (WaitsOrIsAwarded(row.state()) || AwaitsLimit(row) || IsUnderNotice(row) ||
      row.asked_ordinal() != 0) {
    return true;
  }
  if (Runs(row.state()) && !row.links().empty()) return true;
  // Until its last deadline has passed, a package's offers are not settled.
  return std::any_of(row.rounds().begin(), row.rounds().end(),
                     [](const journal::v1::RoundRow& round) { return !round.settled(); });
}

const std::vector<v1::PackageState>& StatesOfOpenPackages() {
  static const std::vector<v1::PackageState> kStates = {v1::PACKAGE_STATE_UNSPECIFIED};
  return kStates;
}

const v1::FrameworkRules& RulesOf(const State& state, const journal::v1::PackageRow& row) {
  const journal::v1::FrameworkRow* framework =
      row.framework_revision() != 0
          ? state.directory.Framework(row.framework_id(), row.framework_revision())
          : state.directory.Framework(row.framework_id());
  BROKERAGE_CHECK(framework != nullptr);
  return framework->rules();
}

bool KeepsFollower(const State& state, const journal::v1::PackageRow& row) {
  const PackageAggregate* follower = state.Package(row.successor_number());
  return follower != nullptr && WaitsOrIsAwarded(follower->row.state()) &&
         !IsOfAnEnd(follower->row);
}

std::vector<const PackageAggregate*> LinkedTo(const State& state,
                                              const journal::v1::PackageRow& row) {
  std::vector<const PackageAggregate*> linked;
  for (const journal::v1::PackageLink& link : row.links()) {
    const PackageAggregate* package = state.Package(link.number());
    if (package != nullptr && HasNotEnded(package->row.state())) linked.push_back(package);
  }
  return linked;
}

bool AwardsBeforeClose(const v1::FrameworkRules& rules, const journal::v1::PackageRow& row) {
  const int32_t rule = row.rounds(row.rounds_size() - 1).rule_number();
  return rule == 0 || rules.rounds(rule - 1).award_timing() == v1::AWARD_TIMING_AS_SOON_AS_CERTAIN;
}

const AgendaEntry* FirstDue(const State& state, int64_t now_us, int64_t clock_us) {
  for (int phase = 0; phase < AgendaEntry::kPhases; ++phase) {
    if (Pauses(state, phase)) continue;
    AgendaEntry from;
    from.phase = static_cast<AgendaEntry::Phase>(phase);
    auto it = state.agenda.lower_bound(from);
    const int64_t by_us = IsDeadline(phase) ? clock_us : now_us;
    if (it != state.agenda.end() && it->phase == phase && it->due_us <= by_us) return &*it;
  }
  return nullptr;
}

int64_t NextDueMicros(const State& state) {
  int64_t next = std::numeric_limits<int64_t>::max();
  for (int phase = 0; phase < AgendaEntry::kPhases; ++phase) {
    if (Pauses(state, phase)) continue;
    AgendaEntry from;
    from.phase = static_cast<AgendaEntry::Phase>(phase);
    auto it = state.agenda.lower_bound(from);
    if (it != state.agenda.end() && it->phase == phase) next = std::min(next, it->due_us);
  }
  return next;
}

}  // namespace brokerage::engine
