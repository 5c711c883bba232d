// ApplyFramework: files that people send are parsed and checked on threads of their own, so many at
// once, for as long as somebody waits. A dry run is answered there; of the others the single writer
// decides what differs.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "brokerage/v1/directory_service.pb.h"
#include "engine/framework/parse.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

void ApplyFramework(const Backend& backend, const CallContext& context,
                    v1::ApplyFrameworkRequest& request, Done done);

// The files, parsed while somebody waits. Errors beside ParseFramework's: CANCELLED where nobody
// does any more.
absl::StatusOr<engine::ParsedFramework> ParseFiles(
    const Backend& backend, const CallContext& context,
    const google::protobuf::RepeatedPtrField<v1::FrameworkFile>& files);

// The refusal as a response has room for it, if it is one of files: with at most
// limits::kFrameworkErrorsMax of its errors, and how many more there are.
std::optional<v1::Rejection> RefusalOfFiles(const absl::Status& status);

}  // namespace brokerage::services::rpc
