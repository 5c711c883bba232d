// Silences by postcode area, where providers opt in by area.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "demo/council/council.h"
#include "demo/council/notes.h"

namespace brokerage::demo {

// Prints where providers are silent that answer elsewhere, for review; and the areas that were
// ended.
absl::Status PrintAreas(const Council& council, const std::vector<EndedArea>& areas);

}  // namespace brokerage::demo
