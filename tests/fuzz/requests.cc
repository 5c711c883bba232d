#include "tests/fuzz/requests.h"

#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/base/bounds.h"
#include "engine/base/check.h"
#include "engine/base/rejection.h"
#include "engine/base/text.h"
#include "engine/views/history.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "services/rpc/access.h"
#include "services/rpc/message_check.h"
#include "tests/fuzz/bytes.h"
#include "tests/fuzz/county.h"
#include "tests/fuzz/methods.h"

namespace brokerage::fuzz {

namespace {

namespace rpc = services::rpc;
using google::protobuf::Descriptor;
using google::protobuf::Message;

constexpr int kRequestsMax = 12;
constexpr int kTicksMax = 200;

// "referral.needs[3].kind" in a request that has such a field.
bool HasField(const Descriptor* type, absl::string_view path) {
  for (absl::string_view step : absl::StrSplit(path, '.')) {
    const auto* field = type == nullptr
                            ? nullptr
                            : type->FindFieldByName(std::string(step.substr(0, step.find('['))));
    if (field == nullptr) return false;
    type = field->message_type();
  }
  return true;
}

void CheckRefusal(const absl::Status& status, const Descriptor& type) {
  const v1::Rejection rejection = engine::RejectionOf(status);
  BROKERAGE_CHECK(rejection.reason() != v1::REJECTION_REASON_UNSPECIFIED);
  BROKERAGE_CHECK(status.code() == engine::CodeOf(rejection.reason()));
  BROKERAGE_CHECK(rejection.value().size() <= engine::limits::kRejectionValueBytesMax);
  for (const std::string* text : {&rejection.field(), &rejection.value(), &rejection.expected()}) {
    BROKERAGE_CHECK(engine::IsUtf8(*text));
  }
  const bool of_field = rejection.reason() == v1::REJECTION_REASON_FIELD_REQUIRED ||
                        rejection.reason() == v1::REJECTION_REASON_FIELD_INVALID ||
                        rejection.reason() == v1::REJECTION_REASON_UNKNOWN_WARD ||
                        rejection.reason() == v1::REJECTION_REASON_TEXT_IDENTIFIES_PERSON;
  if (!of_field && rejection.field().empty()) return;
  if (HasField(&type, rejection.field())) return;
  fprintf(stderr, "%s: %s\n", type.name().c_str(), status.ToString().c_str());
  BROKERAGE_CHECK(HasField(&type, rejection.field()));
}

// What every account is told of the record.
void Tell(const journal::v1::Record& record, const engine::Engine& engine) {
  const auto package = [&](uint64_t number) -> std::shared_ptr<const engine::PackageAggregate> {
    const engine::PackageAggregate* found = engine.state().Package(number);
    if (found == nullptr) return nullptr;
    return {std::shared_ptr<void>(), found};
  };
  for (const engine::Caller& caller : Callers()) {
    for (const v1::HistoryEvent& event :
         engine::ToHistory(record, 1, caller, package, engine.directory())) {
      BROKERAGE_CHECK(!event.text().empty() && engine::IsUtf8(event.text()));
    }
  }
}

// How a request differs from its bytes; see Spoil.
struct Spoilt {
  size_t field = 0;
  size_t value = 0;
};

void Ask(const engine::Caller& caller, const google::protobuf::MethodDescriptor& method,
         const Spoilt& spoilt, absl::string_view bytes, std::unique_ptr<County>* county) {
  const Descriptor& type = *method.input_type();
  google::protobuf::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()));
  if (absl::Status status = rpc::CheckFieldCount(type, &stream); !status.ok()) {
    const v1::Rejection rejection = engine::RejectionOf(status);
    BROKERAGE_CHECK(rejection.reason() == v1::REJECTION_REASON_FIELD_INVALID);
    return;
  }
  std::unique_ptr<Message> request = NewMessage(type);
  if (!request->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  Spoil(request.get(), spoilt.field, spoilt.value);
  if (absl::Status status = rpc::CheckMessage(*request); !status.ok()) {
    return CheckRefusal(status, type);
  }
  const rpc::Access& access =
      rpc::AccessOf(absl::StrCat(method.service()->name(), "/", method.name()));
  if (!rpc::CheckRole(access, caller.role).ok()) return;
  auto command = EngineRequest(*request);
  if (!command.ok()) return;  // a read
  if (*county == nullptr) {
    *county = std::make_unique<County>(CountyStore(), CountyTime(), /*kept=*/false);
  }
  auto outcome = (*county)->Run(caller, *std::move(command));
  if (!outcome.ok()) return CheckRefusal(outcome.status(), type);
  BROKERAGE_CHECK(outcome->reply != nullptr);
  BROKERAGE_CHECK(outcome->reply->GetDescriptor() == method.output_type());
  Tell(outcome->record, (*county)->engine());
}

}  // namespace

int FuzzRequests(const uint8_t* data, size_t size) {
  Bytes input(data, size);
  std::unique_ptr<County> county;  // made when the first command comes
  for (int i = 0; i < kRequestsMax && !input.empty(); ++i) {
    const size_t caller = input.Byte() % (Callers().size() + 1);
    const size_t method = input.Byte();
    const Spoilt spoilt = {.field = input.Byte(), .value = input.Byte()};
    const absl::string_view bytes = input.Part();
    if (caller < Callers().size()) {
      Ask(Callers()[caller], MethodOf(method), spoilt, bytes, &county);
    } else if (county != nullptr) {
      county->Wait(absl::Hours(static_cast<int64_t>(method)), kTicksMax);
    }
  }
  return 0;
}

}  // namespace brokerage::fuzz
