// What people do to the directory, and new revisions of the framework.
#pragma once

#include "tests/reference/workload_acts.h"

namespace brokerage::engine::reference {

const std::vector<WorkloadAct>& DirectoryActs();

}  // namespace brokerage::engine::reference
