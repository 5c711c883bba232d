// The one place that knows gRPC: everything runs on completion queues. A service registers its
// methods here, each with a handler that knows nothing of gRPC; see
// docs/decisions/0002-streams-use-the-completion-queue.md.
//
// A call is one object: made to wait for a call of its method on one queue, it admits the call,
// hands it to the handler, finishes it, and deletes itself.
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/service_type.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/rejection.h"
#include "services/rpc/access.h"
#include "services/rpc/authentication.h"
#include "services/rpc/call.h"
#include "services/rpc/watcher.h"
#include "services/rpc/workers.h"

namespace brokerage::services::rpc {

// The gRPC status of a status: the same code and words, and the Rejection, serialised, as its
// binary detail.
grpc::Status ToGrpc(const absl::Status& status);

// What a completion queue reports.
class Event {
 public:
  virtual ~Event() = default;
  virtual void Happened(bool ok) = 0;
};

// What the calls of all services share.
class Adapter {
 public:
  Adapter(Backend backend, Watcher* watcher) : backend_(backend), watcher_(watcher) {}

  const Backend& backend() const { return backend_; }
  Watcher* watcher() const { return watcher_; }

  // The account that calls and whether it may; LIMIT_REACHED, OVERLOADED while stopping, and what
  // CheckMessage refuses.
  absl::StatusOr<CallContext> Admit(const Access& access, const grpc::ServerContext& context,
                                    const google::protobuf::Message& request) const;

  // Takes a place among the open streams; false when there is none.
  bool EnterStream();
  void LeaveStream();
  // Counts a call that is answered now.
  void Count(const Access& access, const absl::Status& status, absl::Time began) const;

  // Counts the calls that exist, so that a queue is shut down only when none uses it.
  void Enter() { ++calls_; }
  void Leave();
  void WaitUntilNoCalls();
  bool stopping() const { return stopping_; }
  void set_stopping() { stopping_ = true; }

  // Once for each service, before the server is built.
  void AddService(std::unique_ptr<grpc::Service> service) {
    services_.push_back(std::move(service));
  }
  // Posts the first calls of a method to a queue, when the server runs.
  using Opener = std::function<void(grpc::ServerCompletionQueue*)>;
  void AddOpener(Opener opener) { openers_.push_back(std::move(opener)); }
  const std::vector<std::unique_ptr<grpc::Service>>& services() const { return services_; }
  const std::vector<Opener>& openers() const { return openers_; }

 private:
  const Backend backend_;
  Watcher* const watcher_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> streams_ = 0;
  std::atomic<int64_t> calls_ = 0;
  std::mutex mutex_;
  std::condition_variable no_calls_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::vector<Opener> openers_;
};

template <class Service, class Request, class Response>
struct UnaryMethod {
  using Take = void (Service::*)(grpc::ServerContext*, Request*,
                                 grpc::ServerAsyncResponseWriter<Response>*, grpc::CompletionQueue*,
                                 grpc::ServerCompletionQueue*, void*);
  Adapter* adapter;
  Service* service;
  Take take;
  const Access* access;
  Handler<Request> handler;
};

template <class Service, class Request, class Response>
class UnaryCall final : public Event {
 public:
  using Method = UnaryMethod<Service, Request, Response>;

  UnaryCall(std::shared_ptr<const Method> method, grpc::ServerCompletionQueue* queue)
      : method_(std::move(method)), queue_(queue), responder_(&grpc_context_) {
    method_->adapter->Enter();
    (method_->service->*method_->take)(&grpc_context_, &request_, &responder_, queue_, queue_,
                                       this);
  }

  void Happened(bool ok) override {
    if (answered_ || !ok) {
      Adapter* adapter = method_->adapter;
      delete this;
      adapter->Leave();
      return;
    }
    if (!method_->adapter->stopping()) new UnaryCall(method_, queue_);
    began_ = method_->adapter->backend().clock->MachineNow();
    auto context = method_->adapter->Admit(*method_->access, grpc_context_, request_);
    if (!context.ok()) return Answer(context.status());
    context_ = *std::move(context);
    method_->handler(method_->adapter->backend(), context_, request_,
                     [this](const Sequencer::Reply& reply) { Answer(reply); });
  }

