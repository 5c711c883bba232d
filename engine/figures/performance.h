// Counts and rates in any slice, as docs/kpi.md defines them. Pure functions of a question, the
// directory, and figures that somebody else reads: storage over one snapshot, or a test's double.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "brokerage/v1/performance_service.pb.h"
#include "engine/base/calendar.h"
#include "engine/model/directory.h"

namespace brokerage::engine {

struct Caller;

// What is kept to count from, all of one moment.
class FigureSource {
 public:
  virtual ~FigureSource() = default;
  // The roll-ups whose key begins with the prefix, see RollupTable.
  virtual void ForEachRollup(
      absl::string_view prefix,
      absl::FunctionRef<void(const journal::v1::RollupRow&)> visit) const = 0;
  // The framework's offers issued on `from` or later and before `to`; 0 leaves that end open.
  virtual void ForEachOfferFact(
      absl::string_view framework_id, DateNumber from, DateNumber to,
      absl::FunctionRef<void(const journal::v1::OfferFact&)> visit) const = 0;
  // Every offer that the package ever had, by ordinal.
  virtual void ForEachOfferFactOfPackage(
      uint64_t package_number,
      absl::FunctionRef<void(const journal::v1::OfferFact&)> visit) const = 0;
  // The journal sequence at which all of it holds.
  virtual int64_t sequence() const = 0;
};

// To whose figures a caller is limited; what is empty does not limit. What lies outside is as
// unknown to him as what does not exist. REQUIRES: with a branch, its provider.
struct PerformanceScope {
  std::string provider_id;
  std::string branch_id;
  std::vector<std::string> authority_ids;
  // Only frameworks of which this authority is one of the authorities, one that only reads
  // included.
  std::optional<std::string> member_authority_id;

  bool LimitedToProvider() const { return !provider_id.empty() || !branch_id.empty(); }
};

// A provider is limited to its own figures, a branch to its branch's; care navigation and
// commissioners see whole markets, those of their authority's frameworks, an administrator those of
// all.
PerformanceScope ScopeOf(const Caller& caller);

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
