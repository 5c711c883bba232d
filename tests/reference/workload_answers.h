// Branches answer their offers.
#pragma once

#include "tests/reference/workload_acts.h"

namespace brokerage::engine::reference {

const std::vector<WorkloadAct>& AnswerActs();

}  // namespace brokerage::engine::reference
