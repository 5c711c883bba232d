// Applying a framework's files: only what differs from their last revision changes.
#pragma once

#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::ApplyFrameworkRequest& request, Decision* out);
inline NoReply Reply(const After&, const v1::ApplyFrameworkRequest&) { return {}; }

}  // namespace brokerage::engine
