// Every value of a closed list is written about where people look for it: what the compiler cannot
// ask for, this test names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "brokerage/v1/performance_service.pb.h"
#include "engine/award/criteria.h"
#include "engine/framework/rules.h"
#include "engine/routing/hard_rules.h"
#include "google/protobuf/descriptor.h"

namespace brokerage::engine {
namespace {

using ::testing::HasSubstr;

std::string Read(const std::string& name) {
  std::ifstream file(absl::StrCat(SOURCE_DIR, "/docs/", name));
  EXPECT_TRUE(file) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// "fewest_recent_hours" for AWARD_CRITERION_FEWEST_RECENT_HOURS; of every value but the first.
template <typename Enum>
std::vector<std::pair<Enum, std::string>> NamedValues(const std::string& prefix) {
  const auto* list = google::protobuf::GetEnumDescriptor<Enum>();
  std::vector<std::pair<Enum, std::string>> named;
  for (int i = 1; i < list->value_count(); ++i) {
    named.emplace_back(static_cast<Enum>(list->value(i)->number()),
                       absl::AsciiStrToLower(list->value(i)->name().substr(prefix.size())));
  }
  return named;
}

TEST(AwardCriteria, StandInTheDocumentsAsTheyAreTold) {
  const std::string text = Read("frameworks.md");
  for (const auto& [criterion, name] : NamedValues<v1::AwardCriterion>("AWARD_CRITERION_")) {
    const bool listed = std::ranges::count(ListedCriteria(), criterion) > 0;
    EXPECT_THAT(text, HasSubstr(absl::StrCat("| `", name, "` | ", listed ? "yes" : "no", " | ",
                                             FindCriterion(criterion)->sentence, " |\n")));
  }
}

TEST(HardRules, StandInTheDocumentsWithTheirMoments) {
  const std::string text = Read("frameworks.md");
  for (const auto& [rule, name] : NamedValues<v1::HardRule>("HARD_RULE_")) {
    std::vector<std::string> moments;
    if (IsAsked(rule, kAtIssue)) moments.push_back("issue");
    if (IsAsked(rule, kAtAward)) moments.push_back("award");
    if (IsAsked(rule, kAtMove)) moments.push_back("move");
    EXPECT_THAT(text,
                HasSubstr(absl::StrCat("| `", name, "` | ", absl::StrJoin(moments, ", "), " | ")));
  }
}

TEST(Dimensions, StandInTheDocuments) {
  const std::string text = Read("kpi.md");
  const size_t begin = text.find("| dimension | value |");
  const std::string table = text.substr(begin, text.find("\n\n", begin) - begin);
  for (const auto& [dimension, name] : NamedValues<v1::Dimension>("DIMENSION_")) {
    EXPECT_THAT(table, HasSubstr(absl::StrReplaceAll(name, {{"_", " "}})));
  }
}

TEST(DeclineReasons, StandInTheDocuments) {
  const std::string text = Read("lifecycles.md");
  for (const auto& [reason, name] : NamedValues<v1::DeclineReason>("DECLINE_REASON_")) {
    EXPECT_THAT(text, HasSubstr(absl::StrCat("`", name, "`")));
  }
}

}  // namespace
}  // namespace brokerage::engine
