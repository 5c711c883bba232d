// Reads of the directory, from memory, and from the versions that the store keeps as of a date that
// has passed: frameworks, lots, wards, and providers with their branches and contracts. Lists are
// in the order of ids; an account of a provider finds its own provider, branches and contracts in
// them.
#pragma once

#include "absl/status/statusor.h"
#include "brokerage/v1/directory_service.pb.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

absl::StatusOr<v1::GetFrameworkResponse> GetFramework(const Backend& backend,
                                                      const CallContext& context,
                                                      const v1::GetFrameworkRequest& request);
absl::StatusOr<v1::ListFrameworksResponse> ListFrameworks(const Backend& backend,
                                                          const CallContext& context,
                                                          const v1::ListFrameworksRequest& request);
absl::StatusOr<v1::GetLotResponse> GetLot(const Backend& backend, const CallContext& context,
                                          const v1::GetLotRequest& request);
absl::StatusOr<v1::ListLotsResponse> ListLots(const Backend& backend, const CallContext& context,
                                              const v1::ListLotsRequest& request);
absl::StatusOr<v1::GetWardResponse> GetWard(const Backend& backend, const CallContext& context,
                                            const v1::GetWardRequest& request);
absl::StatusOr<v1::ListWardsResponse> ListWards(const Backend& backend, const CallContext& context,
                                                const v1::ListWardsRequest& request);
absl::StatusOr<v1::GetProviderResponse> GetProvider(const Backend& backend,
                                                    const CallContext& context,
                                                    const v1::GetProviderRequest& request);
absl::StatusOr<v1::ListSuspensionsResponse> ListSuspensions(
    const Backend& backend, const CallContext& context, const v1::ListSuspensionsRequest& request);
absl::StatusOr<v1::ListProvidersResponse> ListProviders(const Backend& backend,
                                                        const CallContext& context,
                                                        const v1::ListProvidersRequest& request);
absl::StatusOr<v1::GetBranchResponse> GetBranch(const Backend& backend, const CallContext& context,
                                                const v1::GetBranchRequest& request);
absl::StatusOr<v1::ListBranchesResponse> ListBranches(const Backend& backend,
                                                      const CallContext& context,
                                                      const v1::ListBranchesRequest& request);
absl::StatusOr<v1::ListCoverageResponse> ListCoverage(const Backend& backend,
                                                      const CallContext& context,
                                                      const v1::ListCoverageRequest& request);
absl::StatusOr<v1::ListCoverageProposalsResponse> ListCoverageProposals(
    const Backend& backend, const CallContext& context,
    const v1::ListCoverageProposalsRequest& request);
absl::StatusOr<v1::GetContractResponse> GetContract(const Backend& backend,
                                                    const CallContext& context,
                                                    const v1::GetContractRequest& request);
absl::StatusOr<v1::ListContractsResponse> ListContracts(const Backend& backend,
                                                        const CallContext& context,
                                                        const v1::ListContractsRequest& request);

}  // namespace brokerage::services::rpc
