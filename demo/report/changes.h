// The contracts that changed, as the report has them.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "demo/council/council.h"
#include "demo/council/notes.h"

namespace brokerage::demo {

// Prints what became of the packages that were out across each change.
absl::Status PrintChanges(const Council& council, const std::vector<DayOfChange>& days);

}  // namespace brokerage::demo
