// Group transfers: what is under a contract or with a provider is found here, put out again by the
// engine, and told here again.
#pragma once

#include "absl/status/statusor.h"
#include "brokerage/v1/package_service.pb.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

// Names the packages of the caller's authority that run under the contract, or under those of the
// provider, or wait to start there, unless the request names some itself: on a worker, among all
// packages of the authority that run or wait. The engine refuses one that has ended by the time it
// decides; then they are searched for again, a few times.
void TransferPackages(const Backend& backend, const CallContext& context,
                      v1::TransferPackagesRequest& request, Done done);

absl::StatusOr<v1::GetTransferResponse> GetTransfer(const Backend& backend,
                                                    const CallContext& context,
                                                    const v1::GetTransferRequest& request);

}  // namespace brokerage::services::rpc
