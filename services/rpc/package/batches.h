// Batches: each of their requests goes to the sequencer with its own request id, in order, and has
// its own outcome.
#pragma once

#include "brokerage/v1/offer_service.pb.h"
#include "brokerage/v1/package_service.pb.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

// Errors: FIELD_REQUIRED for an empty batch; everything else is told in the results, one a request.
void SubmitPackages(const Backend& backend, const CallContext& context,
                    v1::SubmitPackagesRequest& request, Done done);
void AnswerOffers(const Backend& backend, const CallContext& context,
                  v1::AnswerOffersRequest& request, Done done);

}  // namespace brokerage::services::rpc
