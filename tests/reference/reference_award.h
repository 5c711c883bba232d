// Which acceptance wins, from section 7 of the domain's description and from nothing else.
#pragma once

#include <vector>

#include "engine/model/package.h"
#include "tests/reference/reference_directory.h"
#include "tests/reference/reference_figures.h"

namespace brokerage::engine::reference {

// A value of a criterion as a fraction; the smaller is better.
struct ReferenceCriterionValue {
  v1::AwardCriterion criterion = v1::AWARD_CRITERION_UNSPECIFIED;
  __int128 numerator = 0;
  __int128 denominator = 1;  // greater than 0
};

struct ReferenceAcceptance {
  int32_t ordinal = 0;
  bool part = false;     // of some visits alone
  std::set<int> failed;  // hard rules
  std::vector<ReferenceCriterionValue> values;
};

struct ReferenceRanking {
  std::vector<ReferenceAcceptance> valid;   // best first
  std::vector<ReferenceAcceptance> voided;  // by ordinal
  // The first that takes the whole; null where nobody does.
  const ReferenceAcceptance* BestWhole() const {
    for (const ReferenceAcceptance& one : valid) {
      if (!one.part) return &one;
    }
    return nullptr;
  }
};

struct ReferenceAwardQuestion {
  const ReferenceHistory& history;
  const PackageAggregate& package;
  const v1::FrameworkRules& rules;
  absl::Time time;
};

// What was awarded under a branch's limit and was not given back.
struct ReferenceLimit {
  v1::AcceptanceLimit newest;  // as the last acceptance that names it says
  int64_t packages = 0;
  int64_t weekly_minutes = 0;
};
ReferenceLimit LimitNamed(const ReferenceHistory& history, const std::string& branch_id,
                          const std::string& name);

// The weekly minutes that an award to the acceptance would give the branch.
int64_t ReferenceMinutes(const journal::v1::PackageRow& package,
                         const journal::v1::OfferRow& offer);

ReferenceRanking ReferenceRank(const ReferenceAwardQuestion& question);
// Whether an award needs a recorded exception of its price.
bool IsOutsidePriceLimits(const v1::FrameworkRules& rules, const journal::v1::OfferRow& offer);
// Whether the offer is of a round that opened at the same time as an earlier one.
bool IsOfLaterRound(const PackageAggregate& package, const journal::v1::OfferRow& offer);
// Whether anybody may still answer for whom the acceptance has to wait: an earlier tier wins
// without waiting for the later.
bool HasToWait(const PackageAggregate& package, const v1::FrameworkRules& rules, int32_t winner);
// The round whose timing and mode hold for an award to the acceptance: 0 for a restart.
int32_t ReferenceRuleOfAward(const PackageAggregate& package, int32_t winner);
// The first criterion on which the values differ; UNSPECIFIED if they do not.
v1::AwardCriterion FirstDifference(const ReferenceAcceptance& a, const ReferenceAcceptance& b);
// The first criterion on which the winner is better, which may come after one on which it is not if
// care navigation chose it; UNSPECIFIED if it is better on none.
v1::AwardCriterion FirstBetter(const ReferenceAcceptance& winner, const ReferenceAcceptance& loser);

// Tries answers of the offers that are open, and gives one that makes another win than the best
// acceptance of the whole: by ordinal, true for an acceptance. Empty if nothing they may answer now
// changes the winner.
std::map<int32_t, bool> AnswersThatChangeTheWinner(const ReferenceAwardQuestion& question);
// Whether the definition of certainty has the best acceptance certain, even if every open offer
// counts.
bool SurelyCertain(const ReferenceAwardQuestion& question);

}  // namespace brokerage::engine::reference
