// What happens to packages that somebody has: care rests and goes on, terms change, and the branch
// answers what it is asked.
#pragma once

#include <vector>

#include "tests/reference/workload.h"
#include "tests/reference/workload_acts.h"

namespace brokerage::engine::reference {

const std::vector<WorkloadAct>& RunningActs();

}  // namespace brokerage::engine::reference
