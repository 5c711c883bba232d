// PreviewFramework: a past period replayed under other files.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "brokerage/v1/directory_service.pb.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

// Begins the replay. It reads the store as it was when it began, and works a few packages at a
// time, so that other streams go on.
absl::StatusOr<std::unique_ptr<Stream>> PreviewFramework(
    const Backend& backend, const CallContext& context, const v1::PreviewFrameworkRequest& request);

}  // namespace brokerage::services::rpc
