// Messages and their bytes on the wire.
#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <memory>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/rpc/access.h"

namespace brokerage::services::rpc {

// Whether parsing takes long enough to be a worker's. What is too long is refused at once.
bool IsLong(const Access& access, const grpc::ByteBuffer& bytes);

// The request that the bytes hold, which go; of the prototype's type. Errors: FIELD_INVALID for
// bytes that are none, and for more than the method takes.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> ParseRequest(
    const Access& access, const google::protobuf::Message& prototype, grpc::ByteBuffer* bytes);

grpc::ByteBuffer BytesOf(const google::protobuf::Message& message);

}  // namespace brokerage::services::rpc
