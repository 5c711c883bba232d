#include "engine/framework/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <regex>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "engine/base/bounds.h"
#include "engine/base/hash.h"
#include "engine/base/rejection.h"
#include "engine/base/text.h"
#include "engine/model/directory.h"
#include "tests/fixtures/framework_fixture.h"
#include "tests/fixtures/small_framework.h"

namespace brokerage::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Files = FrameworkFiles;

const Files& Nottinghamshire() {
  static const Files* files = new Files(ReadFrameworkFolder("nottinghamshire"));
  return *files;
}

Files Small() { return SmallFramework(); }

std::string* Content(Files* files, const std::string& name) { return ContentOf(files, name); }

std::vector<std::string> ErrorsOf(const Files& files) { return FrameworkErrorsOf(files); }

Files With(const std::string& file, const std::string& from, const std::string& to) {
  return SmallFrameworkWith(file, from, to);
}

Files WithLine(const std::string& file, const std::string& line) {
  return SmallFrameworkWithLine(file, line);
}

const journal::v1::DirectoryFact* FactOf(const ParsedFramework& parsed, const std::string& key) {
  for (const auto& fact : parsed.facts) {
    if (fact.key() == key) return &fact;
  }
  return nullptr;
}

TEST(Nottinghamshire, IsRight) {
  EXPECT_THAT(ErrorsOf(Nottinghamshire()), IsEmpty());
  auto parsed = ParseFramework(Nottinghamshire(), HostKnowsZone);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->rules.framework_id(), "nottinghamshire");
  EXPECT_EQ(parsed->rules.tiers_size(), 4);
  EXPECT_EQ(parsed->rules.rounds_size(), 3);
  EXPECT_EQ(parsed->rules.distribution_times_size(), 10);
  EXPECT_EQ(parsed->facts.size(), 169u + 6 + 169 + 12 + 17 + 50 + 2984 + 26 + 33 + 1 + 99);
  EXPECT_EQ(parsed->facts.size(), parsed->places.size());
}

TEST(Facts, AreInKeyOrderWithTheirPlaces) {
  auto parsed = ParseFramework(Nottinghamshire(), HostKnowsZone);
  ASSERT_TRUE(parsed.ok());
  std::set<std::string> keys;
  for (size_t i = 0; i < parsed->facts.size(); ++i) {
    const auto& fact = parsed->facts[i];
    EXPECT_TRUE(keys.insert(fact.key()).second) << fact.key();
    if (i > 0) {
      EXPECT_LT(parsed->facts[i - 1].key(), fact.key());
    }
    EXPECT_EQ(fact.framework_id(), "nottinghamshire");
    EXPECT_EQ(fact.source(), journal::v1::FACT_SOURCE_FILE);
    EXPECT_EQ(fact.recorded_time_us(), 0);
    EXPECT_EQ(fact.file_hash().size(), kHashBytes);
    EXPECT_FALSE(fact.ended());
    if (fact.key() == "ward/nottinghamshire/E05006377") {
      EXPECT_EQ(parsed->places[i], "published/wards.csv:2");
    }
  }
}

TEST(Facts, AreTheSameWhateverTheOrderOfTheFiles) {
  Files reversed = Nottinghamshire();
  std::reverse(reversed.begin(), reversed.end());
  auto a = ParseFramework(Nottinghamshire(), HostKnowsZone);
  auto b = ParseFramework(reversed, HostKnowsZone);
  ASSERT_TRUE(a.ok() && b.ok());
  ASSERT_EQ(a->facts.size(), b->facts.size());
  EXPECT_EQ(a->places, b->places);
  for (size_t i = 0; i < a->facts.size(); ++i) {
    EXPECT_EQ(a->facts[i].SerializeAsString(), b->facts[i].SerializeAsString());
  }
}

