// Answers to offers, and moves of an offer to another branch of its provider.
#pragma once

#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::AcceptOfferRequest& request, Decision* out);
v1::AcceptOfferResponse Reply(const After& after, const v1::AcceptOfferRequest& request);

absl::Status Decide(const Context& in, const v1::DeclineOfferRequest& request, Decision* out);
v1::DeclineOfferResponse Reply(const After& after, const v1::DeclineOfferRequest& request);

absl::Status Decide(const Context& in, const v1::MoveOfferRequest& request, Decision* out);
v1::MoveOfferResponse Reply(const After& after, const v1::MoveOfferRequest& request);

}  // namespace brokerage::engine
