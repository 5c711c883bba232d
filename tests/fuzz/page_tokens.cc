#include "tests/fuzz/page_tokens.h"

#include <memory>
#include <string>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/rejection.h"
#include "engine/base/text.h"
#include "google/protobuf/message.h"
#include "services/rpc/access.h"
#include "services/rpc/page_token.h"
#include "tests/fuzz/bytes.h"

namespace brokerage::fuzz {

namespace {

namespace rpc = services::rpc;
using google::protobuf::Message;

// The requests that come page by page.
const std::vector<const Message*>& Queries() {
  static const auto* queries = [] {
    auto* found = new std::vector<const Message*>;
    for (const auto* service : rpc::ApiServices()) {
      for (int m = 0; m < service->method_count(); ++m) {
        const auto* type = service->method(m)->input_type();
        if (type->FindFieldByName("page_token") == nullptr) continue;
        found->push_back(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type));
      }
    }
    return found;
  }();
  return *queries;
}

void SetToken(Message* request, const std::string& token) {
  request->GetReflection()->SetString(
      request, request->GetDescriptor()->FindFieldByName("page_token"), token);
}

void CheckRefused(const absl::StatusOr<std::string>& position) {
  BROKERAGE_CHECK(!position.ok());
  const v1::Rejection rejection = engine::RejectionOf(position.status());
  BROKERAGE_CHECK(rejection.reason() == v1::REJECTION_REASON_FIELD_INVALID);
  BROKERAGE_CHECK(rejection.field() == "page_token");
}

}  // namespace

int FuzzPageTokens(const uint8_t* data, size_t size) {
  Bytes input(data, size);
  const Message* prototype = Queries()[input.Byte() % Queries().size()];
  std::unique_ptr<Message> request(prototype->New());
  const absl::string_view bytes = input.Part();
  if (!request->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return 0;
  const std::string given(input.Rest());
  const engine::Caller caller = {.account_id = "anna"};
  const engine::Caller other = {.account_id = "ben"};

  // As a token; other texts do not come through the wire.
  if (engine::IsUtf8(given)) SetToken(request.get(), given);
  const auto found = rpc::PositionOf(*request, caller);
  if (found.ok() && !found->empty()) {
    SetToken(request.get(), rpc::MakePageToken(*request, caller, *found));
    BROKERAGE_CHECK(rpc::PositionOf(*request, caller) == found);
  } else if (!found.ok()) {
    CheckRefused(found);
  }

  // As a position.
  BROKERAGE_CHECK(rpc::DecodeNumber(rpc::EncodeNumber(size)) == size);
  const uint64_t number = rpc::DecodeNumber(given);
  BROKERAGE_CHECK(number == 0 || rpc::DecodeNumber(rpc::EncodeNumber(number)) == number);
  if (given.empty()) return 0;
  const std::string token = rpc::MakePageToken(*request, caller, given);
  SetToken(request.get(), token);
  const auto position = rpc::PositionOf(*request, caller);
  BROKERAGE_CHECK(position.ok() && *position == given);
  CheckRefused(rpc::PositionOf(*request, other));
  for (const Message* query : Queries()) {
    if (query == prototype) continue;
    std::unique_ptr<Message> another(query->New());
    SetToken(another.get(), token);
    CheckRefused(rpc::PositionOf(*another, caller));
  }
  return 0;
}

}  // namespace brokerage::fuzz
