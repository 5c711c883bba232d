// Care navigation confirms awards, and at times gives a package to another.
#pragma once

#include "tests/reference/workload_acts.h"

namespace brokerage::engine::reference {

const std::vector<WorkloadAct>& AwardActs();

}  // namespace brokerage::engine::reference
