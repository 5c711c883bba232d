// Rates as exact fractions: what is put over what, the bands of a score card, what a contract is
// short of, and how a rate is printed. A rate whose denominator is 0 is not available: it is in no
// band and short of nothing.
#pragma once

#include <cstdint>
#include <string>

#include "brokerage/v1/framework.pb.h"
#include "brokerage/v1/performance_service.pb.h"

namespace brokerage::engine {

int64_t RespondedOf(const v1::Counts& counts);  // accepted + declined
int64_t DueOf(const v1::Counts& counts);        // responded + late + silent
int64_t ExcludedOf(const v1::Counts& counts);   // error_upheld + notice_failed + closed_unanswered

v1::Rate RateOf(int64_t numerator, int64_t denominator);  // 0/0 where the denominator is 0

// The pick-up rate of counts over pick-up units: accepted, or won where the framework says so, less
// what was returned for the provider's own cause, over due.
v1::Rate PickUpRateOf(const v1::Counts& counts, v1::PickUpNumerator numerator);
// Every rate but pick_up.
v1::Rates RatesOf(const v1::Counts& counts, bool late_as_responded);

// -1, 0 or 1 as the rate is below, at or above so many percent. REQUIRES: denominator > 0.
int CompareToPercent(const v1::Rate& rate, int32_t percent);

// The least n >= 0 with (numerator + n) / denominator >= percent.
int64_t ShortBy(const v1::Rate& rate, int32_t percent);
// The least n >= 0 with (numerator + n) / (denominator + n) >= percent; -1 where none would do.
int64_t ToRecover(const v1::Rate& rate, int32_t percent);

// A score card's bands in whole percent as a council prints them: "green 90+, amber 75-89, red
// 0-74".
struct PrintedBands {
  int32_t green_from = 0;
  int32_t amber_to = 0;
  int32_t amber_from = 0;
  int32_t red_to = 0;
};
inline constexpr PrintedBands kSurreyBands = {90, 89, 75, 74};      // KPI 1, 2 and 4
inline constexpr PrintedBands kSurreyKpi3Bands = {95, 89, 75, 74};  // KPI 3

enum class Band { kNotAvailable, kRed, kAmber, kGreen };

struct BandResult {
  Band band = Band::kNotAvailable;
  // The printed bands leave the value out: it lies between the top of one and the bottom of the
  // next.
  bool in_printed_gap = false;
};

// Half-open on the exact fraction: green from green_from, amber from amber_from, else red.
BandResult BandOf(const v1::Rate& rate, const PrintedBands& bands);

// "85.0%": one decimal, half away from zero; "n/a" where the rate is not available. REQUIRES:
// numerator >= 0.
std::string PrintRate(const v1::Rate& rate);

}  // namespace brokerage::engine
