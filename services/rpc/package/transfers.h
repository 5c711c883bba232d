// Group transfers: what is under a contract or with a provider is found here, put out again by the
// engine, and told here again.
#pragma once

#include "absl/status/statusor.h"
#include "brokerage/v1/package_service.pb.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

// Unless the request names packages, it is given those of the caller's authority that run under the
// contract, or under those of the provider, or wait to start there: a look at every such package of
// the authority, on the workers. One that has ended by the time the command is decided is refused
// by the engine; then it is looked again, a few times.
void TransferPackages(const Backend& backend, const CallContext& context,
                      v1::TransferPackagesRequest& request, Done done);

absl::StatusOr<v1::GetTransferResponse> GetTransfer(const Backend& backend,
                                                    const CallContext& context,
                                                    const v1::GetTransferRequest& request);

}  // namespace brokerage::services::rpc
