#include "tests/reference/reference_routing.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "absl/strings/ascii.h"
#include "engine/base/hash.h"

namespace brokerage::engine::reference {

namespace {

using journal::v1::OfferRow;
using journal::v1::PackageRow;

bool MeetsNeeds(const v1::Branch& branch, const PackageRow& package,
                const v1::FrameworkRules& rules) {
  for (const v1::Need& need : package.needs()) {
    bool filters = false;
    for (int kind : rules.filtering_needs()) filters |= kind == need.kind();
    bool met = false;
    for (const v1::Need& one : branch.needs_met()) {
      met |= one.kind() == need.kind() &&
             absl::AsciiStrToLower(one.value()) == absl::AsciiStrToLower(need.value());
    }
    if (filters && !met) return false;
  }
  return true;
}

template <typename List, typename Value>
bool Holds(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

// The rules of the contract, the branch and the provider, on a date, at a moment.
std::set<int> CommonFailures(const ReferenceDirectory& directory, const PackageRow& package,
                             const v1::FrameworkRules& rules, const v1::Contract& contract,
                             const std::string& provider_id, const v1::Branch* branch,
                             v1::ServiceType service, DateNumber date, absl::Time time) {
  std::set<int> failed;
  auto fail_unless = [&failed](bool passes, v1::HardRule rule) {
    if (!passes) failed.insert(rule);
  };
  fail_unless(directory.ContractActive(contract, date, time), v1::HARD_RULE_CONTRACT_ACTIVE);
  fail_unless(directory.LotHoldsWard(contract.lot_id(), package.ward_code()),
              v1::HARD_RULE_LOT_MATCHES_WARD);
  fail_unless(Holds(contract.service_types(), service), v1::HARD_RULE_SERVICE_CONTRACTED);
  fail_unless(!directory.Suspended(provider_id, "", time), v1::HARD_RULE_PROVIDER_NOT_SUSPENDED);
  const std::string area = AreaOf(package.postcode_sector());
  fail_unless(area.empty() || !directory.Suspended(provider_id, area, time),
              v1::HARD_RULE_AREA_NOT_SUSPENDED);
  const std::string branch_id = branch == nullptr ? "" : branch->id();
  const bool gave_up = Holds(package.gave_up_provider_ids(), provider_id) ||
                       Holds(package.gave_up_branch_ids(), branch_id);
  fail_unless((!gave_up || Holds(package.asked_again_branch_ids(), branch_id)) &&
                  !Holds(package.refused_provider_ids(), provider_id),
              v1::HARD_RULE_NOT_REFUSED_BY_PERSON);
  if (branch == nullptr) {
    failed.insert(v1::HARD_RULE_BRANCH_COVERS_WARD);
    return failed;
  }
  fail_unless(directory.Coverage(branch->id(), package, v1::SERVICE_TYPE_UNSPECIFIED, date),
              v1::HARD_RULE_BRANCH_COVERS_WARD);
  fail_unless(directory.Coverage(branch->id(), package, service, date),
              v1::HARD_RULE_BRANCH_COVERS_SERVICE);
  fail_unless(branch->regulator_active(), v1::HARD_RULE_BRANCH_REGISTERED);
  fail_unless(!directory.OptedOut(package.framework_id(), branch->id(), time),
              v1::HARD_RULE_BRANCH_TAKING_OFFERS);
  fail_unless(MeetsNeeds(*branch, package, rules), v1::HARD_RULE_MEETS_NEEDS);
  return failed;
}

// The day on which care is to start; today where it should have.
DateNumber StartOf(const ReferenceDirectory& directory, const PackageRow& package,
                   absl::Time time) {
  return std::max(*ParseDate(package.terms().start_by_date()), directory.Today(time));
}

// The same on the day on which care is to start, and whether the contract is the provider's then.
std::set<int> FailuresAtStart(const ReferenceDirectory& directory, const PackageRow& package,
                              const v1::FrameworkRules& rules, const v1::Contract& contract,
                              const std::string& provider_id, const v1::Branch* branch,
                              absl::Time time) {
  const DateNumber start = StartOf(directory, package, time);
  std::set<int> failed = CommonFailures(directory, package, rules, contract, provider_id, branch,
                                        package.terms().service_type(), start, time);
  if (directory.Holder(contract, start) != provider_id) {
    failed.insert(v1::HARD_RULE_CONTRACT_ACTIVE);
  }
  return failed;
}

// Who has a part of the need has said that it cannot take the rest.
bool DeclinedBefore(const ReferenceIssue& issue, const std::string& branch_id) {
  for (const std::string& id : issue.package.part_branch_ids()) {
    if (id == branch_id) return true;
  }
  for (const OfferRow& offer : issue.offers_before) {
    if (offer.branch_id() != branch_id) continue;
    if (offer.terms_version() != issue.package.terms_version()) continue;
    v1::Answer last = v1::ANSWER_UNSPECIFIED;
    for (const auto& answer : offer.answers()) {
      if (!answer.remark()) last = answer.answer();
    }
    if (last == v1::ANSWER_DECLINE) return true;
  }
  return false;
}

bool Dearer(const ReferenceIssue& issue, const std::string& provider_id,
            const std::string& contract_id, int32_t price) {
  for (const OfferRow& offer : issue.offers_before) {
    if (offer.placed() && offer.state() == v1::OFFER_STATE_VOID) continue;
    if (offer.provider_id() == provider_id && offer.contract_id() != contract_id &&
        offer.price_pence() > 0 && price > offer.price_pence()) {
      return true;
    }
  }
  return false;
}

int64_t SquaredDistance(const v1::Branch& branch, const v1::Ward& ward) {
  if (branch.easting() == 0 && branch.northing() == 0) return std::numeric_limits<int64_t>::max();
  const int64_t east = branch.easting() - ward.easting();
  const int64_t north = branch.northing() - ward.northing();
  return east * east + north * north;
}

// What orders those that pass.
std::tuple<int, int32_t, int64_t, int64_t, std::string> OrderOf(const ReferenceDirectory& directory,
                                                                const ReferenceIssue& issue,
                                                                const ReferenceVerdict& verdict) {
  int tier_order = 0;
  for (const v1::Tier& tier : issue.rules.tiers()) {
    if (tier.id() == verdict.tier_id) tier_order = tier.order();
  }
  const v1::Coverage* line =
      directory.Coverage(verdict.branch_id, issue.package, issue.package.terms().service_type(),
                         directory.Today(issue.time));
  return {tier_order, line->priority(),
          SquaredDistance(*directory.Branch(verdict.branch_id),
                          *directory.Ward(issue.package.ward_code())),
          ReferenceTieBreak(issue.package.number(), verdict.branch_id), verdict.contract_id};
}

// Names the suspensions of those that would be offered the package if nobody were suspended: who
// passes but for them, and is then the first of its name.
void NameSuspensions(const ReferenceDirectory& directory, const ReferenceIssue& issue,
                     bool by_branch, std::vector<ReferenceVerdict>& verdicts) {
  const std::string area = AreaOf(issue.package.postcode_sector());
  std::vector<ReferenceVerdict> without;  // those that pass then
  for (const ReferenceVerdict& verdict : verdicts) {
    const v1::Contract& contract = *directory.Contract(verdict.contract_id);
    ReferenceVerdict one = verdict;
    if (!verdict.failed.empty()) {
      one.suspension_ids =
          directory.Suspensions(verdict.contract_id, verdict.provider_id, area, issue.time);
    }
    one.failed.erase(v1::HARD_RULE_PROVIDER_NOT_SUSPENDED);
    one.failed.erase(v1::HARD_RULE_AREA_NOT_SUSPENDED);
    const DateNumber start = StartOf(directory, issue.package, issue.time);
    if (DatesHold(contract.from_date(), contract.to_date(), directory.Today(issue.time)) &&
        DatesHold(contract.from_date(), contract.to_date(), start) &&
        directory.Holder(contract, start) == verdict.provider_id) {
      one.failed.erase(v1::HARD_RULE_CONTRACT_ACTIVE);
    }
    const bool elsewhere = issue.parallel.contains(one.provider_id) ||
                           issue.stopped_in_parallel.contains(one.provider_id);
    if (one.failed.empty() && !elsewhere) without.push_back(one);
  }
  for (ReferenceVerdict& verdict : verdicts) {
    for (const ReferenceVerdict& one : without) {
      if (one.suspension_ids.empty()) continue;
      if (one.contract_id != verdict.contract_id || one.branch_id != verdict.branch_id) continue;
      bool first = true;
      for (const ReferenceVerdict& other : without) {
        const bool rival =
            by_branch ? other.branch_id == one.branch_id : other.provider_id == one.provider_id;
        first &= !rival || OrderOf(directory, issue, one) <= OrderOf(directory, issue, other);
      }
      if (first) verdict.suspension_ids = one.suspension_ids;
    }
  }
}

// Leaves an offer only to the first of those that are offered under one name.
void KeepTheFirst(const ReferenceDirectory& directory, const ReferenceIssue& issue, bool by_branch,
                  std::vector<ReferenceVerdict>& verdicts) {
  auto order = [&](const ReferenceVerdict& verdict) { return OrderOf(directory, issue, verdict); };
  for (ReferenceVerdict& verdict : verdicts) {
    if (!verdict.failed.empty()) continue;
    const ReferenceVerdict* first = &verdict;
    for (const ReferenceVerdict& other : verdicts) {
      const bool rival = by_branch ? other.branch_id == verdict.branch_id
                                   : other.provider_id == verdict.provider_id;
      if (rival && other.failed.empty() && order(other) < order(*first)) first = &other;
    }
    verdict.offered = first == &verdict;
    if (!verdict.offered) verdict.chosen_branch_id = first->branch_id;
  }
  for (ReferenceVerdict& verdict : verdicts) {
    if (!verdict.offered && verdict.failed.empty()) {
      verdict.failed.insert(v1::HARD_RULE_ONE_BRANCH_PER_PROVIDER);
    }
  }
}

bool AnyOffered(const std::vector<ReferenceVerdict>& verdicts) {
  return std::any_of(verdicts.begin(), verdicts.end(),
                     [](const ReferenceVerdict& verdict) { return verdict.offered; });
}

}  // namespace

std::vector<ReferenceVerdict> ReferenceRoute(const ReferenceDirectory& directory,
                                             const ReferenceIssue& issue) {
  std::vector<ReferenceVerdict> verdicts;
  const PackageRow& package = issue.package;
  const DateNumber today = directory.Today(issue.time);
  for (const auto& fact : directory.facts) {
    if (!fact.has_contract() || fact.ended()) continue;
    const v1::Contract& contract = fact.contract();
    if (contract.framework_id() != package.framework_id()) continue;
    if (!directory.LotHoldsWard(contract.lot_id(), package.ward_code())) continue;
    const std::string provider_id = directory.Holder(contract, today);
    std::vector<const v1::Branch*> branches;
    for (const auto& other : directory.facts) {
      if (other.has_branch() && !other.ended() && other.branch().provider_id() == provider_id) {
        branches.push_back(&other.branch());
      }
    }
    if (branches.empty()) branches.push_back(nullptr);
    for (const v1::Branch* branch : branches) {
      ReferenceVerdict& verdict = verdicts.emplace_back();
      verdict.provider_id = provider_id;
      verdict.branch_id = branch == nullptr ? "" : branch->id();
      verdict.contract_id = contract.id();
      verdict.tier_id = contract.tier_id();
      verdict.failed = CommonFailures(directory, package, issue.rules, contract, provider_id,
                                      branch, package.terms().service_type(), today, issue.time);
      const v1::Coverage* line =
          directory.Coverage(verdict.branch_id, package, package.terms().service_type(), today);
      if (line == nullptr) {
        line = directory.Coverage(verdict.branch_id, package, v1::SERVICE_TYPE_UNSPECIFIED, today);
      }
      if (line != nullptr) verdict.covering_area = line->postcode_area();
      const bool in_round = issue.restart
                                ? branch != nullptr && branch->id() == package.previous_branch_id()
                                : Holds(issue.tier_ids, contract.tier_id());
      if (!in_round) verdict.failed.insert(v1::HARD_RULE_TIER_IN_ROUND);
      if (branch != nullptr && DeclinedBefore(issue, branch->id())) {
        verdict.failed.insert(v1::HARD_RULE_NOT_ALREADY_DECLINED);
      }
      const int32_t price = directory.Price(contract, package.ward_code());
      if (Dearer(issue, provider_id, contract.id(), price)) {
        verdict.failed.insert(v1::HARD_RULE_NOT_OFFERED_DEARER);
      }
      for (int rule : FailuresAtStart(directory, package, issue.rules, contract, provider_id,
                                      branch, issue.time)) {
        if (verdict.failed.insert(rule).second) verdict.failed_at_start.insert(rule);
      }
    }
  }
  NameSuspensions(directory, issue, issue.rules.several_branches_per_provider(), verdicts);
  for (ReferenceVerdict& verdict : verdicts) {
    auto has_one = issue.parallel.find(verdict.provider_id);
    if (!verdict.failed.empty() || has_one == issue.parallel.end()) continue;
    verdict.failed.insert(v1::HARD_RULE_ONE_BRANCH_PER_PROVIDER);
    verdict.chosen_branch_id = has_one->second;
  }
  KeepTheFirst(directory, issue, issue.rules.several_branches_per_provider(), verdicts);
  return verdicts;
}

std::vector<std::string> TiersOfRule(const v1::FrameworkRules& rules, int32_t rule) {
  const auto& tiers = rules.rounds(rule - 1).tier_ids();
  return {tiers.begin(), tiers.end()};
}

int32_t ReferenceNextRule(const ReferenceDirectory& directory, ReferenceIssue issue,
                          const PackageRow& before, int32_t first) {
  if (first == 1 && issue.rules.has_restart() && !issue.package.previous_branch_id().empty() &&
      !before.restart_done() && !issue.package.previous_handed_back() &&
      !issue.package.has_part_of()) {  // the whole was asked for that
    issue.restart = true;
    if (AnyOffered(ReferenceRoute(directory, issue))) return 0;
    issue.restart = false;
  }
  for (int32_t rule = first; rule <= issue.rules.rounds_size(); ++rule) {
    issue.tier_ids = TiersOfRule(issue.rules, rule);
    if (AnyOffered(ReferenceRoute(directory, issue))) return rule;
  }
  return -1;
}

std::set<int> ReferenceFailuresAtAward(const ReferenceDirectory& directory,
                                       const PackageRow& package, const v1::FrameworkRules& rules,
                                       const OfferRow& offer, absl::Time time) {
  const v1::Contract* contract = directory.Contract(offer.contract_id());
  if (contract == nullptr) return {v1::HARD_RULE_CONTRACT_ACTIVE};
  const v1::Branch* branch = directory.Branch(offer.branch_id());
  const DateNumber today = directory.Today(time);
  // What has dates is asked for the start, too; nobody knows yet which suspensions will stand then.
  std::set<int> failed =
      FailuresAtStart(directory, package, rules, *contract, offer.provider_id(), branch, time);
  for (int rule : CommonFailures(directory, package, rules, *contract, offer.provider_id(), branch,
                                 package.terms().service_type(), today, time)) {
    failed.insert(rule);
  }
  if (directory.Holder(*contract, today) != offer.provider_id()) {
    failed.insert(v1::HARD_RULE_CONTRACT_ACTIVE);
  }
  return failed;
}

std::set<int> ReferenceFailuresAtMove(const ReferenceDirectory& directory,
                                      const PackageRow& package,
                                      const std::vector<OfferRow>& offers,
                                      const v1::FrameworkRules& rules, const OfferRow& offer,
                                      const std::string& branch_id, absl::Time time) {
  const v1::Contract* contract = directory.Contract(offer.contract_id());
  if (contract == nullptr) return {v1::HARD_RULE_CONTRACT_ACTIVE};
  const DateNumber today = directory.Today(time);
  std::set<int> failed =
      CommonFailures(directory, package, rules, *contract, offer.provider_id(),
                     directory.Branch(branch_id), package.terms().service_type(), today, time);
  if (directory.Holder(*contract, today) != offer.provider_id()) {
    failed.insert(v1::HARD_RULE_CONTRACT_ACTIVE);
  }
  for (int rule : FailuresAtStart(directory, package, rules, *contract, offer.provider_id(),
                                  directory.Branch(branch_id), time)) {
    failed.insert(rule);
  }
  if (DeclinedBefore({package, offers, rules, time, {}, false}, branch_id)) {
    failed.insert(v1::HARD_RULE_NOT_ALREADY_DECLINED);
  }
  for (const OfferRow& other : offers) {
    if (other.branch_id() == branch_id && other.round_number() == offer.round_number()) {
      failed.insert(v1::HARD_RULE_ONE_BRANCH_PER_PROVIDER);
    }
  }
  return failed;
}

std::set<int> ReferenceFailuresAtPlacing(const ReferenceDirectory& directory,
                                         const PackageRow& package,
                                         const std::vector<OfferRow>& offers,
                                         const v1::FrameworkRules& rules,
                                         const v1::Contract& contract, const std::string& branch_id,
                                         absl::Time time) {
  const v1::Branch& branch = *directory.Branch(branch_id);
  const ReferenceIssue issue{package, offers, rules, time, {}, false};
  std::set<int> failed =
      CommonFailures(directory, package, rules, contract, branch.provider_id(), &branch,
                     package.terms().service_type(), directory.Today(time), time);
  for (int rule :
       FailuresAtStart(directory, package, rules, contract, branch.provider_id(), &branch, time)) {
    failed.insert(rule);
  }
  if (DeclinedBefore(issue, branch_id)) failed.insert(v1::HARD_RULE_NOT_ALREADY_DECLINED);
  if (Dearer(issue, branch.provider_id(), contract.id(),
             directory.Price(contract, package.ward_code()))) {
    failed.insert(v1::HARD_RULE_NOT_OFFERED_DEARER);
  }
  return failed;
}

int64_t ReferenceTieBreak(uint64_t package_number, const std::string& branch_id) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes += static_cast<char>((package_number >> shift) & 0xff);
  }
  const std::string hash = HashOf(bytes + branch_id);
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(hash[i]);
  return static_cast<int64_t>(value & 0x7fffffffffffffff);
}

}  // namespace brokerage::engine::reference
