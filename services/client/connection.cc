#include "services/client/connection.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "brokerage/v1/vocabulary.pb.h"
#include "engine/base/bounds.h"
#include "engine/base/rejection.h"
#include "grpcpp/client_context.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/security/credentials.h"

namespace brokerage::client {

namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr absl::Duration kPatience = absl::Minutes(2);

std::string PathOf(const MethodDescriptor& method) {
  return absl::StrCat("/", method.service()->full_name(), "/", method.name());
}

absl::Status ToStatus(const grpc::Status& status, const std::string& address) {
  if (status.ok()) return absl::OkStatus();
  v1::Rejection rejection;
  if (rejection.ParseFromString(status.error_details()) &&
      rejection.reason() != v1::REJECTION_REASON_UNSPECIFIED)
    return engine::Reject(rejection);
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) {
    return absl::UnavailableError(
        absl::StrCat("no server answers at ", address, ": ", status.error_message()));
  }
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

void SignIn(const std::string& token, grpc::ClientContext* context) {
  if (!token.empty()) context->AddMetadata("authorization", absl::StrCat("Bearer ", token));
}

}  // namespace

Connection::Connection(const std::string& address, std::string token)
    : address_(address), token_(std::move(token)) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(static_cast<int>(engine::limits::kMessageBytesMax));
  arguments.SetMaxSendMessageSize(static_cast<int>(engine::limits::kMessageBytesMax));
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  channel_ = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

Connection Connection::As(std::string token) const {
  Connection other;
  other.address_ = address_;
  other.channel_ = channel_;
  other.token_ = std::move(token);
  return other;
}

absl::Status Connection::WaitUntilReady(absl::Duration patience) const {
  if (channel_->WaitForConnected(absl::ToChronoTime(absl::Now() + patience))) {
    return absl::OkStatus();
  }
  return absl::UnavailableError(absl::StrCat("no server answers at ", address_));
}

const MethodDescriptor& Connection::MethodNamed(absl::string_view name) {
  const MethodDescriptor* method =
      google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
          absl::StrCat("brokerage.v1.", absl::StrReplaceAll(name, {{"/", "."}})));
  if (method == nullptr) {
    fprintf(stderr, "no method %s\n", std::string(name).c_str());
    abort();
  }
  return *method;
}

absl::Status Connection::Call(const MethodDescriptor& method, const Message& request,
                              Message* response) const {
  grpc::TemplatedGenericStub<Message, Message> stub(channel_);
  grpc::ClientContext context;
  SignIn(token_, &context);
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  // Its own queue: whoever waits reads from the network itself, and no other thread has to wake it.
  grpc::CompletionQueue queue;
  auto call = stub.PrepareUnaryCall(&context, PathOf(method), request, &queue);
  grpc::Status status;
  call->StartCall();
  call->Finish(response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  return ToStatus(status, address_);
}

absl::Status Connection::Watch(const MethodDescriptor& method, const Message& request,
                               const std::function<bool(const Message&)>& on_message) const {
  grpc::TemplatedGenericStub<Message, Message> stub(channel_);
  grpc::ClientContext context;
  SignIn(token_, &context);
  grpc::CompletionQueue queue;
  auto next_ok = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  auto stream = stub.PrepareCall(&context, PathOf(method), &queue);
  stream->StartCall(nullptr);
  bool open = next_ok();
  if (open) {
    stream->WriteLast(request, {}, nullptr);
    open = next_ok();
  }
  std::unique_ptr<Message> message(google::protobuf::MessageFactory::generated_factory()
                                       ->GetPrototype(method.output_type())
                                       ->New());
  bool stopped = false;
  while (open && !stopped) {
    stream->Read(message.get(), nullptr);
    open = next_ok();
    if (open) stopped = !on_message(*message);
  }
  if (stopped) context.TryCancel();
  grpc::Status status;
  stream->Finish(&status, nullptr);
  next_ok();
  return stopped ? absl::OkStatus() : ToStatus(status, address_);
}

}  // namespace brokerage::client
