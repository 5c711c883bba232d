// Commands: a request goes to the sequencer as it is, with who asks and until when.
#pragma once

#include <string>
#include <utility>

#include "engine/hash.h"
#include "engine/rejection.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

// Submits a request that has a request_id. Errors: FIELD_REQUIRED without it, and all of the
// engine's.
template <typename Request>
void SubmitCommand(const Backend& backend, const CallContext& context, Request& request,
                   Done done) {
  if (request.request_id().empty()) {
    return done(engine::Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "request_id", "",
                               "an id unique per account"));
  }
  std::string request_id = request.request_id();
  std::string content_hash =
      engine::HashOf(request.SerializeAsString());  // no maps: equal content, equal bytes
  backend.sequencer->Submit(context.caller, engine::Request(std::move(request)),
                            std::move(request_id), std::move(content_hash), context.deadline,
                            std::move(done));
}

// Submits a question that only the engine can answer. It changes nothing and is not remembered.
template <typename Request>
void SubmitQuestion(const Backend& backend, const CallContext& context, Request& request,
                    Done done) {
  backend.sequencer->Submit(context.caller, engine::Request(std::move(request)), "", "",
                            context.deadline, std::move(done));
}

template <typename Request>
Handler<Request> Command() {
  return SubmitCommand<Request>;
}

}  // namespace brokerage::services::rpc
