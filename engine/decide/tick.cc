#include "engine/decide/tick.h"

#include <algorithm>

#include "engine/base/check.h"
#include "engine/decide/asked.h"
#include "engine/decide/contract_changes.h"
#include "engine/decide/endings.h"
#include "engine/decide/evaluation.h"
#include "engine/decide/rounds.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const Tick& tick, Decision* out) {
  const AgendaEntry* entry = FirstDue(in.state, in.now_us(), std::min(in.now_us(), tick.clock_us));
  if (entry == nullptr) return absl::OkStatus();
  if (entry->phase == AgendaEntry::kContractChange) {
    ChangeContract(in, *entry, out);
    return absl::OkStatus();
  }
  const PackageAggregate* package = in.state.Package(entry->package_number);
  BROKERAGE_CHECK(package != nullptr);
  switch (entry->phase) {
    case AgendaEntry::kRoundDue: {
      journal::v1::RoundDue& due = *out->Add().mutable_round_due();
      due.set_package_number(entry->package_number);
      due.set_round_number(entry->round_number);
      break;
    }
    case AgendaEntry::kEvaluate:
      Evaluate(in, *package, out);
      break;
    case AgendaEntry::kRelease:
      Release(in, *package, out);
      break;
    case AgendaEntry::kLimit:
      out->Add().mutable_limit_passed()->set_package_number(entry->package_number);
      break;
    case AgendaEntry::kNoticeEnds:
      EndNotice(in, *package, package->row.notice().last_day(), out);
      break;
    case AgendaEntry::kAskedDue:
      LapseAsked(in, *package, out);
      break;
    case AgendaEntry::kContractChange:
      break;
  }
  return absl::OkStatus();
}

absl::Status Decide(const Context& in, const ClockJump&, Decision* out) {
  if (!in.state.system.clock_jumped()) out->Add().mutable_clock_judged()->set_jumped(true);
  return absl::OkStatus();
}

}  // namespace brokerage::engine
