// Group transfers: what a contract or a provider that cannot go on runs is handed back, what it was
// awarded and has not started is returned, and all of it is put out again together, in one record.
#pragma once

#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::TransferPackagesRequest& request, Decision* out);
v1::TransferPackagesResponse Reply(const After& after, const v1::TransferPackagesRequest& request);

}  // namespace brokerage::engine
