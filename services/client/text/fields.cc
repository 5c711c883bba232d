#include "services/client/text/fields.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/json_util.h"
#include "services/client/text/words.h"

namespace brokerage::client {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

bool IsTimestamp(const FieldDescriptor& field) {
  return field.message_type() != nullptr &&
         field.message_type() == google::protobuf::Timestamp::descriptor();
}
bool IsDuration(const FieldDescriptor& field) {
  return field.message_type() != nullptr &&
         field.message_type() == google::protobuf::Duration::descriptor();
}

absl::Status Wrong(absl::string_view value, absl::string_view right) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", std::string(value), "\" is not ", std::string(right)));
}

void Collect(const google::protobuf::Descriptor& type, std::vector<const FieldDescriptor*>* path,
             std::vector<FlagField>* fields) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    path->push_back(field);
    const bool nested = field->message_type() != nullptr && !field->is_repeated() &&
                        !IsTimestamp(*field) && !IsDuration(*field);
    if (nested) {
      Collect(*field->message_type(), path, fields);
    } else {
      fields->push_back({*path});
    }
    path->pop_back();
  }
}

template <class Integer>
absl::Status SetInteger(const FieldDescriptor& field, const std::string& value, Message* message,
                        void (Reflection::*set)(Message*, const FieldDescriptor*, Integer) const,
                        void (Reflection::*add)(Message*, const FieldDescriptor*, Integer) const) {
  Integer number = 0;
  if (!absl::SimpleAtoi(value, &number)) return Wrong(value, "a whole number");
  (message->GetReflection()->*(field.is_repeated() ? add : set))(message, &field, number);
  return absl::OkStatus();
}

absl::Status SetBool(const FieldDescriptor& field, const std::string& value, Message* message) {
  bool flag = false;
  if (!absl::SimpleAtob(value, &flag)) return Wrong(value, "true or false");
  message->GetReflection()->SetBool(message, &field, flag);
  return absl::OkStatus();
}

absl::Status SetEnum(const FieldDescriptor& field, const std::string& value, Message* message) {
  auto number = EnumNumber(*field.enum_type(), value);
  if (!number.ok()) return number.status();
  const Reflection& reflection = *message->GetReflection();
  if (field.is_repeated()) {
    reflection.AddEnumValue(message, &field, *number);
  } else {
    reflection.SetEnumValue(message, &field, *number);
  }
  return absl::OkStatus();
}

absl::Status SetString(const FieldDescriptor& field, const std::string& value, Message* message) {
  std::string text = value;
  if (field.type() == FieldDescriptor::TYPE_BYTES) {
    text = absl::HexStringToBytes(value);
    if (absl::BytesToHexString(text) != absl::AsciiStrToLower(value)) {
      return Wrong(value, "hexadecimal");
    }
  }
  const Reflection& reflection = *message->GetReflection();
  if (field.is_repeated()) {
    reflection.AddString(message, &field, text);
  } else {
    reflection.SetString(message, &field, text);
  }
  return absl::OkStatus();
}

absl::Status SetPairs(const std::string& value, Message* message) {
  for (absl::string_view pair : absl::StrSplit(value, ',', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(pair, absl::MaxSplits('=', 1));
    const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(
        absl::StrReplaceAll(absl::StripAsciiWhitespace(parts.first), {{"-", "_"}}));
    if (field == nullptr) {
      std::vector<std::string> known;
      for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
        known.push_back(message->GetDescriptor()->field(i)->name());
      }
      return absl::InvalidArgumentError(
          absl::StrCat("\"", parts.first, "\" is none of ", absl::StrJoin(known, ", ")));
    }
    if (absl::Status status = SetField({{field}}, parts.second, message); !status.ok())
      return status;
  }
  return absl::OkStatus();
}

