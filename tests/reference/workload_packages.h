// Care navigation releases, reissues, starts, returns, ends and transfers packages.
#pragma once

#include "engine/model/package.h"
#include "tests/reference/workload_acts.h"

namespace brokerage::engine::reference {

const std::vector<WorkloadAct>& PackageActs();
// On the same terms, or on others.
void Reissue(Workload& work, const PackageAggregate& package);

}  // namespace brokerage::engine::reference
