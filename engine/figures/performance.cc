#include "engine/figures/performance.h"

#include <algorithm>

#include "engine/figures/query.h"
#include "engine/figures/rates.h"

namespace brokerage::engine {

namespace {

v1::Rates AllRates(const v1::Counts& counts, const FigureQuery& query, bool late_as_responded) {
  v1::Rates rates = RatesOf(counts, late_as_responded);
  if (query.unit == v1::COUNT_UNIT_PICK_UP) {
    *rates.mutable_pick_up() = PickUpRateOf(counts, query.rules->pick_up_numerator());
  }
  return rates;
}

// Rounds are numbers: 2 comes before 10. All other values sort as they are written.
class GroupOrder {
 public:
  explicit GroupOrder(const std::vector<v1::Dimension>& group_by) : group_by_(group_by) {}

  bool operator()(const FigureGroup& a, const FigureGroup& b) const {
    for (size_t i = 0; i < group_by_.size(); ++i) {
      if (group_by_[i] == v1::DIMENSION_ROUND && a[i].size() != b[i].size()) {
        return a[i].size() < b[i].size();
      }
      if (a[i] != b[i]) return a[i] < b[i];
    }
    return false;
  }

 private:
  const std::vector<v1::Dimension>& group_by_;
};

}  // namespace

absl::StatusOr<v1::QueryPerformanceResponse> QueryPerformance(const v1::PerformanceQuery& query,
                                                              const PerformanceScope& scope,
                                                              const Directory& directory,
                                                              const FigureSource& source) {
  absl::StatusOr<FigureQuery> checked = CheckQuery(query, scope, directory);
  if (!checked.ok()) return checked.status();
  FigureAnswer answer = CountFigures(*checked, directory, source);
  const bool with_packages = CanCountPackages(*checked, directory);
  std::map<FigureGroup, v1::PackageCounts> packages = CountPackages(*checked, directory, source);
  // A group may have packages that were never put to anybody; the whole is a row even when it is
  // empty.
  for (const auto& [group, counts] : packages) answer.groups[group];
  if (checked->group_by.empty()) answer.groups[FigureGroup()];

  std::vector<const FigureGroup*> order;
  for (const auto& [group, totals] : answer.groups) order.push_back(&group);
  const GroupOrder before(checked->group_by);
  std::sort(order.begin(), order.end(),
            [&](const FigureGroup* a, const FigureGroup* b) { return before(*a, *b); });

  v1::QueryPerformanceResponse response;
  response.set_as_known_at(source.sequence());
  response.set_scanned(answer.scanned);
  for (const FigureGroup* group : order) {
    const FigureTotals& totals = answer.groups[*group];
    v1::PerformanceRow* row = response.add_rows();
    for (size_t i = 0; i < group->size(); ++i) {
      v1::DimensionValue* value = row->add_group();
      value->set_dimension(checked->group_by[i]);
      value->set_value((*group)[i]);
    }
    *row->mutable_live() = totals.live;
    *row->mutable_settled() = totals.settled;
    *row->mutable_live_rates() = AllRates(totals.live, *checked, query.late_as_responded());
    *row->mutable_settled_rates() = AllRates(totals.settled, *checked, query.late_as_responded());
    if (with_packages) *row->mutable_packages() = packages[*group];
  }
  return response;
}

}  // namespace brokerage::engine
