// Who responds, against the framework's target and bands.
#pragma once

#include "absl/status/status.h"
#include "demo/council/council.h"

namespace brokerage::demo {

// Prints who responds, at what risk and in which band, by quarter and by provider; who never does.
absl::Status PrintResponses(const Council& council, int unserved_due_min);

}  // namespace brokerage::demo
