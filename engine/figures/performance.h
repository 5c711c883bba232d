// Counts and rates in any slice, as docs/kpi.md defines them. Pure functions of a question, the
// directory, and figures that somebody else reads: storage over one snapshot, or a test's double.
#pragma once

#include "absl/status/statusor.h"
#include "brokerage/v1/performance_service.pb.h"
#include "engine/figures/source.h"
#include "engine/model/directory.h"

namespace brokerage::engine {

// Answers from roll-ups where the period is whole months (or open) and a roll-up has every
// dimension asked for; otherwise scans: for offers the facts of the period; for units also, one
// package after the other, all offers of the packages that had one in the period, because a unit's
// class may hang on an offer issued later, and its period on one issued before. Without group_by
// there is exactly one row. Errors: FIELD_REQUIRED, FIELD_INVALID, NOT_FOUND (the framework), each
// with the field's path from the request.
absl::StatusOr<v1::QueryPerformanceResponse> QueryPerformance(const v1::PerformanceQuery& query,
                                                              const PerformanceScope& scope,
                                                              const Directory& directory,
                                                              const FigureSource& source);

}  // namespace brokerage::engine
