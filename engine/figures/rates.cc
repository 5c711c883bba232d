#include "engine/figures/rates.h"

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"

namespace brokerage::engine {

namespace {

// 100 x numerator - percent x denominator: negative below the percentage.
absl::int128 MarginOf(const v1::Rate& rate, int32_t percent) {
  return absl::int128(rate.numerator()) * 100 - absl::int128(rate.denominator()) * percent;
}

int64_t DivideUp(absl::int128 dividend, int64_t divisor) {
  return static_cast<int64_t>((dividend + divisor - 1) / divisor);
}

}  // namespace

int64_t RespondedOf(const v1::Counts& counts) {
  return counts.accepted() + counts.declined() + counts.in_part();
}

int64_t DueOf(const v1::Counts& counts) {
  return RespondedOf(counts) + counts.late() + counts.silent();
}

int64_t ExcludedOf(const v1::Counts& counts) {
  return counts.error_upheld() + counts.notice_failed() + counts.closed_unanswered();
}

v1::Rate RateOf(int64_t numerator, int64_t denominator) {
  v1::Rate rate;
  if (denominator == 0) return rate;
  rate.set_numerator(numerator);
  rate.set_denominator(denominator);
  return rate;
}

v1::Rate PickUpRateOf(const v1::Counts& counts, v1::PickUpNumerator numerator) {
  const int64_t picked_up =
      numerator == v1::PICK_UP_NUMERATOR_WON ? counts.won() : counts.accepted();
  return RateOf(picked_up - counts.accepted_returned_by_provider(), DueOf(counts));
}

v1::Rates RatesOf(const v1::Counts& counts, bool late_as_responded) {
  const int64_t due = DueOf(counts);
  const int64_t responded = RespondedOf(counts) + (late_as_responded ? counts.late() : 0);
  v1::Rates rates;
  *rates.mutable_response() = RateOf(responded, due);
  *rates.mutable_acceptance() = RateOf(counts.accepted(), due);
  *rates.mutable_award() = RateOf(counts.won(), due);
  *rates.mutable_hand_back() = RateOf(counts.handed_back_in_cohort(), counts.won());
  *rates.mutable_placed() =
      RateOf(counts.placed(), counts.won() + counts.late_won() + counts.placed());
  return rates;
}

int CompareToPercent(const v1::Rate& rate, int32_t percent) {
  const absl::int128 margin = MarginOf(rate, percent);
  return margin < 0 ? -1 : margin > 0 ? 1 : 0;
}

int64_t ShortBy(const v1::Rate& rate, int32_t percent) {
  if (rate.denominator() == 0) return 0;
  const absl::int128 margin = MarginOf(rate, percent);
  return margin >= 0 ? 0 : DivideUp(-margin, 100);
}

int64_t ToRecover(const v1::Rate& rate, int32_t percent) {
  if (rate.denominator() == 0) return 0;
  const absl::int128 margin = MarginOf(rate, percent);
  if (margin >= 0) return 0;
  if (percent >= 100) return -1;  // a failure once made can never be all of them again
  return DivideUp(-margin, 100 - percent);
}

const v1::RateBands* BandsOf(const v1::FrameworkRules& rules, v1::Kpi kpi) {
  for (const v1::RateBands& bands : rules.bands()) {
    if (bands.kpi() == kpi) return &bands;
  }
  return nullptr;
}

v1::BandedRate BandedRateOf(const v1::Rate& rate, const v1::RateBands* bands) {
  v1::BandedRate banded;
  *banded.mutable_rate() = rate;
  if (rate.denominator() == 0 || bands == nullptr) return banded;
  if (CompareToPercent(rate, bands->green_percent()) >= 0) {
    banded.set_band(v1::BAND_GREEN);
  } else if (CompareToPercent(rate, bands->amber_percent()) >= 0) {
    banded.set_band(v1::BAND_AMBER);
  } else {
    banded.set_band(v1::BAND_RED);
  }
  for (const v1::PrintedGap& gap : bands->printed_gaps()) {
    if (CompareToPercent(rate, gap.above_percent()) > 0 &&
        CompareToPercent(rate, gap.below_percent()) < 0) {
      banded.set_in_printed_gap(true);
    }
  }
  return banded;
}

v1::Risk RiskOf(const v1::Rate& rate, const v1::FrameworkRules& rules) {
  if (rate.denominator() == 0 || rules.response_target_percent() == 0) return v1::RISK_UNSPECIFIED;
  if (CompareToPercent(rate, rules.response_target_percent()) >= 0) return v1::RISK_LOW;
  const int32_t medium =
      rules.medium_risk_percent() > 0 ? rules.medium_risk_percent() : kMediumRiskPercentDefault;
  return CompareToPercent(rate, medium) >= 0 ? v1::RISK_MEDIUM : v1::RISK_HIGH;
}

int64_t TenthsOfPercent(const v1::Rate& rate) {
  const absl::int128 doubled = absl::int128(rate.numerator()) * 2000 + rate.denominator();
  return static_cast<int64_t>(doubled / (absl::int128(rate.denominator()) * 2));
}

std::string PrintRate(const v1::Rate& rate) {
  if (rate.denominator() == 0) return "n/a";
  const int64_t tenths = TenthsOfPercent(rate);
  return absl::StrCat(tenths / 10, ".", tenths % 10, "%");
}

}  // namespace brokerage::engine
