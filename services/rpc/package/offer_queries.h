// Reads of offers: what a provider was asked, and what care navigation sees of it.
#pragma once

#include "absl/status/statusor.h"
#include "brokerage/v1/offer_service.pb.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

absl::StatusOr<v1::GetOfferResponse> GetOffer(const Backend& backend, const CallContext& context,
                                              const v1::GetOfferRequest& request);

// Pages may be short, even empty, with a token: one call looks at limited many offers that the
// filters leave out.
absl::StatusOr<v1::ListOffersResponse> ListOffers(const Backend& backend,
                                                  const CallContext& context,
                                                  const v1::ListOffersRequest& request);

}  // namespace brokerage::services::rpc
