// What every request must be, whatever its method: known enum values, texts and lists within their
// bounds.
#pragma once

#include "absl/status/status.h"
#include "google/protobuf/io/zero_copy_stream.h"
#include "google/protobuf/message.h"

namespace brokerage::services::rpc {

// Errors: NOT_SUPPORTED for a value that the enum does not have (from a newer client: it is not
// guessed); FIELD_INVALID for a text or list that is too long, or a text with control characters.
// Both name the field by its path. The requests within a batch are counted and not looked into.
absl::Status CheckMessage(const google::protobuf::Message& request);

// FIELD_INVALID for a request with more fields than limits::kRequestFieldsMax, those of the
// messages within it counted, too: before it is parsed, for a message in memory has many times its
// bytes. Bytes that are no message are let through.
absl::Status CheckFieldCount(const google::protobuf::Descriptor& type,
                             google::protobuf::io::ZeroCopyInputStream* bytes);

}  // namespace brokerage::services::rpc
