#include "engine/figures/performance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/rejection.h"
#include "engine/figures/rates.h"
#include "tests/fixtures/figures_fixture.h"

namespace brokerage::engine {
namespace {

using ::testing::ElementsAre;
using testing::FiguresFixtureDirectory;
using ::testing::HasSubstr;
using testing::Issue;
using testing::Lapse;
using testing::MakePackage;
using testing::MemoryFigures;
using testing::Put;
using testing::Reply;

class PerformanceTest : public ::testing::Test {
 protected:
  v1::QueryPerformanceResponse Ask(const v1::PerformanceQuery& query) {
    auto response = QueryPerformance(query, scope_, directory_, figures_);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::QueryPerformanceResponse();
  }
  std::vector<v1::PerformanceRow> Rows(const v1::PerformanceQuery& query) {
    const v1::QueryPerformanceResponse response = Ask(query);
    return {response.rows().begin(), response.rows().end()};
  }
  v1::Rejection Refused(const v1::PerformanceQuery& query) {
    return RejectionOf(QueryPerformance(query, scope_, directory_, figures_).status());
  }
  void AddRandom(uint32_t seed, int packages) {
    std::mt19937 random(seed);
    for (int i = 1; i <= packages; ++i) figures_.Add(testing::RandomPackage(random, i));
  }

