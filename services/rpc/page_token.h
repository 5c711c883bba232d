// Opaque page tokens: where the last page ended, bound to the query and the caller that it belongs
// to.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/base/bounds.h"
#include "engine/base/rejection.h"
#include "engine/model/caller.h"
#include "google/protobuf/message.h"

namespace brokerage::services::rpc {

// `position` says where to go on; what it means is the query's own affair. The request's page_token
// and page_size do not count.
std::string MakePageToken(const google::protobuf::Message& request, const engine::Caller& caller,
                          absl::string_view position);

// The position in request.page_token; empty for the first page. Errors: FIELD_INVALID for a token
// of another query, caller, or making.
absl::StatusOr<std::string> PositionOf(const google::protobuf::Message& request,
                                       const engine::Caller& caller);

// How many to return at most. Errors: FIELD_INVALID.
template <typename Request>
absl::StatusOr<int> PageSizeOf(const Request& request) {
  const int size = request.page_size();
  if (size == 0) return engine::limits::kPageSizeDefault;
  if (size > 0 && size <= engine::limits::kPageSizeMax) return size;
  return engine::Reject(v1::REJECTION_REASON_FIELD_INVALID, "page_size", std::to_string(size),
                        "0 to " + std::to_string(engine::limits::kPageSizeMax));
}

// Positions that are numbers.
std::string EncodeNumber(uint64_t number);
uint64_t DecodeNumber(absl::string_view position);  // 0 unless EncodeNumber made it

}  // namespace brokerage::services::rpc
