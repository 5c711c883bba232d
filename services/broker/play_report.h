// What stands at the end of a played week, as care navigation and its commissioner would read it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/broker/play_week.h"
#include "services/broker/play_world.h"

namespace brokerage::broker {

// Prints the story of the most eventful of the packages, the waiting list, and each contract's
// compliance.
absl::Status PrintReport(const World& world, const std::vector<PlayedPackage>& packages);

// Prints commands that can be tried next, with ids that exist.
absl::Status PrintNextCommands(const World& world, const std::string& program,
                               const std::string& address,
                               const std::vector<PlayedPackage>& packages);

}  // namespace brokerage::broker
