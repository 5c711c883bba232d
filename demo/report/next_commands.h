// What can be tried next.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "demo/council/council.h"
#include "demo/council/notes.h"

namespace brokerage::demo {

// Prints commands that can be tried next, with ids that exist.
absl::Status PrintNextCommands(const Council& council, const std::string& program,
                               const std::string& address,
                               const std::vector<OwnedPackage>& packages);

}  // namespace brokerage::demo
