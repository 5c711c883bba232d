// Who is offered a package, from section 6 of the domain's description and from nothing else.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "tests/reference/reference_directory.h"

namespace brokerage::engine::reference {

struct ReferenceVerdict {
  std::string provider_id;
  std::string branch_id;
  std::string contract_id;
  std::string tier_id;
  std::set<int> failed;           // HardRule
  std::set<int> failed_at_start;  // of those: on the day on which care is to start alone
  std::string chosen_branch_id;
  bool offered = false;
  std::string covering_area;  // empty where a ward's line covers
  // But for which, and for nothing else, it would have been offered the package.
  std::set<std::string> suspension_ids;
};

struct ReferenceIssue {
  const journal::v1::PackageRow& package;
  std::vector<journal::v1::OfferRow> offers_before;
  const v1::FrameworkRules& rules;
  absl::Time time;
  std::vector<std::string> tier_ids;  // of the round
  bool restart = false;
  // Who is offered the package in the round in parallel to which this one opens: provider ->
  // branch.
  std::map<std::string, std::string> parallel = {};
  // Providers that suspensions alone keep from an offer there.
  std::set<std::string> stopped_in_parallel = {};
};

// One verdict per branch and contract of the package's lot.
std::vector<ReferenceVerdict> ReferenceRoute(const ReferenceDirectory& directory,
                                             const ReferenceIssue& issue);

// The tiers of the framework's rule for a round, from 1.
std::vector<std::string> TiersOfRule(const v1::FrameworkRules& rules, int32_t rule);
// The rule of the framework that opens next, from `first` on; 0 for a restart's own round, -1 for
// none. `before`: the package as it was before it was issued.
int32_t ReferenceNextRule(const ReferenceDirectory& directory, ReferenceIssue issue,
                          const journal::v1::PackageRow& before, int32_t first);

// The hard rules that speak of more than issuing, as an acceptance fails them now or on the start
// date. Empty if it passes.
std::set<int> ReferenceFailuresAtAward(const ReferenceDirectory& directory,
                                       const journal::v1::PackageRow& package,
                                       const v1::FrameworkRules& rules,
                                       const journal::v1::OfferRow& offer, absl::Time time);

// The hard rules that a branch fails to which an open offer of the package is to move, now.
std::set<int> ReferenceFailuresAtMove(const ReferenceDirectory& directory,
                                      const journal::v1::PackageRow& package,
                                      const std::vector<journal::v1::OfferRow>& offers,
                                      const v1::FrameworkRules& rules,
                                      const journal::v1::OfferRow& offer,
                                      const std::string& branch_id, absl::Time time);

// The hard rules that a placing with the branch under the contract breaks; `offers` are the
// package's before it.
std::set<int> ReferenceFailuresAtPlacing(const ReferenceDirectory& directory,
                                         const journal::v1::PackageRow& package,
                                         const std::vector<journal::v1::OfferRow>& offers,
                                         const v1::FrameworkRules& rules,
                                         const v1::Contract& contract, const std::string& branch_id,
                                         absl::Time time);

int64_t ReferenceTieBreak(uint64_t package_number, const std::string& branch_id);

}  // namespace brokerage::engine::reference
