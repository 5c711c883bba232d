// Commands: a request goes to the sequencer with who asks and until when, and is remembered by its
// request id and by what the client sent.
#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/base/hash.h"
#include "engine/command.h"
#include "services/rpc/call.h"
#include "services/rpc/postcodes.h"

namespace brokerage::services::rpc {

// Errors: FIELD_REQUIRED for an empty one.
absl::Status CheckRequestId(const std::string& request_id);

// Of a request as the client sent it: what the server fills in may be another thing when it is
// repeated. Requests have no maps: equal content, equal bytes.
template <typename Request>
std::string ContentHash(const Request& sent) {
  return engine::HashOf(sent.SerializeAsString());
}

// Submits a request with all that was filled in; `content_hash` is of what the client sent, so that
// a repeat gets the first outcome. REQUIRES: it has a request_id.
template <typename Request>
void SubmitFilledIn(const Backend& backend, const CallContext& context, Request filled_in,
                    std::string content_hash, Done done) {
  std::string request_id = filled_in.request_id();
  backend.sequencer->Submit(context.caller, engine::Request(std::move(filled_in)),
                            std::move(request_id), std::move(content_hash), context.deadline,
                            std::move(done));
}

// Fills in what a request may leave out, before it is queued, so that the journal has it; nothing
// by default.
template <typename Request>
absl::Status FillIn(const Backend& backend, const CallContext& context, Request* request) {
  return absl::OkStatus();
}
// The ward of a referral that has a postcode alone.
template <>
inline absl::Status FillIn(const Backend& backend, const CallContext& context,
                           v1::SubmitPackageRequest* request) {
  if (!request->has_referral()) return absl::OkStatus();
  return FillWard(backend, context, request->mutable_referral());
}
template <>
inline absl::Status FillIn(const Backend& backend, const CallContext& context,
                           v1::PreviewPackageRequest* request) {
  if (!request->has_referral()) return absl::OkStatus();
  return FillWard(backend, context, request->mutable_referral());
}

// Submits a request that has a request_id. Errors: FIELD_REQUIRED without it, what FillIn refuses,
// and all of the engine's.
template <typename Request>
void SubmitCommand(const Backend& backend, const CallContext& context, Request& request,
                   Done done) {
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return done(status);
  std::string content_hash = ContentHash(request);
  if (absl::Status status = FillIn(backend, context, &request); !status.ok()) {
    // A repeat gets its first outcome, whatever became of the postcode since.
    auto known = backend.store->FindOutcome(context.caller.account_id, request.request_id());
    if (!known.ok()) return done(known.status());
    if (!known->has_value()) return done(status);
  }
  SubmitFilledIn(backend, context, std::move(request), std::move(content_hash), std::move(done));
}

// Submits a question that only the engine can answer. It changes nothing and is not remembered.
template <typename Request>
void SubmitQuestion(const Backend& backend, const CallContext& context, Request& request,
                    Done done) {
  if (absl::Status status = FillIn(backend, context, &request); !status.ok()) return done(status);
  backend.sequencer->Submit(context.caller, engine::Request(std::move(request)), "", "",
                            context.deadline, std::move(done));
}

template <typename Request>
Handler Command() {
  return HandlerOf<Request>(SubmitCommand<Request>);
}

}  // namespace brokerage::services::rpc
