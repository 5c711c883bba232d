// Claims that an offer was issued in error, and offers that move to another branch.
#pragma once

#include "tests/reference/workload_acts.h"

namespace brokerage::engine::reference {

const std::vector<WorkloadAct>& OfferActs();

}  // namespace brokerage::engine::reference
