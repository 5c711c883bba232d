// Adaptive release: where a tier fills few of the packages put to it, the next round opens at the
// same time as its own. A tier's fill in a lot is a roll-up (KIND_FILL): of each settled package
// put to it, in the order in which they were settled, whether the tier accepted it in time, and
// whether that has adaptive release on. Packages count whose framework revision has the rule.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "brokerage/journal/v1/figures.pb.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "brokerage/v1/framework.pb.h"
#include "brokerage/v1/package.pb.h"
#include "engine/model/package.h"
#include "engine/model/rollup_table.h"

namespace brokerage::engine {

// The roll-up of a tier's fill in a lot.
RollupDimensions FillDimensions(absl::string_view framework_id, absl::string_view lot_id,
                                absl::string_view tier_id);

// Counts one more package, and turns adaptive release on when the fill over the rule's newest
// packages is below its lower threshold, off when it is at or above the upper one; off, too, while
// fewer than 20 are settled.
void AddToFill(const v1::AdaptiveRelease& rule, bool filled, journal::v1::RollupRow* fill);

// Counts the package in the fill of each tier of the round, and notes in the round which these are.
// A tier counts it once for each terms version: when the first round is settled in which one of its
// offers counts (one that was not closed unanswered or issued in error). REQUIRES: the round's
// offers are settled.
void CountFill(const v1::AdaptiveRelease& rule, int32_t round_number, PackageAggregate* package,
               RollupTable* table);

// Counts the package as filled in the fill of the winner's tier, where a part of it is awarded
// after its round was settled: it was none of the tier's acceptances then. A fill keeps no
// packages, only their order: the newest of those that the tier did not fill counts as filled.
// Not `awarded`: that was undone, and the newest that it filled does not count as filled.
// REQUIRES: the offer won a part, and the roll-up of the fill is in the table.
void CountPartInFill(const v1::AdaptiveRelease& rule, const journal::v1::OfferRow& winner,
                     bool awarded, PackageAggregate* package, RollupTable* table);

// Why the next round opens beside the one with these verdicts: the fill of each tier that is
// offered the package in it, where adaptive release is on for all of them; nothing otherwise, and
// without the rule. The round's number is left to the caller. `lot_id` is where it is offered.
std::optional<v1::RoundBeside> ReasonForParallelRound(
    const v1::FrameworkRules& rules, absl::string_view lot_id,
    const std::vector<journal::v1::Verdict>& verdicts, const RollupTable& table);

// Whether the offer's round was opened beside an earlier one.
bool IsParallel(const PackageAggregate& package, const journal::v1::OfferRow& offer);
// Whether any offer of the package's present issue is of such a round.
bool HasParallelRound(const PackageAggregate& package);
// Whether the two rules of the framework's list are those of rounds that were opened beside each
// other in the package's present issue.
bool AreParallel(const PackageAggregate& package, int32_t rule, int32_t other_rule);

}  // namespace brokerage::engine
