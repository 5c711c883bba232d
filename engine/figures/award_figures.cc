#include "engine/figures/award_figures.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/figures/outcome.h"
#include "engine/figures/rates.h"

namespace brokerage::engine {

namespace {

using journal::v1::OfferRow;
using journal::v1::RollupRow;

constexpr int kFairnessMonthsDefault = 3;

struct Months {
  int32_t first = 0;  // YYYYMM
  int32_t last = 0;
};

Months FigureMonths(const v1::FrameworkRules& rules, DateNumber date) {
  const int32_t month = MonthOf(date);
  switch (rules.figure_period()) {
    case v1::FIGURE_PERIOD_MONTH:
      return {month, month};
    case v1::FIGURE_PERIOD_TWELVE_MONTHS:
      return {AddMonths(month, -11), month};
    case v1::FIGURE_PERIOD_UNSPECIFIED:
    case v1::FIGURE_PERIOD_QUARTER:
    case v1::FigurePeriod_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::FigurePeriod_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  const int32_t first = month - (month % 100 - 1) % 3;
  return {first, first + 2};
}

template <typename Function>
void ForEachWithPrefix(const RollupTable& table, absl::string_view prefix, Function function) {
  for (auto row = table.rows().lower_bound(prefix);
       row != table.rows().end() && absl::StartsWith(row->first, prefix); ++row) {
    function(row->second);
  }
}

// The package's own pick-up units of the contract that fall in the months.
v1::Counts OwnUnits(const PackageAggregate& package, absl::string_view contract_id,
                    const Months& months) {
  v1::Counts counts;
  std::set<int32_t> terms_versions;
  for (const OfferRow& offer : package.offers) {
    if (IsOfARound(offer) && offer.contract_id() == contract_id)
      terms_versions.insert(offer.terms_version());
  }
  for (int32_t version : terms_versions) {
    UnitOutcome unit;
    for (const OfferRow& offer : package.offers) {
      if (IsOfARound(offer) && offer.terms_version() == version &&
          offer.contract_id() == contract_id) {
        unit.Add(offer, CountedFor::kPickUp);
      }
    }
    const int32_t month = MonthOf(unit.first()->issued_date());
    if (month >= months.first && month <= months.last) AddOutcome(unit.live(), 1, &counts);
  }
  return counts;
}

}  // namespace

ContractFigures ContractFiguresOf(const RollupTable& table, const v1::FrameworkRules& rules,
                                  absl::string_view contract_id, DateNumber date,
                                  const PackageAggregate& left_out) {
  const Months months = FigureMonths(rules, date);
  ContractFigures figures;
  for (int32_t month = months.first; month <= months.last; month = AddMonths(month, 1)) {
    const std::string prefix =
        absl::StrCat(RollupTable::Prefix(RollupRow::KIND_PICK_UP, rules.framework_id(), month),
                     contract_id, "|");
    ForEachWithPrefix(table, prefix, [&](const RollupRow& row) {
      figures.due += DueOf(row.live());
      figures.won += row.live().won();
      figures.accepted_and_lost += row.live().lost();
    });
  }
  if (left_out.row.framework_id() != rules.framework_id()) return figures;
  const v1::Counts own = OwnUnits(left_out, contract_id, months);
  figures.due -= DueOf(own);
  figures.won -= own.won();
  figures.accepted_and_lost -= own.lost();
  return figures;
}

ShareFigures SharesOf(const RollupTable& table, const v1::FrameworkRules& rules,
                      absl::string_view lot_id, absl::string_view tier_id, DateNumber date) {
  const Months months = FigureMonths(rules, date);
  ShareFigures figures;
  for (int32_t month = months.first; month <= months.last; month = AddMonths(month, 1)) {
    const std::string prefix =
        RollupTable::Prefix(RollupRow::KIND_HOURS, rules.framework_id(), month);
    ForEachWithPrefix(table, prefix, [&](const RollupRow& row) {
      if (row.lot_id() != lot_id) return;
      figures.lot_awards += row.awards();
      if (row.tier_id() == tier_id) figures.tier_awards += row.awards();
    });
  }
  return figures;
}

int FairnessMonths(const v1::FrameworkRules& rules) {
  return rules.fairness_months() > 0 ? rules.fairness_months() : kFairnessMonthsDefault;
}

int64_t RecentMinutes(const RollupTable& table, const v1::FrameworkRules& rules,
                      absl::string_view provider_id, DateNumber date) {
  const int32_t last = MonthOf(date);
  int64_t minutes = 0;
  for (int32_t month = AddMonths(last, 1 - FairnessMonths(rules)); month <= last;
       month = AddMonths(month, 1)) {
    const std::string prefix = absl::StrCat(
        RollupTable::Prefix(RollupRow::KIND_HOURS, rules.framework_id(), month), provider_id, "|");
    ForEachWithPrefix(table, prefix, [&](const RollupRow& row) {
      for (int excluded : rules.fairness_excluded_services()) {
        if (excluded == row.service_type()) return;
      }
      minutes += row.minutes();
    });
  }
  return minutes;
}

}  // namespace brokerage::engine
