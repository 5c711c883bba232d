// What care navigation reads of its packages, and the branches of their offers.
#pragma once

#include "absl/status/statusor.h"
#include "brokerage/v1/offer_service.pb.h"
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

absl::StatusOr<v1::GetOfferResponse> GetOffer(const Backend& backend, const CallContext& context,
                                              const v1::GetOfferRequest& request);

// Likewise.
absl::StatusOr<v1::ListOffersResponse> ListOffers(const Backend& backend,
                                                  const CallContext& context,
                                                  const v1::ListOffersRequest& request);

}  // namespace brokerage::services::rpc
