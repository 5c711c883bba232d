// An administrator gives back what an outage took.
#pragma once

#include "tests/reference/workload.h"

namespace brokerage::engine::reference {

// Of some hours until now, or some hours before that, or about a deadline.
void ExtendDeadlines(Workload& work);

}  // namespace brokerage::engine::reference
