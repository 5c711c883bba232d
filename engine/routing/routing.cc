#include "engine/routing/routing.h"

#include <algorithm>
#include <limits>
#include <set>
#include <tuple>

#include "absl/strings/match.h"
#include "engine/award/ranking.h"
#include "engine/base/postcode.h"
#include "engine/model/fact_keys.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::PackageRow;
using journal::v1::Verdict;

namespace {

constexpr uint32_t Bit(v1::HardRule rule) { return 1u << rule; }

uint32_t FailsUnless(bool passed, v1::HardRule rule) { return passed ? 0 : Bit(rule); }

// A hard rule reads facts with dates as of `date`, and what opens and closes at any moment as of
// `time`.
struct AsOf {
  DateNumber date;
  absl::Time time;
};

bool LotHoldsWard(const RoutingQuestion& question, const v1::Contract& contract) {
  const auto* fact = question.directory.Fact(
      LotWardKey(contract.framework_id(), contract.lot_id(), question.package.row.ward_code()));
  return fact != nullptr && !fact->ended();
}

uint32_t ContractFailures(const RoutingQuestion& question, const v1::Contract& contract,
                          AsOf as_of) {
  const v1::ContractStatus status = question.directory.StatusOf(contract, as_of.date, as_of.time);
  const auto& services = contract.service_types();
  const v1::ServiceType service = question.package.row.terms().service_type();
  return FailsUnless(status == v1::CONTRACT_STATUS_ACTIVE, v1::HARD_RULE_CONTRACT_ACTIVE) |
         FailsUnless(LotHoldsWard(question, contract), v1::HARD_RULE_LOT_MATCHES_WARD) |
         FailsUnless(std::find(services.begin(), services.end(), service) != services.end(),
                     v1::HARD_RULE_SERVICE_CONTRACTED);
}

bool Meets(const v1::Branch& branch, const v1::Need& need) {
  const bool has_value =
      need.kind() == v1::NEED_KIND_LANGUAGE || need.kind() == v1::NEED_KIND_CARER_GENDER;
  return std::any_of(branch.needs_met().begin(), branch.needs_met().end(), [&](const auto& met) {
    return met.kind() == need.kind() &&
           (!has_value || absl::EqualsIgnoreCase(met.value(), need.value()));
  });
}

bool MeetsNeeds(const RoutingQuestion& question, const v1::Branch& branch) {
  const auto& filtering = question.rules.filtering_needs();
  const auto& needs = question.package.row.needs();
  return std::all_of(needs.begin(), needs.end(), [&](const v1::Need& need) {
    return std::find(filtering.begin(), filtering.end(), need.kind()) == filtering.end() ||
           Meets(branch, need);
  });
}

// The lines by which a branch covers the package; null where it does not.
struct Covering {
  const v1::Coverage* service;  // for its service
  const v1::Coverage* place;    // that one; else for any service
};

Covering CoveringOf(const RoutingQuestion& question, const v1::Branch& branch, DateNumber date) {
  const PackageRow& row = question.package.row;
  const CarePlace place = CarePlaceOf(row);
  const v1::Coverage* service =
      question.directory.CoverageOf(branch.id(), place, row.terms().service_type(), date);
  return {service, service != nullptr ? service
                                      : question.directory.AnyCoverageOf(branch.id(), place, date)};
}

uint32_t BranchFailures(const RoutingQuestion& question, const v1::Branch& branch, AsOf as_of) {
  const Directory& directory = question.directory;
  const Covering covering = CoveringOf(question, branch, as_of.date);
  return FailsUnless(covering.place != nullptr, v1::HARD_RULE_BRANCH_COVERS_WARD) |
         FailsUnless(covering.service != nullptr, v1::HARD_RULE_BRANCH_COVERS_SERVICE) |
         FailsUnless(branch.regulator_active(), v1::HARD_RULE_BRANCH_REGISTERED) |
         FailsUnless(!directory.OptedOut(branch.id(), as_of.time),
                     v1::HARD_RULE_BRANCH_TAKING_OFFERS) |
         FailsUnless(MeetsNeeds(question, branch), v1::HARD_RULE_MEETS_NEEDS);
}

uint32_t ProviderFailures(const RoutingQuestion& question, const std::string& provider_id,
                          AsOf as_of) {
  const Directory& directory = question.directory;
  const PackageRow& row = question.package.row;
  const auto& refused = row.refused_provider_ids();
  const bool is_refused = GaveItUp(row, provider_id) ||
                          std::find(refused.begin(), refused.end(), provider_id) != refused.end();
  const std::string area = PostcodeArea(row.postcode_sector());
  const std::string& framework_id = row.framework_id();
  return FailsUnless(!directory.ProviderSuspended(framework_id, provider_id, as_of.time),
                     v1::HARD_RULE_PROVIDER_NOT_SUSPENDED) |
         FailsUnless(!directory.AreaSuspended(framework_id, provider_id, area, as_of.time),
                     v1::HARD_RULE_AREA_NOT_SUSPENDED) |
         FailsUnless(!is_refused, v1::HARD_RULE_NOT_REFUSED_BY_PERSON);
}

// What was said after the package was awarded is a remark and counts nowhere.
bool LastSaidNo(const OfferRow& offer) {
  v1::Answer last = v1::ANSWER_UNSPECIFIED;
  for (const journal::v1::AnswerRow& answer : offer.answers()) {
    if (!answer.remark()) last = answer.answer();
  }
  return last == v1::ANSWER_DECLINE;
}

bool AlreadyDeclined(const PackageAggregate& package, const std::string& branch_id) {
  return std::any_of(package.offers.begin(), package.offers.end(), [&](const OfferRow& offer) {
    return offer.branch_id() == branch_id && offer.terms_version() == package.row.terms_version() &&
           LastSaidNo(offer);
  });
}

bool OfferedCheaper(const RoutingQuestion& question, const v1::Contract& contract,
                    const std::string& provider_id) {
  const auto& offers = question.package.offers;
  const int32_t price = question.directory.PriceOf(contract, question.package.row.ward_code());
  return std::any_of(offers.begin(), offers.end(), [&](const OfferRow& offer) {
    return offer.provider_id() == provider_id && offer.contract_id() != contract.id() &&
           offer.price_pence() > 0 && offer.price_pence() < price;
  });
}

// The rules that speak only of issuing; all but the last, which needs the others' verdicts.
uint32_t IssueFailures(const RoutingQuestion& question, const v1::Contract& contract,
                       const Verdict& verdict) {
  const auto& tiers = question.tier_ids;
  const bool in_round =
      question.restart ? !verdict.branch_id().empty() &&
                             verdict.branch_id() == question.package.row.previous_branch_id()
                       : std::find(tiers.begin(), tiers.end(), contract.tier_id()) != tiers.end();
  return FailsUnless(in_round, v1::HARD_RULE_TIER_IN_ROUND) |
         FailsUnless(!AlreadyDeclined(question.package, verdict.branch_id()),
                     v1::HARD_RULE_NOT_ALREADY_DECLINED) |
         FailsUnless(!OfferedCheaper(question, contract, verdict.provider_id()),
                     v1::HARD_RULE_NOT_OFFERED_DEARER);
}

// The suspensions that keep the verdict's contract from an offer where nothing else does; else
// none.
std::vector<std::string> StoppedBy(const RoutingQuestion& question, const v1::Contract& contract,
                                   const Verdict& verdict) {
  constexpr uint32_t kSuspensionRules = Bit(v1::HARD_RULE_CONTRACT_ACTIVE) |
                                        Bit(v1::HARD_RULE_PROVIDER_NOT_SUSPENDED) |
                                        Bit(v1::HARD_RULE_AREA_NOT_SUSPENDED);
  const uint32_t failed = verdict.failed_rules();
  if (failed == 0 || (failed & ~kSuspensionRules) != 0) return {};
  if (!question.directory.ContractInForce(contract, question.date)) return {};
  return question.directory.SuspensionsOf(contract, verdict.provider_id(),
                                          PostcodeArea(question.package.row.postcode_sector()),
                                          question.time);
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
  const AsOf now{question.date, question.time};
  const PackageRow& row = question.package.row;
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
    const auto [line, any_line] = CoveringOf(question, *branch, now.date);
    const bool has_priority = line != nullptr && line->priority() > 0;
    candidate.priority = has_priority ? line->priority() : std::numeric_limits<int32_t>::max();
    if (any_line != nullptr) verdict.set_covering_area(any_line->postcode_area());
    candidate.tie_break = TieBreak(row.number(), branch->id());
  }
  verdict.set_failed_rules(ContractFailures(question, contract, now) |
                           IssueFailures(question, contract, verdict) |
                           ProviderFailures(question, provider_id, now) |
                           (branch != nullptr ? BranchFailures(question, *branch, now)
                                              : Bit(v1::HARD_RULE_BRANCH_COVERS_WARD)));
  for (std::string& id : StoppedBy(question, contract, verdict)) {
    verdict.add_suspension_ids(std::move(id));
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
  verdict->set_failed_rules(Bit(v1::HARD_RULE_ONE_BRANCH_PER_PROVIDER));
  verdict->set_chosen_branch_id(chosen_branch_id);
}

// A provider that is offered the package in the round beside this one gets no second offer; nor
// would one that suspensions alone keep from an offer there.
void LeaveToRoundBeside(const std::vector<Verdict>& beside, std::vector<Candidate>* candidates) {
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
void KeepStopped(bool several_allowed, std::vector<Candidate>* candidates) {
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
    const bool stopped = several_allowed ? verdict.contract_id() == first->verdict.contract_id()
                                         : &candidate == first;
    if (!stopped) verdict.clear_suspension_ids();
  }
}

uint32_t FailuresAtAward(const RoutingQuestion& question, const OfferRow& offer, AsOf as_of) {
  const Directory& directory = question.directory;
  const v1::Contract* contract = directory.Contract(offer.contract_id());
  const v1::Branch* branch = directory.Branch(offer.branch_id());
  const bool held = contract != nullptr &&
                    directory.ProviderOfContract(contract->id(), as_of.date) == offer.provider_id();
  uint32_t failures = FailsUnless(held, v1::HARD_RULE_CONTRACT_ACTIVE) |
                      ProviderFailures(question, offer.provider_id(), as_of);
  if (contract != nullptr) failures |= ContractFailures(question, *contract, as_of);
  return failures | (branch != nullptr ? BranchFailures(question, *branch, as_of)
                                       : Bit(v1::HARD_RULE_BRANCH_COVERS_WARD));
}

std::optional<v1::HardRule> FirstOf(uint32_t failures) {
  for (int rule = 1; rule < v1::HardRule_ARRAYSIZE; ++rule) {
    if (failures & (1u << rule)) return static_cast<v1::HardRule>(rule);
  }
  return std::nullopt;
}

}  // namespace

