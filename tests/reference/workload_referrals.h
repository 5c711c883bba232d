// Packages are submitted.
#pragma once

#include "brokerage/v1/package.pb.h"
#include "tests/reference/workload_acts.h"

namespace brokerage::engine::reference {

const std::vector<WorkloadAct>& ReferralActs();
// As anybody might refer them.
v1::PackageTerms RandomTerms(Workload& work);

}  // namespace brokerage::engine::reference
