#include "engine/figures/rates.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <utility>

namespace brokerage::engine {
namespace {

// As Surrey prints them: KPI 1, 2 and 4 green 90+, amber 75-89, red 0-74; KPI 3 green 95+.
v1::RateBands Bands(int32_t green) {
  v1::RateBands bands;
  bands.set_green_percent(green);
  bands.set_amber_percent(75);
  for (const auto& [above, below] : {std::pair(89, green), std::pair(74, 75)}) {
    v1::PrintedGap* gap = bands.add_printed_gaps();
    gap->set_above_percent(above);
    gap->set_below_percent(below);
  }
  return bands;
}

v1::Band BandOf(const v1::Rate& rate, const v1::RateBands& bands) {
  return BandedRateOf(rate, &bands).band();
}

TEST(Rates, WithoutDenominatorARateIsNotAvailable) {
  const v1::Rates rates = RatesOf(v1::Counts(), true);
  EXPECT_EQ(PrintRate(rates.response()), "n/a");
  EXPECT_EQ(BandOf(rates.response(), Bands(90)), v1::BAND_UNSPECIFIED);
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
  EXPECT_EQ(BandOf(just_below, Bands(90)), v1::BAND_AMBER);
  EXPECT_EQ(BandOf(RateOf(9, 10), Bands(90)), v1::BAND_GREEN);
  EXPECT_EQ(BandOf(RateOf(3, 4), Bands(90)), v1::BAND_AMBER);
  EXPECT_EQ(BandOf(RateOf(74999, 100000), Bands(90)), v1::BAND_RED);
}

TEST(Bands, SayWhereThePrintedOnesLeaveAGap) {
  auto gap = [](int64_t tenths, const v1::RateBands& bands) {
    return BandedRateOf(RateOf(tenths, 1000), &bands).in_printed_gap();
  };
  EXPECT_TRUE(gap(895, Bands(90)));
  EXPECT_TRUE(gap(745, Bands(90)));
  for (int64_t tenths : {0, 740, 750, 890, 900, 1000})
    EXPECT_FALSE(gap(tenths, Bands(90))) << tenths;
  for (int64_t tenths : {891, 900, 940, 949}) EXPECT_TRUE(gap(tenths, Bands(95))) << tenths;
  EXPECT_FALSE(gap(950, Bands(95)));
  EXPECT_EQ(BandOf(RateOf(92, 100), Bands(95)), v1::BAND_AMBER);
}

TEST(Bands, AreNoneWhereTheFrameworkHasNone) {
  EXPECT_EQ(BandedRateOf(RateOf(1, 2), nullptr).band(), v1::BAND_UNSPECIFIED);
  EXPECT_EQ(BandedRateOf(RateOf(1, 2), nullptr).rate().denominator(), 2);
  v1::FrameworkRules rules;
  EXPECT_EQ(BandsOf(rules, v1::KPI_RESPONSE), nullptr);
  rules.add_bands()->set_kpi(v1::KPI_RESTARTS);
  rules.add_bands()->set_kpi(v1::KPI_RESPONSE);
  EXPECT_EQ(BandsOf(rules, v1::KPI_RESPONSE), &rules.bands(1));
}

TEST(Risk, IsByTheExactFraction) {
  v1::FrameworkRules rules;
  EXPECT_EQ(RiskOf(RateOf(1, 1), rules), v1::RISK_UNSPECIFIED) << "no target";
  rules.set_response_target_percent(95);
  EXPECT_EQ(RiskOf(v1::Rate(), rules), v1::RISK_UNSPECIFIED) << "no rate";
  EXPECT_EQ(RiskOf(RateOf(95, 100), rules), v1::RISK_LOW);
  EXPECT_EQ(RiskOf(RateOf(94999, 100000), rules), v1::RISK_MEDIUM) << "printed as 95.0%";
  EXPECT_EQ(RiskOf(RateOf(3, 4), rules), v1::RISK_MEDIUM) << "75 unless the framework says";
  EXPECT_EQ(RiskOf(RateOf(74999, 100000), rules), v1::RISK_HIGH);
  rules.set_medium_risk_percent(80);
  EXPECT_EQ(RiskOf(RateOf(3, 4), rules), v1::RISK_HIGH);
  EXPECT_EQ(RiskOf(RateOf(4, 5), rules), v1::RISK_MEDIUM);
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
