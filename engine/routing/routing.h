// Routing: who is offered a package. A pure function of package, directory, rules and time; the
// same one serves the preview, the real issue and any what-if.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "brokerage/journal/v1/rows.pb.h"
#include "engine/model/directory.h"
#include "engine/model/package.h"

namespace brokerage::engine {

struct RoutingQuestion {
  const PackageAggregate&
      package;  // row.terms, ward, needs, lot_id; offers: what was offered and declined before
  const v1::FrameworkRules& rules;
  const Directory& directory;
  absl::Time time;                    // now
  DateNumber date = 0;                // the local date of now
  std::vector<std::string> tier_ids;  // the tiers of the round
  bool restart = false;  // the restart's own round: only row.previous_branch_id can pass, any tier
  // The verdicts of the round beside which this one opens; null where there is none. Who gets an
  // offer in that one gets no second here.
  const std::vector<journal::v1::Verdict>* beside = nullptr;
};

// Where the package's care is given.
CarePlace CarePlaceOf(const journal::v1::PackageRow& package);

// The lot that the package's ward lies in; the one in which it was last offered if it is in none.
std::string LotNow(const Directory& directory, const journal::v1::PackageRow& package);

// Every branch of every provider with a contract in the package's lot (whatever its dates), under
// each of its contracts, with a bit for each hard rule that failed; `offered` where none did. A
// provider without branches has one verdict with an empty branch id that fails BRANCH_COVERS_WARD.
// Order: tier order, contract id, branch id.
std::vector<journal::v1::Verdict> Route(const RoutingQuestion& question);

// The first hard rule (in the order of HardRule) that an acceptance fails at award, as of now and
// as of the package's start-by date if that is later; nothing if it passes. Rules that speak only
// of issuing (tier_in_round, not_already_declined, not_offered_dearer, one_branch_per_provider) are
// not asked again.
std::optional<v1::HardRule> FailsAtAward(const RoutingQuestion& question,
                                         const journal::v1::OfferRow& offer);

// Whether the provider gave the package up, by its own cause, in the group transfer that made it or
// put it out again.
// It fails NOT_REFUSED_BY_PERSON then.
bool GaveItUp(const journal::v1::PackageRow& package, absl::string_view provider_id);
// The first hard rule that another branch of the offer's provider fails if it takes the open offer
// over now, under the offer's contract; nothing if it passes. All are asked as of now but those
// that are settled with the issue (tier_in_round, not_offered_dearer); one_branch_per_provider
// fails where the branch has an offer of the same round already.
std::optional<v1::HardRule> FailsAtMove(const RoutingQuestion& question,
                                        const journal::v1::OfferRow& offer,
                                        const std::string& branch_id);

// Whether the branch covered ward and service on the date: the test of a claim of issue in error,
// against the verdict that was stored with the round.
bool VerdictConfirmsCoverage(const journal::v1::Verdict& verdict);

// A sentence for a person about one rule of one verdict ("London Care Mansfield does not cover
// Abbey Hill.").
std::string ExplainRule(v1::HardRule rule, bool passed, const journal::v1::Verdict& verdict,
                        const journal::v1::PackageRow& package, const Directory& directory);
// "branch_covers_ward"
std::string RuleName(v1::HardRule rule);

}  // namespace brokerage::engine
