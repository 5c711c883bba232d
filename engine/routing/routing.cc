#include "engine/routing/routing.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "engine/base/hash.h"
#include "engine/base/postcode.h"
#include "engine/model/fact_keys.h"

namespace brokerage::engine {

using journal::v1::PackageRow;
using journal::v1::Verdict;

namespace {

// The suspensions that keep the contract from an offer where nothing else does; else none.
std::vector<std::string> SuspendedBy(const RuleSubject& subject, uint32_t failed_rules) {
  constexpr uint32_t kSuspensionRules = RuleBit(v1::HARD_RULE_CONTRACT_ACTIVE) |
                                        RuleBit(v1::HARD_RULE_PROVIDER_NOT_SUSPENDED) |
                                        RuleBit(v1::HARD_RULE_AREA_NOT_SUSPENDED);
  if (failed_rules == 0 || (failed_rules & ~kSuspensionRules) != 0) return {};
  const Directory& directory = subject.question.directory;
  const auto start = ParseDate(subject.question.package.row.terms().start_by_date());
  for (DateNumber date : {subject.date, std::max(subject.date, start.value_or(0))}) {
    if (!directory.ContractInForce(*subject.contract, date) ||
        directory.ProviderOfContract(subject.contract->id(), date) != subject.provider_id) {
      return {};
    }
  }
  return directory.SuspensionsOf(*subject.contract, subject.provider_id, subject.postcode_area,
                                 subject.time);
}

// What orders the passing branches of one provider, and the whole answer.
struct Candidate {
  Verdict verdict;
  int32_t tier_order = 0;
  int32_t priority = 0;
  int64_t distance_squared = 0;
  int64_t tie_break = 0;
};

constexpr int64_t kDistanceUnknown = std::numeric_limits<int64_t>::max();

// In square metres, from the registered office to the ward's centroid.
int64_t DistanceSquared(const v1::Branch& branch, const v1::Ward* ward) {
  if (ward == nullptr || (ward->easting() == 0 && ward->northing() == 0) ||
      (branch.easting() == 0 && branch.northing() == 0)) {
    return kDistanceUnknown;
  }
  // Beyond any place; keeps the squares within 64 bits.
  static constexpr int64_t kMetresMax = 1'000'000'000;
  auto squared = [](int64_t metres) {
    metres = std::clamp(metres, -kMetresMax, kMetresMax);
    return metres * metres;
  };
  return squared(int64_t{branch.easting()} - ward->easting()) +
         squared(int64_t{branch.northing()} - ward->northing());
}

// The integer square root, rounded down, bit by bit.
int32_t RootOf(int64_t square) {
  int64_t root = 0;
  for (int64_t bit = int64_t{1} << 30; bit > 0; bit >>= 1) {
    if ((root + bit) * (root + bit) <= square) root += bit;
  }
  return static_cast<int32_t>(root);
}

Candidate Consider(const RoutingQuestion& question, const v1::Contract& contract,
                   const std::string& provider_id, const v1::Branch* branch) {
  const PackageRow& row = question.package.row;
  const RuleSubject subject(question, question.date, question.time, &contract, provider_id, branch);
  Candidate candidate;
  const v1::Tier* tier = Directory::TierOf(question.rules, contract.tier_id());
  candidate.tier_order = tier == nullptr ? std::numeric_limits<int32_t>::max() : tier->order();
  Verdict& verdict = candidate.verdict;
  verdict.set_provider_id(provider_id);
  verdict.set_contract_id(contract.id());
  verdict.set_tier_id(contract.tier_id());
  verdict.set_distance_m(-1);
  if (branch != nullptr) {
    verdict.set_branch_id(branch->id());
    candidate.distance_squared = DistanceSquared(*branch, question.directory.Ward(row.ward_code()));
    if (candidate.distance_squared != kDistanceUnknown) {
      verdict.set_distance_m(RootOf(candidate.distance_squared));
    }
    const auto [line, any_line] = subject.covering;
    const bool has_priority = line != nullptr && line->priority() > 0;
    candidate.priority = has_priority ? line->priority() : std::numeric_limits<int32_t>::max();
    if (any_line != nullptr) verdict.set_covering_area(any_line->postcode_area());
  }
  const uint32_t failed = FailuresOf(subject, kAtIssue);
  const uint32_t failed_at_start = FailuresAtStart(subject, kAtIssue) & ~failed;
  verdict.set_failed_rules(failed | failed_at_start);
  verdict.set_rules_failed_at_start(failed_at_start);
  for (std::string& id : SuspendedBy(subject, verdict.failed_rules())) {
    verdict.add_suspension_ids(std::move(id));
  }
  // Those that something else keeps out are never chosen among.
  const bool may_be_chosen = verdict.failed_rules() == 0 || !verdict.suspension_ids().empty();
  if (branch != nullptr && may_be_chosen) {
    candidate.tie_break = TieBreak(row.number(), branch->id());
  }
  return candidate;
}

// Whether a comes before b as the one offer of their provider.
bool ChosenBefore(const Candidate& a, const Candidate& b) {
  auto order = [](const Candidate& c) {
    return std::tie(c.tier_order, c.verdict.contract_id(), c.priority, c.distance_squared,
                    c.tie_break, c.verdict.branch_id());
  };
  return order(a) < order(b);
}

void PassOver(const std::string& chosen_branch_id, Verdict* verdict) {
  verdict->set_failed_rules(RuleBit(v1::HARD_RULE_ONE_BRANCH_PER_PROVIDER));
  verdict->set_chosen_branch_id(chosen_branch_id);
}

// A provider that is offered the package in the round beside this one gets no second offer; nor
// would one that suspensions alone keep from an offer there.
void LeaveToParallelRound(const std::vector<Verdict>& beside, std::vector<Candidate>* candidates) {
  std::map<std::string, std::string> offered;  // provider -> branch
  std::set<std::string> served;                // providers, as if nobody were suspended
  for (const Verdict& verdict : beside) {
    if (verdict.offered()) offered.emplace(verdict.provider_id(), verdict.branch_id());
    if (verdict.offered() || !verdict.suspension_ids().empty()) {
      served.insert(verdict.provider_id());
    }
  }
  for (Candidate& candidate : *candidates) {
    Verdict& verdict = candidate.verdict;
    if (served.contains(verdict.provider_id())) verdict.clear_suspension_ids();
    if (verdict.failed_rules() != 0) continue;
    const auto found = offered.find(verdict.provider_id());
    if (found != offered.end()) PassOver(found->second, &verdict);
  }
}

// Decides ONE_BRANCH_PER_PROVIDER among those that pass every other rule, and who is offered.
void ChooseBranches(bool several_allowed, std::vector<Candidate>* candidates) {
  std::map<std::string, const Candidate*> best;  // by provider
  for (const Candidate& candidate : *candidates) {
    if (candidate.verdict.failed_rules() != 0) continue;
    const Candidate*& present = best[candidate.verdict.provider_id()];
    if (present == nullptr || ChosenBefore(candidate, *present)) present = &candidate;
  }
  for (Candidate& candidate : *candidates) {
    Verdict& verdict = candidate.verdict;
    if (verdict.failed_rules() != 0) continue;
    const Verdict& chosen = best[verdict.provider_id()]->verdict;
    const bool offered =
        several_allowed ? verdict.contract_id() == chosen.contract_id() : &verdict == &chosen;
    verdict.set_offered(offered);
    if (offered) continue;
    PassOver(several_allowed ? verdict.branch_id() : chosen.branch_id(), &verdict);
  }
}

// Leaves the suspensions only with those that would have got their provider's offer without them.
void KeepSuspended(bool several_allowed, std::vector<Candidate>* candidates) {
  const bool any = std::any_of(
      candidates->begin(), candidates->end(),
      [](const Candidate& candidate) { return !candidate.verdict.suspension_ids().empty(); });
  if (!any) return;
  std::map<std::string, const Candidate*> best;  // by provider, as if nobody were suspended
  for (const Candidate& candidate : *candidates) {
    const Verdict& verdict = candidate.verdict;
    if (verdict.failed_rules() != 0 && verdict.suspension_ids().empty()) continue;
    const Candidate*& present = best[verdict.provider_id()];
    if (present == nullptr || ChosenBefore(candidate, *present)) present = &candidate;
  }
  for (Candidate& candidate : *candidates) {
    Verdict& verdict = candidate.verdict;
    if (verdict.suspension_ids().empty()) continue;
    const Candidate* first = best[verdict.provider_id()];
    const bool kept_out = several_allowed ? verdict.contract_id() == first->verdict.contract_id()
                                          : &candidate == first;
    if (!kept_out) verdict.clear_suspension_ids();
  }
}

}  // namespace

std::string LotNow(const Directory& directory, const PackageRow& package) {
  std::string lot = directory.LotOfWard(package.framework_id(), package.ward_code());
  return lot.empty() ? IssueLotOf(package) : lot;
}

std::vector<Verdict> Route(const RoutingQuestion& question) {
  const PackageRow& row = question.package.row;
  std::vector<Candidate> candidates;
  for (const v1::Contract* contract :
       question.directory.ContractsOfLot(row.framework_id(), LotNow(question.directory, row))) {
    const std::string provider_id =
        question.directory.ProviderOfContract(contract->id(), question.date);
    const std::vector<const v1::Branch*> branches = question.directory.BranchesOf(provider_id);
    for (const v1::Branch* branch : branches) {
      candidates.push_back(Consider(question, *contract, provider_id, branch));
    }
    if (branches.empty()) candidates.push_back(Consider(question, *contract, provider_id, nullptr));
  }
  if (question.beside != nullptr) LeaveToParallelRound(*question.beside, &candidates);
  KeepSuspended(question.rules.several_branches_per_provider(), &candidates);
  ChooseBranches(question.rules.several_branches_per_provider(), &candidates);
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    auto order = [](const Candidate& c) {
      return std::tie(c.tier_order, c.verdict.contract_id(), c.verdict.branch_id());
    };
    return order(a) < order(b);
  });
  std::vector<Verdict> verdicts;
  verdicts.reserve(candidates.size());
  for (Candidate& candidate : candidates) verdicts.push_back(std::move(candidate.verdict));
  return verdicts;
}

// The first eight bytes, big endian and without the top bit, of the SHA-256 of the package's number
// (eight bytes, big endian) and the branch's id: nobody can choose an id that wins.
int64_t TieBreak(uint64_t package_number, absl::string_view branch_id) {
  const std::string hash = Sha256().AddBigEndian64(package_number).Add(branch_id).Finish();
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(hash[i]);
  return static_cast<int64_t>(value & (~uint64_t{0} >> 1));
}

}  // namespace brokerage::engine
