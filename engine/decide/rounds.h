// Which round opens next, and the offers in it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "engine/decide/context.h"
#include "engine/model/package.h"

namespace brokerage::engine {

// A round as it is to open.
struct RoundPlan {
  int32_t rule_number = 0;  // 0 for a restart's own round
  int32_t next_rule = 0;
  std::vector<journal::v1::Verdict> verdicts;
  int32_t rounds_before = 0;
  int32_t offers_before = 0;
  std::optional<v1::RoundBeside> parallel;  // why, and to which round, if it is a parallel one
};

// Until when a round's offers can be answered in time.
struct RoundWindow {
  absl::Time end;
  bool shortened = false;  // because few days are left until care is needed
};
// Of the rule's round if it opens at that moment; rule 0 is the restart's own.
RoundWindow WindowOf(const Context& in, const PackageAggregate& package,
                     const v1::FrameworkRules& rules, int32_t rule_number, absl::Time from);

// Opens the first round, from `first_rule` on, in which anybody may be offered the package as
// `package` has it; the restart's own round first when it is due. False when there is none.
bool OpenRound(const Context& in, const PackageAggregate& package, int32_t first_rule,
               Decision* out);
// Likewise from the first rule on; the package is unfilled when there is none.
void PutOut(const Context& in, const PackageAggregate& package, Decision* out);
// Releases the package under the framework's newest revision, and puts it out.
void Release(const Context& in, const PackageAggregate& package, Decision* out);
// Adds the round with its offers.
void AddRound(const Context& in, const PackageAggregate& package, RoundPlan plan, Decision* out);

// What every offer of the package begins with, under a contract, now; without its place and state.
journal::v1::OfferRow OfferUnder(const Context& in, const v1::FrameworkRules& rules,
                                 const journal::v1::PackageRow& row, const v1::Contract& contract,
                                 const std::string& provider_id, const std::string& branch_id);

// Whether the package goes to its restart's own round before any other.
bool RestartIsDue(const PackageAggregate& package, const v1::FrameworkRules& rules);
// The verdicts of the rule's round; rule 0 is the restart's own. `parallel_to` has the verdicts of
// the round to which it is parallel; null where there is none.
std::vector<journal::v1::Verdict> RouteTo(
    const Context& in, const PackageAggregate& package, const v1::FrameworkRules& rules,
    int32_t rule_number, const std::vector<journal::v1::Verdict>* parallel_to = nullptr);

}  // namespace brokerage::engine
