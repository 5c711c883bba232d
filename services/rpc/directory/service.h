// DirectoryService on gRPC: which handler answers which RPC.
#pragma once

#include "services/rpc/adapter.h"

namespace brokerage::services::rpc {

void RegisterDirectory(Adapter* adapter);

}  // namespace brokerage::services::rpc
