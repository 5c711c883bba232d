// What the clock brings: contract changes, deadlines, evaluations, distributions and limits of
// interim services. One entry of the agenda a Tick.
#pragma once

#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const Tick& request, Decision* out);
NoReply Reply(const After& after, const Tick& request);

absl::Status Decide(const Context& in, const ClockJump& request, Decision* out);
NoReply Reply(const After& after, const ClockJump& request);

}  // namespace brokerage::engine
