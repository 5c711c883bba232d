// Packages as the care navigation of their authorities sees them.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "brokerage/v1/package.pb.h"
#include "demo/council/council.h"
#include "demo/council/notes.h"

namespace brokerage::demo {

absl::StatusOr<v1::Package> GetPackage(const Council& council, const OwnedPackage& one);

// All packages in these states (none: in any), as a list has them: without offers.
absl::StatusOr<std::vector<v1::Package>> AllPackages(const Council& council,
                                                     const std::vector<v1::PackageState>& states);

}  // namespace brokerage::demo
