// Suspensions of contracts and of providers, and their lifting.
#pragma once

#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::SuspendContractRequest& request, Decision* out);
v1::SuspendContractResponse Reply(const After& after, const v1::SuspendContractRequest& request);

absl::Status Decide(const Context& in, const v1::ResumeContractRequest& request, Decision* out);
v1::ResumeContractResponse Reply(const After& after, const v1::ResumeContractRequest& request);

absl::Status Decide(const Context& in, const v1::SuspendProviderRequest& request, Decision* out);
v1::SuspendProviderResponse Reply(const After& after, const v1::SuspendProviderRequest& request);

absl::Status Decide(const Context& in, const v1::ResumeProviderRequest& request, Decision* out);
v1::ResumeProviderResponse Reply(const After& after, const v1::ResumeProviderRequest& request);

}  // namespace brokerage::engine
