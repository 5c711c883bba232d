// Who sees what.
#pragma once

#include "absl/status/status.h"
#include "demo/council/council.h"

namespace brokerage::demo {

// Prints what each authority sees of the others: packages never, figures always.
absl::Status PrintSharing(const Council& council);
// Prints every provider's response by authority, as those who only read see it, and a provider.
absl::Status PrintAsTheHub(const Council& council);

}  // namespace brokerage::demo
