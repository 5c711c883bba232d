// Deadlines after an outage: closed packages, which are not in memory, are found here; the engine
// decides.
#pragma once

#include "brokerage/v1/admin_service.pb.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

// Unless the request names packages, it is given those in which an offer lapsed in the outage or
// since: a look at the offers issued in the months before the outage, on the workers. The engine
// passes over what it has no reason to change.
void ExtendDeadlines(const Backend& backend, const CallContext& context,
                     v1::ExtendDeadlinesRequest& request, Done done);

}  // namespace brokerage::services::rpc
