// Queries: read what is durable and answer. Cheap ones run where they came in; the others on
// workers, those that take seconds on workers of their own.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "services/rpc/call.h"

namespace brokerage::services::rpc {

template <typename Request, typename Response>
using Query = absl::StatusOr<Response> (*)(const Backend&, const CallContext&, const Request&);

template <typename Response>
Sequencer::Reply ToReply(absl::StatusOr<Response> response) {
  if (!response.ok()) return response.status();
  return std::shared_ptr<const google::protobuf::Message>(
      std::make_shared<Response>(*std::move(response)));
}

// Reads a few rows, or only what is in memory.
template <typename Request, typename Response>
Handler Cheap(Query<Request, Response> query) {
  return {Request::descriptor(), [query](const Backend& backend, const CallContext& context,
                                         google::protobuf::Message& request, const Done& done) {
            done(ToReply(query(backend, context, static_cast<const Request&>(request))));
          }};
}

// How long the work takes: a part of a second at most, or seconds and more, such as a replay.
enum class Work : uint8_t { kShort, kLong };

// Has the work done on a worker, in the account's turn; it may wait for what it reads or writes.
// Errors beside the work's own: OVERLOADED, DEADLINE_PASSED_IN_QUEUE.
void RunOnWorker(const Backend& backend, const CallContext& context, Work kind, const Done& done,
                 std::function<void(const Done&)> work);

// Answers on a worker.
Handler OnWorker(Handler handler,
                 std::function<Work(const google::protobuf::Message& request)> kind_of);
inline Handler OnLongWorker(Handler handler) {
  return OnWorker(std::move(handler), [](const auto&) { return Work::kLong; });
}

// Reads many rows.
template <typename Request, typename Response>
Handler Slow(Query<Request, Response> query) {
  return OnWorker(Cheap(query), [](const auto&) { return Work::kShort; });
}

}  // namespace brokerage::services::rpc
