// Which acceptance wins, from section 7 of the domain's description and from nothing else.
#pragma once

#include <vector>

#include "engine/model/package.h"
#include "tests/reference/reference_directory.h"
#include "tests/reference/reference_figures.h"

namespace brokerage::engine::naive {

// A value of a criterion as a fraction; the smaller is better.
struct NaiveValueOf {
  v1::AwardCriterion criterion = v1::AWARD_CRITERION_UNSPECIFIED;
  __int128 numerator = 0;
  __int128 denominator = 1;  // greater than 0
};

struct NaiveAcceptance {
  int32_t ordinal = 0;
  std::set<int> failed;  // hard rules
  std::vector<NaiveValueOf> values;
};

struct NaiveRanking {
  std::vector<NaiveAcceptance> valid;   // best first
  std::vector<NaiveAcceptance> voided;  // by ordinal
};

struct NaiveAwardQuestion {
  const NaiveHistory& history;
  const PackageAggregate& package;
  const v1::FrameworkRules& rules;
  absl::Time time;
};

// What was awarded under a branch's limit and was not given back.
struct NaiveLimit {
  v1::AcceptanceLimit newest;  // as the last acceptance that names it says
  int64_t packages = 0;
  int64_t weekly_minutes = 0;
};
NaiveLimit LimitNamed(const NaiveHistory& history, const std::string& branch_id,
                      const std::string& name);

NaiveRanking NaiveRank(const NaiveAwardQuestion& question);
// Whether the offer is of a round that opened at the same time as an earlier one.
bool IsOfLaterRound(const PackageAggregate& package, const journal::v1::OfferRow& offer);
// Whether anybody may still answer for whom the acceptance has to wait: an earlier tier wins
// without waiting for the later.
bool HasToWait(const PackageAggregate& package, int32_t winner);
// The round whose timing and mode hold for an award to the acceptance: 0 for a restart.
int32_t NaiveRuleOfAward(const PackageAggregate& package, int32_t winner);
// The first criterion on which the values differ; UNSPECIFIED if they do not.
v1::AwardCriterion FirstDifference(const NaiveAcceptance& a, const NaiveAcceptance& b);
// The first criterion on which the winner is better, which may come after one on which it is not if
// care navigation chose it; UNSPECIFIED if it is better on none.
v1::AwardCriterion FirstBetter(const NaiveAcceptance& winner, const NaiveAcceptance& loser);

// Tries answers of the offers that are open, and gives one that makes another win: by ordinal,
// true for an acceptance. Empty if nothing they may answer now changes the winner.
std::map<int32_t, bool> AnswersThatChangeTheWinner(const NaiveAwardQuestion& question);
// Whether the definition of certainty has the best acceptance certain, even if every open offer
// counts.
bool SurelyCertain(const NaiveAwardQuestion& question);

}  // namespace brokerage::engine::naive