TEST(Facts, HoldWhatTheRowSays) {
  auto parsed = ParseFramework(Small(), HostKnowsZone);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  const v1::Contract& contract = FactOf(*parsed, "contract/c")->contract();
  EXPECT_EQ(contract.framework_id(), "small");
  EXPECT_EQ(contract.minimum_pickup_percent(), 75);  // the tier's, where the row names none
  EXPECT_THAT(contract.service_types(),
              ElementsAre(v1::SERVICE_TYPE_HOME_CARE, v1::SERVICE_TYPE_REABLEMENT));
  EXPECT_EQ(contract.from_date(), "2018-07-01");
  EXPECT_EQ(contract.to_date(), "2020-01-01");
  EXPECT_EQ(contract.rank(), 1);
  EXPECT_EQ(contract.quality_score(), 80);
  EXPECT_EQ(contract.prices().isolated_pence(), 1730);
  const v1::Ward& ward = FactOf(*parsed, "ward/small/E05000002")->ward();
  EXPECT_EQ(ward.name(), "Mill End");
  EXPECT_EQ(ward.price_level(), v1::PRICE_LEVEL_RURAL);
  EXPECT_EQ(ward.easting(), 451000);
  const v1::Lot& lot = FactOf(*parsed, "lot/small/north")->lot();
  EXPECT_EQ(lot.framework_id(), "small");
  EXPECT_EQ(lot.ward_codes_size(), 0);
  EXPECT_TRUE(FactOf(*parsed, "branch/b")->branch().regulator_active());
  EXPECT_EQ(FactOf(*parsed, "coverage/b/E05000001/1")->coverage().priority(), 1);
}

TEST(Facts, HaveTheHashOfTheirValueAlone) {
  auto parsed = ParseFramework(Small(), HostKnowsZone);
  ASSERT_TRUE(parsed.ok());
  const auto* fact = FactOf(*parsed, "provider/p");
  EXPECT_EQ(fact->file_hash(), HashOf(fact->provider().SerializeAsString()));
}

TEST(ABranchsNeeds, AreReadFromAColumnThatMayBeThere) {
  Files files = With("branches.csv", "easting,northing\n", "easting,northing,needs_met\n");
  std::string* content = Content(&files, "branches.csv");
  *content = absl::StrReplaceAll(
      *content, {{"450000,360000", "450000,360000,language:Polish;continuing_healthcare"}});
  auto parsed = ParseFramework(files, HostKnowsZone);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  const v1::Branch& branch = FactOf(*parsed, "branch/b")->branch();
  ASSERT_EQ(branch.needs_met_size(), 2);
  EXPECT_EQ(branch.needs_met(0).kind(), v1::NEED_KIND_LANGUAGE);
  EXPECT_EQ(branch.needs_met(0).value(), "Polish");
  EXPECT_EQ(branch.needs_met(1).kind(), v1::NEED_KIND_CONTINUING_HEALTHCARE);
  *content = absl::StrReplaceAll(*content, {{"language:Polish", "language"}});
  EXPECT_THAT(ErrorsOf(files),
              ElementsAre(HasSubstr("branches.csv:2 needs_met: \"language\" needs a value")));
}

TEST(Csv, IsReadAsSpreadsheetsWriteIt) {
  Files files = Small();
  *Content(&files, "providers.csv") =
      "\xef\xbb\xbfprovider_id,legal_name,trading_name\r\n"
      "p,\"P, \"\"Q\"\" Ltd\",\" spaces \"\r\nq, Q Ltd,";
  auto parsed = ParseFramework(files, HostKnowsZone);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(FactOf(*parsed, "provider/p")->provider().legal_name(), "P, \"Q\" Ltd");
  EXPECT_EQ(FactOf(*parsed, "provider/p")->provider().trading_name(), " spaces ");
  EXPECT_EQ(FactOf(*parsed, "provider/q")->provider().legal_name(), " Q Ltd");
}

struct Case {
  std::string name;
  Files files;
  std::string error;  // the only one
};

class AFrameworkWith : public ::testing::TestWithParam<Case> {};

TEST_P(AFrameworkWith, IsRefusedWithThePlace) {
  EXPECT_THAT(ErrorsOf(GetParam().files), ElementsAre(HasSubstr(GetParam().error)));
}

TEST_P(AFrameworkWith, IsToldWhatWouldBeRight) {
  const std::regex right(
      "; \\S|is not one of: |is not a whole number from|is not from \\d+ to \\d+|such as| required|"
      "is not one line of text of|is not a date of the form|AWARD_\\w+ or |is not a time of|"
      "take one of the two out|needs a value, as in|than (the header|a framework)");
  for (const std::string& error : ErrorsOf(GetParam().files)) {
    EXPECT_TRUE(std::regex_search(error, right)) << error;
  }
}

