// Packages are submitted.
#pragma once

#include "brokerage/v1/package.pb.h"
#include "tests/reference/random_framework.h"
#include "tests/reference/workload_acts.h"

namespace brokerage::engine::reference {

const std::vector<WorkloadAct>& ReferralActs();
// Visits that add up to the terms' minutes, or none.
void ListVisits(Dice* dice, v1::PackageTerms* terms);
// As anybody might refer them.
v1::PackageTerms RandomTerms(Workload& work);

}  // namespace brokerage::engine::reference
