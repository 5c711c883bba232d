#include "engine/award/criteria.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>

namespace brokerage::engine {
namespace {

std::string Shown(v1::AwardCriterion criterion, int64_t value) {
  return FindCriterion(criterion)->show(value);
}

TEST(CriteriaOfTheTable, EachHasASentenceOfItsOwn) {
  std::set<std::string> seen;
  for (int number = 1; number < v1::AwardCriterion_ARRAYSIZE; ++number) {
    const auto criterion = static_cast<v1::AwardCriterion>(number);
    const std::string name = v1::AwardCriterion_Name(criterion);
    const Criterion* row = FindCriterion(criterion);
    ASSERT_NE(row, nullptr) << name;
    EXPECT_EQ(row->criterion, criterion) << name;
    EXPECT_STRNE(row->sentence, "") << name;
    EXPECT_TRUE(seen.insert(row->sentence).second) << name;
  }
}

TEST(CriteriaOfTheTable, OneOfANewerVersionIsUnknown) {
  EXPECT_EQ(FindCriterion(v1::AWARD_CRITERION_UNSPECIFIED), nullptr);
  EXPECT_EQ(FindCriterion(static_cast<v1::AwardCriterion>(v1::AwardCriterion_ARRAYSIZE)), nullptr);
}

TEST(CriteriaOfTheTable, ValuesReadAsPeopleSayThem) {
  constexpr int64_t kLast = std::numeric_limits<int32_t>::max();
  EXPECT_EQ(Shown(v1::AWARD_CRITERION_TIER, 2), "2");
  EXPECT_EQ(Shown(v1::AWARD_CRITERION_RANK, 3), "3");
  EXPECT_EQ(Shown(v1::AWARD_CRITERION_RANK, kLast), "none");
  EXPECT_EQ(Shown(v1::AWARD_CRITERION_CONTRACTED_SHORTFALL, -4), "4");
  EXPECT_EQ(Shown(v1::AWARD_CRITERION_SHARE_SHORTFALL, -150), "150");
  EXPECT_EQ(Shown(v1::AWARD_CRITERION_FEWEST_RECENT_HOURS, 125), "2 h 05");
  EXPECT_EQ(Shown(v1::AWARD_CRITERION_PRICE, 1805), "£18.05");
  EXPECT_EQ(Shown(v1::AWARD_CRITERION_PRICE, kLast), "none");
  EXPECT_EQ(Shown(v1::AWARD_CRITERION_WEIGHTED_SCORE, -700), "700");
  EXPECT_EQ(Shown(v1::AWARD_CRITERION_PREFERRED_BY_PERSON, 0), "0");
  EXPECT_EQ(Shown(v1::AWARD_CRITERION_EARLIEST_START, 1), "1");
  EXPECT_EQ(Shown(v1::AWARD_CRITERION_EARLIEST_ANSWER, 1530518400000000), "1530518400000000");
  EXPECT_EQ(Shown(v1::AWARD_CRITERION_IN_TIME, 0), "yes");
  EXPECT_EQ(Shown(v1::AWARD_CRITERION_IN_TIME, 1), "late");
  EXPECT_EQ(Shown(v1::AWARD_CRITERION_TIE_BREAK, int64_t{0x2a} << 47), "002a");
  EXPECT_EQ(Shown(v1::AWARD_CRITERION_EARLIER_ROUND, 1), "no");
}

}  // namespace
}  // namespace brokerage::engine
