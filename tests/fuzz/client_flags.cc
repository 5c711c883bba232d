#include "tests/fuzz/client_flags.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "engine/base/check.h"
#include "engine/base/text.h"
#include "google/protobuf/util/json_util.h"
#include "services/client/text/fields.h"
#include "services/client/text/message_text.h"
#include "services/client/text/words.h"
#include "tests/fuzz/bytes.h"
#include "tests/fuzz/methods.h"

namespace brokerage::fuzz {

namespace {

using client::FlagField;
using google::protobuf::Message;

using Fields = std::map<std::string, FlagField>;

const Fields& FieldsOf(const google::protobuf::Descriptor& type) {
  static auto& known = *new std::map<const google::protobuf::Descriptor*, Fields>;
  auto [found, is_new] = known.try_emplace(&type);
  if (!is_new) return found->second;
  for (const FlagField& field : client::FlagFields(type)) {
    BROKERAGE_CHECK(found->second.emplace(field.DottedName(), field).second);
  }
  return found->second;
}

void CheckTime(const std::string& text) {
  const auto time = client::ParseTime(text);
  if (!time.ok()) {
    BROKERAGE_CHECK(absl::IsInvalidArgument(time.status()));
    return;
  }
  BROKERAGE_CHECK(!client::SayTime(*time).empty());
  BROKERAGE_CHECK(!client::SayTime(client::TimestampOf(*time)).empty());
  BROKERAGE_CHECK(!client::SayDuration(*time - absl::UnixEpoch()).empty());
}

// What was set is said to people, and in JSON that says the same.
void CheckSaid(const Message& request) {
  BROKERAGE_CHECK(!client::MessageText(request, 80).empty());
  const std::string json = client::MessageJson(request, true);
  std::unique_ptr<Message> again = NewMessage(*request.GetDescriptor());
  if (!google::protobuf::util::JsonStringToMessage(json, again.get()).ok()) return;
  BROKERAGE_CHECK(!client::MessageJson(*again, false).empty());
}

}  // namespace

int FuzzClientFlags(const uint8_t* data, size_t size) {
  Bytes input(data, size);
  const auto& type = *MethodOf(input.Byte()).input_type();
  const Fields& fields = FieldsOf(type);
  std::unique_ptr<Message> request = NewMessage(type);
  for (absl::string_view line : absl::StrSplit(input.Rest(), '\n')) {
    const std::pair<std::string, std::string> flag = absl::StrSplit(line, absl::MaxSplits('=', 1));
    CheckTime(flag.second);
    auto field = fields.find(flag.first);
    if (field == fields.end()) continue;
    BROKERAGE_CHECK(field->second.Hint() == field->second.Hint());
    const absl::Status status = client::SetField(field->second, flag.second, request.get());
    BROKERAGE_CHECK(status.ok() || (absl::IsInvalidArgument(status) && !status.message().empty()));
  }
  CheckSaid(*request);
  return 0;
}

}  // namespace brokerage::fuzz
