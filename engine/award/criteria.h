// The criteria by which an acceptance wins, one row of a table each: its value, what a decision
// before all answers may rely on, and its words. Which of them a framework lists is said in
// framework/rules.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "engine/base/calendar.h"
#include "engine/model/directory.h"
#include "engine/model/package.h"
#include "engine/model/rollup_table.h"

namespace brokerage::engine {

// What an award is asked of. It outlives whoever asks.
struct AwardQuestion {
  const PackageAggregate& package;
  const v1::FrameworkRules& rules;
  const Directory& directory;
  const RollupTable& rollups;
  absl::Time time;
  DateNumber date = 0;
  // The packages to which it is linked.
  std::vector<const PackageAggregate*> linked = {};
};

// Values of offers for each criterion, given the acceptances that are compared with each other.
class CriterionValues {
 public:
  // The question outlives this.
  CriterionValues(const AwardQuestion& question,
                  std::vector<const journal::v1::OfferRow*> acceptances);

  // Smaller is better. REQUIRES: a criterion of the table.
  int64_t Of(v1::AwardCriterion criterion, const journal::v1::OfferRow& offer) const;

  const AwardQuestion& question() const { return question_; }
  const std::vector<const journal::v1::OfferRow*>& acceptances() const { return acceptances_; }
  // In pence per hour; 0 if no acceptance has a price.
  int64_t lowest_price() const { return lowest_price_; }

 private:
  const AwardQuestion& question_;
  std::vector<const journal::v1::OfferRow*> acceptances_;
  int64_t lowest_price_ = 0;
};

// Whether the offer's price lies outside the framework's floor and ceiling, so that an award needs
// a recorded exception.
bool NeedsPriceException(const v1::FrameworkRules& rules, const journal::v1::OfferRow& offer);

struct Criterion {
  v1::AwardCriterion criterion;
  // Smaller is better.
  int64_t (*value)(const CriterionValues& given, const journal::v1::OfferRow& offer);
  // Whether the value of an offer that is not answered yet is known, the answer being an acceptance
  // in time.
  bool known_without_answer;
  // Whether an acceptance of one of these offers, which are not answered yet, may change the values
  // of those that have accepted; null if none ever does.
  bool (*moved_by_others)(const CriterionValues& given,
                          const std::vector<const journal::v1::OfferRow*>& possible);
  // A value as people read it.
  std::string (*show)(int64_t value);
  // What decided, where this criterion did: "decided by SENTENCE".
  const char* sentence;
};

// Null for AWARD_CRITERION_UNSPECIFIED, and for one of a newer version.
const Criterion* FindCriterion(v1::AwardCriterion criterion);

}  // namespace brokerage::engine
