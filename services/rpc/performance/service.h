// PerformanceService on gRPC: which handler answers which RPC.
#pragma once

#include "services/rpc/adapter.h"

namespace brokerage::services::rpc {

void RegisterPerformance(Adapter* adapter);

}  // namespace brokerage::services::rpc
