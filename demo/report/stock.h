// Packages that ran before, as the report has them.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "demo/council/council.h"
#include "demo/council/notes.h"

namespace brokerage::demo {

// Prints how many were moved onto which contracts, by lot.
absl::Status PrintStock(const Council& council, const std::vector<MovedPackage>& stock);

}  // namespace brokerage::demo
