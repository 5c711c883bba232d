#include "services/rpc/adapter.h"

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/support/async_stream.h>
#include <grpcpp/support/byte_buffer.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/rejection.h"
#include "services/rpc/authentication.h"
#include "services/rpc/grpc_status.h"
#include "services/rpc/message_bytes.h"
#include "services/rpc/message_check.h"
#include "services/rpc/scope.h"

namespace brokerage::services::rpc {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// One RPC.
struct Adapter::Method {
  Adapter* adapter;
  const Access* access;
  const google::protobuf::Descriptor* takes;
  const google::protobuf::Descriptor* gives = nullptr;
  Handler::Answer answer;  // of a unary method
  bool told_of_leaving = false;
  StreamHandler::Begin begin;  // of a streaming one
  Workers* reads_on = nullptr;
  Bounded bounded;
  std::string path = {};  // "/brokerage.v1.PackageService/GetPackage"
  const Message* request = nullptr;
  const Message* response = nullptr;  // empty ones, to make others of
  Service* service = nullptr;
  int place = 0;  // in the service
};

// The bytes of a call's messages both ways: one shape for every method. What is unary or a server
// stream to the client is the same on the wire.
using Line = grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;

// All methods of one service as lines.
class Adapter::Service : public grpc::Service {
 public:
  void Add(Method* method) {
    auto* factory = google::protobuf::MessageFactory::generated_factory();
    method->request = factory->GetPrototype(method->takes);
    method->response = factory->GetPrototype(method->gives);
    method->service = this;
    method->place = methods_++;
    AddMethod(new grpc::internal::RpcServiceMethod(
        method->path.c_str(), grpc::internal::RpcMethod::BIDI_STREAMING, nullptr));
    MarkMethodAsync(method->place);
  }
  // Asks for the next call of the method.
  void Take(const Method& method, grpc::ServerContext* context, Line* line,
            grpc::ServerCompletionQueue* queue, void* tag) {
    RequestAsyncBidiStreaming(method.place, context, line, queue, queue, tag);
  }

 private:
  int methods_ = 0;
};

namespace {

using Method = Adapter::Method;

// How many calls of a unary method wait on each queue, so that a burst finds them ready.
constexpr int kCallsAwaited = 8;
// Open streams of one account: its programs, each with a few.
constexpr int kStreamsEachMax = 64;

// By a clock that nobody sets: gRPC tells the time that is left as one of the machine's.
absl::Time DeadlineOf(const grpc::ServerContext& context, const Clock& clock) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return absl::InfiniteFuture();
  return clock.MachineNow() + absl::FromChrono(deadline - std::chrono::system_clock::now());
}

absl::string_view AuthorizationOf(const grpc::ServerContext& context) {
  const auto& metadata = context.client_metadata();
  auto found = metadata.find("authorization");
  if (found == metadata.end()) return "";
  return absl::string_view(found->second.data(), found->second.size());
}

// Who read what about people; the journal has who changed what.
void Note(const Access& access, const engine::Caller& caller) {
  if (access.audit == Audit::kPersonal) {
    spdlog::debug("audit account={} method={}", caller.account_id, std::string(access.method));
  }
}

absl::Status Stopping() {
  return engine::Reject(v1::REJECTION_REASON_OVERLOADED, "", "",
                        "a later try: the server is stopping");
}

absl::Status TooManyLong() {
  return engine::Reject(v1::REJECTION_REASON_OVERLOADED, "", "",
                        "a later try: too many long requests of the account wait");
}

class UnaryCall final : public Event {
 public:
  UnaryCall(const Method& method, grpc::ServerCompletionQueue* queue)
      : method_(method), queue_(queue), line_(&grpc_context_) {
    method_.adapter->Enter();
    if (method_.told_of_leaving) {
      left_ = std::make_shared<std::atomic<bool>>(false);
      events_left_ = 2;
      grpc_context_.AsyncNotifyWhenDone(&done_);
    }
    method_.service->Take(method_, &grpc_context_, &line_, queue_, this);
  }

  void Happened(bool ok) override {
    switch (step_) {
      case Step::kTake:
        if (!ok) return End();  // the server is stopping; `done_` never comes
        return Taken();
      case Step::kRead:
        method_.adapter->RequestCame(began_, &grpc_context_);
        if (!ok) return Answer(absl::InvalidArgumentError("a call without a request"));
        if (!IsLong(*method_.access, bytes_)) return Read();
        if (method_.adapter->backend().file_workers->PostQuery(signed_in_.caller.account_id,
                                                               [this] { Read(); })) {
          return;
        }
        return Answer(TooManyLong());
      case Step::kAnswer:
        return EndIfOver();
    }
  }

