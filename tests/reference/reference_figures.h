// Counts, from sections 1 to 4 of the definitions of the key figures and from nothing else: every
// question walks over every offer there ever was.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "brokerage/journal/v1/figures.pb.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "brokerage/v1/performance_service.pb.h"
#include "engine/model/package.h"
#include "tests/reference/reference_directory.h"
#include "tests/reference/reference_routing.h"

namespace brokerage::engine::reference {

// One award as it was made.
struct ReferenceAward {
  uint64_t package_number = 0;
  int32_t ordinal = 0;
  DateNumber date = 0;
  int64_t weekly_minutes = 0;  // of the terms awarded
  // Given up before the start, and not for the provider's own cause; or the package was cancelled.
  bool undone = false;
  // Given up before the start, for whatever cause; or the package was cancelled.
  bool given_back = false;
  // Care navigation placed it: no award of a share; its minutes count where the framework says so.
  bool placed = false;
  bool hours_count = true;
  // The terms changed since: from which date on, by how many minutes.
  std::vector<std::pair<DateNumber, int64_t>> changes;
};

// A rule of the framework whose turn came for a package when nobody could be asked.
struct ReferencePassedOver {
  uint64_t package_number = 0;
  int32_t rule_number = 0;
  int32_t terms_version = 0;
  absl::Time time;
  std::vector<ReferenceVerdict> verdicts;  // of the reference
};

struct ReferenceHistory {
  const ReferenceDirectory* directory = nullptr;
  std::vector<const PackageAggregate*> packages;  // all
  std::vector<ReferenceAward> awards;
  const std::vector<ReferencePassedOver>* passed_over = nullptr;

  const PackageAggregate& Package(uint64_t number) const;
};

// What is counted as one: offers of one package, by ordinal.
struct ReferenceUnit {
  const journal::v1::PackageRow* package = nullptr;
  std::vector<const journal::v1::OfferRow*> offers;
  bool pick_up = false;

  const journal::v1::OfferRow& first() const { return *offers.front(); }
  v1::Counts Live() const;
  v1::Counts Settled() const;
};

// Restarts are in no unit, and placings in no pick-up and no opportunity.
std::vector<ReferenceUnit> ReferenceUnits(const ReferenceHistory& history, v1::CountUnit unit);
void AddCounts(const v1::Counts& more, v1::Counts* counts);

struct ReferenceTotals {
  v1::Counts live;
  v1::Counts settled;
};

// By group, of the units in the period and with the values of the filters.
std::map<std::vector<std::string>, ReferenceTotals> ReferenceQuery(
    const ReferenceHistory& history, const v1::PerformanceQuery& query);
// The value that a unit has in a dimension.
std::string ReferenceValue(const ReferenceDirectory& directory, const ReferenceUnit& unit,
                           v1::Dimension dimension);
v1::Rate ReferencePickUp(const v1::Counts& counts, const v1::FrameworkRules& rules);

// The packages of the query's period and filters whose values are `group`; the query's dimensions
// are those that a package has.
v1::PackageCounts ReferencePackages(const ReferenceHistory& history,
                                    const v1::PerformanceQuery& query,
                                    const std::vector<std::string>& group);

// Every roll-up there should be, by its dimensions written out; only those that count something.
std::map<std::string, journal::v1::RollupRow> ReferenceRollups(const ReferenceHistory& history);
// The same name for a row that the engine kept; empty if it counts nothing.
std::string RollupName(const journal::v1::RollupRow& row);

}  // namespace brokerage::engine::reference
