// What happens to packages beside their rounds: placings, questions, packages that go on.
#pragma once

#include <vector>

#include "tests/reference/workload.h"
#include "tests/reference/workload_acts.h"

namespace brokerage::engine::reference {

const std::vector<WorkloadAct>& LifeActs();

}  // namespace brokerage::engine::reference
