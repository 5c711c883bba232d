// How invented branches answer: each behaves in one way, and answers by it.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "brokerage/v1/package.pb.h"
#include "demo/council/chance.h"
#include "demo/council/files.h"

namespace brokerage::demo {

struct PlannedAnswer {
  absl::Time time;
  v1::AnswerRecord answer;  // what is said; answer_time and late are the server's
};

// The answers that the offer's branch gives, in the order in which it gives them: none, one, or a
// second that changes the first. `first_round` tells whether the offer is of the framework's first
// round: some packages are unpopular there.
std::vector<PlannedAnswer> PlanAnswers(const v1::Offer& offer, bool first_round,
                                       const BranchBehaviours& behaviours, const Chance& chance);

}  // namespace brokerage::demo
