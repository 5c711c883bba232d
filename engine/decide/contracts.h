// Contracts that end, or go to another provider.
#pragma once

#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::EndContractRequest& request, Decision* out);
v1::EndContractResponse Reply(const After& after, const v1::EndContractRequest& request);

absl::Status Decide(const Context& in, const v1::NovateContractRequest& request, Decision* out);
v1::NovateContractResponse Reply(const After& after, const v1::NovateContractRequest& request);

}  // namespace brokerage::engine
