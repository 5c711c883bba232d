// Everything that is wrong in a framework's folder is found at once, whatever else is broken in it,
// and nothing is called wrong that is right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "tests/fixtures/framework_fixture.h"
#include "tests/fixtures/small_framework.h"

namespace brokerage::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using Files = FrameworkFiles;

Files Rules(const std::string& from, const std::string& to) {
  return SmallFrameworkWith("framework.textproto", from, to);
}

// A small framework with everything wrong that a council gets wrong most.
Files EverythingWrong() {
  Files files = Rules("rounds {",
                      "tiers { id: \"dps\" name: \"DPS\" order: 2 minimum_pickup_percent: 125 }\n"
                      "# a remark\n"
                      "distribution_times { day_of_week: 9 local_time: \"11:00\" }\n"
                      "claim_working_days: 5\nrounds {");
  auto append = [&files](const std::string& file, const std::string& line) {
    absl::StrAppend(ContentOf(&files, file), line, "\n");
  };
  *ContentOf(&files, "framework.textproto") = absl::StrReplaceAll(
      *ContentOf(&files, "framework.textproto"), {{" contract_clause: \"1\"", ""}});
  append("wards.csv", "E05000003,Nether End,,,,,");
  append("lots.csv", "south,South");
  append("lot_wards.csv", "south,E05000001");
  append("branches.csv", "idle,p,Idle,NG18 1JY,X-2,active,1,1");
  append("coverage.csv", "b,E05000009,home_care,2018-07-01,,1");
  append("coverage.csv", "b,E05000002,home_care,2018-07-01,2018-07-01,1");
  append("contracts.csv", "d,p,north,lead,home_care,2019-01-01,,,,,,,,");
  append("contracts.csv", "e,nobody,north,lead,home_care,2019-01-01,,101,,,,,,");
  append("contracts.csv", "f,q,north,lead,home_care,2017-01-01,2018-01-01,,,,,,,");
  append("holidays.csv", "date,name\n2018-12-25,Christmas Day");
  return files;
}

// What is expected of EverythingWrong(): file, line, and what would be right.
std::vector<std::string> EverythingWrongSaid() {
  return {
      // NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one text over lines, as those below
      "branches.csv:3 branch_id: branch idle covers nothing; add a row for each ward that it "
      "covers to coverage.csv, or take the branch out",
      "contracts.csv:3 from: the contract overlaps c in contracts.csv:2, of the same provider, lot "
      "and tier; let that one end by 2019-01-01, or let this one begin on 2020-01-01 or later, or "
      "take one of the two out",
      "contracts.csv:4 minimum_pickup_percent: \"101\" is not a whole number from 0 to 100",
      "contracts.csv:4 provider_id: \"nobody\" is not in providers.csv; there is: p, q; or add it "
      "there",
      "contracts.csv:5 to: the contract never opens: it ends on 2018-01-01, and the framework "
      "commences on 2018-07-01; let it end later, or take it out",
      "coverage.csv:3 ward_code: \"E05000009\" is not in wards.csv; nearest: E05000001 Abbey Hill, "
      "E05000002 Mill End, E05000003 Nether End",
      "coverage.csv:4 to: \"2018-07-01\" is not after \"from\", 2018-07-01; a later date, or "
      "nothing "
      "where no end is known",
      "framework.textproto:7 minimum_pickup_percent: 125 is not from 0 to 100",
      "framework.textproto:7 tiers: tier \"dps\" has no contract; add one of this tier to "
      "contracts.csv, or take the tier out",
      "framework.textproto:9 day_of_week: 9 is not from 1 to 7",
      "framework.textproto:17 contract_clause: the contract clause that allows the criterion is "
      "required, such as \"Schedule 2, 4.3\"",
      "holidays.csv:2 date: working days count, but holidays.csv gives no holiday in 2019, 2020, "
      "2021, 2022, 2023, 2024, 2025, 2026; every year from 2018 to 2026 needs its own",
      "lot_wards.csv:4 ward_code: ward E05000001 is already in lot north in lot_wards.csv:2; a "
      "ward "
      "is in one lot: take one of the two rows out",
      "wards.csv:4 ward_code: ward E05000003 is in no lot; add a row with its lot (north, south) "
      "to "
      "lot_wards.csv",
  };
}

