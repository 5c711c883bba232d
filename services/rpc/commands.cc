#include "services/rpc/commands.h"

#include "engine/base/rejection.h"

namespace brokerage::services::rpc {

absl::Status CheckRequestId(const std::string& request_id) {
  if (!request_id.empty()) return absl::OkStatus();
  return engine::Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "request_id", "",
                        "an id unique per account");
}

}  // namespace brokerage::services::rpc
