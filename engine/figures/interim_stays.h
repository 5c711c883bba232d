// How people left interim services: what became of them, how long they stayed, and what followed.
#pragma once

#include "absl/status/statusor.h"
#include "engine/figures/performance.h"

namespace brokerage::engine {

// From one roll-up a day, lot and authority, whatever the period. REQUIRES: a scope that is limited
// to no provider. Errors: FIELD_REQUIRED, FIELD_INVALID, NOT_FOUND (the framework, the authority).
absl::StatusOr<v1::QueryInterimStaysResponse> QueryInterimStays(
    const v1::QueryInterimStaysRequest& request, const PerformanceScope& scope,
    const Directory& directory, const FigureSource& source);

}  // namespace brokerage::engine
