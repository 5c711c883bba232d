// Everything comes to an end.
#pragma once

#include "tests/reference/workload.h"

namespace brokerage::engine::reference {

// People do what is left to do; then nothing is under way any more.
void EndEverything(Workload& work);

}  // namespace brokerage::engine::reference
