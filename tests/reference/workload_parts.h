// Acceptances in part, and packages that are linked.
#pragma once

#include <vector>

#include "tests/reference/workload.h"
#include "tests/reference/workload_acts.h"

namespace brokerage::engine::reference {

// Now and then the branch accepts some of the visits alone.
void AcceptInPart(const PackageAggregate& package, const journal::v1::OfferRow& offer,
                  v1::AcceptOfferRequest* request);

const std::vector<WorkloadAct>& PartActs();

}  // namespace brokerage::engine::reference
