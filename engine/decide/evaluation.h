// What becomes of a package's acceptances: an award, the next round, or the waiting list.
#pragma once

#include "engine/award/ranking.h"
#include "engine/decide/context.h"
#include "engine/model/package.h"

namespace brokerage::engine {

// Whether the round has not ended, and nobody can answer in it any more: an evaluation closes it.
bool IsToBeClosed(const PackageAggregate& package, const journal::v1::RoundRow& round);

// Closes the rounds in which nobody is waited for, and then proposes or makes an award if it is
// certain, opens the next round, or leaves the package unfilled.
void Evaluate(const Context& in, const PackageAggregate& package, Decision* out);

// The award of `ranking`'s acceptance at index `winner`: who lost by which criterion, who is void
// by which rule.
void FillAward(const PackageAggregate& package, const Ranking& ranking, size_t winner,
               journal::v1::PackageAwarded* awarded);

}  // namespace brokerage::engine
