// A question about figures that was checked, and its counting: what performance and compliance have
// in common.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/figures/performance.h"

namespace brokerage::engine {

struct FigurePeriodDates {
  DateNumber from = 0;  // 0 is open
  DateNumber to = 0;    // exclusive; 0 is open

  bool Holds(DateNumber date) const { return date >= from && (to == 0 || date < to); }
  bool IsWholeMonths() const;
};

struct FigureQuery {
  const v1::FrameworkRules* rules = nullptr;
  FigurePeriodDates period;
  v1::CountUnit unit = v1::COUNT_UNIT_OFFER;
  std::vector<v1::Dimension> group_by;
  // The values admitted for each dimension; the scope's limits are among them.
  std::map<v1::Dimension, std::set<std::string>> filters;
};

// Fields are named with `prefix` before them. A framework outside the scope is as unknown as one
// that does not exist.
absl::StatusOr<const v1::FrameworkRules*> CheckFramework(const std::string& prefix,
                                                         const std::string& framework_id,
                                                         const PerformanceScope& scope,
                                                         const Directory& directory);
absl::StatusOr<FigurePeriodDates> CheckPeriod(const std::string& prefix,
                                              const std::string& from_date,
                                              const std::string& to_date);
// Both dates are required.
absl::StatusOr<FigurePeriodDates> CheckClosedPeriod(const std::string& prefix,
                                                    const std::string& from_date,
                                                    const std::string& to_date);
absl::StatusOr<FigureQuery> CheckQuery(const v1::PerformanceQuery& query,
                                       const PerformanceScope& scope, const Directory& directory);
// Limits the filters to the scope.
void Narrow(const PerformanceScope& scope, FigureQuery* query);

using FigureGroup = std::vector<std::string>;  // values in the order of group_by

struct FigureTotals {
  v1::Counts live;
  v1::Counts settled;
};

struct FigureAnswer {
  std::map<FigureGroup, FigureTotals> groups;
  bool scanned = false;
};

FigureAnswer CountFigures(const FigureQuery& query, const Directory& directory,
                          const FigureSource& source);

// The packages by group; nothing where a dimension or filter is none that a package has, or the
// period is not whole months.
bool CanCountPackages(const FigureQuery& query, const Directory& directory);
std::map<FigureGroup, v1::PackageCounts> CountPackages(const FigureQuery& query,
                                                       const Directory& directory,
                                                       const FigureSource& source);

}  // namespace brokerage::engine