 private:
  enum class Step { kTake, kRead, kAnswer };  // what is under way

  struct DoneEvent final : Event {
    explicit DoneEvent(UnaryCall* call) : call(call) {}
    void Happened(bool) override {
      if (call->grpc_context_.IsCancelled()) *call->left_ = true;
      call->EndIfOver();
    }
    UnaryCall* const call;
  };

  void Taken() {
    Adapter* adapter = method_.adapter;
    new UnaryCall(method_, queue_);  // one that is taken during a stop is refused at once
    began_ = adapter->backend().clock->MachineNow();
    adapter->CancelOverdue(began_);
    auto signed_in = adapter->AdmitCaller(*method_.access, grpc_context_);
    if (!signed_in.ok()) return Answer(signed_in.status());
    signed_in_ = *std::move(signed_in);
    auto place = adapter->EnterBounded(method_.bounded, signed_in_.caller.account_id);
    if (!place.ok()) return Answer(place.status());
    place_ = *std::move(place);
    if (!adapter->AwaitRequest(began_, &grpc_context_)) return Answer(Stopping());
    step_ = Step::kRead;
    line_.Read(&bytes_, this);
  }

  void Read() {
    auto request = ParseRequest(*method_.access, *method_.request, &bytes_);
    if (!request.ok()) return Answer(request.status());
    request_ = *std::move(request);
    const Adapter& adapter = *method_.adapter;
    auto context = adapter.AdmitRequest(*method_.access, signed_in_, grpc_context_, *request_);
    if (!context.ok()) return Answer(context.status());
    context_ = *std::move(context);
    context_.left = left_;
    method_.answer(adapter.backend(), context_, *request_,
                   [this](const Sequencer::Reply& reply) { Answer(reply); });
  }

  void Answer(const Sequencer::Reply& reply) {
    method_.adapter->Count(*method_.access, reply.status(), began_);
    place_.reset();         // who has the answer may ask again
    step_ = Step::kAnswer;  // before Finish: from there on another thread may delete this
    if (!reply.ok()) return line_.Finish(ToGrpc(reply.status()), this);
    if (*reply == nullptr || (*reply)->GetDescriptor() != method_.gives) {
      return line_.Finish(ToGrpc(absl::InternalError("a reply of another type")), this);
    }
    line_.WriteAndFinish(BytesOf(**reply), grpc::WriteOptions(), grpc::Status::OK, this);
  }

  // gRPC knows this call until it is answered and, where that is told, until it is done.
  void EndIfOver() {
    if (--events_left_ == 0) End();
  }
  void End() {
    Adapter* adapter = method_.adapter;
    delete this;
    adapter->Leave();
  }

  const Method& method_;
  grpc::ServerCompletionQueue* const queue_;
  grpc::ServerContext grpc_context_;
  Line line_;
  Step step_ = Step::kTake;
  grpc::ByteBuffer bytes_;
  std::unique_ptr<Message> request_;
  SignedIn signed_in_;
  std::shared_ptr<const Places::Place> place_;
  CallContext context_;
  absl::Time began_;
  std::shared_ptr<std::atomic<bool>> left_;  // null where the handler is not told
  std::atomic<int> events_left_ = 1;
  DoneEvent done_{this};
};

// One server stream. At any time one party has the turn: a worker that reads, gRPC that writes, or
// the watcher; only who has it goes on. At most one message is under way: the next is read when the
// last is written, so that a slow reader costs no memory.
class StreamCall final : public std::enable_shared_from_this<StreamCall> {
 public:
  static void Open(const Method& method, grpc::ServerCompletionQueue* queue) {
    auto call = std::make_shared<StreamCall>(method, queue);
    call->self_ = call;
    method.adapter->Enter();
    call->grpc_context_.AsyncNotifyWhenDone(&call->done_);
    method.service->Take(method, &call->grpc_context_, &call->line_, queue, &call->taken_);
  }

  StreamCall(const Method& method, grpc::ServerCompletionQueue* queue)
      : method_(method), queue_(queue), line_(&grpc_context_), message_(method.response->New()) {}
  ~StreamCall() {
    stream_.reset();
    if (entered_stream_) method_.adapter->LeaveStream(signed_in_.caller.account_id);
  }

 private:
  using Self = std::shared_ptr<StreamCall>;