absl::Status SetMessage(const FieldDescriptor& field, const std::string& value, Message* message) {
  const Reflection& reflection = *message->GetReflection();
  if (IsTimestamp(field)) {
    auto time = ParseTime(value);
    if (!time.ok()) return time.status();
    reflection.MutableMessage(message, &field)->CopyFrom(TimestampOf(*time));
    return absl::OkStatus();
  }
  if (IsDuration(field)) {
    absl::Duration duration;
    if (!absl::ParseDuration(value, &duration))
      return Wrong(value, "a duration such as 36h or 90m");
    google::protobuf::Duration span;
    span.set_seconds(absl::ToInt64Seconds(duration));
    reflection.MutableMessage(message, &field)->CopyFrom(span);
    return absl::OkStatus();
  }
  Message* part = field.is_repeated() ? reflection.AddMessage(message, &field)
                                      : reflection.MutableMessage(message, &field);
  if (absl::StartsWith(value, "{")) {
    auto status = google::protobuf::util::JsonStringToMessage(value, part);
    if (!status.ok())
      return Wrong(value, absl::StrCat("its JSON: ", std::string(status.message())));
    return absl::OkStatus();
  }
  if (value.find('=') == std::string::npos && part->GetDescriptor()->field_count() > 0 &&
      part->GetDescriptor()->field(0)->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    // "double_handed", "language:Polish": the kind, and its value after a colon.
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(value, absl::MaxSplits(':', 1));
    absl::Status status = SetField({{part->GetDescriptor()->field(0)}}, parts.first, part);
    if (!status.ok() || parts.second.empty()) return status;
    return SetField({{part->GetDescriptor()->field(1)}}, parts.second, part);
  }
  return SetPairs(value, part);
}

}  // namespace

std::string FlagField::DottedName() const {
  std::vector<std::string> names;
  for (const FieldDescriptor* field : path) names.push_back(Kebab(field->name()));
  return absl::StrJoin(names, ".");
}

std::string FlagField::Hint() const {
  const FieldDescriptor& field = leaf();
  std::string hint;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      hint = absl::StrJoin(ShortNames(*field.enum_type()), "|");
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      hint = "true (also without a value) or false";
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      hint = IsTimestamp(field) ? "a time: 2018-07-02T08:05:00Z, or local as 2018-07-02 09:05"
             : IsDuration(field)
                 ? "a duration: 36h"
                 : absl::StrCat("a ", field.message_type()->name(), ": name=value,… or JSON");
      break;
    case FieldDescriptor::CPPTYPE_STRING:
      hint = field.type() == FieldDescriptor::TYPE_BYTES ? "bytes in hexadecimal" : "";
      if (absl::EndsWith(field.name(), "_date")) hint = "a date: 2018-07-02";
      break;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      hint = "a whole number";
  }
  if (field.is_repeated()) absl::StrAppend(&hint, hint.empty() ? "" : "; ", "may be repeated");
  return hint;
}

std::vector<FlagField> FlagFields(const google::protobuf::Descriptor& request) {
  std::vector<FlagField> fields;
  std::vector<const FieldDescriptor*> path;
  Collect(request, &path, &fields);
  return fields;
}

absl::Status SetField(const FlagField& field, const std::string& value, Message* request) {
  Message* message = request;
  for (size_t i = 0; i + 1 < field.path.size(); ++i) {
    message = message->GetReflection()->MutableMessage(message, field.path[i]);
  }
  const FieldDescriptor& leaf = field.leaf();
  switch (leaf.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return SetString(leaf, value, message);
    case FieldDescriptor::CPPTYPE_ENUM:
      return SetEnum(leaf, value, message);
    case FieldDescriptor::CPPTYPE_BOOL:
      return SetBool(leaf, value, message);
    case FieldDescriptor::CPPTYPE_INT32:
      return SetInteger<int32_t>(leaf, value, message, &Reflection::SetInt32,
                                 &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return SetInteger<int64_t>(leaf, value, message, &Reflection::SetInt64,
                                 &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return SetMessage(leaf, value, message);
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      break;
  }
  return absl::InvalidArgumentError(absl::StrCat(leaf.name(), " cannot be given by a flag"));
}

}  // namespace brokerage::client
