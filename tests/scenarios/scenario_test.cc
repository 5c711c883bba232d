// Every scenario of tests/scenarios/*.md is a test; and together they show everything that can
// happen.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/model/lifecycle.h"
#include "tests/scenarios/runner/runner.h"
#include "tests/scenarios/runner/table.h"

namespace brokerage::engine {

namespace {

const std::vector<Scenario>& AllScenarios() {
  static const auto& kScenarios = *new std::vector<Scenario>(ReadScenarios());
  return kScenarios;
}

// Played once in a program, however many tests look at it.
const ScenarioOutcome& OutcomeOf(size_t index) {
  static auto& outcomes = *new std::map<size_t, ScenarioOutcome>;
  auto it = outcomes.find(index);
  if (it == outcomes.end()) {
    it = outcomes.emplace(index, ScenarioRunner(AllScenarios()[index]).Run()).first;
  }
  return it->second;
}

std::set<std::string> SeenInAll() {
  std::set<std::string> seen;
  for (size_t i = 0; i < AllScenarios().size(); ++i) {
    seen.insert(OutcomeOf(i).seen.begin(), OutcomeOf(i).seen.end());
  }
  return seen;
}

// What of `all` no scenario shows, a line each.
std::string Missing(const std::vector<std::string>& all) {
  const std::set<std::string> seen = SeenInAll();
  std::vector<std::string> missing;
  for (const std::string& one : all) {
    if (!seen.contains(one)) missing.push_back(one);
  }
  return absl::StrJoin(missing, "\n");
}

class ScenarioTest : public testing::TestWithParam<size_t> {};

TEST_P(ScenarioTest, Plays) {
  for (const std::string& problem : OutcomeOf(GetParam()).problems) ADD_FAILURE() << problem;
}

std::vector<size_t> Indexes() {
  std::vector<size_t> indexes;
  for (size_t i = 0; i < AllScenarios().size(); ++i) indexes.push_back(i);
  return indexes;
}

INSTANTIATE_TEST_SUITE_P(, ScenarioTest, testing::ValuesIn(Indexes()), [](const auto& info) {
  return TestNameOf(AllScenarios()[info.param].title);
});

TEST(ScenariosTogether, ShowEveryTransitionOfAPackage) {
  std::vector<std::string> all;
  for (const PackageTransition& one : PackageTransitions()) all.push_back(SeenName(one));
  EXPECT_EQ(Missing(all), "");
}

TEST(ScenariosTogether, ShowEveryTransitionOfAnOffer) {
  std::vector<std::string> all;
  for (const OfferTransition& one : OfferTransitions()) all.push_back(SeenName(one));
  EXPECT_EQ(Missing(all), "");
}

TEST(ScenariosTogether, ShowEveryHardRuleFail) {
  std::vector<std::string> all;
  for (int rule = 1; rule < v1::HardRule_ARRAYSIZE; ++rule) {
    all.push_back(SeenName(static_cast<v1::HardRule>(rule)));
  }
  EXPECT_EQ(Missing(all), "");
}

TEST(ScenariosTogether, ShowEveryCriterionDecide) {
  std::vector<std::string> all;
  for (int criterion = 1; criterion < v1::AwardCriterion_ARRAYSIZE; ++criterion) {
    all.push_back(SeenName(static_cast<v1::AwardCriterion>(criterion)));
  }
  EXPECT_EQ(Missing(all), "");
}

TEST(ScenariosTogether, ShowEveryReasonThatTheEngineGives) {
  // Given by the services, and proven with them.
  const std::set<v1::RejectionReason> elsewhere = {
      v1::REJECTION_REASON_NOT_SIGNED_IN,     v1::REJECTION_REASON_ROLE_MAY_NOT,
      v1::REJECTION_REASON_OVERLOADED,        v1::REJECTION_REASON_DEADLINE_PASSED_IN_QUEUE,
      v1::REJECTION_REASON_REQUEST_ID_REUSED, v1::REJECTION_REASON_CLOCK_IS_REAL};
  std::vector<std::string> all;
  for (int reason = 1; reason < v1::RejectionReason_ARRAYSIZE; ++reason) {
    const auto one = static_cast<v1::RejectionReason>(reason);
    if (!elsewhere.contains(one)) all.push_back(SeenName(one));
  }
  EXPECT_EQ(Missing(all), "");
}

TEST(ScenariosTogether, HaveTitlesThatDiffer) {
  std::set<std::string> names;
  for (const Scenario& scenario : AllScenarios()) {
    EXPECT_TRUE(names.insert(TestNameOf(scenario.title)).second) << scenario.title;
  }
}

TEST(ScenariosTogether, AreWrittenInTheWordsOfTheReadme) {
  const std::string readme = ReadSourceFile("tests/scenarios/README.md");
  const std::vector<std::string> vocabulary = ScenarioRunner::Vocabulary();
  for (const std::string& pattern : vocabulary) {
    EXPECT_NE(readme.find(absl::StrCat("`", pattern, "`")), std::string::npos) << pattern;
  }
  // And nothing stands there that nobody plays.
  const std::set<std::string> known(vocabulary.begin(), vocabulary.end());
  const std::string phrases = readme.substr(readme.find("## What somebody does"));
  for (absl::string_view line : absl::StrSplit(phrases, '\n')) {
    if (!absl::ConsumePrefix(&line, "| `")) continue;
    EXPECT_TRUE(known.contains(std::string(line.substr(0, line.find('`'))))) << line;
  }
}

}  // namespace

}  // namespace brokerage::engine
