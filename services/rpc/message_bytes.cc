#include "services/rpc/message_bytes.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/rejection.h"
#include "services/rpc/message_check.h"

namespace brokerage::services::rpc {

using google::protobuf::Message;

namespace {

constexpr size_t kParsedAtOnceMax = 64 << 10;
// Requests of fewer bytes have few fields.
constexpr size_t kCountedBytesMin = size_t{2} * engine::limits::kRequestFieldsMax;

}  // namespace

bool IsLong(const Access& access, const grpc::ByteBuffer& bytes) {
  return bytes.Length() > kParsedAtOnceMax && bytes.Length() <= RequestBytesMax(access);
}

absl::StatusOr<std::unique_ptr<Message>> ParseRequest(const Access& access,
                                                      const Message& prototype,
                                                      grpc::ByteBuffer* bytes) {
  const google::protobuf::Descriptor& type = *prototype.GetDescriptor();
  if (const size_t bytes_max = RequestBytesMax(access); bytes->Length() > bytes_max) {
    const size_t length = bytes->Length();
    bytes->Clear();
    return engine::Reject(v1::REJECTION_REASON_FIELD_INVALID, "", absl::StrCat(length, " bytes"),
                          absl::StrCat("a request of at most ", bytes_max, " bytes"));
  }
  if (bytes->Length() > kCountedBytesMin) {
    grpc::ProtoBufferReader reader(bytes);
    if (absl::Status status = CheckFieldCount(type, &reader); !status.ok()) {
      bytes->Clear();
      return status;
    }
  }
  std::unique_ptr<Message> request(prototype.New());
  const bool parsed = grpc::SerializationTraits<Message>::Deserialize(bytes, request.get()).ok();
  bytes->Clear();
  if (parsed) return request;
  return engine::Reject(v1::REJECTION_REASON_FIELD_INVALID, "", "",
                        absl::StrCat("a ", type.full_name(), " as bytes"));
}

grpc::ByteBuffer BytesOf(const Message& message) {
  grpc::ByteBuffer bytes;
  bool own = false;
  // Fails for no message that has no required fields.
  grpc::SerializationTraits<Message>::Serialize(message, &bytes, &own);
  return bytes;
}

}  // namespace brokerage::services::rpc
