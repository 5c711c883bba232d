// Commands: a request goes to the sequencer as it is, with who asks and until when.
#pragma once

#include <string>
#include <utility>

#include "engine/base/hash.h"
#include "engine/base/rejection.h"
#include "services/rpc/call.h"
#include "services/rpc/postcodes.h"

namespace brokerage::services::rpc {

// What of a request may be missing and is filled in before it is queued, so that the journal has
// it; nothing by default.
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
  if (request.request_id().empty()) {
    return done(engine::Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "request_id", "",
                               "an id unique per account"));
  }
  std::string request_id = request.request_id();
  // Of the request as it was sent: what is filled in may be another thing when it is repeated.
  std::string content_hash =
      engine::HashOf(request.SerializeAsString());  // no maps: equal content, equal bytes
  if (absl::Status status = FillIn(backend, context, &request); !status.ok()) {
    // A repeat gets its first outcome, whatever became of the postcode since.
    const bool repeat =
        backend.store->FindOutcome(context.caller.account_id, request_id).has_value();
    if (!repeat) return done(status);
  }
  backend.sequencer->Submit(context.caller, engine::Request(std::move(request)),
                            std::move(request_id), std::move(content_hash), context.deadline,
                            std::move(done));
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
Handler<Request> Command() {
  return SubmitCommand<Request>;
}

}  // namespace brokerage::services::rpc
