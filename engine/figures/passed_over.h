// What nobody was offered though a contract would have been asked: in a round that opened, and in
// one that was passed over because nobody could be asked.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "engine/base/calendar.h"
#include "engine/model/package.h"
#include "engine/model/rollup_table.h"

namespace brokerage::engine {

// Of the verdicts of a round with nobody to ask those that count, in their order: whole, those that
// suspensions alone kept out; and for each contract that avoided the package one with its provider,
// its contract and one failed rule: BRANCH_TAKING_OFFERS, with the branch that closed itself, or
// BRANCH_COVERS_WARD, without a branch, for there is none.
google::protobuf::RepeatedPtrField<journal::v1::Verdict> VerdictsThatCount(
    const std::vector<journal::v1::Verdict>& verdicts);

// Adds to KIND_AVOIDED what each contract of the round's tiers avoided, in the month of `date`: a
// package that it would have been offered but for an opt-out window, or in a ward that none of its
// branches covers. Once for each rule of the framework and terms version, be its rounds opened or
// passed over. Call it before the round is added to the package.
void TallyAvoided(const PackageAggregate& package, const journal::v1::RoundRow& round,
                  DateNumber date, RollupTable* table);
// Adds what suspensions stopped when a round opened on `date`, or was passed over: to KIND_AVOIDED
// of each contract that a verdict says they kept from an offer, once for each version of the
// package's terms; to KIND_SUSPENSION of each of them, once for the package. REQUIRES: the roll-ups
// of suspensions in force are in the table. Call it before the round is added to the package.
void TallySuspended(const PackageAggregate& package, int32_t terms_version,
                    const google::protobuf::RepeatedPtrField<journal::v1::Verdict>& verdicts,
                    DateNumber date, RollupTable* table);
// Adds both for a round that was passed over. Call it before the round is added to the package.
// REQUIRES: as TallySuspended.
void TallyPassedOver(const PackageAggregate& package, const journal::v1::PassedOverRound& round,
                     RollupTable* table);

// Of KIND_SUSPENSION.
std::string SuspensionRollupKey(absl::string_view suspension_id);

}  // namespace brokerage::engine
