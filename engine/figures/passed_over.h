// Rounds that were passed over because nobody could be asked: what of them is kept, and what it
// counts as. TallyAvoided and TallyStopped (rollups.h) have what it means.
#pragma once

#include <vector>

#include "brokerage/journal/v1/rows.pb.h"
#include "engine/figures/tally.h"
#include "engine/model/package.h"

namespace brokerage::engine {

// Of the verdicts of a round with nobody to ask those that count, in their order: whole, those that
// suspensions alone kept out; and for each contract that avoided the package one with its provider,
// its contract and one failed rule: BRANCH_TAKING_OFFERS, with the branch that closed itself, or
// BRANCH_COVERS_WARD, without a branch, for there is none.
google::protobuf::RepeatedPtrField<journal::v1::Verdict> VerdictsThatCount(
    const std::vector<journal::v1::Verdict>& verdicts);

// Adds what the round counts as: to KIND_AVOIDED and KIND_SUSPENSION, each contract once for each
// rule of the framework and terms version, whether its rounds opened or were passed over. Call it
// before the round is added to the package. REQUIRES: as TallyStopped.
void TallyPassedOver(const PackageAggregate& package, const journal::v1::PassedOverRound& round,
                     RollupTable* table);

}  // namespace brokerage::engine
