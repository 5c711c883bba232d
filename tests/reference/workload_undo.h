// Who undoes what was a mistake.
#pragma once

#include <vector>

#include "tests/reference/workload.h"
#include "tests/reference/workload_acts.h"

namespace brokerage::engine::reference {

const std::vector<WorkloadAct>& UndoActs();

}  // namespace brokerage::engine::reference
