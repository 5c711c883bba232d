// What stands at the end of a played week, as care navigation and its commissioner would read it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/broker/play_week.h"
#include "services/broker/play_world.h"

namespace brokerage::broker {

// Prints the story of the most eventful of the packages, the waiting list, where the packages of
// each transfer went, and what the framework's rules ask for: responses and their bands, the rates
// without names, contracts' compliance, or figures by authority and lot.
absl::Status PrintReport(const World& world, const std::vector<PlayedPackage>& packages,
                         const std::vector<PlayedPackage>& transfers);

// Prints commands that can be tried next, with ids that exist.
absl::Status PrintNextCommands(const World& world, const std::string& program,
                               const std::string& address,
                               const std::vector<PlayedPackage>& packages);

}  // namespace brokerage::broker
