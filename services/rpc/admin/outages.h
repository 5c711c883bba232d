// Deadlines after an outage: closed packages, which are not in memory, are found here; the engine
// decides.
#pragma once

#include "brokerage/v1/admin_service.pb.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

// Names the packages in which an offer lapsed in the outage or since, unless the request names some
// itself: on a worker, among the offers issued in the months before the outage. The engine passes
// over what it has no reason to change.
void ExtendDeadlines(const Backend& backend, const CallContext& context,
                     v1::ExtendDeadlinesRequest& request, Done done);

}  // namespace brokerage::services::rpc
