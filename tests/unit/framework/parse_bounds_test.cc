// Files that no spreadsheet writes: refused while they are read, by what is too much in them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/rejection.h"
#include "engine/framework/parse.h"
#include "tests/fixtures/framework_fixture.h"
#include "tests/fixtures/small_framework.h"

namespace brokerage::engine {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Files = FrameworkFiles;

constexpr size_t kMany = 15'000'000;

std::string Repeated(absl::string_view part, size_t count) {
  std::string text;
  text.reserve(part.size() * count);
  for (size_t i = 0; i < count; ++i) text.append(part.data(), part.size());
  return text;
}

Files Adding(const std::string& file, const std::string& more) {
  Files files = SmallFramework();
  ContentOf(&files, file)->append(more);
  return files;
}

TEST(ARow, OfMillionsOfCommasIsReadNoFurther) {
  EXPECT_THAT(FrameworkErrorsOf(Adding("lots.csv", std::string(kMany, ','))),
              ElementsAre("lots.csv:3 : the row has 15000000 bytes; at most 65536 are taken; "
                          "nothing after it was read"));
  Files files = SmallFramework();
  *ContentOf(&files, "lots.csv") = std::string(kMany, ',');
  EXPECT_THAT(FrameworkErrorsOf(files),
              ElementsAre(HasSubstr("lots.csv:1 : the row has 15000000 bytes")));
}

TEST(ARow, OfMoreFieldsThanATableHasIsRefused) {
  EXPECT_THAT(FrameworkErrorsOf(Adding("lots.csv", std::string(64, ',') + "\n")),
              ElementsAre("lots.csv:3 : the row has 65 fields; at most 64 are taken"));
  EXPECT_THAT(FrameworkErrorsOf(Adding("lots.csv", std::string(63, ',') + "\n")),
              ElementsAre(HasSubstr("lots.csv:3 : the row has 64 fields, the header 2;")));
}

TEST(AField, ThatIsLongerThanAnyTextIsRefused) {
  const std::string row = absl::StrCat("\"x\",\"", Repeated("y\n", 8193), "\"\n");
  EXPECT_THAT(FrameworkErrorsOf(Adding("providers.csv", "r," + row)),
              Contains("providers.csv:4 : field 3 has 16386 bytes; at most 16384 are taken"));
  EXPECT_THAT(FrameworkErrorsOf(Adding("lots.csv", "a,\"" + std::string(kMany, 'x') + "\"\n")),
              ElementsAre(HasSubstr("lots.csv:3 : the row has 15000005 bytes; at most 65536")));
}

// However far the next quote is: it is looked for in what a row may have.
TEST(AQuote, ThatIsNotClosedIsLookedForNoFurtherThanARowGoes) {
  const std::vector<std::string> said =
      FrameworkErrorsOf(Adding("lots.csv", "a,\"b\n" + Repeated("c,d\n", 30000)));
  EXPECT_THAT(said, Contains(HasSubstr("lots.csv:3 : a quoted field of this row has no closing "
                                       "quote within 65536 bytes, up to line 163")));
}

TEST(ATable, OfMillionsOfEmptyRowsIsReadAsFarAsRowsAreTaken) {
  const std::string lines(2'000'000, '\n');
  const std::vector<std::string> said = FrameworkErrorsOf(Adding("lots.csv", lines));
  ASSERT_EQ(said.size(), limits::kFrameworkErrorsPerFileMax + 3u);
  EXPECT_EQ(said.front(), "lots.csv:3 : an empty line; take it out");
  EXPECT_THAT(said[limits::kFrameworkErrorsPerFileMax],
              HasSubstr("lots.csv:1002 : and 198995 more errors in this file"));
  EXPECT_EQ(said.back(),
            "wards.csv:1 : the tables before it have all rows that are taken together, 200000; "
            "take some out");
  Files files = SmallFramework();
  *ContentOf(&files, "lots.csv") = lines;
  EXPECT_THAT(FrameworkErrorsOf(files).front(), "lots.csv:1 : an empty line; take it out");
}

TEST(ATable, WhoseRowsAllLackAFieldIsReadAsFarAsErrorsAreTold) {
  const std::vector<std::string> said =
      FrameworkErrorsOf(Adding("lots.csv", Repeated("a\n", 1'000'000)));
  EXPECT_EQ(said.size(), limits::kFrameworkErrorsPerFileMax + 0u);
  EXPECT_THAT(said.front(), HasSubstr("lots.csv:3 : the row has 1 fields, the header 2;"));
}

TEST(ATable, OfZeroBytesIsRefused) {
  EXPECT_THAT(FrameworkErrorsOf(Adding("lots.csv", std::string("a,\0\n", 4))),
              Contains("lots.csv:3 : a zero byte; save the file as text in UTF-8"));
  EXPECT_THAT(FrameworkErrorsOf(Adding("lots.csv", std::string(kMany, '\0'))),
              ElementsAre(HasSubstr("lots.csv:3 : the row has 15000000 bytes; at most 65536")));
}

TEST(ACell, WithMoreWordsThanAListHasIsRefused) {
  Files files = SmallFramework();
  *ContentOf(&files, "branches.csv") = absl::StrCat(
      "branch_id,provider_id,name,postcode,regulator_location_id,regulator_status,easting,northing,"
      "needs_met\nb,p,B,NG18 1JY,X-1,active,450000,360000,",
      Repeated("continuing_healthcare;", 17), "\n");
  EXPECT_THAT(FrameworkErrorsOf(files), ElementsAre(HasSubstr("has too many needs; at most 16")));
  files = SmallFrameworkWith("contracts.csv", "home_care;reablement", Repeated(";", 15000));
  EXPECT_THAT(FrameworkErrorsOf(files), Contains(HasSubstr("has too many services; at most ")));
}

TEST(RulesBeyondBounds, NestedDeeplyAreRefusedWhereTheyAreNoneAnyMore) {
  Files files = SmallFramework();
  *ContentOf(&files, "framework.textproto") = Repeated("rounds {", 10000) + Repeated("}", 10000);
  const std::vector<std::string> said = FrameworkErrorsOf(files);
  EXPECT_LE(said.size(), 50u);
  EXPECT_THAT(said, Contains(HasSubstr("RoundRule has no field \"rounds\"")));
}

TEST(RulesBeyondBounds, WithListsWithoutEndAreRefused) {
  Files files = SmallFramework();
  *ContentOf(&files, "framework.textproto") = Repeated("rounds {}\n", 1'000'000);
  EXPECT_THAT(FrameworkErrorsOf(files),
              ElementsAre("framework.textproto:1 : the file has 10000000 bytes; at most 131072 are "
                          "taken: lists belong into tables"));
  *ContentOf(&files, "framework.textproto") = Repeated("rounds {}\n", 13'000);
  EXPECT_THAT(
      FrameworkErrorsOf(files),
      ElementsAre("framework.textproto:501 rounds: there are 13000; at most 500 are taken"));
  *ContentOf(&files, "framework.textproto") =
      "rounds {\n" + Repeated("tier_ids: \"a\"\n", 501) + "}\n";
  EXPECT_THAT(
      FrameworkErrorsOf(files),
      ElementsAre("framework.textproto:502 tier_ids: there are 501; at most 500 are taken"));
}

TEST(RulesBeyondBounds, OfZeroBytesAreRefused) {
  Files files = SmallFramework();
  *ContentOf(&files, "framework.textproto") = Repeated(absl::string_view("\0 ", 2), 60'000);
  const std::vector<std::string> said = FrameworkErrorsOf(files);
  EXPECT_LE(said.size(), 200u);
  EXPECT_THAT(said.front(), HasSubstr("framework.textproto:1"));
}

TEST(AFolderBeyondBounds, OfTooManyFilesIsRefused) {
  Files files = SmallFramework();
  while (files.size() < 10'000) *files.Add() = files.Get(2);
  EXPECT_THAT(FrameworkErrorsOf(files),
              ElementsAre("framework.textproto:1 : there are 10000 files; at most 1000 are taken: "
                          "put rows of one kind together"));
}

TEST(Parsing, EndsWithoutAJudgementOnceStoppingIsAskedFor) {
  for (const Files& files : {SmallFramework(), SmallFrameworkWithLine("lots.csv", "X,")}) {
    int asked = 0;
    const auto all = ParseFramework(files, HostKnowsZone, [&asked] { return ++asked < 0; });
    ASSERT_FALSE(absl::IsAborted(all.status()));
    for (int at = 1, of = asked; at <= of; ++at) {
      asked = 0;
      const auto parsed =
          ParseFramework(files, HostKnowsZone, [&asked, at] { return ++asked == at; });
      EXPECT_TRUE(absl::IsAborted(parsed.status())) << at << " of " << of;
      EXPECT_EQ(asked, at) << "it is asked no more";
    }
  }
}

// Each of its rows is told which tiers there are: what is no id is not among them.
TEST(ATier, WhoseIdIsNoneIsNotRepeatedWithEveryRowThatIsWrong) {
  Files files = SmallFramework();
  std::string* rules = ContentOf(&files, "framework.textproto");
  absl::StrAppend(rules, "\ntiers { id: \"", std::string(100'000, 'x'), "\" rank: 9 }\n");
  std::string* contracts = ContentOf(&files, "contracts.csv");
  const std::string last = contracts->substr(contracts->rfind('\n', contracts->size() - 2) + 1);
  for (int i = 0; i < 500; ++i) absl::StrAppend(contracts, "wrong", i, ",", last);
  size_t bytes = 0;
  for (const std::string& error : FrameworkErrorsOf(files)) bytes += error.size();
  EXPECT_GT(bytes, 500u * 20);
  EXPECT_LT(bytes, 500u * 1000);
}

}  // namespace
}  // namespace brokerage::engine
