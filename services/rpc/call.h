// What a handler is given: who calls, until when, and what it may work on. Handlers know nothing of
// gRPC.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/command.h"
#include "google/protobuf/message.h"
#include "services/core/clock.h"
#include "services/core/directory_snapshot.h"
#include "services/core/sequencer.h"
#include "services/rpc/options.h"
#include "services/rpc/places.h"
#include "services/rpc/workers.h"
#include "storage/store.h"

namespace brokerage::services::rpc {

// One admitted call.
struct CallContext {
  engine::Caller caller;
  absl::Time deadline = absl::InfiniteFuture();        // the client's
  std::shared_ptr<const DirectorySnapshot> published;  // when it was admitted
  // Whether the caller left before the answer; null where the call is not told.
  std::shared_ptr<const std::atomic<bool>> left;
};

// What every handler works on. All of it outlives the calls.
struct Backend {
  Sequencer* sequencer = nullptr;
  storage::Store* store = nullptr;
  Clock* clock = nullptr;
  const ServerOptions* options = nullptr;
  Workers* workers = nullptr;       // for what takes a part of a second at most
  Workers* long_workers = nullptr;  // for backups, replays and the like
  Workers* file_workers = nullptr;  // for files that people send, and what is played under them
  Places* file_checks = nullptr;    // of frameworks, under way or waiting
  Places* previews = nullptr;
};

// Whether nobody waits for the answer any more: the caller left, or the deadline passed. Cheap. Any
// thread.
inline bool IsAbandoned(const Backend& backend, const CallContext& context) {
  if (context.left != nullptr && *context.left) return true;
  return context.deadline != absl::InfiniteFuture() &&
         context.deadline <= backend.clock->MachineNow();
}

// What only so many calls do at once. Each has its place before its request is read, until it is
// answered.
struct Bounded {
  Places* Backend::*places = nullptr;  // null: any number
  absl::string_view what;              // in the words of Places::Enter
};

// Answers a unary call: calls Done once, from any thread. The context and the request are the
// call's and stay until then; what the handler needs it may take out of the request.
struct Handler {
  using Answer =
      std::function<void(const Backend&, const CallContext&, google::protobuf::Message&, Done)>;
  const google::protobuf::Descriptor* takes;  // the type of the request
  Answer answer;
  bool told_of_leaving = false;  // CallContext::left
  Bounded bounded = {};
};

template <typename AnyHandler>
AnyHandler At(Places* Backend::*places, absl::string_view what, AnyHandler handler) {
  handler.bounded = {places, what};
  return handler;
}

// For what takes long: it is told when the caller leaves.
inline Handler WhileAwaited(Handler handler) {
  handler.told_of_leaving = true;
  return handler;
}

template <typename Request>
Handler HandlerOf(void (*answer)(const Backend&, const CallContext&, Request&, Done)) {
  return {Request::descriptor(), [answer](const Backend& backend, const CallContext& context,
                                          google::protobuf::Message& request, Done done) {
            answer(backend, context, static_cast<Request&>(request), std::move(done));
          }};
}

// One server stream, without a thread of its own: it is asked for the next message when the last
// one is written.
class Stream {
 public:
  virtual ~Stream() = default;

  enum class Next {
    kSend,   // *message is to be sent
    kAgain,  // nothing yet, and more to read: ask again, others first
    kWait,   // nothing until Due
    kEnd,    // that was all: the stream ends well
  };
  // REQUIRES: *message is of the method's response type. An error ends the stream.
  virtual absl::StatusOr<Next> Read(google::protobuf::Message* message) = 0;
  // When Read may have something, as far as the view tells: InfinitePast is now, InfiniteFuture is
  // not before another commit. Cheap: asked after commits. Never at the same time as Read.
  virtual absl::Time Due(const storage::View& view) const = 0;
  // The journal sequence as of which Read last said kWait.
  virtual uint64_t seen() const = 0;
};

// Begins a stream. The context and the request are the call's and stay as long as the stream.
struct StreamHandler {
  using Begin = std::function<absl::StatusOr<std::unique_ptr<Stream>>(
      const Backend&, const CallContext&, const google::protobuf::Message&)>;
  const google::protobuf::Descriptor* takes;  // the type of the request
  Begin begin;
  Workers* Backend::*reads_on = &Backend::workers;
  Bounded bounded = {};
};

// For a stream whose reads take long.
inline StreamHandler OnFileWorkers(StreamHandler handler) {
  handler.reads_on = &Backend::file_workers;
  return handler;
}

template <typename Request>
StreamHandler StreamHandlerOf(absl::StatusOr<std::unique_ptr<Stream>> (*begin)(const Backend&,
                                                                               const CallContext&,
                                                                               const Request&)) {
  return {Request::descriptor(), [begin](const Backend& backend, const CallContext& context,
                                         const google::protobuf::Message& request) {
            return begin(backend, context, static_cast<const Request&>(request));
          }};
}

}  // namespace brokerage::services::rpc
