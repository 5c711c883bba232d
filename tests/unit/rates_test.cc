#include "engine/rates.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace brokerage::engine {
namespace {

TEST(Rates, WithoutDenominatorARateIsNotAvailable) {
  const v1::Rates rates = RatesOf(v1::Counts(), true);
  EXPECT_EQ(PrintRate(rates.response()), "n/a");
  EXPECT_EQ(BandOf(rates.response(), kSurreyBands).band, Band::kNotAvailable);
  EXPECT_EQ(ShortBy(rates.response(), 75), 0);
  EXPECT_EQ(ToRecover(rates.response(), 75), 0);
}

TEST(Rates, DueTwelveAnsweredNoneIsNoughtPercent) {
  v1::Counts counts;
  counts.set_silent(12);
  EXPECT_EQ(PrintRate(RatesOf(counts, false).response()), "0.0%");
}

TEST(Rates, LateCountsAsRespondedOnlyWhenAskedTo) {
  v1::Counts counts;
  counts.set_accepted(1);
  counts.set_late(2);
  counts.set_silent(1);
  EXPECT_EQ(PrintRate(RatesOf(counts, false).response()), "25.0%");
  EXPECT_EQ(PrintRate(RatesOf(counts, true).response()), "75.0%");
  EXPECT_EQ(PrintRate(RatesOf(counts, true).acceptance()), "25.0%");
}

TEST(Rates, PrintToOneDecimalHalfAwayFromZero) {
  EXPECT_EQ(PrintRate(RateOf(17, 20)), "85.0%");
  EXPECT_EQ(PrintRate(RateOf(1, 3)), "33.3%");
  EXPECT_EQ(PrintRate(RateOf(2, 3)), "66.7%");
  EXPECT_EQ(PrintRate(RateOf(1, 2000)), "0.1%");  // 0.05
  EXPECT_EQ(PrintRate(RateOf(499, 1000000)), "0.0%");
  EXPECT_EQ(PrintRate(RateOf(1999, 2000)), "100.0%");  // 99.95
  EXPECT_EQ(PrintRate(RateOf(5, 5)), "100.0%");
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(PrintRate(RateOf(kMost, kMost)), "100.0%");
}

TEST(Bands, NeverDependOnThePrintedFigure) {
  const v1::Rate just_below = RateOf(89999, 100000);
  EXPECT_EQ(PrintRate(just_below), "90.0%");
  EXPECT_EQ(BandOf(just_below, kSurreyBands).band, Band::kAmber);
  EXPECT_EQ(BandOf(RateOf(9, 10), kSurreyBands).band, Band::kGreen);
  EXPECT_EQ(BandOf(RateOf(3, 4), kSurreyBands).band, Band::kAmber);
  EXPECT_EQ(BandOf(RateOf(74999, 100000), kSurreyBands).band, Band::kRed);
}

TEST(Bands, SayWhereThePrintedOnesLeaveAGap) {
  auto gap = [](int64_t tenths, const PrintedBands& bands) {
    return BandOf(RateOf(tenths, 1000), bands).in_printed_gap;
  };
  EXPECT_TRUE(gap(895, kSurreyBands));
  EXPECT_TRUE(gap(745, kSurreyBands));
  for (int64_t tenths : {0, 740, 750, 890, 900, 1000})
    EXPECT_FALSE(gap(tenths, kSurreyBands)) << tenths;
  for (int64_t tenths : {891, 900, 940, 949}) EXPECT_TRUE(gap(tenths, kSurreyKpi3Bands)) << tenths;
  EXPECT_FALSE(gap(950, kSurreyKpi3Bands));
  EXPECT_EQ(BandOf(RateOf(92, 100), kSurreyKpi3Bands).band, Band::kAmber);
}

TEST(Shortfall, IsTheLeastNumberThatWouldDo) {
  for (int64_t due = 1; due <= 40; ++due) {
    for (int64_t accepted = 0; accepted <= due; ++accepted) {
      for (int32_t percent : {0, 25, 33, 75, 99, 100}) {
        const v1::Rate rate = RateOf(accepted, due);
        const int64_t short_by = ShortBy(rate, percent);
        EXPECT_GE(CompareToPercent(RateOf(accepted + short_by, due), percent), 0);
        if (short_by > 0) {
          EXPECT_LT(CompareToPercent(RateOf(accepted + short_by - 1, due), percent), 0);
        }
        const int64_t recover = ToRecover(rate, percent);
        if (recover < 0) {
          EXPECT_EQ(percent, 100);
          EXPECT_LT(accepted, due);
          continue;
        }
        EXPECT_GE(CompareToPercent(RateOf(accepted + recover, due + recover), percent), 0);
        if (recover > 0) {
          EXPECT_LT(CompareToPercent(RateOf(accepted + recover - 1, due + recover - 1), percent),
                    0);
        }
      }
    }
  }
}

TEST(Shortfall, OfTheWorkedExampleIsTwoAndEight) {
  EXPECT_EQ(ShortBy(RateOf(13, 20), 75), 2);
  EXPECT_EQ(ToRecover(RateOf(13, 20), 75), 8);
}

}  // namespace
}  // namespace brokerage::engine