 private:
  void Answer(const Sequencer::Reply& reply) {
    method_->adapter->Count(*method_->access, reply.status(), began_);
    answered_ = true;  // before Finish: from there on another thread may delete this
    if (!reply.ok()) return responder_.FinishWithError(ToGrpc(reply.status()), this);
    if (*reply == nullptr || (*reply)->GetDescriptor() != Response::descriptor()) {
      return responder_.FinishWithError(ToGrpc(absl::InternalError("a reply of another type")),
                                        this);
    }
    responder_.Finish(static_cast<const Response&>(**reply), grpc::Status::OK, this);
  }

  const std::shared_ptr<const Method> method_;
  grpc::ServerCompletionQueue* const queue_;
  grpc::ServerContext grpc_context_;
  Request request_;
  grpc::ServerAsyncResponseWriter<Response> responder_;
  CallContext context_;
  absl::Time began_;
  bool answered_ = false;
};

template <class Service, class Request, class Response>
struct StreamMethod {
  using Take = void (Service::*)(grpc::ServerContext*, Request*, grpc::ServerAsyncWriter<Response>*,
                                 grpc::CompletionQueue*, grpc::ServerCompletionQueue*, void*);
  Adapter* adapter;
  Service* service;
  Take take;
  const Access* access;
  StreamHandler<Request> handler;
};

// One server stream. At any time one party has the turn: a worker that reads, gRPC that writes, or
// the watcher; only who has it goes on. At most one message is under way: the next is read when the
// last is written, so that a slow reader costs no memory.
template <class Service, class Request, class Response>
class StreamCall final
    : public std::enable_shared_from_this<StreamCall<Service, Request, Response>> {
 public:
  using Method = StreamMethod<Service, Request, Response>;

  static void Open(std::shared_ptr<const Method> method, grpc::ServerCompletionQueue* queue) {
    auto call = std::make_shared<StreamCall>(std::move(method), queue);
    call->self_ = call;
    call->method_->adapter->Enter();
    call->grpc_context_.AsyncNotifyWhenDone(&call->done_);
    (call->method_->service->*call->method_->take)(&call->grpc_context_, &call->request_,
                                                   &call->writer_, queue, queue, &call->taken_);
  }

  StreamCall(std::shared_ptr<const Method> method, grpc::ServerCompletionQueue* queue)
      : method_(std::move(method)), queue_(queue), writer_(&grpc_context_) {}
  ~StreamCall() {
    stream_.reset();
    if (entered_stream_) method_->adapter->LeaveStream();
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
    if (!method_->adapter->stopping()) Open(method_, queue_);
    auto context = method_->adapter->Admit(*method_->access, grpc_context_, request_);
    if (!context.ok()) return Finish(context.status());
    context_ = *std::move(context);
    entered_stream_ = method_->adapter->EnterStream();
    if (!entered_stream_) {
      return Finish(
          engine::Reject(v1::REJECTION_REASON_LIMIT_REACHED, "", "", "fewer open streams"));
    }
    auto stream = method_->handler(method_->adapter->backend(), context_, request_);
    if (!stream.ok()) return Finish(stream.status());
    stream_ = *std::move(stream);
    ReadSoon();
  }

  void ReadSoon() {
    method_->adapter->backend().workers->Post([self = this->shared_from_this()] { self->Read(); });
  }

  void Read() {
    const Backend& backend = method_->adapter->backend();
    if (cancelled_) return Finish(absl::CancelledError("the client left"));
    if (method_->adapter->stopping()) {
      return Finish(engine::Reject(v1::REJECTION_REASON_OVERLOADED, "", "",
                                   "to go on elsewhere: the server is stopping"));
    }
    if (!StillAdmitted(context_.caller, *backend.sequencer->published())) {
      return Finish(
          engine::Reject(v1::REJECTION_REASON_NOT_SIGNED_IN, "", "", "an account in use"));
    }
    message_.Clear();
    auto next = stream_->Read(&message_);
    if (!next.ok()) return Finish(next.status());
    switch (*next) {
      case Stream::Next::kSend:
        return writer_.Write(message_, &written_);
      case Stream::Next::kAgain:
        return ReadSoon();
      case Stream::Next::kWait:
        return Wait();
      case Stream::Next::kEnd:
        return Finish(absl::OkStatus());
    }
  }

  void Wait() {
    Self self = this->shared_from_this();
    const Sequencer* sequencer = method_->adapter->backend().sequencer;
    Watcher* watcher = method_->adapter->watcher();
    const uint64_t waiter = watcher->NewId();
    waiter_ = waiter;
    watcher->Add(
        waiter, stream_->seen(),
        [self, sequencer](const storage::View& view) {
          bool ends = self->cancelled_ || self->method_->adapter->stopping() ||
                      !StillAdmitted(self->context_.caller, *sequencer->published());
          return ends ? absl::InfinitePast() : self->stream_->Due(view);
        },
        [self] { self->ReadSoon(); });
    // The client may have left, or the server begun to stop, between the last look and Add.
    if (cancelled_ || method_->adapter->stopping()) Interrupt(waiter);
  }

  // Takes the turn from the watcher, if it has it.
  void Interrupt(uint64_t waiter) {
    if (method_->adapter->watcher()->Remove(waiter)) ReadSoon();
  }

  void Written(bool ok) {
    if (!ok) return Finish(absl::CancelledError("the client left"));
    ReadSoon();
  }

  void Done(bool) {
    if (grpc_context_.IsCancelled()) {
      cancelled_ = true;
      Interrupt(waiter_);
    }
    ReleaseIfOver();
  }

  void Finish(const absl::Status& status) { writer_.Finish(ToGrpc(status), &finished_); }
  void Finished(bool) { ReleaseIfOver(); }

  // gRPC still knows this call until it has told both that it is done and that it is finished.
  void ReleaseIfOver() {
    if (--events_left_ == 0) Release();
  }
  void Release() {
    Adapter* adapter = method_->adapter;
    self_.reset();  // may delete this
    adapter->Leave();
  }

  const std::shared_ptr<const Method> method_;
  grpc::ServerCompletionQueue* const queue_;
  grpc::ServerContext grpc_context_;
  Request request_;
  grpc::ServerAsyncWriter<Response> writer_;
  Response message_;
  CallContext context_;
  std::unique_ptr<Stream> stream_;
  bool entered_stream_ = false;
  std::atomic<bool> cancelled_ = false;
  std::atomic<uint64_t> waiter_ = 0;
  std::atomic<int> events_left_ = 2;
  Tag taken_{this, &StreamCall::Taken};
  Tag written_{this, &StreamCall::Written};
  Tag done_{this, &StreamCall::Done};
  Tag finished_{this, &StreamCall::Finished};
  Self self_;
};

// Registers the methods of one service. `Service` is the generated AsyncService.
template <class Service>
class Registration {
 public:
  explicit Registration(Adapter* adapter) : adapter_(adapter) {
    auto service = std::make_unique<Service>();
    service_ = service.get();
    adapter->AddService(std::move(service));
  }