CarePlace CarePlaceOf(const PackageRow& package) {
  return {package.framework_id(), package.ward_code(), PostcodeArea(package.postcode_sector())};
}

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
  if (question.beside != nullptr) LeaveToRoundBeside(*question.beside, &candidates);
  KeepStopped(question.rules.several_branches_per_provider(), &candidates);
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

std::optional<v1::HardRule> FailsAtAward(const RoutingQuestion& question, const OfferRow& offer) {
  uint32_t failures = FailuresAtAward(question, offer, {question.date, question.time});
  // What has dates is asked again for the start; opt-outs and suspensions, which stop offers and
  // not care, as of now both times (docs/decisions/0006).
  const std::optional<DateNumber> start = ParseDate(question.package.row.terms().start_by_date());
  if (start && *start > question.date) {
    failures |= FailuresAtAward(question, offer, {*start, question.time});
  }
  return FirstOf(failures);
}

std::optional<v1::HardRule> FailsAtMove(const RoutingQuestion& question, const OfferRow& offer,
                                        const std::string& branch_id) {
  OfferRow moved = offer;
  moved.set_branch_id(branch_id);
  const auto& offers = question.package.offers;
  const bool has_one = std::any_of(offers.begin(), offers.end(), [&](const OfferRow& other) {
    return other.branch_id() == branch_id && other.round_number() == offer.round_number();
  });
  return FirstOf(FailuresAtAward(question, moved, {question.date, question.time}) |
                 FailsUnless(!AlreadyDeclined(question.package, branch_id),
                             v1::HARD_RULE_NOT_ALREADY_DECLINED) |
                 FailsUnless(!has_one, v1::HARD_RULE_ONE_BRANCH_PER_PROVIDER));
}

bool GaveItUp(const PackageRow& package, absl::string_view provider_id) {
  return !provider_id.empty() && provider_id == package.gave_up_provider_id();
}

bool VerdictConfirmsCoverage(const Verdict& verdict) {
  constexpr uint32_t kCoverage =
      Bit(v1::HARD_RULE_BRANCH_COVERS_WARD) | Bit(v1::HARD_RULE_BRANCH_COVERS_SERVICE);
  return (verdict.failed_rules() & kCoverage) == 0;
}

}  // namespace brokerage::engine
