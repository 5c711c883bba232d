// Any request: its decision, and its reply. The one place that knows every subject; a request
// without a Decide or without a Reply does not compile.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "engine/command.h"
#include "engine/decide/context.h"

namespace brokerage::engine {

// The facts that the request comes to, or a refusal.
absl::StatusOr<Decision> Decide(const Context& in, const Request& request);
// The answer to a request whose facts were applied; null where nobody waits for one, or Decide has
// found it (Decision::reply).
std::unique_ptr<google::protobuf::Message> MakeReply(const After& after, const Request& request);

}  // namespace brokerage::engine
