// The standard health service, grpc.health.v1.Health, for proxies and tools: who asks needs no
// account. gRPC's own brings threads of its own, which take turns at the same sockets and so add a
// change of threads to every call.
#pragma once

#include "services/rpc/adapter.h"

namespace brokerage::services::rpc {

// The server as a whole, the service "", serves from its start to its stop; no other name is known.
void RegisterHealth(Adapter* adapter);

}  // namespace brokerage::services::rpc
