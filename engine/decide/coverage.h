// Coverage: changed by a commissioner, or proposed by the branch that it is about and decided.
#pragma once

#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::ChangeCoverageRequest& request, Decision* out);
v1::ChangeCoverageResponse Reply(const After& after, const v1::ChangeCoverageRequest& request);

absl::Status Decide(const Context& in, const v1::ProposeCoverageRequest& request, Decision* out);
v1::ProposeCoverageResponse Reply(const After& after, const v1::ProposeCoverageRequest& request);

absl::Status Decide(const Context& in, const v1::DecideCoverageRequest& request, Decision* out);
v1::DecideCoverageResponse Reply(const After& after, const v1::DecideCoverageRequest& request);

absl::Status Decide(const Context& in, const v1::WithdrawCoverageProposalRequest& request,
                    Decision* out);
v1::WithdrawCoverageProposalResponse Reply(const After& after,
                                           const v1::WithdrawCoverageProposalRequest& request);

}  // namespace brokerage::engine
