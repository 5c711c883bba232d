// AdminService on gRPC: which handler answers which RPC.
#pragma once

#include "services/rpc/adapter.h"

namespace brokerage::services::rpc {

void RegisterAdmin(Adapter* adapter);

}  // namespace brokerage::services::rpc
