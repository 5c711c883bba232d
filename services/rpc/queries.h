// Queries: read what is durable and answer. Cheap ones run where they came in; the others on the
// workers.
#pragma once

#include <memory>
#include <utility>

#include "engine/base/rejection.h"
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
Handler<Request> Cheap(Query<Request, Response> query) {
  return [query](const Backend& backend, const CallContext& context, Request& request,
                 const Done& done) { done(ToReply(query(backend, context, request))); };
}

// Answers on a worker, which may wait for what it reads or writes. Errors beside the handler's own:
// OVERLOADED, DEADLINE_PASSED_IN_QUEUE.
template <typename Request>
Handler<Request> OnWorker(Handler<Request> handler) {
  return [handler = std::move(handler)](const Backend& backend, const CallContext& context,
                                        Request& request, const Done& done) {
    auto shared = std::make_shared<std::pair<CallContext, Request>>(context, std::move(request));
    bool posted = backend.workers->PostQuery([&backend, handler, shared, done] {
      if (shared->first.deadline <= backend.clock->MachineNow()) {
        return done(engine::Reject(v1::REJECTION_REASON_DEADLINE_PASSED_IN_QUEUE, "", "",
                                   "a longer deadline"));
      }
      handler(backend, shared->first, shared->second, done);
    });
    if (!posted) done(engine::Reject(v1::REJECTION_REASON_OVERLOADED, "", "", "a later try"));
  };
}

// Reads many rows.
template <typename Request, typename Response>
Handler<Request> Slow(Query<Request, Response> query) {
  return OnWorker(Cheap(query));
}

}  // namespace brokerage::services::rpc
