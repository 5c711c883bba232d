#include "services/rpc/page_token.h"

#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "engine/base/hash.h"

namespace brokerage::services::rpc {

namespace {

constexpr size_t kChecksumBytes = 8;

std::string Checksum(const google::protobuf::Message& request, const engine::Caller& caller,
                     absl::string_view position) {
  std::unique_ptr<google::protobuf::Message> query(request.New());
  query->CopyFrom(request);
  for (const char* field : {"page_token", "page_size"}) {
    query->GetReflection()->ClearField(query.get(), query->GetDescriptor()->FindFieldByName(field));
  }
  engine::Sha256 hash;
  for (absl::string_view part : {absl::string_view(request.GetDescriptor()->full_name()),
                                 absl::string_view(caller.account_id), position}) {
    hash.AddBigEndian64(part.size()).Add(part);
  }
  return hash.Add(query->SerializeAsString()).Finish().substr(0, kChecksumBytes);
}

}  // namespace

std::string MakePageToken(const google::protobuf::Message& request, const engine::Caller& caller,
                          absl::string_view position) {
  return absl::WebSafeBase64Escape(Checksum(request, caller, position) + std::string(position));
}

absl::StatusOr<std::string> PositionOf(const google::protobuf::Message& request,
                                       const engine::Caller& caller) {
  const auto* field = request.GetDescriptor()->FindFieldByName("page_token");
  const std::string token = request.GetReflection()->GetString(request, field);
  if (token.empty()) return std::string();
  std::string bytes;
  if (absl::WebSafeBase64Unescape(token, &bytes) && bytes.size() > kChecksumBytes) {
    std::string position = bytes.substr(kChecksumBytes);
    if (bytes.substr(0, kChecksumBytes) == Checksum(request, caller, position)) return position;
  }
  return engine::Reject(v1::REJECTION_REASON_FIELD_INVALID, "page_token", token,
                        "the next_page_token of the same query");
}

std::string EncodeNumber(uint64_t number) { return std::to_string(number); }

uint64_t DecodeNumber(absl::string_view position) {
  uint64_t number = 0;
  return absl::SimpleAtoi(position, &number) ? number : 0;
}

}  // namespace brokerage::services::rpc
