// A branch's own limit over several of its acceptances: "any two of these", "at most 40 hours of
// these". All acceptances of the branch that name it share it, in whatever framework; the newest of
// them says what it is. What was awarded under it is its roll-up (KIND_LIMIT): an award counts
// until it is returned or cancelled. A start leaves it there, and so do a hand-back and an end,
// months later: what the branch could take on then is a new limit with a name of its own.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "brokerage/journal/v1/figures.pb.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "engine/model/package.h"
#include "engine/model/rollup_table.h"

namespace brokerage::engine {

// FIELD_REQUIRED, FIELD_INVALID or TEXT_IDENTIFIES_PERSON (the name is kept where nothing can be
// erased) unless it has a name and at least one maximum.
absl::Status CheckAcceptanceLimit(const v1::AcceptanceLimit& limit);

// The limit under which the offer stands accepted; null if its last answer is no acceptance or
// names none.
const v1::AcceptanceLimit* LimitOf(const journal::v1::OfferRow& offer);

// The limit's roll-up.
RollupDimensions LimitDimensions(absl::string_view branch_id, absl::string_view name);
std::string LimitKey(absl::string_view branch_id, absl::string_view name);

// Whether one more package with so many weekly minutes may be awarded under the limit.
bool HasRoom(const journal::v1::RollupRow& limit, int64_t weekly_minutes);
// Whether the package may be awarded to the acceptance as far as its limit goes. REQUIRES: the
// limit's roll-up is in the table.
bool WithinLimit(const RollupTable& table, const PackageAggregate& package,
                 const journal::v1::OfferRow& offer);

}  // namespace brokerage::engine
