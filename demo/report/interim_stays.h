// Stays in interim services.
#pragma once

#include "absl/status/status.h"
#include "demo/council/council.h"

namespace brokerage::demo {

// Prints who was in an interim service, how long, and what followed.
absl::Status PrintInterim(const Council& council);

}  // namespace brokerage::demo
