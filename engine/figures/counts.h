// Sums of counts.
#pragma once

#include "brokerage/v1/figures.pb.h"
#include "brokerage/v1/performance_service.pb.h"

namespace brokerage::engine {

// Adds every count.
void AddCounts(const v1::Counts& from, v1::Counts* to);
void AddCounts(const v1::PackageCounts& from, v1::PackageCounts* to);

}  // namespace brokerage::engine