  template <class Base, class Request, class Response>
  Registration& Unary(void (Base::*take)(grpc::ServerContext*, Request*,
                                         grpc::ServerAsyncResponseWriter<Response>*,
                                         grpc::CompletionQueue*, grpc::ServerCompletionQueue*,
                                         void*),
                      absl::string_view method, Handler<Request> handler) {
    auto shared = std::make_shared<const UnaryMethod<Base, Request, Response>>(
        UnaryMethod<Base, Request, Response>{adapter_, service_, take, &AccessOf(method),
                                             std::move(handler)});
    adapter_->AddOpener([shared](grpc::ServerCompletionQueue* queue) {
      for (int i = 0; i < kCallsAwaited; ++i) new UnaryCall<Base, Request, Response>(shared, queue);
    });
    return *this;
  }

  template <class Base, class Request, class Response>
  Registration& Streaming(void (Base::*take)(grpc::ServerContext*, Request*,
                                             grpc::ServerAsyncWriter<Response>*,
                                             grpc::CompletionQueue*, grpc::ServerCompletionQueue*,
                                             void*),
                          absl::string_view method, StreamHandler<Request> handler) {
    auto shared = std::make_shared<const StreamMethod<Base, Request, Response>>(
        StreamMethod<Base, Request, Response>{adapter_, service_, take, &AccessOf(method),
                                              std::move(handler)});
    adapter_->AddOpener([shared](grpc::ServerCompletionQueue* queue) {
      StreamCall<Base, Request, Response>::Open(shared, queue);
    });
    return *this;
  }

 private:
  // How many calls of a method wait on each queue, so that a burst finds them ready.
  static constexpr int kCallsAwaited = 8;

  Adapter* const adapter_;
  Service* service_;
};

}  // namespace brokerage::services::rpc
