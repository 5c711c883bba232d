#include "engine/award/acceptance_limits.h"

#include <gtest/gtest.h>

#include "engine/base/rejection.h"

namespace brokerage::engine {
namespace {

v1::AcceptanceLimit Limit(const std::string& name, int32_t packages, int32_t minutes) {
  v1::AcceptanceLimit limit;
  limit.set_name(name);
  limit.set_packages_max(packages);
  limit.set_weekly_minutes_max(minutes);
  return limit;
}

TEST(AcceptanceLimits, NeedANameAndAMaximum) {
  const struct {
    v1::AcceptanceLimit limit;
    const char* field;  // "" if it is good
  } kCases[] = {
      {Limit("week 27", 2, 0), ""},
      {Limit("week 27", 0, 2400), ""},
      {Limit("week 27", 2, 2400), ""},
      {Limit(std::string(64, 'x'), 1, 0), ""},
      {Limit("", 2, 0), "limit.name"},
      {Limit(std::string(65, 'x'), 1, 0), "limit.name"},
      {Limit("Mrs Jane Smith", 1, 0), "limit.name"},
      {Limit("week 27", 0, 0), "limit"},
      {Limit("week 27", -1, 2400), "limit.packages_max"},
      {Limit("week 27", 2, -1), "limit.weekly_minutes_max"},
  };
  for (const auto& one : kCases) {
    EXPECT_EQ(RejectionOf(CheckAcceptanceLimit(one.limit)).field(), one.field)
        << one.limit.ShortDebugString();
  }
}

TEST(AcceptanceLimits, HaveRoomUpToTheirMaximum) {
  const struct {
    int32_t packages_max, minutes_max;
    int64_t packages, minutes, more_minutes;
    bool room;
  } kCases[] = {
      {2, 0, 1, 420, 10000, true},  {2, 0, 2, 420, 1, false},  {0, 900, 9, 480, 420, true},
      {0, 900, 1, 481, 420, false}, {2, 900, 1, 0, 900, true}, {2, 900, 1, 0, 901, false},
      {2, 900, 2, 0, 15, false},
  };
  for (const auto& one : kCases) {
    journal::v1::RollupRow row;
    *row.mutable_acceptance_limit() = Limit("week 27", one.packages_max, one.minutes_max);
    row.set_awards(one.packages);
    row.set_minutes(one.minutes);
    EXPECT_EQ(HasRoom(row, one.more_minutes), one.room) << row.ShortDebugString();
  }
}

TEST(AcceptanceLimits, BelongToTheAcceptanceThatStands) {
  journal::v1::OfferRow offer;
  EXPECT_EQ(LimitOf(offer), nullptr);
  journal::v1::AnswerRow* answer = offer.add_answers();
  answer->set_answer(v1::ANSWER_ACCEPT);
  *answer->mutable_limit() = Limit("week 27", 2, 0);
  ASSERT_NE(LimitOf(offer), nullptr);
  EXPECT_EQ(LimitOf(offer)->name(), "week 27");
  answer->set_remark(true);
  EXPECT_EQ(LimitOf(offer), nullptr);
  answer->set_remark(false);
  offer.add_answers()->set_answer(v1::ANSWER_DECLINE);
  EXPECT_EQ(LimitOf(offer), nullptr);
  offer.add_answers()->set_answer(v1::ANSWER_ACCEPT);
  EXPECT_EQ(LimitOf(offer), nullptr);
}

TEST(AcceptanceLimits, AreKeptByBranchAndName) {
  EXPECT_EQ(LimitKey("add-one", "week 27"), "8||0|add-one|week 27");
  RollupTable table;
  EXPECT_EQ(table.Change(LimitDimensions("add-one", "a|b"))->ShortDebugString(),
            "kind: KIND_LIMIT branch_id: \"add-one\" acceptance_limit { name: \"a|b\" }");
  EXPECT_NE(table.Find(LimitKey("add-one", "a|b")), nullptr);
  EXPECT_EQ(RollupTable::KeyOf(*table.Find(LimitKey("add-one", "a|b"))),
            LimitKey("add-one", "a|b"));
}

}  // namespace
}  // namespace brokerage::engine