  Directory directory_ = FiguresFixtureDirectory();
  MemoryFigures figures_;
  PerformanceScope scope_;
};

v1::PerformanceQuery Query(const std::vector<v1::Dimension>& group_by = {},
                           v1::CountUnit unit = v1::COUNT_UNIT_OFFER) {
  v1::PerformanceQuery query;
  query.set_framework_id("shire");
  query.set_unit(unit);
  for (v1::Dimension dimension : group_by) query.add_group_by(dimension);
  return query;
}

void Filter(v1::PerformanceQuery* query, v1::Dimension dimension, const std::string& value) {
  v1::DimensionValue* filter = query->add_filters();
  filter->set_dimension(dimension);
  filter->set_value(value);
}

// The rows without what a scan does not know.
std::string Figures(v1::QueryPerformanceResponse response) {
  response.clear_scanned();
  for (v1::PerformanceRow& row : *response.mutable_rows()) row.clear_packages();
  // Groups of nothing but packages.
  std::string text;
  for (const v1::PerformanceRow& row : response.rows()) {
    if (row.live().issued() > 0) text += row.ShortDebugString() + "\n";
  }
  return text;
}

constexpr v1::CountUnit kUnits[] = {v1::COUNT_UNIT_OFFER, v1::COUNT_UNIT_PICK_UP,
                                    v1::COUNT_UNIT_PROVIDER_OPPORTUNITY};

TEST_F(PerformanceTest, RollupsAndScansAgreeInEveryDimensionAndUnit) {
  AddRandom(17, 400);
  int answered_from_rollups = 0;
  for (v1::CountUnit unit : kUnits) {
    for (int dimension = 1; dimension <= v1::Dimension_MAX; ++dimension) {
      for (v1::Dimension second : {v1::DIMENSION_UNSPECIFIED, v1::DIMENSION_TIER, v1::DIMENSION_LOT,
                                   v1::DIMENSION_MONTH, v1::DIMENSION_PROVIDER}) {
        if (second == dimension) continue;
        v1::PerformanceQuery query = Query({static_cast<v1::Dimension>(dimension)}, unit);
        if (second != v1::DIMENSION_UNSPECIFIED) query.add_group_by(second);
        const v1::QueryPerformanceResponse whole_months = Ask(query);
        query.set_from_date("2018-06-15");  // nothing was issued before July: the same, by scanning
        const v1::QueryPerformanceResponse scanned = Ask(query);
        EXPECT_TRUE(scanned.scanned());
        EXPECT_EQ(Figures(whole_months), Figures(scanned))
            << v1::Dimension_Name(static_cast<v1::Dimension>(dimension));
        answered_from_rollups += !whole_months.scanned();
      }
    }
  }
  EXPECT_GT(answered_from_rollups, 60);
}

TEST_F(PerformanceTest, RollupsAndScansAgreeInEveryPeriodOfWholeMonths) {
  AddRandom(19, 300);
  for (v1::CountUnit unit : kUnits) {
    for (const char* from : {"", "2018-07-01", "2018-09-01", "2019-01-01"}) {
      for (const char* to : {"", "2018-10-01", "2019-02-01", "2030-01-01"}) {
        if (*from && *to && std::string(from) >= to) continue;
        v1::PerformanceQuery query = Query({v1::DIMENSION_MONTH}, unit);
        query.set_from_date(from);
        query.set_to_date(to);
        const v1::QueryPerformanceResponse from_rollups = Ask(query);
        EXPECT_FALSE(from_rollups.scanned());
        // A day has no roll-up; its rows add up to the same.
        query.set_group_by(0, v1::DIMENSION_DAY);
        v1::Counts by_month, by_day;
        const v1::QueryPerformanceResponse scanned = Ask(query);
        EXPECT_TRUE(scanned.scanned());
        int64_t live[2] = {0, 0}, accepted[2] = {0, 0}, settled[2] = {0, 0};
        int which = 0;
        for (const auto* response : {&from_rollups, &scanned}) {
          for (const v1::PerformanceRow& row : response->rows()) {
            live[which] += row.live().issued();
            accepted[which] += row.live().accepted();
            settled[which] += row.settled().issued();
          }
          ++which;
        }
        EXPECT_EQ(live[0], live[1]) << from << " to " << to;
        EXPECT_EQ(accepted[0], accepted[1]) << from << " to " << to;
        EXPECT_EQ(settled[0], settled[1]) << from << " to " << to;
      }
    }
  }
}

TEST_F(PerformanceTest, FiltersPartitionTheWhole) {
  AddRandom(23, 200);
  const int64_t whole = Ask(Query()).rows(0).live().issued();
  int64_t sum = 0;
  for (const char* urgency : {"standard", "urgent"}) {
    v1::PerformanceQuery query = Query();
    Filter(&query, v1::DIMENSION_URGENCY, urgency);
    sum += Ask(query).rows(0).live().issued();
  }
  EXPECT_EQ(sum, whole);
  v1::PerformanceQuery both = Query();
  Filter(&both, v1::DIMENSION_URGENCY, "standard");
  Filter(&both, v1::DIMENSION_URGENCY, "urgent");
  EXPECT_EQ(Ask(both).rows(0).live().issued(), whole);
}

TEST_F(PerformanceTest, StandardSlicesNeverScan) {
  for (v1::Dimension dimension :
       {v1::DIMENSION_MONTH, v1::DIMENSION_QUARTER, v1::DIMENSION_CONTRACT_YEAR,
        v1::DIMENSION_AUTHORITY, v1::DIMENSION_LOT, v1::DIMENSION_TIER, v1::DIMENSION_PROVIDER,
        v1::DIMENSION_BRANCH, v1::DIMENSION_CONTRACT, v1::DIMENSION_SERVICE_TYPE,
        v1::DIMENSION_URGENCY, v1::DIMENSION_ROUND, v1::DIMENSION_WARD, v1::DIMENSION_DISTRICT,
        v1::DIMENSION_PRICE_LEVEL}) {
    EXPECT_FALSE(Ask(Query({dimension})).scanned()) << v1::Dimension_Name(dimension);
  }
  EXPECT_FALSE(
      Ask(Query({v1::DIMENSION_DISTRICT, v1::DIMENSION_TIER, v1::DIMENSION_MONTH})).scanned());
  EXPECT_TRUE(Ask(Query({v1::DIMENSION_WARD, v1::DIMENSION_PROVIDER})).scanned());
}

TEST_F(PerformanceTest, AnEmptyHistoryIsOneRowWithoutRates) {
  const v1::QueryPerformanceResponse response = Ask(Query());
  ASSERT_EQ(response.rows_size(), 1);
  EXPECT_EQ(PrintRate(response.rows(0).live_rates().response()), "n/a");
  EXPECT_EQ(response.as_known_at(), 42);
}

TEST_F(PerformanceTest, OnlyPickUpUnitsHaveAPickUpRate) {
  PackageAggregate package = MakePackage(1);
  Reply(Put(&package), v1::ANSWER_ACCEPT);
  figures_.Add(package);
  EXPECT_FALSE(Ask(Query()).rows(0).live_rates().has_pick_up());
  const v1::PerformanceRow row = Ask(Query({}, v1::COUNT_UNIT_PICK_UP)).rows(0);
  EXPECT_EQ(PrintRate(row.live_rates().pick_up()), "100.0%");
  EXPECT_EQ(PrintRate(row.settled_rates().pick_up()), "n/a");
}

TEST_F(PerformanceTest, AFrameworkMayCountOnlyWhatWasWon) {
  PackageAggregate package = MakePackage(1);
  Reply(Put(&package), v1::ANSWER_ACCEPT);
  figures_.Add(package);
  v1::FrameworkRules rules = testing::FiguresFixtureRules();
  rules.set_pick_up_numerator(v1::PICK_UP_NUMERATOR_WON);
  directory_ = FiguresFixtureDirectory(rules);
  EXPECT_EQ(PrintRate(Ask(Query({}, v1::COUNT_UNIT_PICK_UP)).rows(0).live_rates().pick_up()),
            "0.0%");
}

TEST_F(PerformanceTest, LateAnswersAreRespondedWhenAskedSo) {
  PackageAggregate package = MakePackage(1);
  Lapse(Put(&package));
  Reply(package.offers[0], v1::ANSWER_DECLINE, /*late=*/true);
  figures_.Add(package);
  v1::PerformanceQuery query = Query();
  EXPECT_EQ(PrintRate(Ask(query).rows(0).live_rates().response()), "0.0%");
  query.set_late_as_responded(true);
  EXPECT_EQ(PrintRate(Ask(query).rows(0).live_rates().response()), "100.0%");
}

TEST_F(PerformanceTest, AUnitBelongsToThePeriodOfItsFirstIssueWhateverComesLater) {
  PackageAggregate package = MakePackage(1);
  Issue issue;
  issue.date = 20180720;
  Lapse(Put(&package, issue));
  issue.date = 20180820;
  issue.round = 2;
  Reply(Put(&package, issue), v1::ANSWER_ACCEPT);
  figures_.Add(package);
  v1::PerformanceQuery query = Query({}, v1::COUNT_UNIT_PICK_UP);
  query.set_from_date("2018-07-15");
  query.set_to_date("2018-08-01");
  EXPECT_EQ(Ask(query).rows(0).live().accepted(), 1);
  query.set_from_date("2018-08-15");
  query.set_to_date("2018-09-01");
  EXPECT_EQ(Ask(query).rows(0).live().issued(), 0);
}

TEST_F(PerformanceTest, PeriodsAreWrittenAsTheirDimensionSays) {
  PackageAggregate package = MakePackage(1);
  Issue issue;
  issue.date = 20190101;  // a Tuesday
  Put(&package, issue);
  figures_.Add(package);
  const v1::PerformanceRow row = Ask(Query({v1::DIMENSION_DAY, v1::DIMENSION_WEEK,
                                            v1::DIMENSION_MONTH, v1::DIMENSION_QUARTER}))
                                     .rows(0);
  std::vector<std::string> values;
  for (const v1::DimensionValue& value : row.group()) values.push_back(value.value());
  EXPECT_THAT(values, ElementsAre("2019-01-01", "2018-12-31", "2019-01", "2019-Q1"));
  for (const v1::PerformanceRow& by_year : Rows(Query({v1::DIMENSION_CONTRACT_YEAR}))) {
    EXPECT_EQ(by_year.group(0).value(), "2018-07-01");
  }
}

TEST_F(PerformanceTest, AContractYearThatBeginsWithinAMonthIsScanned) {
  PackageAggregate package = MakePackage(1);
  Put(&package);  // 3 July 2018
  figures_.Add(package);
  v1::FrameworkRules rules = testing::FiguresFixtureRules();
  rules.set_commencement_date("2016-07-04");
  directory_ = FiguresFixtureDirectory(rules);
  const v1::QueryPerformanceResponse response = Ask(Query({v1::DIMENSION_CONTRACT_YEAR}));
  EXPECT_TRUE(response.scanned());
  EXPECT_EQ(response.rows(0).group(0).value(), "2017-07-04");
}

TEST_F(PerformanceTest, RoundsSortAsNumbers) {
  PackageAggregate package = MakePackage(1);
  for (int32_t rule : {2, 10, 1}) {
    Issue issue;
    issue.round = issue.rule = rule;
    Put(&package, issue);
  }
  figures_.Add(package);
  std::vector<std::string> rounds;
  for (const auto& row : Rows(Query({v1::DIMENSION_ROUND}))) rounds.push_back(row.group(0).value());
  EXPECT_THAT(rounds, ElementsAre("1", "2", "10"));
}

TEST_F(PerformanceTest, PackagesStandBesideWhatPackagesHave) {
  PackageAggregate waiting = MakePackage(1, 20180801);  // never put to anybody
  figures_.Add(waiting);
  PackageAggregate awarded = MakePackage(2, 20180702);
  awarded.row.set_state(v1::PACKAGE_STATE_AWARDED);
  Reply(Put(&awarded), v1::ANSWER_ACCEPT);
  figures_.Add(awarded);
  const v1::QueryPerformanceResponse by_month =
      Ask(Query({v1::DIMENSION_MONTH, v1::DIMENSION_LOT}));
  ASSERT_EQ(by_month.rows_size(), 2);
  EXPECT_EQ(by_month.rows(0).packages().sourced(), 1);
  EXPECT_EQ(by_month.rows(1).packages().waiting(), 1);
  EXPECT_EQ(by_month.rows(1).live().issued(), 0);
  EXPECT_FALSE(Ask(Query({v1::DIMENSION_TIER})).rows(0).has_packages());
}

TEST_F(PerformanceTest, AProviderSeesOnlyItsOwn) {
  AddRandom(29, 200);
  const v1::QueryPerformanceResponse all = Ask(Query({v1::DIMENSION_PROVIDER}));
  scope_.provider_id = "beech";
  for (v1::Dimension dimension : {v1::DIMENSION_PROVIDER, v1::DIMENSION_WARD, v1::DIMENSION_DAY}) {
    int64_t issued = 0;
    for (const v1::PerformanceRow& row : Rows(Query({dimension}))) {
      issued += row.live().issued();
      EXPECT_FALSE(row.has_packages());
      if (dimension == v1::DIMENSION_PROVIDER) {
        EXPECT_EQ(row.group(0).value(), "beech");
      }
    }
    EXPECT_EQ(issued, all.rows(1).live().issued());
  }
  EXPECT_FALSE(Ask(Query()).rows(0).has_packages());
  v1::PerformanceQuery others = Query();
  Filter(&others, v1::DIMENSION_PROVIDER, "alder");
  v1::PerformanceQuery nobodys = Query();
  Filter(&nobodys, v1::DIMENSION_PROVIDER, "nobody");
  EXPECT_EQ(Refused(others).expected(), Refused(nobodys).expected());
  EXPECT_EQ(Refused(others).reason(), v1::REJECTION_REASON_FIELD_INVALID);
}

TEST_F(PerformanceTest, ABranchSeesOnlyItsOwn) {
  AddRandom(31, 200);
  int64_t expected = 0;
  for (const auto& row : Rows(Query({v1::DIMENSION_BRANCH}))) {
    if (row.group(0).value() == "beech-2") expected = row.live().issued();
  }
  scope_.provider_id = "beech";
  scope_.branch_id = "beech-2";
  EXPECT_GT(expected, 0);
  EXPECT_EQ(Ask(Query()).rows(0).live().issued(), expected);
  v1::PerformanceQuery sister = Query();
  Filter(&sister, v1::DIMENSION_BRANCH, "beech-1");
  EXPECT_EQ(Refused(sister).field(), "query.filters[0].value");
}

TEST_F(PerformanceTest, AnAuthoritysScopeNarrowsItsFilters) {
  AddRandom(37, 100);
  scope_.authority_ids = {"nhs"};
  for (const auto& row : Rows(Query({v1::DIMENSION_AUTHORITY}))) {
    EXPECT_EQ(row.group(0).value(), "nhs");
  }
  v1::PerformanceQuery other = Query();
  Filter(&other, v1::DIMENSION_AUTHORITY, "council");
  EXPECT_EQ(Ask(other).rows(0).live().issued(), 0);
}

struct WrongValue {
  v1::Dimension dimension;
  const char* value;
  const char* expected;
};

TEST_F(PerformanceTest, AWrongFilterIsToldWhatWouldBeRight) {
  const WrongValue kWrong[] = {
      {v1::DIMENSION_DAY, "2018-02-30", "YYYY-MM-DD"},
      {v1::DIMENSION_WEEK, "2018-07-03", "Monday"},
      {v1::DIMENSION_MONTH, "2018-13", "a month"},
      {v1::DIMENSION_QUARTER, "2018-Q5", "2018-Q3"},
      {v1::DIMENSION_CONTRACT_YEAR, "2018-06-30", "YYYY-07-01"},
      {v1::DIMENSION_AUTHORITY, "other", "council, nhs"},
      {v1::DIMENSION_LOT, "east", "north, south"},
      {v1::DIMENSION_DISTRICT, "Nowhere", "Coldham, Warmley"},
      {v1::DIMENSION_WARD, "Ward 9", "nearest: E0500000"},
      {v1::DIMENSION_POSTCODE_AREA, "ng", "postcode area"},
      {v1::DIMENSION_PRICE_LEVEL, "cheap", "urban"},
      {v1::DIMENSION_TIER, "prime", "additional, lead"},
      {v1::DIMENSION_PROVIDER, "nobody", "a provider"},
      {v1::DIMENSION_BRANCH, "nobody-1", "a branch"},
      {v1::DIMENSION_CONTRACT, "north/lead", "a contract"},
      {v1::DIMENSION_SERVICE_TYPE, "SERVICE_TYPE_HOME_CARE", "home_care"},
      {v1::DIMENSION_URGENCY, "now", "standard, urgent"},
      {v1::DIMENSION_ROUND, "-1", "1 to 2"},
  };
  for (const WrongValue& wrong : kWrong) {
    v1::PerformanceQuery query = Query();
    Filter(&query, v1::DIMENSION_URGENCY, "urgent");
    Filter(&query, wrong.dimension, wrong.value);
    const v1::Rejection rejection = Refused(query);
    EXPECT_EQ(rejection.reason(), v1::REJECTION_REASON_FIELD_INVALID) << wrong.value;
    EXPECT_EQ(rejection.field(), "query.filters[1].value");
    EXPECT_EQ(rejection.value(), wrong.value);
    EXPECT_THAT(rejection.expected(), HasSubstr(wrong.expected));
  }
}

TEST_F(PerformanceTest, EveryValueThatIsToldMayBeFilteredFor) {
  AddRandom(41, 100);
  for (int dimension = 1; dimension <= v1::Dimension_MAX; ++dimension) {
    for (const auto& row : Rows(Query({static_cast<v1::Dimension>(dimension)}))) {
      v1::PerformanceQuery query = Query();
      *query.add_filters() = row.group(0);
      EXPECT_EQ(Ask(query).rows(0).live().issued(), row.live().issued());
    }
  }
}

TEST_F(PerformanceTest, AWrongQuestionNamesItsField) {
  v1::PerformanceQuery query = Query();
  query.clear_framework_id();
  EXPECT_EQ(Refused(query).reason(), v1::REJECTION_REASON_FIELD_REQUIRED);
  EXPECT_EQ(Refused(query).field(), "query.framework_id");
  query.set_framework_id("hamlet");
  EXPECT_EQ(Refused(query).reason(), v1::REJECTION_REASON_NOT_FOUND);
  EXPECT_THAT(Refused(query).expected(), HasSubstr("shire"));

  query = Query();
  query.set_from_date("1 July");
  EXPECT_EQ(Refused(query).field(), "query.from_date");
  query.set_from_date("2018-07-02");
  query.set_to_date("2018-07-02");
  EXPECT_EQ(Refused(query).field(), "query.to_date");

  query = Query({v1::DIMENSION_LOT, v1::DIMENSION_LOT});
  EXPECT_EQ(Refused(query).field(), "query.group_by[1]");
  query = Query({static_cast<v1::Dimension>(99)});
  EXPECT_EQ(Refused(query).field(), "query.group_by[0]");
  query = Query({v1::DIMENSION_DAY, v1::DIMENSION_LOT, v1::DIMENSION_TIER, v1::DIMENSION_WARD,
                 v1::DIMENSION_ROUND});
  EXPECT_EQ(Refused(query).field(), "query.group_by");
  query = Query({}, static_cast<v1::CountUnit>(99));
  EXPECT_EQ(Refused(query).field(), "query.unit");
  query = Query();
  Filter(&query, static_cast<v1::Dimension>(99), "x");
  EXPECT_EQ(Refused(query).field(), "query.filters[0].dimension");
}

}  // namespace
}  // namespace brokerage::engine