  struct Tag final : Event {
    Tag(StreamCall* call, void (StreamCall::*then)(bool)) : call(call), then(then) {}
    void Happened(bool ok) override { (call->*then)(ok); }
    StreamCall* const call;
    void (StreamCall::*const then)(bool);
  };

  void Taken(bool ok) {
    if (!ok) return Release();  // the server is stopping; `done_` never comes
    Open(method_, queue_);
    began_ = method_.adapter->backend().clock->MachineNow();
    method_.adapter->CancelOverdue(began_);
    auto signed_in = method_.adapter->AdmitCaller(*method_.access, grpc_context_);
    if (!signed_in.ok()) return Finish(signed_in.status());
    signed_in_ = *std::move(signed_in);
    auto place = method_.adapter->EnterBounded(method_.bounded, signed_in_.caller.account_id);
    if (!place.ok()) return Finish(place.status());
    place_ = *std::move(place);
    entered_stream_ = method_.adapter->EnterStream(signed_in_.caller.account_id);
    if (!entered_stream_) {
      return Finish(
          engine::Reject(v1::REJECTION_REASON_LIMIT_REACHED, "", "",
                         absl::StrCat("at most ", kStreamsEachMax, " open streams of an account, ",
                                      engine::limits::kStreamsMax, " of all")));
    }
    if (!method_.adapter->AwaitRequest(began_, &grpc_context_)) return Finish(Stopping());
    line_.Read(&bytes_, &asked_);
  }

  void Asked(bool ok) {
    method_.adapter->RequestCame(began_, &grpc_context_);
    if (!ok) return Finish(absl::InvalidArgumentError("a call without a request"));
    if (!IsLong(*method_.access, bytes_)) return Begin();
    const bool posted = method_.adapter->backend().file_workers->PostQuery(
        signed_in_.caller.account_id, [self = shared_from_this()] { self->Begin(); });
    if (!posted) Finish(TooManyLong());
  }

  void Begin() {
    auto request = ParseRequest(*method_.access, *method_.request, &bytes_);
    if (!request.ok()) return Finish(request.status());
    request_ = *std::move(request);
    const Adapter& adapter = *method_.adapter;
    auto context = adapter.AdmitRequest(*method_.access, signed_in_, grpc_context_, *request_);
    if (!context.ok()) return Finish(context.status());
    context_ = *std::move(context);
    context_.left = cancelled_;
    auto stream = method_.begin(adapter.backend(), context_, *request_);
    if (!stream.ok()) return Finish(stream.status());
    stream_ = *std::move(stream);
    ReadSoon();
  }

  void ReadSoon() {
    method_.reads_on->Post(context_.caller.account_id,
                           [self = shared_from_this()] { self->Read(); });
  }

  absl::Status Admitted() const {
    if (method_.access->roles == kAnybody) return absl::OkStatus();
    return StillSignedIn(signed_in_, *method_.adapter->backend().sequencer->published());
  }

  void Read() {
    if (*cancelled_) return Finish(absl::CancelledError("the client left"));
    if (method_.adapter->stopping()) {
      return Finish(engine::Reject(v1::REJECTION_REASON_OVERLOADED, "", "",
                                   "to go on elsewhere: the server is stopping"));
    }
    if (absl::Status status = Admitted(); !status.ok()) return Finish(status);
    message_->Clear();
    auto next = stream_->Read(message_.get());
    if (!next.ok()) return Finish(next.status());
    switch (*next) {
      case Stream::Next::kSend:
        return line_.Write(BytesOf(*message_), &written_);
      case Stream::Next::kAgain:
        return ReadSoon();
      case Stream::Next::kWait:
        return Wait();
      case Stream::Next::kEnd:
        return Finish(absl::OkStatus());
    }
  }

  void Wait() {
    Self self = shared_from_this();
    Watcher* watcher = method_.adapter->watcher();
    const uint64_t waiter = watcher->NewId();
    waiter_ = waiter;
    watcher->Add(
        waiter, stream_->seen(),
        [self](const storage::View& view) {
          const bool ends =
              *self->cancelled_ || self->method_.adapter->stopping() || !self->Admitted().ok();
          return ends ? absl::InfinitePast() : self->stream_->Due(view);
        },
        [self] { self->ReadSoon(); });
    // The client may have left, or the server begun to stop, between the last look and Add.
    if (*cancelled_ || method_.adapter->stopping()) Interrupt(waiter);
  }

  // Takes the turn from the watcher, if it has it.
  void Interrupt(uint64_t waiter) {
    if (method_.adapter->watcher()->Remove(waiter)) ReadSoon();
  }

