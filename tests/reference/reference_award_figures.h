// The figures that decide an award, from section 7 of the domain's description.
#pragma once

#include <cstdint>
#include <string>

#include "tests/reference/reference_figures.h"

namespace brokerage::engine::reference {

// Live figures, without the package in question.
struct ReferenceContractFigures {
  int64_t due = 0;
  int64_t won = 0;
  int64_t accepted_and_lost = 0;
};
ReferenceContractFigures FiguresOfContract(const ReferenceHistory& history,
                                           const v1::FrameworkRules& rules,
                                           const std::string& contract_id, DateNumber date,
                                           uint64_t left_out);
struct ReferenceShares {
  int64_t tier_awards = 0;
  int64_t lot_awards = 0;
};
ReferenceShares SharesOfTier(const ReferenceHistory& history, const v1::FrameworkRules& rules,
                             const std::string& lot_id, const std::string& tier_id,
                             DateNumber date);
int64_t MinutesOfProvider(const ReferenceHistory& history, const v1::FrameworkRules& rules,
                          const std::string& provider_id, DateNumber date);
// The first day of the framework's fairness months that hold the date.
DateNumber FairnessBegins(const v1::FrameworkRules& rules, DateNumber date);

}  // namespace brokerage::engine::reference