TEST(AllErrors, OfEveryKindAreFoundInOnePass) {
  EXPECT_THAT(FrameworkErrorsOf(EverythingWrong()), ElementsAreArray(EverythingWrongSaid()));
}

// A broken row in every table hides none of them, and makes no other row wrong.
TEST(AllErrors, AreFoundBesideRowsThatCannotBeRead) {
  const std::vector<std::pair<std::string, std::string>> broken = {
      {"wards.csv", "E05000004,Two,fields"},
      {"lots.csv", "west,West,too many"},
      {"lot_wards.csv", "north"},
      {"providers.csv", "r,\"R Ltd,"},
      {"branches.csv", "x,\xff"},
      {"coverage.csv", "b,E05000001"},
      {"contracts.csv", "g,p"},
      {"holidays.csv", "26 December,Boxing Day"}};
  for (size_t one = 0; one <= broken.size(); ++one) {
    Files files = EverythingWrong();
    for (size_t i = 0; i < broken.size(); ++i) {
      if (i != one && one < broken.size()) continue;  // each by itself, then all at once
      absl::StrAppend(ContentOf(&files, broken[i].first), broken[i].second, "\n");
    }
    const std::vector<std::string> said = FrameworkErrorsOf(files);
    const size_t more = one < broken.size() ? 1 : broken.size();
    EXPECT_EQ(said.size(), EverythingWrongSaid().size() + more)
        << absl::StrJoin(said, "\n") << "\nwith " << more;
    for (std::string expected : EverythingWrongSaid()) {
      // The place for more holidays is behind the last row, which may be the broken one.
      expected = expected.substr(0, expected.find(" date: working"));
      if (absl::StartsWith(expected, "holidays.csv")) expected = "working days count, but";
      EXPECT_THAT(said, ::testing::Contains(HasSubstr(expected))) << one;
    }
  }
}

TEST(AllErrors, AreFoundBesideAColumnThatIsMissing) {
  Files files = EverythingWrong();
  std::string* wards = ContentOf(&files, "wards.csv");
  *wards = absl::StrReplaceAll(*wards, {{",easting,northing", ""},
                                        {",450000,360000", ""},
                                        {",451000,361000", ""},
                                        {"Nether End,,,,,", "Nether End,,,"}});
  std::vector<std::string> expected = EverythingWrongSaid();
  for (const char* column : {"easting", "northing"}) {
    expected.push_back(absl::StrCat("wards.csv:1 ", column,
                                    ": the column is missing; the columns are ward_code,name,"
                                    "district_code,district,price_level,easting,northing"));
  }
  EXPECT_THAT(FrameworkErrorsOf(files), ::testing::UnorderedElementsAreArray(expected));
}

TEST(AllErrors, AreFoundWithoutRulesThatCanBeRead) {
  const std::string without = "framework.textproto";
  for (const char* rules : {"tiers {", ""}) {
    Files files = EverythingWrong();
    *ContentOf(&files, without) = rules;
    const std::vector<std::string> said = FrameworkErrorsOf(files);
    if (*rules != '\0') {
      EXPECT_THAT(said, ::testing::Contains(HasSubstr("got: the end of the file; every brace")));
    }
    for (const std::string& expected : EverythingWrongSaid()) {
      if (absl::StartsWith(expected, without) || absl::StrContains(expected, "never opens") ||
          absl::StrContains(expected, "working days")) {
        continue;
      }
      EXPECT_THAT(said, ::testing::Contains(expected));
    }
  }
}

