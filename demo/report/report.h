// What stands at the end of the weeks, as care navigation and its commissioner would read it.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "demo/council/council.h"
#include "demo/council/notes.h"

namespace brokerage::demo {

// Prints the most eventful of the packages, the waiting list, what was noted while the weeks ran,
// and what the framework's rules ask for: responses and their bands, silences by area, who sees
// what, prices, interim stays, contracts' compliance, or figures by lot. Wards that are never taken
// are listed from so many offers due; 0 leaves that to the server.
absl::Status PrintReport(const Council& council, const std::vector<OwnedPackage>& packages,
                         const Notes& notes, int unserved_due_min);

}  // namespace brokerage::demo
