// The hard rules of routing: who may be offered a package, and may win it. One row of a table each:
// of what it speaks, when it is asked, whether it is passed, and its sentence for people. Pure
// functions of package, directory, rules and time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
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

// The lines by which a branch covers a package; null where it does not.
struct Covering {
  const v1::Coverage* service = nullptr;  // for its service
  const v1::Coverage* place = nullptr;    // that one; else for any service
};

// What the rules are asked about: a provider's branch under a contract, on a date and at a moment.
// A rule reads facts with dates as of `date`, and what opens and closes at any moment as of `time`.
struct RuleSubject {
  RuleSubject(const RoutingQuestion& question, DateNumber date, absl::Time time,
              const v1::Contract* contract, absl::string_view provider_id,
              const v1::Branch* branch);

  const RoutingQuestion& question;
  DateNumber date;
  absl::Time time;
  const v1::Contract* contract;   // null if there is none (any more)
  absl::string_view provider_id;  // outlives this
  const v1::Branch* branch;       // likewise null
  Covering covering;              // by `branch`, on the date
  std::string postcode_area;      // of the package; empty where none is known
  // At issue the contract is the provider's, by the question; later it may have moved.
  bool holds_contract = true;
  // At a move: the offer whose branch changes to `branch`.
  const journal::v1::OfferRow* moved = nullptr;
  // At award: whether the branch's own limit has room for the package.
  bool within_limit = true;
};

// When a rule is asked.
enum RuleMoment : uint8_t {
  kAtIssue = 1,
  kAtAward = 2,
  kAtMove = 4,  // another branch of the provider takes an open offer over
};

static_assert(v1::HardRule_MAX < 32);  // a verdict keeps its failed rules as bits
constexpr uint32_t RuleBit(v1::HardRule rule) { return 1u << rule; }

// A bit for each rule that is asked then and not passed. ONE_BRANCH_PER_PROVIDER is passed at
// issue: it needs the verdicts on all branches, and Route decides it. What is not there fails one
// rule alone: a contract CONTRACT_ACTIVE, a branch BRANCH_COVERS_WARD.
uint32_t FailuresOf(const RuleSubject& subject, RuleMoment moment);
// Likewise of the rules that read the date, as of the day on which care is to start; 0 where that
// is not after the subject's date. Opt-outs and suspensions, which stop offers and not care, are
// asked as of now alone (docs/decisions/0006).
uint32_t FailuresAtStart(const RuleSubject& subject, RuleMoment moment);
// Whether the rule is asked at that moment.
bool IsAsked(v1::HardRule rule, RuleMoment moment);

// The first hard rule (in the order of HardRule) that an acceptance fails at award, as of now and
// as of the package's start-by date if that is later; nothing if it passes. `within_limit`: whether
// the branch's own limit, under which it accepted, has room.
std::optional<v1::HardRule> AwardFailure(const RoutingQuestion& question,
                                         const journal::v1::OfferRow& offer, bool within_limit);
// The first hard rule that another branch of the offer's provider fails if it takes the open offer
// over now, under the offer's contract; nothing if it passes. one_branch_per_provider fails where
// the branch has an offer of the same round already.
std::optional<v1::HardRule> MoveFailure(const RoutingQuestion& question,
                                        const journal::v1::OfferRow& offer,
                                        const std::string& branch_id);

// Whether the branch covered ward and service on the date: the test of a claim of issue in error,
// against the verdict that was stored with the round.
bool VerdictConfirmsCoverage(const journal::v1::Verdict& verdict);

// A sentence for a person about one rule of one verdict ("London Care Mansfield does not cover
// Abbey Hill."); empty for a rule of a newer version.
std::string ExplainRule(v1::HardRule rule, bool passed, const journal::v1::Verdict& verdict,
                        const journal::v1::PackageRow& package, const Directory& directory);
// "branch_covers_ward"
std::string RuleName(v1::HardRule rule);

}  // namespace brokerage::engine
