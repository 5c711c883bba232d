// What stands beside a contract's rate, from section 2 of the definitions of the key figures:
// offers missed during opt-out windows, and packages in wards of the lot that it does not cover. It
// is asked of every moment at which a rule of the framework had its turn for a package, whether
// anybody could be asked then or not.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "tests/reference/reference_figures.h"
#include "tests/reference/reference_routing.h"

namespace brokerage::engine::reference {

// How a contract avoided a package when its turn came; those that did not are not there.
enum class ReferenceAvoidance { kMissedInOptOut, kWardNotCovered };
std::map<std::string, ReferenceAvoidance> AvoidancesOf(
    const std::vector<ReferenceVerdict>& verdicts);

// Packages that a contract would have been offered but for an opt-out window, and packages of its
// lot and services in wards that none of its branches covers; each once for every rule of the
// framework and terms version, in the month in which that was first so, until a round of the rule
// has opened on these terms.
// Of what suspensions alone stopped, a package counts once for each version of its terms, in the
// month in which that was first so.
struct ReferenceAvoided {
  int64_t missed_in_opt_out = 0;
  int64_t wards_not_covered = 0;
  int64_t stopped_by_suspension = 0;
};
// By contract, month and urgency.
std::map<std::tuple<std::string, int32_t, v1::Urgency>, ReferenceAvoided> ReferenceAvoidances(
    const ReferenceHistory& history);

}  // namespace brokerage::engine::reference
