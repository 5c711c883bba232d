// What was referred and answered.
#pragma once

#include "absl/status/status.h"
#include "brokerage/v1/performance_service.pb.h"
#include "demo/council/council.h"

namespace brokerage::demo {

// Prints what was referred and what became of it, and how branches answered, by one dimension.
absl::Status PrintFigures(const Council& council, v1::Dimension dimension, const char* heading);

}  // namespace brokerage::demo
