// What happened, as the caller may know it, in pages of events. A page follows the kHistory index
// of what was asked for, so that its cost is what happened there and not what happened everywhere.
#pragma once

#include "absl/status/statusor.h"
#include "brokerage/v1/history_service.pb.h"
#include "engine/views/history_index.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

// Pages may be short, even empty, with a token: records of the scope may tell the caller nothing.
absl::StatusOr<v1::ListHistoryResponse> ListHistory(const Backend& backend,
                                                    const CallContext& context,
                                                    const v1::ListHistoryRequest& request);

}  // namespace brokerage::services::rpc
