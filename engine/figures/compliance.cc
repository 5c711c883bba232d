#include "engine/figures/compliance.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "absl/strings/match.h"
#include "engine/figures/dimensions.h"
#include "engine/figures/query.h"
#include "engine/figures/rates.h"
#include "engine/model/fact_keys.h"
#include "engine/model/rollup_table.h"

namespace brokerage::engine {

namespace {

using journal::v1::DirectoryFact;
using journal::v1::RollupRow;

// Contract, provider, lot, tier: in the order of the query's dimensions.
const std::vector<v1::Dimension>& RowDimensions() {
  static const std::vector<v1::Dimension> dimensions = {
      v1::DIMENSION_CONTRACT, v1::DIMENSION_PROVIDER, v1::DIMENSION_LOT, v1::DIMENSION_TIER};
  return dimensions;
}

bool InForceInPeriod(const v1::Contract& contract, const FigurePeriodDates& period,
                     DateNumber today) {
  const DateNumber from = ParseDate(contract.from_date()).value_or(0);
  const DateNumber to =
      ParseDate(contract.to_date()).value_or(std::numeric_limits<DateNumber>::max());
  const bool begun = from <= today && (period.to == 0 || from < period.to);
  return begun && to > period.from;
}

DateNumber HolderDate(const FigurePeriodDates& period, DateNumber today) {
  if (period.to == 0) return today;
  return std::min(today, ToDateNumber(FromDateNumber(period.to) - 1));
}

// Gives every contract in force a group, figures or not.
void AddContractsInForce(const FigureQuery& query, const PerformanceScope& scope,
                         const Directory& directory, DateNumber today, FigureAnswer* answer) {
  const std::string prefix = ContractKey("");
  const auto& facts = directory.Facts();
  for (auto fact = facts.lower_bound(prefix);
       fact != facts.end() && absl::StartsWith(fact->first, prefix); ++fact) {
    const v1::Contract& contract = fact->second->contract();
    if (fact->second->ended() || contract.framework_id() != query.rules->framework_id()) continue;
    if (!InForceInPeriod(contract, query.period, today)) continue;
    const std::string holder =
        directory.ProviderOfContract(contract.id(), HolderDate(query.period, today));
    if (!scope.provider_id.empty() && holder != scope.provider_id) continue;
    answer->groups[{contract.id(), holder, contract.lot_id(), contract.tier_id()}];
  }
}

v1::ComplianceRow RowOf(const FigureGroup& group, const FigureTotals& totals,
                        const v1::FrameworkRules& rules, const Directory& directory) {
  v1::ComplianceRow row;
  row.set_contract_id(group[0]);
  row.set_provider_id(group[1]);
  row.set_lot_id(group[2]);
  row.set_tier_id(group[3]);
  *row.mutable_live() = totals.live;
  *row.mutable_settled() = totals.settled;
  const v1::Rate rate = PickUpRateOf(totals.settled, rules.pick_up_numerator());
  *row.mutable_pick_up() = rate;
  const DirectoryFact* fact = directory.Fact(ContractKey(group[0]));
  const int32_t minimum = fact == nullptr ? 0 : fact->contract().minimum_pickup_percent();
  row.set_minimum_pickup_percent(minimum);
  row.set_short_by(ShortBy(rate, minimum));
  row.set_to_recover(ToRecover(rate, minimum));
  const int64_t enough =
      rules.sanction_minimum_units() > 0 ? rules.sanction_minimum_units() : kSanctionUnitsDefault;
  row.set_below_minimum(row.short_by() > 0);
  row.set_sanction_proposed(row.below_minimum() && rate.denominator() >= enough);
  return row;
}

// What each contract avoided, in the months that the period touches.
std::map<std::string, RollupRow> AvoidedByContract(const FigureQuery& query,
                                                   const FigureSource& source) {
  const auto urgency = query.filters.find(v1::DIMENSION_URGENCY);
  std::map<std::string, RollupRow> avoided;
  source.ForEachRollup(
      RollupTable::Prefix(RollupRow::KIND_AVOIDED, query.rules->framework_id()),
      [&](const RollupRow& row) {
        if (row.month() < MonthOf(query.period.from)) return;
        if (query.period.to != 0 &&
            row.month() > MonthOf(ToDateNumber(FromDateNumber(query.period.to) - 1))) {
          return;
        }
        if (urgency != query.filters.end() && !urgency->second.contains(TextOf(row.urgency()))) {
          return;
        }
        RollupRow& sum = avoided[row.contract_id()];
        sum.set_missed_in_opt_out(sum.missed_in_opt_out() + row.missed_in_opt_out());
        sum.set_wards_not_covered(sum.wards_not_covered() + row.wards_not_covered());
        sum.set_stopped_by_suspension(sum.stopped_by_suspension() + row.stopped_by_suspension());
      });
  return avoided;
}

bool EverShortened(const Directory& directory, const std::string& framework_id) {
  const journal::v1::FrameworkRow* newest = directory.Framework(framework_id);
  for (int32_t revision = 1; newest != nullptr && revision <= newest->revision(); ++revision) {
    const journal::v1::FrameworkRow* one = directory.Framework(framework_id, revision);
    if (one != nullptr && !one->rules().shortened_windows().empty()) return true;
  }
  return false;
}

int32_t OrderOfTier(const v1::FrameworkRules& rules, const std::string& tier_id) {
  const v1::Tier* tier = Directory::TierOf(rules, tier_id);
  return tier == nullptr ? std::numeric_limits<int32_t>::max() : tier->order();
}

}  // namespace

absl::StatusOr<v1::QueryComplianceResponse> QueryCompliance(
    const v1::QueryComplianceRequest& request, const PerformanceScope& scope,
    const Directory& directory, const FigureSource& source, DateNumber today) {
  FigureQuery query;
  auto rules = CheckFramework("", request.framework_id(), scope, directory);
  if (!rules.ok()) return rules.status();
  query.rules = *rules;
  auto period = CheckPeriod("", request.from_date(), request.to_date());
  if (!period.ok()) return period.status();
  query.period = *period;
  query.unit = v1::COUNT_UNIT_PICK_UP;
  query.group_by = RowDimensions();
  if (request.without_urgent()) {
    query.filters[v1::DIMENSION_URGENCY] = {TextOf(v1::URGENCY_STANDARD)};
    // One whose window was shortened counts as urgent. No roll-up knows it: it is asked for only
    // where there may be any.
    if (EverShortened(directory, request.framework_id())) {
      query.filters[v1::DIMENSION_WINDOW] = {"full"};
    }
  }
  // A contract is its provider's: a branch sees how the whole of it stands.
  PerformanceScope of_provider = scope;
  of_provider.branch_id.clear();
  Narrow(of_provider, &query);

  FigureAnswer answer = CountFigures(query, directory, source);
  AddContractsInForce(query, of_provider, directory, today, &answer);
  v1::QueryComplianceResponse response;
  response.set_as_known_at(source.sequence());
  std::map<std::string, RollupRow> avoided = AvoidedByContract(query, source);
  for (const auto& [group, totals] : answer.groups) {
    v1::ComplianceRow& row = *response.add_rows();
    row = RowOf(group, totals, *query.rules, directory);
    const RollupRow& of_contract = avoided[row.contract_id()];
    row.set_missed_in_opt_out(of_contract.missed_in_opt_out());
    row.set_wards_not_covered(of_contract.wards_not_covered());
    row.set_stopped_by_suspension(of_contract.stopped_by_suspension());
  }
  auto place = [&](const v1::ComplianceRow& row) {
    return std::make_tuple(row.lot_id(), OrderOfTier(*query.rules, row.tier_id()),
                           row.contract_id(), row.provider_id());
  };
  std::sort(response.mutable_rows()->begin(), response.mutable_rows()->end(),
            [&](const auto& a, const auto& b) { return place(a) < place(b); });
  return response;
}

}  // namespace brokerage::engine
