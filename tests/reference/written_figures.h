// Figures from the rows that an engine wrote.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "engine/figures/performance.h"
#include "engine/model/tables.h"

namespace brokerage::engine::reference {

class WrittenFigures : public FigureSource {
 public:
  explicit WrittenFigures(const std::map<std::pair<Table, std::string>, std::string>& rows) {
    for (const auto& [key, value] : rows) {
      if (key.first == Table::kRollups) rollups_[key.second].ParseFromString(value);
      if (key.first == Table::kOfferFacts) facts_.emplace_back().ParseFromString(value);
    }
  }

  void ForEachRollup(absl::string_view prefix,
                     absl::FunctionRef<void(const journal::v1::RollupRow&)> visit) const override {
    for (const auto& [key, row] : rollups_) {
      if (absl::StartsWith(key, prefix)) visit(row);
    }
  }
  void ForEachOfferFact(
      absl::string_view framework_id, DateNumber from, DateNumber to,
      absl::FunctionRef<void(const journal::v1::OfferFact&)> visit) const override {
    for (const journal::v1::OfferFact& fact : facts_) {
      if (fact.issued_date() >= from && (to == 0 || fact.issued_date() < to)) visit(fact);
    }
  }
  void ForEachOfferFactOfPackage(
      uint64_t package_number,
      absl::FunctionRef<void(const journal::v1::OfferFact&)> visit) const override {
    for (const journal::v1::OfferFact& fact : facts_) {
      if (fact.package_number() == package_number) visit(fact);
    }
  }
  int64_t sequence() const override { return 7; }

  const std::map<std::string, journal::v1::RollupRow>& rollups() const { return rollups_; }

 private:
  std::map<std::string, journal::v1::RollupRow> rollups_;
  std::vector<journal::v1::OfferFact> facts_;  // by framework, date, package, ordinal
};

}  // namespace brokerage::engine::reference
