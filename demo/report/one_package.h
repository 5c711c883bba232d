// One package from start to end.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "demo/council/council.h"
#include "demo/council/notes.h"

namespace brokerage::demo {

// Prints all that happened to the most eventful of the packages.
absl::Status PrintOnePackage(const Council& council, const std::vector<OwnedPackage>& packages);

}  // namespace brokerage::demo
