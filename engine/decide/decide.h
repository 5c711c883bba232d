// Any command: its decision, and its reply. The one place that knows every subject; a request
// without a Decide or without a Reply does not compile.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/base/calendar.h"
#include "engine/command.h"
#include "engine/model/state.h"

namespace brokerage::engine {

// The facts that the command comes to, or a refusal.
absl::StatusOr<Decision> Decide(const State& state, const ZoneFinder& zones, const Command& command,
                                absl::Time now);
// The answer to a command whose facts were applied to the state; null where nobody waits for one,
// or Decide has found it (Decision::reply).
std::unique_ptr<google::protobuf::Message> Reply(const State& state, const ZoneFinder& zones,
                                                 const Command& command, const Decision& decision);

}  // namespace brokerage::engine