// What a broken row says by itself is all that is said of it.
TEST(ABrokenRow, IsNotUnknownToThoseThatNameIt) {
  EXPECT_THAT(FrameworkErrorsOf(SmallFrameworkWith("providers.csv", "p,P Ltd,", "p,P Ltd")),
              ElementsAre(HasSubstr("providers.csv:2 : the row has 2 fields")));
  EXPECT_THAT(FrameworkErrorsOf(SmallFrameworkWith("providers.csv", "p,P Ltd,", "p,\"P Ltd,")),
              ElementsAre(HasSubstr("providers.csv:2 : a quoted field of this row has no")));
  EXPECT_THAT(FrameworkErrorsOf(SmallFrameworkWith("wards.csv", "E05000001,", "E0500-0001,")),
              ElementsAre(HasSubstr("wards.csv:2 ward_code: \"E0500-0001\" is no ward code")));
  EXPECT_THAT(FrameworkErrorsOf(SmallFrameworkWith("lots.csv", "north,", "North,")),
              ElementsAre("lots.csv:2 lot_id: \"North\" is no id; lower case letters, digits, '-' "
                          "and '.', at most 64, such as north"));
  EXPECT_THAT(FrameworkErrorsOf(SmallFrameworkWith("branches.csv", "b,p,", "B,p,")),
              ElementsAre(HasSubstr("branches.csv:2 branch_id: \"B\" is no id")));
  EXPECT_THAT(
      FrameworkErrorsOf(SmallFrameworkWith("lot_wards.csv", "north,E05000001", "north,E05000001,")),
      ElementsAre(HasSubstr("lot_wards.csv:2 : the row has 3 fields")));
  EXPECT_THAT(FrameworkErrorsOf(SmallFrameworkWith("coverage.csv", "b,E05000001,home_care",
                                                   "b,E05000001,homecare")),
              ElementsAre(HasSubstr("coverage.csv:2 service_type: \"homecare\" is not one of")));
  EXPECT_THAT(FrameworkErrorsOf(SmallFrameworkWith("contracts.csv", "north,lead", "north,Lead")),
              ElementsAre(HasSubstr("contracts.csv:2 tier: \"Lead\" is no id")));
  Files overlap =
      SmallFrameworkWithLine("contracts.csv", "d,p,north,lead,home_care,2020-01-01,,,,,,,,");
  *ContentOf(&overlap, "contracts.csv") = absl::StrReplaceAll(
      *ContentOf(&overlap, "contracts.csv"), {{"2018-07-01,2020", "2018-07-01,x"}});
  EXPECT_THAT(FrameworkErrorsOf(overlap),
              ElementsAre(HasSubstr("contracts.csv:2 to: \"x-01-01\" is not")))
      << "it is not open-ended";
}

TEST(ABrokenRow, IsLookedAtAsFarAsItCanBeRead) {
  EXPECT_THAT(
      FrameworkErrorsOf(
          SmallFrameworkWithLine("contracts.csv", "D d,x,nord,leed,home_care,2018-13-01,,,,,,,,")),
      ElementsAre(HasSubstr("contracts.csv:3 contract_id: \"D d\" is no id; lower case letters, "
                            "digits, '-' and '.' and '/', at most 200, such as d-d"),
                  HasSubstr("contracts.csv:3 from: \"2018-13-01\" is not a date"),
                  HasSubstr("contracts.csv:3 provider_id: \"x\" is not in providers.csv"),
                  HasSubstr("contracts.csv:3 lot_id: \"nord\" is not in lots.csv"),
                  HasSubstr("contracts.csv:3 tier: \"leed\" is no tier")));
}

TEST(ATableWithManyRowsThatAreNoText, IsReadNoFurther) {
  Files files = SmallFramework();
  for (int i = 0; i < 100; ++i) absl::StrAppend(ContentOf(&files, "providers.csv"), "\xff\n");
  const std::vector<std::string> said = FrameworkErrorsOf(files);
  ASSERT_EQ(said.size(), 20u);
  EXPECT_THAT(said.back(),
              HasSubstr("providers.csv:23 : bytes that are not UTF-8; save the file as "
                        "UTF-8; nothing after it was read"));
}

TEST(AColumnWhoseNameIsNearlyRight, IsToldAndRead) {
  Files files = SmallFrameworkWith("contracts.csv", "provider_id", "providerid");
  *ContentOf(&files, "contracts.csv") =
      absl::StrReplaceAll(*ContentOf(&files, "contracts.csv"), {{"c,p,north", "c,x,north"}});
  EXPECT_THAT(FrameworkErrorsOf(files),
              ElementsAre(HasSubstr("contracts.csv:1 : unknown column \"providerid\"; nearest: "
                                    "provider_id; the columns are contract_id,provider_id,"),
                          HasSubstr("contracts.csv:2 provider_id: \"x\" is not in")));
}

TEST(AFileWhoseNameIsNearlyRight, IsToldAndRead) {
  Files files = SmallFramework();
  for (v1::FrameworkFile& file : files) {
    if (file.name() == "coverage.csv") file.set_name("covarage.csv");
  }
  absl::StrAppend(ContentOf(&files, "covarage.csv"), "x,E05000002,home_care,2018-07-01,,1\n");
  EXPECT_THAT(FrameworkErrorsOf(files),
              ElementsAre(HasSubstr("covarage.csv:1 : no file of a framework; nearest: "
                                    "coverage.csv; it has framework.textproto and"),
                          HasSubstr("covarage.csv:3 branch_id: \"x\" is not in branches.csv")));
}

