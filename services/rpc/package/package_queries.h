// Reads of packages: what care navigation sees of them.
#pragma once

#include "absl/status/statusor.h"
#include "brokerage/v1/package_service.pb.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

absl::StatusOr<v1::GetPackageResponse> GetPackage(const Backend& backend,
                                                  const CallContext& context,
                                                  const v1::GetPackageRequest& request);

// Pages may be short, even empty, with a token: one call looks at limited many packages that the
// filters leave out.
absl::StatusOr<v1::ListPackagesResponse> ListPackages(const Backend& backend,
                                                      const CallContext& context,
                                                      const v1::ListPackagesRequest& request);

}  // namespace brokerage::services::rpc