  void Written(bool ok) {
    if (!ok) return Finish(absl::CancelledError("the client left"));
    ReadSoon();
  }

  void Done(bool) {
    if (grpc_context_.IsCancelled()) {
      *cancelled_ = true;
      Interrupt(waiter_);
    }
    ReleaseIfOver();
  }

  void Finish(const absl::Status& status) {
    stream_.reset();
    place_.reset();  // who is told may ask again
    line_.Finish(ToGrpc(status), &finished_);
  }
  void Finished(bool) { ReleaseIfOver(); }

  // gRPC still knows this call until it has told both that it is done and that it is finished.
  void ReleaseIfOver() {
    if (--events_left_ == 0) Release();
  }
  void Release() {
    Adapter* adapter = method_.adapter;
    self_.reset();  // may delete this
    adapter->Leave();
  }

  const Method& method_;
  grpc::ServerCompletionQueue* const queue_;
  grpc::ServerContext grpc_context_;
  Line line_;
  grpc::ByteBuffer bytes_;
  std::unique_ptr<Message> request_;
  const std::unique_ptr<Message> message_;
  SignedIn signed_in_;
  CallContext context_;
  std::shared_ptr<const Places::Place> place_;
  absl::Time began_;
  std::unique_ptr<Stream> stream_;
  bool entered_stream_ = false;
  const std::shared_ptr<std::atomic<bool>> cancelled_ = std::make_shared<std::atomic<bool>>(false);
  std::atomic<uint64_t> waiter_ = 0;
  std::atomic<int> events_left_ = 2;
  Tag taken_{this, &StreamCall::Taken};
  Tag asked_{this, &StreamCall::Asked};
  Tag written_{this, &StreamCall::Written};
  Tag done_{this, &StreamCall::Done};
  Tag finished_{this, &StreamCall::Finished};
  Self self_;
};

}  // namespace

Adapter::Adapter(Backend backend, Watcher* watcher) : backend_(backend), watcher_(watcher) {}
Adapter::~Adapter() = default;

void Adapter::Unary(absl::string_view method, Handler handler) {
  Unary(AccessOf(method), "", nullptr, std::move(handler));
}

void Adapter::Streaming(absl::string_view method, StreamHandler handler) {
  Streaming(AccessOf(method), "", nullptr, std::move(handler));
}

void Adapter::Unary(const Access& access, std::string path,
                    const google::protobuf::Descriptor* gives, Handler handler) {
  methods_.push_back(std::make_unique<Method>(Method{.adapter = this,
                                                     .access = &access,
                                                     .takes = handler.takes,
                                                     .gives = gives,
                                                     .answer = std::move(handler.answer),
                                                     .told_of_leaving = handler.told_of_leaving,
                                                     .bounded = handler.bounded,
                                                     .path = std::move(path)}));
}

void Adapter::Streaming(const Access& access, std::string path,
                        const google::protobuf::Descriptor* gives, StreamHandler handler) {
  methods_.push_back(std::make_unique<Method>(Method{.adapter = this,
                                                     .access = &access,
                                                     .takes = handler.takes,
                                                     .gives = gives,
                                                     .begin = std::move(handler.begin),
                                                     .reads_on = backend_.*handler.reads_on,
                                                     .bounded = handler.bounded,
                                                     .path = std::move(path)}));
}

absl::Status Adapter::AddServices(grpc::ServerBuilder* builder) {
  for (const ServiceDescriptor* described : ApiServices()) {
    Service* service = services_.emplace_back(std::make_unique<Service>()).get();
    for (int m = 0; m < described->method_count(); ++m) {
      const MethodDescriptor* descriptor = described->method(m);
      const std::string name = absl::StrCat(described->name(), "/", descriptor->name());
      const auto is = [&name](const auto& method) { return method->access->method == name; };
      auto found = std::find_if(methods_.begin(), methods_.end(), is);
      if (found == methods_.end() || std::count_if(methods_.begin(), methods_.end(), is) != 1)
        return absl::InternalError(absl::StrCat(name, " has none or two handlers"));
      Method& method = **found;
      if (method.takes != descriptor->input_type() ||
          (method.begin != nullptr) != descriptor->server_streaming() ||
          descriptor->client_streaming()) {
        return absl::InternalError(absl::StrCat(name, " has the handler of another method"));
      }
      method.gives = descriptor->output_type();
      method.path = absl::StrCat("/", described->full_name(), "/", descriptor->name());
      service->Add(&method);
    }
    builder->RegisterService(service);
  }
  Service* others = services_.emplace_back(std::make_unique<Service>()).get();
  for (const auto& method : methods_) {
    if (method->service == nullptr && method->gives != nullptr) others->Add(method.get());
  }
  builder->RegisterService(others);
  return absl::OkStatus();
}

