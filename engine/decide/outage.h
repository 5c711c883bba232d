// Deadlines after an outage.
#pragma once

#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::ExtendDeadlinesRequest& request, Decision* out);
v1::ExtendDeadlinesResponse Reply(const After& after, const v1::ExtendDeadlinesRequest& request);

}  // namespace brokerage::engine
