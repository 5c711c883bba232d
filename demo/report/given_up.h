// What was given up, and what was taken from a contract that ended.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "demo/council/council.h"
#include "demo/council/notes.h"

namespace brokerage::demo {

// Prints where the packages of each transfer went.
absl::Status PrintTransfers(const Council& council, const std::vector<OwnedPackage>& transfers);

// Prints which awarded packages were returned or handed back, by whom, whose cause it was, and what
// became of each or of the package that follows it; the latest first.
absl::Status PrintGivenUp(const Council& council, const std::vector<GivenUp>& given_up);

}  // namespace brokerage::demo
