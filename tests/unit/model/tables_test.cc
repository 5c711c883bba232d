#include "engine/model/tables.h"

#include <gtest/gtest.h>

#include <set>

#include "absl/strings/match.h"

namespace brokerage::engine {
namespace {

TEST(Keys, KeyOrderIsNumberOrder) {
  std::string before;
  for (uint64_t number : {uint64_t{1}, uint64_t{2}, uint64_t{255}, uint64_t{256}, uint64_t{70000},
                          uint64_t{1} << 40, ~uint64_t{0}}) {
    EXPECT_LT(before, PackageKey(number));
    before = PackageKey(number);
  }
  EXPECT_LT(OfferKey(5, 255), OfferKey(5, 256));
  EXPECT_LT(OfferKey(5, 5000), OfferKey(6, 1));
  EXPECT_LT(FrameworkKey("surrey", 9), FrameworkKey("surrey", 10));
  EXPECT_LT(OfferFactKey("surrey", 20241231, 9, 9), OfferFactKey("surrey", 20250101, 1, 1));
  EXPECT_LT(HistoryKey(HistoryScope::kAll, "", 255), HistoryKey(HistoryScope::kAll, "", 256));
}

TEST(Keys, APackagesKeyIsThePrefixOfItsOffersAndTexts) {
  EXPECT_TRUE(absl::StartsWith(OfferKey(123, 4), PackageKey(123)));
  EXPECT_TRUE(absl::StartsWith(TextKey(123, "summary"), PackageKey(123)));
  EXPECT_FALSE(absl::StartsWith(OfferKey(124, 4), PackageKey(123)));
}

TEST(Keys, AnIdThatBeginsLikeAnotherIsNotFoundUnderIt) {
  EXPECT_FALSE(absl::StartsWith(OwnedOfferKey("radis-east", 1, 1), OwnedOfferPrefix("radis")));
  EXPECT_TRUE(absl::StartsWith(OwnedOfferKey("radis", 1, 1), OwnedOfferPrefix("radis")));
  EXPECT_FALSE(absl::StartsWith(PackageStateKey("surrey-nhs", v1::PACKAGE_STATE_OFFERED, 1),
                                PackageStatePrefix("surrey", v1::PACKAGE_STATE_OFFERED)));
  EXPECT_FALSE(absl::StartsWith(HistoryKey(HistoryScope::kBranch, "radis-east", 1),
                                HistoryPrefix(HistoryScope::kBranch, "radis")));
  EXPECT_FALSE(absl::StartsWith(OfferFactKey("east-of-england", 20250101, 1, 1),
                                OfferFactPrefix("east", 20250101)));
}

TEST(Keys, WithoutADateThePrefixHoldsAllOfAFrameworksFacts) {
  EXPECT_TRUE(
      absl::StartsWith(OfferFactKey("surrey", 20250101, 7, 2), OfferFactPrefix("surrey", 0)));
  EXPECT_TRUE(absl::StartsWith(OfferFactKey("surrey", 20250101, 7, 2),
                               OfferFactPrefix("surrey", 20250101)));
  EXPECT_LT(OfferFactPrefix("surrey", 20250101), OfferFactKey("surrey", 20250101, 0, 0));
}

TEST(Keys, ScopesOfHistoryStayApart) {
  std::set<std::string> keys = {
      HistoryKey(HistoryScope::kAll, "", 7),
      HistoryKey(HistoryScope::kBranch, "x", 7),
      HistoryKey(HistoryScope::kProvider, "x", 7),
      HistoryKey(HistoryScope::kAuthority, "x", 7),
      HistoryKey(HistoryScope::kPackage, PackageKey(0), 7),
      HistoryKey(HistoryScope::kPackage, PackageKey(7), 0),
  };
  EXPECT_EQ(keys.size(), 6u);
}

TEST(Keys, NumbersAreReadBack) {
  const uint64_t number = 0x0102030405060708;
  EXPECT_EQ(TrailingNumber(PackageStateKey("kent", v1::PACKAGE_STATE_OFFERED, number)), number);
  EXPECT_EQ(TrailingNumber(HistoryKey(HistoryScope::kPackage, PackageKey(3), number)), number);
  const std::pair<uint64_t, int32_t> offer = {number, 5000};
  EXPECT_EQ(TrailingOffer(OfferKey(number, 5000)), offer);
  EXPECT_EQ(TrailingOffer(OwnedOfferKey("branch", number, 5000)), offer);
  EXPECT_EQ(TrailingOffer(OfferFactKey("surrey", 20250101, number, 5000)), offer);
}

TEST(Keys, AKeyThatIsTooShortHasNoNumber) {
  EXPECT_EQ(TrailingNumber("short"), 0u);
  EXPECT_EQ(TrailingOffer("short").second, 0);
}

TEST(Keys, EveryTableHasItsOwnName) {
  std::set<std::string> names;
  for (int i = 0; i < kTables; ++i) names.insert(TableName(static_cast<Table>(i)));
  EXPECT_EQ(names.size(), static_cast<size_t>(kTables));
}

}  // namespace
}  // namespace brokerage::engine
