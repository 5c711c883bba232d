// What a branch says of its own readiness: times in which it takes no offers, and the weekly hours
// that it could take on.
#pragma once

#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::OpenOptOutWindowRequest& request, Decision* out);
v1::OpenOptOutWindowResponse Reply(const After& after, const v1::OpenOptOutWindowRequest& request);

absl::Status Decide(const Context& in, const v1::CloseOptOutWindowRequest& request, Decision* out);
v1::CloseOptOutWindowResponse Reply(const After& after,
                                    const v1::CloseOptOutWindowRequest& request);

absl::Status Decide(const Context& in, const v1::DecideOptOutWindowRequest& request, Decision* out);
v1::DecideOptOutWindowResponse Reply(const After& after,
                                     const v1::DecideOptOutWindowRequest& request);

absl::Status Decide(const Context& in, const v1::DeclareCapacityRequest& request, Decision* out);
v1::DeclareCapacityResponse Reply(const After& after, const v1::DeclareCapacityRequest& request);

}  // namespace brokerage::engine
