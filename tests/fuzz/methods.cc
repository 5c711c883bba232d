#include "tests/fuzz/methods.h"

#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "services/rpc/access.h"

namespace brokerage::fuzz {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

const std::vector<const MethodDescriptor*>& Methods() {
  static const auto* methods = [] {
    auto* found = new std::vector<const MethodDescriptor*>;
    for (const auto* service : services::rpc::ApiServices()) {
      for (int m = 0; m < service->method_count(); ++m) found->push_back(service->method(m));
    }
    return found;
  }();
  return *methods;
}

constexpr int kDepthMax = 4;
constexpr int64_t kNumbers[] = {0,
                                1,
                                -1,
                                7,
                                10'080,
                                100'000'000,
                                1'530'526'000,
                                253'402'300'799,
                                -62'135'596'801,
                                std::numeric_limits<int32_t>::max(),
                                std::numeric_limits<int32_t>::min(),
                                std::numeric_limits<int64_t>::max(),
                                std::numeric_limits<int64_t>::min()};
constexpr const char* kTexts[] = {"",
                                  " ",
                                  "shire",
                                  "county",
                                  "add-one",
                                  "lead-north",
                                  "c-add-one",
                                  "E05900001",
                                  "NG1 1AA",
                                  "1900-01-01",
                                  "2018-07-02",
                                  "2018-08-27",
                                  "2199-12-31",
                                  "P-2018-000001",
                                  "P-2018-18446744073709551615",
                                  "O-2018-000001-2147483647",
                                  "C-000001",
                                  "\xc2\xa3\t\n\"",
                                  "Mr Smith, born 3.4.1936"};

using Fields = std::vector<std::pair<Message*, const FieldDescriptor*>>;

// Every field of the message and of those in it.
void AddFields(Message* message, int depth, Fields* fields) {
  const auto* reflection = message->GetReflection();
  for (int f = 0; f < message->GetDescriptor()->field_count(); ++f) {
    const FieldDescriptor* field = message->GetDescriptor()->field(f);
    fields->emplace_back(message, field);
    if (field->message_type() == nullptr || depth == 0) continue;
    if (!field->is_repeated()) {
      if (reflection->HasField(*message, field)) {
        AddFields(reflection->MutableMessage(message, field), depth - 1, fields);
      }
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(*message, field); ++i) {
      AddFields(reflection->MutableRepeatedMessage(message, field, i), depth - 1, fields);
    }
  }
}

void SetMessage(Message* message, const FieldDescriptor* field, size_t value) {
  const auto* reflection = message->GetReflection();
  if (value % 3 == 0) {
    reflection->ClearField(message, field);
  } else if (!field->is_repeated()) {
    reflection->MutableMessage(message, field);
  } else if (value % 3 == 1) {
    reflection->AddMessage(message, field);
  } else if (const int size = reflection->FieldSize(*message, field); size > 0) {
    Message* added = reflection->AddMessage(message, field);
    added->CopyFrom(reflection->GetRepeatedMessage(*message, field, 0));
  }
}

void SetText(Message* message, const FieldDescriptor* field, size_t value) {
  const auto* reflection = message->GetReflection();
  const std::string text =
      value % 32 < std::size(kTexts) ? kTexts[value % 32] : std::string(8 * (value % 32), 'a');
  if (field->is_repeated()) {
    reflection->AddString(message, field, text);
  } else {
    reflection->SetString(message, field, text);
  }
}

void SetNumber(Message* message, const FieldDescriptor* field, int64_t number) {
  const auto* reflection = message->GetReflection();
  const bool repeated = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM:
      repeated ? reflection->AddEnumValue(message, field, static_cast<int>(number))
               : reflection->SetEnumValue(message, field, static_cast<int>(number));
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      if (!repeated) reflection->SetBool(message, field, number % 2 == 0);
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      repeated ? reflection->AddInt32(message, field, static_cast<int32_t>(number))
               : reflection->SetInt32(message, field, static_cast<int32_t>(number));
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      repeated ? reflection->AddInt64(message, field, number)
               : reflection->SetInt64(message, field, number);
      break;
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_MESSAGE:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      break;
  }
}

}  // namespace

void Spoil(Message* message, size_t field, size_t value) {
  if (value == 0) return;
  Fields fields;
  AddFields(message, kDepthMax, &fields);
  if (fields.empty()) return;
  const auto& [holder, spoilt] = fields[field % fields.size()];
  if (spoilt->message_type() != nullptr) {
    SetMessage(holder, spoilt, value);
  } else if (spoilt->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    SetText(holder, spoilt, value);
  } else if (spoilt->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    SetNumber(holder, spoilt, static_cast<int64_t>(value % 16));
  } else {
    SetNumber(holder, spoilt, kNumbers[value % std::size(kNumbers)]);
  }
}

const MethodDescriptor& MethodOf(size_t number) { return *Methods()[number % Methods().size()]; }

size_t NumberOf(absl::string_view method) {
  size_t number = 0;
  for (const MethodDescriptor* one : Methods()) {
    if (absl::StrCat(one->service()->name(), "/", one->name()) == method) return number;
    ++number;
  }
  BROKERAGE_CHECK(number < Methods().size());
  return 0;
}

std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor& type) {
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  return std::unique_ptr<google::protobuf::Message>(factory->GetPrototype(&type)->New());
}

}  // namespace brokerage::fuzz
