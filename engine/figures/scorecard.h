// The scorecard of a framework: who answers, who takes restarts, who never answers, and where care
// is covered on paper only. And the response rates of all providers with nobody named. docs/kpi.md
// has the definitions.
#pragma once

#include "absl/status/statusor.h"
#include "engine/figures/performance.h"

namespace brokerage::engine {

// Settled offers to a branch in a ward before the pair may be listed, unless the question says how
// many.
inline constexpr int32_t kUnservedDueMinDefault = 3;
// What is told of providers without their names is told of at least so many: of fewer, each could
// work out the others.
inline constexpr int kUnnamedProvidersMin = 5;

// Scans the offers of the period once; opportunities come from roll-ups where the period is whole
// months. A row for each provider that was issued an offer in the period, as issued. A caller that
// is limited to a provider sees its own row (a branch: of its own offers), its own wards, and the
// market's rates without their counts where enough providers have a rate. Errors: FIELD_REQUIRED,
// FIELD_INVALID, NOT_FOUND (the framework: for a provider, one in which it never held a contract).
absl::StatusOr<v1::QueryScorecardResponse> QueryScorecard(const v1::QueryScorecardRequest& request,
                                                          const PerformanceScope& scope,
                                                          const Directory& directory,
                                                          const FigureSource& source);

// From roll-ups where the period is whole months. Errors: as QueryScorecard, and NOT_SUPPORTED to a
// provider where the framework's rules have no anonymous_comparison.
absl::StatusOr<v1::QueryDistributionResponse> QueryDistribution(
    const v1::QueryDistributionRequest& request, const PerformanceScope& scope,
    const Directory& directory, const FigureSource& source);

}  // namespace brokerage::engine
