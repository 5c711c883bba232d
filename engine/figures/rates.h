// Rates as exact fractions: what is put over what, bands and risk, what a contract is short of, and
// how a rate is printed. A rate whose denominator is 0 is not available: it is in no
// band and short of nothing.
#pragma once

#include <cstdint>
#include <string>

#include "brokerage/v1/framework.pb.h"
#include "brokerage/v1/performance_service.pb.h"

namespace brokerage::engine {

int64_t RespondedOf(const v1::Counts& counts);  // accepted + declined + in_part
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

// The framework's bands for the figure; null if it has none.
const v1::RateBands* BandsOf(const v1::FrameworkRules& rules, v1::Kpi kpi);
// The rate with its band, half-open on the exact fraction: green from green_percent, amber from
// amber_percent, else red. In a printed gap where it lies strictly between the ends of one. Neither
// where the rate is not available or `bands` is null.
v1::BandedRate BandedRateOf(const v1::Rate& rate, const v1::RateBands* bands);

// From this response rate on a provider below the target is of medium risk, unless the framework
// says otherwise.
inline constexpr int32_t kMediumRiskPercentDefault = 75;
// The risk of not responding: low where the rate meets the framework's target, medium from its
// medium_risk_percent on, else high. None where the rate is not available or there is no target.
v1::Risk RiskOf(const v1::Rate& rate, const v1::FrameworkRules& rules);

// The rate in tenths of a percent, half away from zero: 850 for 17/20. REQUIRES: numerator >= 0,
// denominator > 0.
int64_t TenthsOfPercent(const v1::Rate& rate);
// "85.0%": one decimal, half away from zero; "n/a" where the rate is not available. REQUIRES:
// numerator >= 0.
std::string PrintRate(const v1::Rate& rate);

}  // namespace brokerage::engine
