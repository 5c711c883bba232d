// Contracts against their minimum pick-up.
#pragma once

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "brokerage/v1/framework.pb.h"
#include "demo/council/council.h"

namespace brokerage::demo {

// Whether a tier of the framework has a minimum.
bool HasMinimum(const v1::FrameworkRules& rules);
// Prints every contract since the framework began, with its minimum if it has one.
absl::Status PrintCompliance(const Council& council);
// Where a quarter ends in this Monday's week, prints every contract with a minimum, and the
// sanctions that are proposed. Nothing otherwise.
absl::Status PrintQuarterOf(const Council& council, absl::CivilDay monday);

}  // namespace brokerage::demo
