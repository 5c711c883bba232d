// The waiting list.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "brokerage/v1/package.pb.h"
#include "demo/council/council.h"

namespace brokerage::demo {

// Who waits, problems first; without offers.
absl::StatusOr<std::vector<v1::Package>> WaitingPackages(const Council& council);

absl::Status PrintWaitingList(const Council& council);

}  // namespace brokerage::demo
