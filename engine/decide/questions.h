// Questions about packages that are out: asked by one branch, seen by every branch of the round.
#pragma once

#include "brokerage/v1/offer_service.pb.h"
#include "brokerage/v1/package_service.pb.h"
#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::AskQuestionRequest& request, Decision* out);
v1::AskQuestionResponse Reply(const After& after, const v1::AskQuestionRequest& request);
absl::Status Decide(const Context& in, const v1::AnswerQuestionRequest& request, Decision* out);
v1::AnswerQuestionResponse Reply(const After& after, const v1::AnswerQuestionRequest& request);

}  // namespace brokerage::engine
