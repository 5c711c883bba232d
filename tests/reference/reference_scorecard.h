// The scorecard, from sections 1, 2 and 4 of the definitions of the key figures and from nothing
// else.
#pragma once

#include <string>

#include "brokerage/v1/performance_service.pb.h"
#include "tests/reference/reference_figures.h"

namespace brokerage::engine::reference {

// Who asks: everybody's figures without a provider; with one its own, with a branch that branch's.
struct ReferenceViewer {
  std::string provider_id;
  std::string branch_id;
};

v1::QueryScorecardResponse ReferenceScorecard(const ReferenceHistory& history,
                                              const v1::FrameworkRules& rules,
                                              const v1::QueryScorecardRequest& request,
                                              const ReferenceViewer& viewer);
// REQUIRES: the rules let providers be compared, or no provider asks.
v1::QueryDistributionResponse ReferenceDistribution(const ReferenceHistory& history,
                                                    const v1::FrameworkRules& rules,
                                                    const v1::QueryDistributionRequest& request,
                                                    const ReferenceViewer& viewer);

}  // namespace brokerage::engine::reference
