// Compliance: each contract's settled pick-up rate against its contracted minimum.
#pragma once

#include "absl/status/statusor.h"
#include "engine/figures/performance.h"

namespace brokerage::engine {

// On fewer settled units than this no sanction is proposed, unless the framework says how many.
inline constexpr int kSanctionUnitsDefault = 10;

// A row for every contract that was in force in the period or has figures in it, under the provider
// that holds it at the period's end, or on `today` if that is sooner; by lot, then the tier's
// order, then contract. A contract that was novated has a row for each provider with figures: a
// successor does not answer for its predecessor. Errors: FIELD_REQUIRED, FIELD_INVALID, NOT_FOUND
// (the framework).
absl::StatusOr<v1::QueryComplianceResponse> QueryCompliance(
    const v1::QueryComplianceRequest& request, const PerformanceScope& scope,
    const Directory& directory, const FigureSource& source, DateNumber today);

}  // namespace brokerage::engine
