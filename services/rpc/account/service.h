// AccountService on gRPC: which handler answers which RPC.
#pragma once

#include "services/rpc/adapter.h"

namespace brokerage::services::rpc {

void RegisterAccounts(Adapter* adapter);

}  // namespace brokerage::services::rpc
