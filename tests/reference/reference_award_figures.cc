#include "tests/reference/reference_award_figures.h"

namespace brokerage::engine::reference {

namespace {

using journal::v1::OfferRow;

bool InFigurePeriod(const v1::FrameworkRules& rules, DateNumber date, DateNumber now) {
  const int month = MonthOf(date), current = MonthOf(now);
  auto quarter = [](int one) { return one / 100 * 4 + (one % 100 - 1) / 3; };
  auto count = [](int one) { return one / 100 * 12 + one % 100; };
  switch (rules.figure_period()) {
    case v1::FIGURE_PERIOD_MONTH:
      return month == current;
    case v1::FIGURE_PERIOD_TWELVE_MONTHS:
      return month <= current && count(current) - count(month) < 12;
    case v1::FIGURE_PERIOD_UNSPECIFIED:
    case v1::FIGURE_PERIOD_QUARTER:
    case v1::FigurePeriod_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::FigurePeriod_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return quarter(month) == quarter(current);
}

}  // namespace

ReferenceContractFigures FiguresOfContract(const ReferenceHistory& history,
                                           const v1::FrameworkRules& rules,
                                           const std::string& contract_id, DateNumber date,
                                           uint64_t left_out) {
  v1::Counts sum;
  for (const ReferenceUnit& unit : ReferenceUnits(history, v1::COUNT_UNIT_PICK_UP)) {
    if (unit.first().contract_id() != contract_id || unit.package->number() == left_out) continue;
    if (InFigurePeriod(rules, unit.first().issued_date(), date)) AddCounts(unit.Live(), &sum);
  }
  return {sum.accepted() + sum.in_part() + sum.declined() + sum.late() + sum.silent(), sum.won(),
          sum.lost()};
}

ReferenceShares SharesOfTier(const ReferenceHistory& history, const v1::FrameworkRules& rules,
                             const std::string& lot_id, const std::string& tier_id,
                             DateNumber date) {
  ReferenceShares shares;
  for (const ReferenceAward& award : history.awards) {
    if (award.placed || award.undone || !InFigurePeriod(rules, award.date, date)) continue;
    const PackageAggregate& package = history.Package(award.package_number);
    const OfferRow& won = package.offers[static_cast<size_t>(award.ordinal - 1)];
    if (LotAsIssued(won) != lot_id || won.returned_cause() != v1::CAUSE_UNSPECIFIED) continue;
    ++shares.lot_awards;
    shares.tier_awards += won.tier_id() == tier_id;
  }
  return shares;
}

DateNumber FairnessBegins(const v1::FrameworkRules& rules, DateNumber date) {
  const int months = rules.fairness_months() > 0 ? rules.fairness_months() : 3;
  const absl::CivilMonth first = absl::CivilMonth(FromDateNumber(date)) - (months - 1);
  return ToDateNumber(absl::CivilDay(first));
}

int64_t MinutesOfProvider(const ReferenceHistory& history, const v1::FrameworkRules& rules,
                          const std::string& provider_id, DateNumber date) {
  int64_t minutes = 0;
  for (const ReferenceAward& award : history.awards) {
    if (award.undone || !award.hours_count) continue;
    const OfferRow& offer =
        history.Package(award.package_number).offers[static_cast<size_t>(award.ordinal - 1)];
    bool excluded = false;
    for (int service : rules.fairness_excluded_services())
      excluded |= service == offer.service_type();
    if (excluded || offer.provider_id() != provider_id) continue;
    const auto add = [&](DateNumber from, int64_t more) {
      // Up to and with the month of the award that is decided.
      if (from >= FairnessBegins(rules, date) && MonthOf(from) <= MonthOf(date)) minutes += more;
    };
    add(award.date, award.weekly_minutes);
    for (const auto& [from, more] : award.changes) add(from, more);
  }
  return minutes;
}

}  // namespace brokerage::engine::reference
