// What every question about figures has: what is counted from, and to whose figures the caller is
// limited.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "brokerage/journal/v1/figures.pb.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "engine/base/calendar.h"
#include "engine/model/caller.h"

namespace brokerage::engine {

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

}  // namespace brokerage::engine