TEST(ANameThatIsMistyped, IsToldWithTheNearest) {
  Files files = ReadFrameworkFolder("nottinghamshire");
  auto mistype = [&files](const std::string& file, const std::string& from, const std::string& to) {
    std::string* content = ContentOf(&files, file);
    const size_t at = content->find(from);
    ASSERT_NE(at, std::string::npos) << file << ": " << from;
    content->replace(at, from.size(), to);
  };
  mistype("invented/branches.csv", "\nagincare-mansfield,agincare-group,",
          "\nagincare-mansfield,agincaer-group,");
  mistype("published/contracts.csv", ",bassetlaw,", ",basetlaw,");
  mistype("published/contracts.csv", ",lead,", ",laed,");
  mistype("invented/coverage.csv", "\nagincare-mansfield,", "\nagincare-mansfeild,");
  mistype("invented/novations.csv", "newark-and-sherwood/additional/hatzfeld-care",
          "newark-and-sherwood/additional/hatzfeldcare");
  const std::vector<std::string> said = FrameworkErrorsOf(files);
  for (const char* expected :
       {"provider_id: \"agincaer-group\" is not in providers.csv; nearest: agincare-group ",
        "lot_id: \"basetlaw\" is not in lots.csv; nearest: bassetlaw Bassetlaw; or add it there",
        "tier: \"laed\" is no tier of framework.textproto; nearest: lead; the tiers are: lead, ",
        "branch_id: \"agincare-mansfeild\" is not in branches.csv; nearest: agincare-mansfield ",
        // NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one text over two lines
        "contract_id: \"newark-and-sherwood/additional/hatzfeldcare\" is not in contracts.csv; "
        "nearest: newark-and-sherwood/additional/hatzfeld-care"}) {
    EXPECT_THAT(said, ::testing::Contains(HasSubstr(expected))) << absl::StrJoin(said, "\n");
  }
}

TEST(Rules, AreReadPastWhatIsWrongInThem) {
  Files files =
      Rules("tiers { id: \"lead\" name: \"Lead\" order: 1 minimum_pickup_percent: 75 }",
            "tiers { id: \"lead\" name: \"Lead\" order: one minimum_pickup_percent: 75 }\n"
            "tierz { id: \"dps\" name: \"DPS\" ordr: 2 target_share_percent: 101 }\n"
            "colour { red: 1 shade { of: \"}\" } }\n"
            "size: 4  # of something\n"
            "distribution_times { day_of_week: 1 local_time: \"11:00\" day_of_week: 2 }\n"
            "pick_up_numerator: PICK_UP_ALL\n"
            "price_floor_pence: 99999999999\n"
            "price_ceiling_pence: -1");
  absl::StrAppend(ContentOf(&files, "contracts.csv"),
                  "d,p,north,dps,home_care,2018-07-01,,,,,,,,\n");
  EXPECT_THAT(
      FrameworkErrorsOf(files),
      ElementsAre(
          HasSubstr("framework.textproto:6 : column 40: Expected integer, got: one"),
          HasSubstr("framework.textproto:7 : FrameworkRules has no field \"tierz\"; nearest: "
                    "tiers"),
          HasSubstr("framework.textproto:7 : Tier has no field \"ordr\"; nearest: order"),
          HasSubstr("framework.textproto:7 target_share_percent: 101 is not from 0 to 100"),
          HasSubstr("framework.textproto:8 : FrameworkRules has no field \"colour\"; the "
                    "fields are framework_id, "),
          HasSubstr("framework.textproto:9 : FrameworkRules has no field \"size\""),
          HasSubstr("framework.textproto:10 : column "),
          HasSubstr("framework.textproto:11 pick_up_numerator: \"PICK_UP_ALL\" is not one "
                    "of: "),
          HasSubstr("framework.textproto:12 : column 20: Integer out of range"),
          HasSubstr("framework.textproto:13 price_ceiling_pence: -1 is not from 0 to")));
}

}  // namespace
}  // namespace brokerage::engine
