// A refusal as gRPC carries it.
#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace brokerage::services::rpc {

// The gRPC status of a status: the same code and words, and the Rejection, serialised, as its
// binary detail; both as far as they fit.
grpc::Status ToGrpc(const absl::Status& status);

}  // namespace brokerage::services::rpc
