#include "services/rpc/message_check.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "brokerage/v1/directory_service.pb.h"
#include "engine/base/bounds.h"
#include "engine/base/rejection.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"

namespace brokerage::services::rpc {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
namespace limits = engine::limits;

constexpr size_t kTokenBytesMax = 1024;  // page tokens and cursors
constexpr int kListLengthMax = 1000;     // of lists that have no bound of their own

struct Bound {
  absl::string_view name_end;  // of the field's name
  size_t bytes_max;
};
// The first that matches. Others: kNameBytesMax.
constexpr Bound kBounds[] = {
    {"contract_id", limits::kContractIdBytesMax},
    {"request_id", limits::kRequestIdBytesMax},
    {"_id", limits::kIdBytesMax},
    {"summary", limits::kSummaryBytesMax},
    {"details", limits::kDetailsBytesMax},
    {"person_reference", limits::kPersonReferenceBytesMax},
    {"reason", limits::kReasonBytesMax},
    {"note", limits::kReasonBytesMax},
    {"visit_pattern", limits::kVisitPatternBytesMax},
    {"_token", kTokenBytesMax},
    {"cursor", kTokenBytesMax},
};

size_t BytesMax(const FieldDescriptor& field) {
  if (field.type() == FieldDescriptor::TYPE_BYTES) return limits::kFrameworkBytesMax;
  for (const Bound& bound : kBounds) {
    if (absl::EndsWith(field.name(), bound.name_end)) return bound.bytes_max;
  }
  return limits::kNameBytesMax;
}

// Line ends and tabs are text; other control characters, DEL too, are not.
bool HasControlCharacter(absl::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) {
    return (c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f;
  });
}

// The path of the field that is being looked at: a list on the stack, made into text only for a
// refusal.
struct Path {
  const Path* above;
  const FieldDescriptor* field;
  int index;  // -1: not a list
  std::string ToString() const {
    std::string text = above == nullptr ? "" : absl::StrCat(above->ToString(), ".");
    absl::StrAppend(&text, field->name());
    if (index >= 0) absl::StrAppend(&text, "[", index, "]");
    return text;
  }
};

absl::Status Refuse(v1::RejectionReason reason, const Path& path, absl::string_view value,
                    absl::string_view expected) {
  return engine::Reject(reason, path.ToString(), value, expected);
}

absl::Status CheckEnum(const Path& path, int number) {
  if (path.field->enum_type()->FindValueByNumber(number) != nullptr) return absl::OkStatus();
  return Refuse(
      v1::REJECTION_REASON_NOT_SUPPORTED, path, absl::StrCat(number),
      absl::StrCat("a value of ", path.field->enum_type()->name(), " that this version knows"));
}

absl::Status CheckText(const Path& path, const std::string& text) {
  const size_t bytes_max = BytesMax(*path.field);
  if (text.size() > bytes_max) {
    return Refuse(v1::REJECTION_REASON_FIELD_INVALID, path, "",
                  absl::StrCat("at most ", bytes_max, " bytes"));
  }
  if (path.field->type() == FieldDescriptor::TYPE_STRING && HasControlCharacter(text)) {
    return Refuse(v1::REJECTION_REASON_FIELD_INVALID, path, "", "text without control characters");
  }
  return absl::OkStatus();
}

absl::Status Check(const Message& message, const Path* above);

absl::Status CheckField(const Message& message, const FieldDescriptor* field, int index,
                        const Path* above) {
  const auto* reflection = message.GetReflection();
  const Path path{above, field, index};
  std::string scratch;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      return CheckEnum(path, index < 0 ? reflection->GetEnumValue(message, field)
                                       : reflection->GetRepeatedEnumValue(message, field, index));
    case FieldDescriptor::CPPTYPE_STRING:
      return CheckText(path, index < 0 ? reflection->GetStringReference(message, field, &scratch)
                                       : reflection->GetRepeatedStringReference(message, field,
                                                                                index, &scratch));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Check(index < 0 ? reflection->GetMessage(message, field)
                             : reflection->GetRepeatedMessage(message, field, index),
                   &path);
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_BOOL:
      break;
  }
  return absl::OkStatus();
}

// The rows of a postcode directory are checked, each as a whole, where they are taken in.
bool IsPostcodes(const FieldDescriptor& field) {
  return field.message_type() == v1::PostcodeRow::descriptor();
}

// The requests of a batch. Each has its own outcome, so each is checked when its turn comes.
bool IsBatch(const FieldDescriptor& field) {
  return field.name() == "requests" || field.name() == "answers";
}

int LengthMax(const FieldDescriptor& field) {
  if (IsPostcodes(field)) return limits::kPostcodesPerRequestMax;
  return IsBatch(field) || field.name() == "package_ids" ? limits::kBatchItemsMax : kListLengthMax;
}

absl::Status Check(const Message& message, const Path* above) {
  const auto* reflection = message.GetReflection();
  const auto* type = message.GetDescriptor();
  for (int f = 0; f < type->field_count(); ++f) {
    const FieldDescriptor* field = type->field(f);
    if (!field->is_repeated()) {
      const bool absent = field->has_presence() && !reflection->HasField(message, field);
      if (absent) continue;
      if (absl::Status status = CheckField(message, field, -1, above); !status.ok()) return status;
      continue;
    }
    const int length = reflection->FieldSize(message, field);
    if (length > LengthMax(*field)) {
      return Refuse(v1::REJECTION_REASON_FIELD_INVALID, Path{above, field, -1},
                    absl::StrCat(length), absl::StrCat("at most ", LengthMax(*field), " of them"));
    }
    for (int i = 0; i < length && !IsBatch(*field) && !IsPostcodes(*field); ++i) {
      if (absl::Status status = CheckField(message, field, i, above); !status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

// Counts down the fields of a message up to the current limit; false when there are too many.
bool CountFields(const google::protobuf::Descriptor& type,
                 google::protobuf::io::CodedInputStream* bytes, int* left) {
  using google::protobuf::internal::WireFormatLite;
  while (const uint32_t tag = bytes->ReadTag()) {
    if (--*left < 0) return false;
    const FieldDescriptor* field = type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
    const bool is_message =
        field != nullptr && field->message_type() != nullptr &&
        WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    if (!is_message) {
      if (!WireFormatLite::SkipField(bytes, tag)) return true;
      continue;
    }
    int length = 0;
    if (!bytes->ReadVarintSizeAsInt(&length)) return true;
    const auto [limit, depth_left] = bytes->IncrementRecursionDepthAndPushLimit(length);
    if (depth_left < 0) return true;
    if (!CountFields(*field->message_type(), bytes, left)) return false;
    if (!bytes->DecrementRecursionDepthAndPopLimit(limit)) return true;
  }
  return true;
}

}  // namespace

absl::Status CheckFieldCount(const google::protobuf::Descriptor& type,
                             google::protobuf::io::ZeroCopyInputStream* bytes) {
  google::protobuf::io::CodedInputStream stream(bytes);
  int left = limits::kRequestFieldsMax;
  if (CountFields(type, &stream, &left)) return absl::OkStatus();
  return engine::Reject(v1::REJECTION_REASON_FIELD_INVALID, "", "",
                        absl::StrCat("a request of at most ", limits::kRequestFieldsMax,
                                     " fields, those of what it lists counted, too"));
}

absl::Status CheckMessage(const Message& request) { return Check(request, nullptr); }

}  // namespace brokerage::services::rpc
