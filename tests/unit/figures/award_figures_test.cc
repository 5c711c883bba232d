#include "engine/figures/award_figures.h"

#include <gtest/gtest.h>

#include "tests/fixtures/packages_fixture.h"

namespace brokerage::engine {
namespace {

using testing::Issue;
using testing::Lapse;
using testing::MakePackage;
using testing::Put;
using testing::Reply;
using testing::TallyAll;

v1::FrameworkRules Rules() {
  v1::FrameworkRules rules;
  rules.set_framework_id("shire");
  return rules;
}

TEST(LiveFigures, LeaveThePackageInQuestionOut) {
  RollupTable table;
  for (uint64_t number = 1; number <= 3; ++number) {
    PackageAggregate package = MakePackage(number);
    Reply(Put(&package), v1::ANSWER_ACCEPT);
    package.offers[0].set_state(number == 1 ? v1::OFFER_STATE_WON : v1::OFFER_STATE_LOST);
    TallyAll(package, &table);
  }
  PackageAggregate asked = MakePackage(4);
  Lapse(Put(&asked));
  asked.row.set_terms_version(2);
  Reply(Put(&asked), v1::ANSWER_ACCEPT);
  TallyAll(asked, &table);
  const PackageAggregate nobody = MakePackage(5);
  EXPECT_EQ(ContractFiguresOf(table, Rules(), "north/lead/alder", 20180910, nobody).due, 5);
  const ContractFigures figures =
      ContractFiguresOf(table, Rules(), "north/lead/alder", 20180910, asked);
  EXPECT_EQ(figures.due, 3);
  EXPECT_EQ(figures.won, 1);
  EXPECT_EQ(figures.accepted_and_lost, 2);
  EXPECT_EQ(ContractFiguresOf(table, Rules(), "north/lead/alder", 20181001, asked).due,
            0);  // the next quarter
  EXPECT_EQ(ContractFiguresOf(table, Rules(), "north/lead", 20180910, nobody).due,
            0);  // no contract's prefix
}

TEST(LiveFigures, CountTheFrameworksPeriod) {
  RollupTable table;
  PackageAggregate package = MakePackage(1);
  Lapse(Put(&package));  // 3 July 2018
  TallyAll(package, &table);
  const PackageAggregate nobody = MakePackage(5);
  auto due = [&](v1::FigurePeriod period, DateNumber date) {
    v1::FrameworkRules rules = Rules();
    rules.set_figure_period(period);
    return ContractFiguresOf(table, rules, "north/lead/alder", date, nobody).due;
  };
  EXPECT_EQ(due(v1::FIGURE_PERIOD_MONTH, 20180731), 1);
  EXPECT_EQ(due(v1::FIGURE_PERIOD_MONTH, 20180801), 0);
  EXPECT_EQ(due(v1::FIGURE_PERIOD_QUARTER, 20180930), 1);
  EXPECT_EQ(due(v1::FIGURE_PERIOD_QUARTER, 20180630), 0);
  EXPECT_EQ(due(v1::FIGURE_PERIOD_TWELVE_MONTHS, 20190630), 1);
  EXPECT_EQ(due(v1::FIGURE_PERIOD_TWELVE_MONTHS, 20190701), 0);
}

TEST(LiveFigures, SharesCountTheAwardsOfALotByTier) {
  RollupTable table;
  PackageAggregate package = MakePackage(1);
  Put(&package);
  Issue additional;
  additional.tier_id = "additional";
  additional.provider_id = "beech";
  Put(&package, additional);
  TallyHours(package, package.offers[0], 20180705, 1, &table);
  TallyHours(package, package.offers[1], 20180805, 1, &table);
  TallyHours(package, package.offers[1], 20180805, 1, &table);
  TallyHours(package, package.offers[1], 20180805, -1, &table);
  package.row.set_lot_id("south");
  TallyHours(package, package.offers[0], 20180905, 1, &table);
  const ShareFigures shares = SharesOf(table, Rules(), "north", "lead", 20180920);
  EXPECT_EQ(shares.tier_awards, 1);
  EXPECT_EQ(shares.lot_awards, 2);
}

TEST(LiveFigures, RecentMinutesLeaveOutServicesAndOldMonths) {
  RollupTable table;
  PackageAggregate package = MakePackage(1);
  Put(&package);
  for (DateNumber date : {20180630, 20180701, 20180930})
    TallyHours(package, package.offers[0], date, 1, &table);
  package.offers[0].set_service_type(v1::SERVICE_TYPE_SHORT_TERM_CARE);
  TallyHours(package, package.offers[0], 20180901, 1, &table);
  v1::FrameworkRules rules = Rules();
  EXPECT_EQ(RecentMinutes(table, rules, "alder", 20180930), 1800);
  rules.add_fairness_excluded_services(v1::SERVICE_TYPE_SHORT_TERM_CARE);
  EXPECT_EQ(RecentMinutes(table, rules, "alder", 20180930), 1200);
  rules.set_fairness_months(4);
  EXPECT_EQ(RecentMinutes(table, rules, "alder", 20180930), 1800);
  EXPECT_EQ(RecentMinutes(table, rules, "ald", 20180930), 0);
}

}  // namespace
}  // namespace brokerage::engine
