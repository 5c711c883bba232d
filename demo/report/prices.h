// Awards by price.
#pragma once

#include "absl/status/status.h"
#include "demo/council/council.h"

namespace brokerage::demo {

// Prints awards by price level, those outside floor and ceiling with their reasons, and whom a need
// for high dependency kept out.
absl::Status PrintPrices(const Council& council);

}  // namespace brokerage::demo
