// What stands at the end of a played week, as care navigation and its commissioner would read it.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "demo/council.h"
#include "demo/notes.h"

namespace brokerage::demo {

// Prints the story of the most eventful of the packages, the waiting list, what was noted while the
// weeks were played, and what the framework's rules ask for: responses and their bands, silences by
// area, who sees what, prices, interim stays, contracts' compliance, or figures by lot. Wards that
// are never taken are listed from so many offers due; 0 leaves that to the server.
absl::Status PrintReport(const World& world, const std::vector<PlayedPackage>& packages,
                         const PlayNotes& notes, int unserved_due_min);

// Prints commands that can be tried next, with ids that exist.
absl::Status PrintNextCommands(const World& world, const std::string& program,
                               const std::string& address,
                               const std::vector<PlayedPackage>& packages);

}  // namespace brokerage::demo