std::string CaseName(const ::testing::TestParamInfo<Case>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(
    BrokenCsv, AFrameworkWith,
    ::testing::Values(
        Case{"AMissingColumn", With("lots.csv", "lot_id,name\nnorth,North", "lot_id\nnorth"),
             "lots.csv:1 name: the column is missing; the columns are lot_id,name"},
        Case{"AnUnknownColumn",
             With("lots.csv", "lot_id,name\nnorth,North", "lot_id,name,size\nnorth,North,1"),
             "lots.csv:1 : unknown column \"size\""},
        Case{"AColumnTwice",
             With("lots.csv", "lot_id,name\nnorth,North", "lot_id,name,name\nnorth,North,N"),
             "lots.csv:1 name: the column is there twice"},
        Case{"TooFewFields", WithLine("providers.csv", "r,R Ltd"),
             "providers.csv:4 : the row has 2 fields, the header 3"},
        Case{"TooManyFields", WithLine("providers.csv", "r,R Ltd,,"),
             "providers.csv:4 : the row has 4 fields, the header 3"},
        Case{"AnEmptyLine", WithLine("providers.csv", ""), "providers.csv:4 : an empty line"},
        Case{"AQuoteOutOfPlace", WithLine("providers.csv", "r,R \"Ltd\",\ns,S Ltd,"),
             "providers.csv:4 : a quote out of place"},
        Case{"AQuoteThatIsNotClosed", WithLine("providers.csv", "r,\"R Ltd,\ns,S Ltd,"),
             "providers.csv:4 : a quoted field of this row has no closing quote"},
        Case{"BytesThatAreNoUtf8", WithLine("providers.csv", "r,R\xff Ltd,"),
             "providers.csv:4 : bytes that are not UTF-8"},
        Case{"ALoneCarriageReturn", WithLine("providers.csv", "r,R\rLtd,"),
             "providers.csv:4 : a carriage return within the line"},
        Case{"ALineEndInAName", WithLine("providers.csv", "r,\"R\nLtd\",\ns,S Ltd,"),
             "providers.csv:4 legal_name: \"R\\nLtd\" is not one line of text"},
        Case{"AnEmptyFile", With("lots.csv", "lot_id,name\nnorth,North\n", ""),
             "lots.csv:1 : no header line; the columns are lot_id,name"}),
    CaseName);

INSTANTIATE_TEST_SUITE_P(
    WrongCells, AFrameworkWith,
    ::testing::Values(
        Case{"ABadId", WithLine("providers.csv", "R Ltd,R Ltd,"),
             "providers.csv:4 provider_id: \"R Ltd\" is no id; lower case letters"},
        Case{"NoName", WithLine("providers.csv", "r,,"),
             "providers.csv:4 legal_name: an empty cell is not"},
        Case{"AnUnknownPriceLevel", With("wards.csv", "rural", "Rural"),
             "wards.csv:3 price_level: \"Rural\" is not one of: urban, fringe, rural, isolated"},
        Case{"AnUnknownService", With("contracts.csv", "reablement", "cooking"),
             "contracts.csv:2 service_types: \"cooking\" is not one of: home_care, live_in"},
        Case{"AServiceTwice", With("contracts.csv", "reablement", "home_care"),
             "contracts.csv:2 service_types: \"home_care\" is there twice"},
        Case{"ADateThatIsNone", With("contracts.csv", "2020-01-01", "2020-02-30"),
             "contracts.csv:2 to: \"2020-02-30\" is not a date of the form 2018-07-01"},
        Case{"AnEndBeforeTheBeginning", With("contracts.csv", "2020-01-01", "2018-07-01"),
             "contracts.csv:2 to: \"2018-07-01\" is not after \"from\", 2018-07-01"},
        Case{"CoverageThatEndsBeforeItBegins",
             With("coverage.csv", "2018-07-01,", "2018-07-01,2018-06-30"),
             "coverage.csv:2 to: \"2018-06-30\" is not after"},
        Case{"ARateOverAHundred", With("contracts.csv", "2020-01-01,,", "2020-01-01,101,"),
             "contracts.csv:2 minimum_pickup_percent: \"101\" is not a whole number from 0 to 100"},
        Case{"ANegativePrice", With("contracts.csv", "1710", "-5"),
             "contracts.csv:2 price_fringe: \"-5\" is not a whole number"},
        Case{"AHugeNumber", With("contracts.csv", "1710", "99999999999999999999"),
             "contracts.csv:2 price_fringe: \"99999999999999999999\" is not a whole number"},
        Case{"APostcodeThatIsNone", With("branches.csv", "NG18 1JY", "NG18 1"),
             "branches.csv:2 postcode: \"NG18 1\" is no full postcode"},
        Case{"AStatusThatIsNone", With("branches.csv", "active", "open"),
             "branches.csv:2 regulator_status: \"open\" is not one of: active, inactive"}),
    CaseName);

INSTANTIATE_TEST_SUITE_P(
    ThingsThatDoNotFitTogether, AFrameworkWith,
    ::testing::Values(
        Case{
            "AnUnknownWard", WithLine("coverage.csv", "b,E05000003,home_care,2018-07-01,,1"),
            "coverage.csv:3 ward_code: \"E05000003\" is not in wards.csv; nearest: E05000001 Abbey "
            "Hill, E05000002 Mill End"},
        Case{"AWardByItsName", WithLine("coverage.csv", "b,AbbeyHill,home_care,2018-07-01,,1"),
             "nearest: E05000001 Abbey Hill"},
        Case{"AWardInNoLot", With("lot_wards.csv", "north,E05000002\n", ""),
             "wards.csv:3 ward_code: ward E05000002 is in no lot"},
        Case{
            "AWardTwiceInALot", WithLine("lot_wards.csv", "north,E05000002"),
            "lot_wards.csv:4 ward_code: ward E05000002 is already in lot north in lot_wards.csv:3"},
        Case{"AWardInTwoLots",
             [] {
               Files files = WithLine("lots.csv", "south,South");
               absl::StrAppend(Content(&files, "lot_wards.csv"), "south,E05000002\n");
               return files;
             }(),
             "lot_wards.csv:4 ward_code: ward E05000002 is already in lot north in "
             "lot_wards.csv:3"},
        Case{"ALotWithoutWards", WithLine("lots.csv", "south,South"),
             "lots.csv:3 lot_id: lot south has no ward"},
        Case{"AnUnknownProviderOfABranch", With("branches.csv", "b,p,B", "b,x,B"),
             "branches.csv:2 provider_id: \"x\" is not in providers.csv"},
        Case{"AnUnknownProviderOfAContract", With("contracts.csv", "c,p,", "c,x,"),
             "contracts.csv:2 provider_id: \"x\" is not in providers.csv"},
        Case{"AnUnknownLot", With("contracts.csv", "north", "nord"),
             "contracts.csv:2 lot_id: \"nord\" is not in lots.csv"},
        Case{"AnUnknownBranch", WithLine("coverage.csv", "x,E05000002,home_care,2018-07-01,,1"),
             "coverage.csv:3 branch_id: \"x\" is not in branches.csv"},
        Case{"ABranchThatCoversNothing", WithLine("branches.csv", "d,p,D,NG18 1JY,X-2,active,1,1"),
             "branches.csv:3 branch_id: branch d covers nothing"},
        Case{"ATierWithoutContract",
             With("framework.textproto", "rounds {",
                  "tiers { id: \"dps\" name: \"DPS\" order: 2 }\nrounds {"),
             "framework.textproto:7 tiers: tier \"dps\" has no contract"},
        Case{"ContractsThatOverlap",
             WithLine("contracts.csv", "d,p,north,lead,home_care,2019-12-31,,,,,,,,"),
             "contracts.csv:3 from: the contract overlaps c in contracts.csv:2"},
        Case{"AContractThatNeverOpens",
             WithLine("contracts.csv", "d,q,north,lead,home_care,2017-07-01,2018-07-01,,,,,,,"),
             "contracts.csv:3 to: the contract never opens: it ends on 2018-07-01, and the "
             "framework commences on 2018-07-01"},
        Case{"CoverageThatNeverOpens",
             WithLine("coverage.csv", "b,E05000002,home_care,2018-01-01,2018-06-30,1"),
             "coverage.csv:3 to: the line never opens: it ends on 2018-06-30"},
        Case{"AnIdTwice", WithLine("providers.csv", "p,P2 Ltd,"),
             "providers.csv:4 provider_id: \"p\" is already in providers.csv:2; take one"},
        Case{"CoverageTwice", WithLine("coverage.csv", "b,E05000001,home_care,2019-07-01,,2"),
             "coverage.csv:3 branch_id: \"b, E05000001, home_care\" is already in coverage.csv:2"},
        Case{"ANovationOfNothing",
             WithLine("x/novations.csv", "contract_id,new_provider_id,date\nz,q,2019-01-01"),
             "x/novations.csv:2 contract_id: \"z\" is not in contracts.csv"},
        Case{"ANovationAfterTheEnd",
             WithLine("x/novations.csv", "contract_id,new_provider_id,date\nc,q,2020-01-01"),
             "x/novations.csv:2 date: 2020-01-01 is not within the contract, 2018-07-01 to "
             "2020-01-01"},
        Case{"ANovationToItself",
             WithLine("x/novations.csv", "contract_id,new_provider_id,date\nc,p,2019-01-01"),
             "x/novations.csv:2 new_provider_id: p already holds the contract on that date"},
        Case{"AHolidayTwice", WithLine("holidays.csv", "date,name\n2018-12-25,a\n2018-12-25,b"),
             "holidays.csv:3 date: \"2018-12-25\" is already in holidays.csv:2"},
        Case{"AFileThatIsNone", WithLine("published/prices.csv", "x"),
             "published/prices.csv:1 : no file of a framework; it has framework.textproto and"}),
    CaseName);

Files Rules(const std::string& from, const std::string& to) {
  return With("framework.textproto", from, to);
}

INSTANTIATE_TEST_SUITE_P(
    WrongRules, AFrameworkWith,
    ::testing::Values(
        Case{"AnUnknownField", Rules("name: \"Small\"", "nome: \"Small\""),
             "framework.textproto:2 : FrameworkRules has no field \"nome\"; nearest: name"},
        Case{"AFieldTwice", Rules("name: \"Small\"", "name: \"Small\"\nname: \"Smaller\""),
             "framework.textproto:3 : column "},
        Case{"AnUnknownEnumValue", Rules("AT_CLOSE", "AT_NIGHT"),
             "framework.textproto:11 award_timing: \"AWARD_TIMING_AT_NIGHT\" is not one of: "
             "AWARD_TIMING_AS_SOON_AS_CERTAIN, AWARD_TIMING_AT_CLOSE; nearest: "
             "AWARD_TIMING_AT_CLOSE"},
        Case{"ABadFrameworkId", Rules("\"small\"", "\"Small one\""),
             "framework.textproto:1 framework_id: \"Small one\" is no framework id"},
        Case{"AnUnknownZone", Rules("Europe/London", "Europe/Londres"),
             "framework.textproto:4 time_zone: \"Europe/Londres\" is not a known time zone"},
        Case{"ACommencementThatIsNoDate", Rules("2018-07-01", "1 July 2018"),
             "framework.textproto:5 commencement_date: \"1 July 2018\" is not a date"},
        Case{"NoAuthority", Rules("authorities { id: \"a\" name: \"A\" }", ""),
             "framework.textproto:1 authorities: at least one authority is required"},
        Case{"ATierOverAHundredPercent", Rules("percent: 75", "percent: 175"),
             "framework.textproto:6 minimum_pickup_percent: 175 is not from 0 to 100"},
        Case{"AnUnknownTierInARound",
             Rules("  tier_ids: \"lead\"", "  tier_ids: \"lead\"\n  tier_ids: \"x\""),
             "framework.textproto:9 tier_ids: \"x\" is no tier; the tiers are: lead"},
        Case{"ARoundWithoutAwardTiming", Rules("  award_timing: AWARD_TIMING_AT_CLOSE\n", ""),
             "framework.textproto:7 award_timing: required"},
        Case{"ARoundWithoutUrgentWindow", Rules("  urgent_window { hours: 4 }\n", ""),
             "framework.textproto:7 urgent_window: a window is required"},
        Case{"AnEmptyWindow", Rules("{ hours: 4 }", "{ }"),
             "framework.textproto:10 urgent_window: a window is required"},
        Case{"AWindowOfNoHours", Rules("{ hours: 4 }", "{ hours: 0 }"),
             "framework.textproto:10 urgent_window: 0 is not from 1 to 1440"},
        Case{"AWindowTooLong", Rules("{ hours: 4 }", "{ days: 61 }"),
             "framework.textproto:10 urgent_window: 61 is not from 1 to 60"},
        Case{"ARestartWithOneWindow",
             Rules("rounds {", "restart { standard_window { hours: 4 } }\nrounds {"),
             "framework.textproto:7 urgent_window: a window is required"},
        Case{"ACriterionWithoutClause", Rules("contract_clause: \"1\"", "contract_clause: \" \""),
             "framework.textproto:13 contract_clause: the contract clause that allows"},
        Case{"ACriterionThatAlwaysApplies", Rules("CRITERION_TIER", "CRITERION_TIE_BREAK"),
             "framework.textproto:13 criterion: AWARD_CRITERION_TIE_BREAK always applies"},
        Case{"ACriterionOfAdaptiveRelease", Rules("CRITERION_TIER", "CRITERION_EARLIER_ROUND"),
             "framework.textproto:13 criterion: AWARD_CRITERION_EARLIER_ROUND always applies"},
        Case{"AWrongDistributionTime",
             Rules("rounds {",
                   "distribution_times { day_of_week: 1 local_time: \"25:00\" }\nrounds {"),
             "framework.textproto:7 local_time: \"25:00\" is not a time of the form \"11:00\""},
        Case{"ADistributionTimeOnADayThatIsNone",
             Rules("rounds {",
                   "distribution_times { day_of_week: 8 local_time: \"11:00\" }\nrounds {"),
             "framework.textproto:7 day_of_week: 8 is not from 1 to 7"},
        Case{"ADistributionTimeAtMidnightsEnd",
             Rules("rounds {",
                   "distribution_times { day_of_week: 1 local_time: \"24:00\" }\nrounds {"),
             "framework.textproto:7 local_time: \"24:00\" is not a time"},
        Case{"ADistributionTimeTwice",
             Rules("rounds {",
                   "distribution_times { day_of_week: 1 local_time: \"11:00\" }\n"
                   "distribution_times { day_of_week: 1 local_time: \"11:00\" }\nrounds {"),
             "framework.textproto:8 distribution_times: the same day and time are there twice"},
        Case{"ATargetOverAHundredPercent",
             Rules("rounds {", "response_target_percent: 101\nrounds {"),
             "framework.textproto:7 response_target_percent: 101 is not from 0 to 100"},
        Case{"AFloorAboveTheCeiling",
             Rules("rounds {", "price_floor_pence: 200\nprice_ceiling_pence: 100\nrounds {"),
             "framework.textproto:7 price_floor_pence: 200 is more than the ceiling, 100"},
        Case{"ANegativeClaimTime", Rules("rounds {", "claim_working_days: -1\nrounds {"),
             "framework.textproto:7 claim_working_days: -1 is not from 0 to 60"},
        Case{"WorkingDaysWithoutHolidays", Rules("{ hours: 24 }", "{ working_days: 1 }"),
             "framework.textproto:9 working_days: working days count, but holidays.csv gives no "
             "holiday in 2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026; every year"}),
    CaseName);

Files Rule(const std::string& rule) { return Rules("rounds {", rule + "\nrounds {"); }

INSTANTIATE_TEST_SUITE_P(
    WrongRulesOfBranchesAndReleases, AFrameworkWith,
    ::testing::Values(
        Case{"AnOptOutOfMoreDaysThanAYearHas", Rule("opt_out { days_a_year_max: 367 }"),
             "framework.textproto:7 days_a_year_max: 367 is not from 0 to 366"},
        Case{"AnOptOutInAnUnknownTier", Rule("opt_out {\n  approval_tier_ids: \"dps\" }"),
             "framework.textproto:8 approval_tier_ids: \"dps\" is no tier; the tiers are: lead"},
        Case{"AnOptOutTierTwice",
             Rule("opt_out { approval_tier_ids: \"lead\"\napproval_tier_ids: \"lead\" }"),
             "framework.textproto:8 approval_tier_ids: \"lead\" is there twice"},
        Case{"AnUnknownDecisionOnCoverage", Rule("coverage_decision: 9"), "framework.textproto:7"},
        Case{"AnInterimServiceOfNoDays",
             Rule("interim { service_types: SERVICE_TYPE_INTERIM_RESPONSE }"),
             "framework.textproto:7 limit_days: 0 is not from 1 to 366"},
        Case{"AnInterimServiceOfNoType", Rule("interim { limit_days: 7 }"),
             "framework.textproto:7 service_types: at least one service type is required"},
        Case{"AnInterimServiceTwice",
             Rule("interim {\n  limit_days: 7\n  service_types: SERVICE_TYPE_INTERIM_RESPONSE\n"
                  "  service_types: SERVICE_TYPE_INTERIM_RESPONSE\n}"),
             "framework.textproto:10 service_types: the same value is there twice"}),
    CaseName);

TEST(RulesOfBranchesAndReleases, AreTakenWhereTheyAreRight) {
  EXPECT_THAT(
      ErrorsOf(Rule("opt_out { days_a_year_max: 28 approval_tier_ids: \"lead\" }\n"
                    "coverage_decision: COVERAGE_DECISION_AUTOMATIC\n"
                    "interim { service_types: SERVICE_TYPE_INTERIM_RESPONSE limit_days: 7 }")),
      IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    RulesOfTheScorecard, AFrameworkWith,
    ::testing::Values(
        Case{"NobodyWhoBuys", Rules("name: \"A\" }", "name: \"A\" reads_only: true }"),
             "framework.textproto:3 reads_only: at least one authority must buy"},
        Case{"AMediumRiskWithoutATarget", Rules("rounds {", "medium_risk_percent: 75\nrounds {"),
             "framework.textproto:7 medium_risk_percent: needs response_target_percent"},
        Case{"AMediumRiskThatMeetsTheTarget",
             Rules("rounds {", "response_target_percent: 75\nmedium_risk_percent: 75\nrounds {"),
             "framework.textproto:8 medium_risk_percent: 75 is not less than "
             "response_target_percent, 75"},
        Case{"ANegativeMediumRisk", Rules("rounds {", "medium_risk_percent: -1\nrounds {"),
             "framework.textproto:7 medium_risk_percent: -1 is not from 0 to 100"},
        Case{"BandsOfNothing",
             Rules("rounds {", "bands { green_percent: 90 amber_percent: 75 }\nrounds {"),
             "framework.textproto:7 kpi: a rate is required, such as KPI_RESPONSE"},
        Case{"BandsTwice",
             Rules("rounds {",
                   "bands { kpi: KPI_RESPONSE green_percent: 90 amber_percent: 75 }\n"
                   "bands { kpi: KPI_RESPONSE green_percent: 95 amber_percent: 75 }\nrounds {"),
             "framework.textproto:8 kpi: KPI_RESPONSE is there twice"},
        Case{"AmberAboveGreen",
             Rules("rounds {",
                   "bands { kpi: KPI_RESPONSE green_percent: 75 amber_percent: 90 }\nrounds {"),
             "framework.textproto:7 amber_percent: 90 is not less than green_percent, 75"},
        Case{"GreenBeyondAHundred",
             Rules("rounds {",
                   "bands { kpi: KPI_RESPONSE green_percent: 101 amber_percent: 90 }\nrounds {"),
             "framework.textproto:7 green_percent: 101 is not from 0 to 100"},
        Case{"AGapTheWrongWayRound",
             Rules("rounds {",
                   "bands { kpi: KPI_RESPONSE green_percent: 90 amber_percent: 75\n"
                   "printed_gaps { above_percent: 90 below_percent: 89 } }\nrounds {"),
             "framework.textproto:8 above_percent: 90 is not less than below_percent, 89"}),
    CaseName);

TEST(TwoTiers, OfOneOrderAreRefused) {
  Files files = Rules("rounds {", "tiers { id: \"dps\" name: \"DPS\" order: 1 }\nrounds {");
  absl::StrAppend(Content(&files, "contracts.csv"), "d,p,north,dps,home_care,2018-07-01,,,,,,,,\n");
  EXPECT_THAT(
      ErrorsOf(files),
      ElementsAre(
          "framework.textproto:7 order: 1 is the order of tier \"lead\", too; each has its own, 1 "
          "first"));
}

TEST(Holidays, OfTheLastYearsNeededAreMissed) {
  Files files = Nottinghamshire();
  std::string* content = Content(&files, "published/holidays.csv");
  content->resize(content->find("2025-01-01"));
  EXPECT_THAT(ErrorsOf(files),
              ElementsAre(HasSubstr("published/holidays.csv:68 date: working days count, but "
                                    "holidays.csv gives no holiday in 2025, 2026;")));
}

TEST(ErrorsOfSeveralFiles, AreToldAtOnceByFileAndLine) {
  Files files = Small();
  absl::StrAppend(Content(&files, "providers.csv"), "R,R,\nr,,\n");
  absl::StrAppend(Content(&files, "coverage.csv"), "b,E05000009,home_care,2018-07-01,,0\n");
  *Content(&files, "framework.textproto") = absl::StrReplaceAll(
      *Content(&files, "framework.textproto"), {{"Europe/London", "x"}, {"order: 1", "order: 0"}});
  EXPECT_THAT(
      ErrorsOf(files),
      ElementsAre(HasSubstr("coverage.csv:3 priority"), HasSubstr("coverage.csv:3 ward_code"),
                  HasSubstr("framework.textproto:4"), HasSubstr("framework.textproto:6"),
                  HasSubstr("providers.csv:4"), HasSubstr("providers.csv:5")));
}

TEST(ErrorsOfSeveralFiles, OfOneFileHideNoneOfAnother) {
  Files files = Small();
  for (int i = 0; i < 5000; ++i) absl::StrAppend(Content(&files, "lots.csv"), "X,\n");
  absl::StrAppend(Content(&files, "providers.csv"), "R,R,\n");
  auto parsed = ParseFramework(files, HostKnowsZone);
  const v1::Rejection rejection = RejectionOf(parsed.status());
  int of_lots = 0, of_providers = 0;
  for (const v1::FileError& error : rejection.file_errors()) {
    ++(error.file() == "lots.csv" ? of_lots : of_providers);
  }
  EXPECT_EQ(of_lots, limits::kFrameworkErrorsPerFileMax + 1);
  EXPECT_EQ(of_providers, 1);
  EXPECT_THAT(rejection.file_errors(limits::kFrameworkErrorsPerFileMax).message(),
              HasSubstr("more errors in this file"));
  EXPECT_THAT(rejection.expected(), HasSubstr("at least 1002 errors"));
}

TEST(OneBrokenTable, DoesNotMakeTheOthersWrong) {
  Files files = Nottinghamshire();
  std::string* wards = Content(&files, "published/wards.csv");
  *wards = absl::StrReplaceAll(*wards, {{"ward_code,", "code,"}});
  EXPECT_THAT(ErrorsOf(files),
              ElementsAre(HasSubstr("wards.csv:1 : unknown column \"code\""),
                          HasSubstr("wards.csv:1 ward_code: the column is missing")));
}

TEST(AFolderThatLacksAFile, IsToldWhichAndWhatItWouldHave) {
  Files files = Small();
  files.DeleteSubrange(0, 1);
  EXPECT_THAT(ErrorsOf(files), ElementsAre(HasSubstr(
                                   "framework.textproto:1 : the file is missing; it has the rules, "
                                   "and begins with framework_id, name and authorities")));
  files = Small();
  files.DeleteSubrange(1, 1);
  EXPECT_THAT(
      ErrorsOf(files),
      ElementsAre("wards.csv:1 : the file is missing; it begins with the line ward_code,name,"
                  "district_code,district,price_level,easting,northing and may stand in any "
                  "subfolder"));
  for (const char* needed : {"branches.csv", "coverage.csv"}) {
    files = Small();
    for (int i = 0; i < files.size(); ++i) {
      if (files.Get(i).name() == needed) files.DeleteSubrange(i--, 1);
    }
    EXPECT_THAT(ErrorsOf(files),
                ElementsAre(HasSubstr(absl::StrCat(
                    needed, ":1 : the file is missing; it begins with the line branch_id,"))));
  }
  EXPECT_THAT(ErrorsOf(Files()),
              ElementsAre(HasSubstr("contracts.csv:1 : the file is missing"),
                          HasSubstr("framework.textproto:1 : the file is missing"),
                          HasSubstr("lot_wards.csv:1 : the file is missing"),
                          HasSubstr("lots.csv:1 : the file is missing"),
                          HasSubstr("providers.csv:1 : the file is missing"),
                          HasSubstr("wards.csv:1 : the file is missing")));
}

TEST(AFolder, MayHoldProse) {
  Files files = Small();
  *Content(&files, "README.md") = "\xff";
  *Content(&files, "a/b/SOURCES.md") = "";
  EXPECT_THAT(ErrorsOf(files), IsEmpty());
}

TEST(AFolder, MayNotHoldANameTwice) {
  Files files = Small();
  *files.Add() = files.Get(1);
  EXPECT_THAT(ErrorsOf(files),
              ElementsAre("wards.csv:1 : two files have this name; take one of the two out"));
}

TEST(AFolder, OfTooManyBytesIsRefused) {
  Files files = Small();
  *Content(&files, "SOURCES.md") = std::string(limits::kFrameworkBytesMax, ' ');
  EXPECT_THAT(ErrorsOf(files)[0], HasSubstr("at most 16777216 are allowed"));
}

TEST(EditDistanceTest, CountsEdits) {
  EXPECT_EQ(EditDistance("", "", 5), 0u);
  EXPECT_EQ(EditDistance("Abbey Hill", "abbey hill", 5), 0u);
  EXPECT_EQ(EditDistance("kitten", "sitting", 5), 3u);
  EXPECT_EQ(EditDistance("kitten", "sitting", 2), 3u);
  EXPECT_EQ(EditDistance("", "abc", 5), 3u);
  EXPECT_EQ(EditDistance("a", "abcdefghij", 3), 4u);
}

TEST(ShownTexts, AreShortAndPrintable) {
  EXPECT_EQ(Quoted("Netherfield"), "\"Netherfield\"");
  EXPECT_EQ(Quoted("Cafédée"), "\"Cafédée\"");
  EXPECT_EQ(Quoted("a\nb\""), "\"a\\nb\\\"\"");
  EXPECT_EQ(Quoted("\xff"), "\"\\xff\"");
  EXPECT_LT(Quoted(std::string(5000, 'x')).size(), 90u);
}

}  // namespace
}  // namespace brokerage::engine
