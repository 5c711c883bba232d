// What the clock brings: contract changes, deadlines, evaluations, distributions and limits of
// interim services. One entry of the agenda a Tick.
#pragma once

#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const Tick& request, Decision* out);
inline NoReply Reply(const After&, const Tick&) { return {}; }

absl::Status Decide(const Context& in, const ClockJump& request, Decision* out);
inline NoReply Reply(const After&, const ClockJump&) { return {}; }

}  // namespace brokerage::engine