void Adapter::Open(grpc::ServerCompletionQueue* queue) {
  for (const auto& method : methods_) {
    if (method->begin != nullptr) {
      StreamCall::Open(*method, queue);
    } else {
      for (int i = 0; i < kCallsAwaited; ++i) new UnaryCall(*method, queue);
    }
  }
}

absl::StatusOr<SignedIn> Adapter::AdmitCaller(const Access& access,
                                              const grpc::ServerContext& context) const {
  SignedIn admitted;
  if (access.roles != kAnybody) {
    auto signed_in = Authenticate(AuthorizationOf(context), *backend_.sequencer->published());
    if (!signed_in.ok()) return signed_in.status();
    admitted = *std::move(signed_in);
    if (absl::Status status = CheckRole(access, admitted.caller.role); !status.ok()) return status;
  }
  if (stopping_) return Stopping();
  return admitted;
}

absl::StatusOr<CallContext> Adapter::AdmitRequest(const Access& access, const SignedIn& signed_in,
                                                  const grpc::ServerContext& context,
                                                  const Message& request) const {
  CallContext call;
  call.caller = signed_in.caller;
  call.deadline = DeadlineOf(context, *backend_.clock);
  call.published = backend_.sequencer->published();
  if (access.roles != kAnybody) {
    if (absl::Status status = StillSignedIn(signed_in, *call.published); !status.ok())
      return status;
  }
  if (absl::Status status = CheckMessage(request); !status.ok()) return status;
  if (absl::Status status = CheckScope(access, call, request); !status.ok()) return status;
  Note(access, call.caller);
  return call;
}

absl::StatusOr<std::shared_ptr<const Places::Place>> Adapter::EnterBounded(
    const Bounded& bounded, const std::string& account_id) const {
  if (bounded.places == nullptr) return nullptr;
  return (backend_.*bounded.places)->Enter(account_id, bounded.what);
}

bool Adapter::EnterStream(const std::string& account_id) {
  {
    std::lock_guard lock(mutex_);
    int& own = streams_of_[account_id];
    if (streams_ >= engine::limits::kStreamsMax || own >= kStreamsEachMax) return false;
    ++streams_;
    ++own;
  }
  if (Metrics* metrics = backend_.options->metrics) metrics->AddStreams(1);
  return true;
}

void Adapter::LeaveStream(const std::string& account_id) {
  {
    std::lock_guard lock(mutex_);
    --streams_;
    if (--streams_of_[account_id] == 0) streams_of_.erase(account_id);
  }
  if (Metrics* metrics = backend_.options->metrics) metrics->AddStreams(-1);
}

void Adapter::Count(const Access& access, const absl::Status& status, absl::Time began) const {
  Metrics* metrics = backend_.options->metrics;
  if (metrics == nullptr) return;
  metrics->CountCall(access.method, status.code(), backend_.clock->MachineNow() - began);
}

void Adapter::CancelOverdue(absl::Time now) {
  std::lock_guard lock(mutex_);
  const absl::Time overdue = now - backend_.options->request_patience;
  while (!awaited_.empty() && awaited_.begin()->first < overdue) {
    awaited_.extract(awaited_.begin()).value().second->TryCancel();
  }
}

bool Adapter::AwaitRequest(absl::Time began, grpc::ServerContext* context) {
  std::lock_guard lock(mutex_);
  if (!stopping_) awaited_.emplace(began, context);
  return !stopping_;
}

void Adapter::RequestCame(absl::Time began, grpc::ServerContext* context) {
  std::lock_guard lock(mutex_);
  awaited_.erase({began, context});
  if (awaited_.empty()) none_awaited_.notify_all();
}

void Adapter::Stop(absl::Duration patience) {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  none_awaited_.wait_for(lock, absl::ToChronoNanoseconds(patience),
                         [this] { return awaited_.empty(); });
  for (const auto& [began, context] : awaited_) context->TryCancel();
}

void Adapter::Leave() {
  if (--calls_ > 0) return;
  std::lock_guard lock(mutex_);
  no_calls_.notify_all();
}

void Adapter::WaitUntilNoCalls() {
  std::unique_lock lock(mutex_);
  no_calls_.wait(lock, [this] { return calls_ == 0; });
}

}  // namespace brokerage::services::rpc
