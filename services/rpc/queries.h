// Queries: read what is durable and answer. Cheap ones run where they came in; the others on the
// workers.
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

// Has the work done on a worker, which may wait for what it reads or writes. Errors beside the
// work's own: OVERLOADED, DEADLINE_PASSED_IN_QUEUE.
void RunOnWorker(const Backend& backend, const CallContext& context, const Done& done,
                 std::function<void(const Done&)> work);

// Answers on a worker.
Handler OnWorker(Handler handler);

// Reads many rows.
template <typename Request, typename Response>
Handler Slow(Query<Request, Response> query) {
  return OnWorker(Cheap(query));
}

}  // namespace brokerage::services::rpc
