// The figures that decide an award, as of its moment: from the roll-ups, live.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "brokerage/v1/framework.pb.h"
#include "engine/base/calendar.h"
#include "engine/model/package.h"
#include "engine/model/rollup_table.h"

namespace brokerage::engine {

struct ContractFigures {
  int64_t due = 0;
  int64_t won = 0;
  int64_t accepted_and_lost = 0;
};
// Over the pick-up units of the contract, without those of `left_out`, in the framework's figure
// period that holds `date`.
ContractFigures ContractFiguresOf(const RollupTable& table, const v1::FrameworkRules& rules,
                                  absl::string_view contract_id, DateNumber date,
                                  const PackageAggregate& left_out);
// Awards in the lot in the figure period: of the tier, and of all tiers.
struct ShareFigures {
  int64_t tier_awards = 0;
  int64_t lot_awards = 0;
};
ShareFigures SharesOf(const RollupTable& table, const v1::FrameworkRules& rules,
                      absl::string_view lot_id, absl::string_view tier_id, DateNumber date);
// The months of `fairness_months`, or what holds where the rules say none.
int FairnessMonths(const v1::FrameworkRules& rules);
// Weekly minutes awarded to the provider under the framework in the fairness months, service types
// left out as the rules say.
int64_t RecentMinutes(const RollupTable& table, const v1::FrameworkRules& rules,
                      absl::string_view provider_id, DateNumber date);

}  // namespace brokerage::engine
