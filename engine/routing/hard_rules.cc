#include "engine/routing/hard_rules.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/postcode.h"
#include "engine/model/fact_keys.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::PackageRow;
using journal::v1::Verdict;

namespace {

constexpr absl::string_view kRulePrefix = "HARD_RULE_";

const PackageRow& RowOf(const RuleSubject& subject) { return subject.question.package.row; }

// Whether the provider gave the person's care up in a group transfer, or the branch by itself, by
// its own cause, and the branch is not asked all the same.
bool GaveUp(const PackageRow& package, absl::string_view provider_id, absl::string_view branch_id) {
  return (Lists(package.gave_up_provider_ids(), provider_id) ||
          Lists(package.gave_up_branch_ids(), branch_id)) &&
         !Lists(package.asked_again_branch_ids(), branch_id);
}

// ---- Whether a rule is passed -------------------------------------------------------------------

bool ContractActive(const RuleSubject& subject) {
  return subject.holds_contract &&
         subject.question.directory.StatusOf(*subject.contract, subject.date, subject.time) ==
             v1::CONTRACT_STATUS_ACTIVE;
}

bool LotHoldsWard(const RuleSubject& subject) {
  const v1::Contract& contract = *subject.contract;
  const auto* fact = subject.question.directory.Fact(
      LotWardKey(contract.framework_id(), contract.lot_id(), RowOf(subject).ward_code()));
  return fact != nullptr && !fact->ended();
}

// In a restart's own round: whether it is the branch that had the person.
bool TierInRound(const RuleSubject& subject) {
  if (subject.question.restart) {
    return subject.branch != nullptr && subject.branch->id() == RowOf(subject).previous_branch_id();
  }
  const auto& tiers = subject.question.tier_ids;
  return std::find(tiers.begin(), tiers.end(), subject.contract->tier_id()) != tiers.end();
}

bool ServiceContracted(const RuleSubject& subject) {
  const auto& services = subject.contract->service_types();
  return std::find(services.begin(), services.end(), RowOf(subject).terms().service_type()) !=
         services.end();
}

bool CoversWard(const RuleSubject& subject) { return subject.covering.place != nullptr; }

bool CoversService(const RuleSubject& subject) { return subject.covering.service != nullptr; }

bool Registered(const RuleSubject& subject) { return subject.branch->regulator_active(); }

bool TakesOffers(const RuleSubject& subject) {
  return !subject.question.directory.OptedOut(RowOf(subject).framework_id(), subject.branch->id(),
                                              subject.time);
}

bool NotSuspended(const RuleSubject& subject) {
  return !subject.question.directory.ProviderSuspended(RowOf(subject).framework_id(),
                                                       subject.provider_id, subject.time);
}

bool AreaNotSuspended(const RuleSubject& subject) {
  return !subject.question.directory.AreaSuspended(
      RowOf(subject).framework_id(), subject.provider_id, subject.postcode_area, subject.time);
}

bool Meets(const v1::Branch& branch, const v1::Need& need) {
  const bool has_value =
      need.kind() == v1::NEED_KIND_LANGUAGE || need.kind() == v1::NEED_KIND_CARER_GENDER;
  return std::any_of(branch.needs_met().begin(), branch.needs_met().end(), [&](const auto& met) {
    return met.kind() == need.kind() &&
           (!has_value || absl::EqualsIgnoreCase(met.value(), need.value()));
  });
}

bool MeetsNeeds(const RuleSubject& subject) {
  const auto& filtering = subject.question.rules.filtering_needs();
  const auto& needs = RowOf(subject).needs();
  return std::all_of(needs.begin(), needs.end(), [&](const v1::Need& need) {
    return std::find(filtering.begin(), filtering.end(), need.kind()) == filtering.end() ||
           Meets(*subject.branch, need);
  });
}

bool NotRefused(const RuleSubject& subject) {
  const PackageRow& row = RowOf(subject);
  const absl::string_view branch = subject.branch == nullptr ? "" : subject.branch->id();
  return !Lists(row.refused_provider_ids(), subject.provider_id) &&
         !GaveUp(row, subject.provider_id, branch);
}

// What was said after the package was awarded is a remark and counts nowhere. Who accepted a part
// said that it cannot take the rest.
bool NotDeclined(const RuleSubject& subject) {
  if (subject.branch == nullptr) return true;
  if (Lists(RowOf(subject).part_branch_ids(), subject.branch->id())) return false;
  const auto& offers = subject.question.package.offers;
  return std::none_of(offers.begin(), offers.end(), [&](const OfferRow& offer) {
    if (offer.branch_id() != subject.branch->id()) return false;
    if (offer.terms_version() != RowOf(subject).terms_version()) return false;
    const journal::v1::AnswerRow* answer = LastAnswer(offer, Remarks::kSkip);
    return answer != nullptr && answer->answer() == v1::ANSWER_DECLINE;
  });
}

bool NotOfferedCheaper(const RuleSubject& subject) {
  const v1::Contract& contract = *subject.contract;
  const auto& offers = subject.question.package.offers;
  const int32_t price = subject.question.directory.PriceOf(contract, RowOf(subject).ward_code());
  return std::none_of(offers.begin(), offers.end(), [&](const OfferRow& offer) {
    if (offer.placed() && offer.undone()) return false;  // it was a mistake
    return offer.provider_id() == subject.provider_id && offer.contract_id() != contract.id() &&
           offer.price_pence() > 0 && offer.price_pence() < price;
  });
}

bool OneOfferOfRound(const RuleSubject& subject) {
  if (subject.moved == nullptr || subject.branch == nullptr) return true;
  const auto& offers = subject.question.package.offers;
  return std::none_of(offers.begin(), offers.end(), [&](const OfferRow& other) {
    return other.branch_id() == subject.branch->id() &&
           other.round_number() == subject.moved->round_number();
  });
}

bool WithinAcceptanceLimit(const RuleSubject& subject) { return subject.within_limit; }

// ---- What is said of it -------------------------------------------------------------------------

std::string ServiceWords(v1::ServiceType service) {
  switch (service) {
    case v1::SERVICE_TYPE_HOME_CARE:
      return "home care";
    case v1::SERVICE_TYPE_LIVE_IN:
      return "live-in care";
    case v1::SERVICE_TYPE_SHORT_TERM_CARE:
      return "short-term care";
    case v1::SERVICE_TYPE_REABLEMENT:
      return "reablement";
    case v1::SERVICE_TYPE_EXTRA_CARE:
      return "extra care";
    case v1::SERVICE_TYPE_RESPONSE_24H:
      return "24-hour response";
    case v1::SERVICE_TYPE_INTERIM_RESPONSE:
      return "interim response";
    case v1::SERVICE_TYPE_UNSPECIFIED:
    case v1::ServiceType_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::ServiceType_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return "the service";
}

// The names that the sentences use; an id where the directory has no name.
struct Names {
  std::string provider, branch, contract, tier, ward, lot, area, service;
};

std::string TierName(const Directory& directory, const PackageRow& package,
                     const std::string& tier_id) {
  const journal::v1::FrameworkRow* framework = directory.Framework(package.framework_id());
  const v1::Tier* tier =
      framework == nullptr ? nullptr : Directory::TierOf(framework->rules(), tier_id);
  return tier == nullptr ? tier_id : tier->name();
}

Names NamesOf(const Verdict& verdict, const PackageRow& package, const Directory& directory) {
  const v1::Ward* ward = directory.Ward(package.ward_code());
  const v1::Contract* contract = directory.Contract(verdict.contract_id());
  const std::string& lot_id = contract == nullptr ? IssueLotOf(package) : contract->lot_id();
  const v1::Lot* lot = directory.Lot(package.framework_id(), lot_id);
  Names names;
  names.provider = directory.ProviderName(verdict.provider_id());
  names.branch = verdict.branch_id().empty()
                     ? absl::StrCat(names.provider, ", which has no branch,")
                     : directory.BranchName(verdict.branch_id());
  names.contract = absl::StrCat("Contract ", verdict.contract_id());
  names.tier = TierName(directory, package, verdict.tier_id());
  names.ward = ward == nullptr ? package.ward_code() : ward->name();
  names.lot = lot == nullptr ? lot_id : lot->name();
  const std::string area = PostcodeArea(package.postcode_sector());
  names.area = area.empty() ? "the package's postcode area" : absl::StrCat("postcode area ", area);
  names.service = ServiceWords(package.terms().service_type());
  return names;
}

// One rule of one verdict, to be told.
struct Told {
  bool passed;
  const Verdict& verdict;
  const PackageRow& package;
  const Directory& directory;
  Names names;
  std::string suspended;  // " (S-000001)": the suspensions by which it fails the rule, if any
  std::string when;       // " on the day on which care is to start": where it passes now
};

// What the branch covers, or does not: the ward, and where postcode areas count, that of the
// package.
std::string PlaceOf(const Told& told) {
  const Names& names = told.names;
  if (told.passed) {
    const std::string& area = told.verdict.covering_area();
    return area.empty() ? names.ward : absl::StrCat(names.ward, " by postcode area ", area);
  }
  const bool areas_count = !PostcodeArea(told.package.postcode_sector()).empty() &&
                           told.directory.CoversByArea(told.package.framework_id(), 0);
  return areas_count ? absl::StrCat(names.ward, " or ", names.area) : names.ward;
}

// Where suspensions alone kept it out.
std::string SuspendedBy(v1::HardRule rule, const Verdict& verdict, const Directory& directory) {
  std::vector<std::string> ids;
  for (const std::string& id : verdict.suspension_ids()) {
    const auto* fact = directory.Fact(SuspensionKey(id));
    if (fact == nullptr) continue;
    const v1::Suspension& suspension = fact->suspension();
    const v1::HardRule fails = !suspension.contract_id().empty() ? v1::HARD_RULE_CONTRACT_ACTIVE
                               : suspension.postcode_area().empty()
                                   ? v1::HARD_RULE_PROVIDER_NOT_SUSPENDED
                                   : v1::HARD_RULE_AREA_NOT_SUSPENDED;
    if (fails == rule) ids.push_back(id);
  }
  return ids.empty() ? "" : absl::StrCat(" (", absl::StrJoin(ids, ", "), ")");
}

std::string SayContract(const Told& told) {
  const char* how = told.passed              ? " is in force and active"
                    : told.suspended.empty() ? " is not in force and active"
                                             : " is suspended";
  return absl::StrCat(told.names.contract, how, told.suspended, told.when, ".");
}

std::string SayLot(const Told& told) {
  return absl::StrCat(told.names.ward, told.passed ? " lies in " : " does not lie in ",
                      told.names.lot, ", the contract's lot.");
}

std::string SayTier(const Told& told) {
  return absl::StrCat("This round ", told.passed ? "goes" : "does not go", " to ",
                      told.names.branch, " under its contract in tier ", told.names.tier, ".");
}

std::string SayContracted(const Told& told) {
  return absl::StrCat(told.names.contract, told.passed ? " includes " : " does not include ",
                      told.names.service, ".");
}

std::string SayWard(const Told& told) {
  return absl::StrCat(told.names.branch, told.passed ? " covers " : " does not cover ",
                      PlaceOf(told), told.when, ".");
}

std::string SayService(const Told& told) {
  return absl::StrCat(told.names.branch, told.passed ? " covers " : " does not cover ",
                      told.names.service, " in ", PlaceOf(told), told.when, ".");
}

std::string SayRegistered(const Told& told) {
  return absl::StrCat("The regulator ", told.passed ? "has " : "does not have ", told.names.branch,
                      " as active for personal care.");
}

std::string SayTakesOffers(const Told& told) {
  return absl::StrCat(told.names.branch, told.passed ? " takes offers at this time."
                                                     : " takes no offers at this time.");
}

std::string SaySuspended(const Told& told) {
  return absl::StrCat(told.names.provider, told.passed ? " is not" : " is", " suspended",
                      told.suspended, ".");
}

std::string SayAreaSuspended(const Told& told) {
  return absl::StrCat(told.names.provider, told.passed ? " is not" : " is", " suspended in ",
                      told.names.area, told.suspended, ".");
}

std::string SayNeeds(const Told& told) {
  return absl::StrCat(told.names.branch, told.passed ? " meets" : " does not meet",
                      " the needs that this framework asks for.");
}

std::string SayRefused(const Told& told) {
  // A branch that is asked again now was not when this was found.
  const Verdict& verdict = told.verdict;
  const PackageRow& package = told.package;
  if (!told.passed && !Lists(package.refused_provider_ids(), verdict.provider_id())) {
    if (Lists(package.gave_up_branch_ids(), verdict.branch_id())) {
      return absl::StrCat(told.names.branch, " handed this person's care back by its own cause.");
    }
    const std::string& transfer = package.transfer_id();
    const auto& providers = package.gave_up_provider_ids();
    const bool in_the_last = !providers.empty() && *providers.rbegin() == verdict.provider_id();
    return absl::StrCat(told.names.provider, " gave this person's care up in ",
                        in_the_last && !transfer.empty() ? "transfer " + transfer : "a transfer",
                        ".");
  }
  return absl::StrCat("The person ", told.passed ? "does not refuse " : "refuses ",
                      told.names.provider, ".");
}

std::string SayDeclined(const Told& told) {
  if (!told.passed && Lists(told.package.part_branch_ids(), told.verdict.branch_id())) {
    return absl::StrCat(told.names.branch,
                        " has a part of this need; it said that it cannot take the rest.");
  }
  return absl::StrCat(told.names.branch, told.passed ? " has not declined" : " has declined",
                      " this package on the same terms.");
}

std::string SayDearer(const Told& told) {
  return absl::StrCat(told.names.provider, told.passed ? " was not" : " was",
                      " offered this package before under another contract at a lower price.");
}

std::string SayOneBranch(const Told& told) {
  const Names& names = told.names;
  const std::string& chosen = told.verdict.chosen_branch_id();
  if (told.passed) {
    return absl::StrCat("No other branch of ", names.provider, " gets this offer in its place.");
  }
  if (chosen == told.verdict.branch_id()) {
    return absl::StrCat(names.branch, " gets its offer under another contract of ", names.provider,
                        ".");
  }
  return absl::StrCat(told.directory.BranchName(chosen), " gets the one offer of ", names.provider,
                      " in this round.");
}

std::string SayLimit(const Told& told) {
  return absl::StrCat("The limit that ", told.names.branch,
                      " set for several of its acceptances is ", told.passed ? "not " : "",
                      "used up.");
}

// ---- The table ----------------------------------------------------------------------------------

// Of what a rule speaks.
enum class RuleOf : uint8_t {
  kContract,
  kBranch,
  kProvider,
  kIssue,  // the package's own: what is offered in the round, was offered before, and answered
};

struct Rule {
  v1::HardRule rule;
  RuleOf of;
  int asked_at;  // bits of RuleMoment
  bool (*passes)(const RuleSubject&);
  std::string (*sentence)(const Told&);
  // Whether it reads the date, so that it may be another on the day on which care starts.
  bool dated = false;
};

constexpr int kAlways = kAtIssue | kAtAward | kAtMove;

// In the order of the list, in which they are told.
constexpr Rule kRules[] = {
    {v1::HARD_RULE_CONTRACT_ACTIVE, RuleOf::kContract, kAlways, ContractActive, SayContract, true},
    {v1::HARD_RULE_LOT_MATCHES_WARD, RuleOf::kContract, kAlways, LotHoldsWard, SayLot},
    {v1::HARD_RULE_TIER_IN_ROUND, RuleOf::kIssue, kAtIssue, TierInRound, SayTier},
    {v1::HARD_RULE_SERVICE_CONTRACTED, RuleOf::kContract, kAlways, ServiceContracted,
     SayContracted},
    {v1::HARD_RULE_BRANCH_COVERS_WARD, RuleOf::kBranch, kAlways, CoversWard, SayWard, true},
    {v1::HARD_RULE_BRANCH_COVERS_SERVICE, RuleOf::kBranch, kAlways, CoversService, SayService,
     true},
    {v1::HARD_RULE_BRANCH_REGISTERED, RuleOf::kBranch, kAlways, Registered, SayRegistered},
    {v1::HARD_RULE_BRANCH_TAKING_OFFERS, RuleOf::kBranch, kAlways, TakesOffers, SayTakesOffers},
    {v1::HARD_RULE_PROVIDER_NOT_SUSPENDED, RuleOf::kProvider, kAlways, NotSuspended, SaySuspended},
    {v1::HARD_RULE_AREA_NOT_SUSPENDED, RuleOf::kProvider, kAlways, AreaNotSuspended,
     SayAreaSuspended},
    {v1::HARD_RULE_MEETS_NEEDS, RuleOf::kBranch, kAlways, MeetsNeeds, SayNeeds},
    {v1::HARD_RULE_NOT_REFUSED_BY_PERSON, RuleOf::kProvider, kAlways, NotRefused, SayRefused},
    {v1::HARD_RULE_NOT_ALREADY_DECLINED, RuleOf::kIssue, kAtIssue | kAtMove, NotDeclined,
     SayDeclined},
    {v1::HARD_RULE_NOT_OFFERED_DEARER, RuleOf::kIssue, kAtIssue, NotOfferedCheaper, SayDearer},
    {v1::HARD_RULE_ONE_BRANCH_PER_PROVIDER, RuleOf::kIssue, kAtIssue | kAtMove, OneOfferOfRound,
     SayOneBranch},
    {v1::HARD_RULE_WITHIN_ACCEPTANCE_LIMIT, RuleOf::kIssue, kAtAward, WithinAcceptanceLimit,
     SayLimit},
};

constexpr bool EachInItsPlace() {
  for (size_t i = 0; i < std::size(kRules); ++i) {
    if (kRules[i].rule != static_cast<int>(i) + 1) return false;
  }
  return true;
}
static_assert(std::size(kRules) == v1::HardRule_ARRAYSIZE - 1, "a hard rule has no row");
static_assert(EachInItsPlace());

// Null for HARD_RULE_UNSPECIFIED, and for one of a newer version.
const Rule* FindRule(v1::HardRule rule) {
  return v1::HardRule_IsValid(rule) && rule != 0 ? &kRules[rule - 1] : nullptr;
}

bool Passes(const Rule& rule, const RuleSubject& subject) {
  if (rule.of == RuleOf::kContract && subject.contract == nullptr) {
    return rule.rule != v1::HARD_RULE_CONTRACT_ACTIVE;
  }
  if (rule.of == RuleOf::kBranch && subject.branch == nullptr) {
    return rule.rule != v1::HARD_RULE_BRANCH_COVERS_WARD;
  }
  return rule.passes(subject);
}

uint32_t FailuresAmong(const RuleSubject& subject, RuleMoment moment, bool dated_only) {
  uint32_t failures = 0;
  for (const Rule& rule : kRules) {
    if ((rule.asked_at & moment) == 0 || (dated_only && !rule.dated)) continue;
    if (!Passes(rule, subject)) failures |= RuleBit(rule.rule);
  }
  return failures;
}

std::optional<v1::HardRule> FirstOf(uint32_t failures) {
  for (const Rule& rule : kRules) {
    if ((failures & RuleBit(rule.rule)) != 0) return rule.rule;
  }
  return std::nullopt;
}

// The offer, as if it were the branch's.
RuleSubject SubjectOf(const RoutingQuestion& question, const OfferRow& offer,
                      absl::string_view branch_id, DateNumber date) {
  const Directory& directory = question.directory;
  const v1::Contract* contract = directory.Contract(offer.contract_id());
  RuleSubject subject(question, date, question.time, contract, offer.provider_id(),
                      directory.Branch(branch_id));
  subject.holds_contract = contract != nullptr && directory.ProviderOfContract(
                                                      contract->id(), date) == offer.provider_id();
  return subject;
}

}  // namespace

RuleSubject::RuleSubject(const RoutingQuestion& question, DateNumber date, absl::Time time,
                         const v1::Contract* contract, absl::string_view provider_id,
                         const v1::Branch* branch)
    : question(question),
      date(date),
      time(time),
      contract(contract),
      provider_id(provider_id),
      branch(branch),
      postcode_area(PostcodeArea(question.package.row.postcode_sector())) {
  if (branch == nullptr) return;
  const PackageRow& row = question.package.row;
  const CarePlace care = {row.framework_id(), row.ward_code(), postcode_area};
  const Directory& directory = question.directory;
  covering.service = directory.CoverageOf(branch->id(), care, row.terms().service_type(), date);
  covering.place = covering.service != nullptr ? covering.service
                                               : directory.AnyCoverageOf(branch->id(), care, date);
}

uint32_t FailuresOf(const RuleSubject& subject, RuleMoment moment) {
  return FailuresAmong(subject, moment, false);
}

bool IsAsked(v1::HardRule rule, RuleMoment moment) {
  const Rule* row = FindRule(rule);
  return row != nullptr && (row->asked_at & moment) != 0;
}

uint32_t FailuresAtStart(const RuleSubject& subject, RuleMoment moment) {
  const auto start = ParseDate(subject.question.package.row.terms().start_by_date());
  if (!start || *start <= subject.date) return 0;
  RuleSubject then(subject.question, *start, subject.time, subject.contract, subject.provider_id,
                   subject.branch);
  then.holds_contract =
      subject.contract != nullptr && subject.question.directory.ProviderOfContract(
                                         subject.contract->id(), *start) == subject.provider_id;
  return FailuresAmong(then, moment, true);
}

std::optional<v1::HardRule> AwardFailure(const RoutingQuestion& question, const OfferRow& offer,
                                         bool within_limit) {
  RuleSubject subject = SubjectOf(question, offer, offer.branch_id(), question.date);
  subject.within_limit = within_limit;
  return FirstOf(FailuresOf(subject, kAtAward) | FailuresAtStart(subject, kAtAward));
}

std::optional<v1::HardRule> MoveFailure(const RoutingQuestion& question, const OfferRow& offer,
                                        const std::string& branch_id) {
  RuleSubject subject = SubjectOf(question, offer, branch_id, question.date);
  subject.moved = &offer;
  return FirstOf(FailuresOf(subject, kAtMove) | FailuresAtStart(subject, kAtMove));
}

bool VerdictConfirmsCoverage(const Verdict& verdict) {
  constexpr uint32_t kCoverage =
      RuleBit(v1::HARD_RULE_BRANCH_COVERS_WARD) | RuleBit(v1::HARD_RULE_BRANCH_COVERS_SERVICE);
  return (verdict.failed_rules() & kCoverage) == 0;
}

std::string RuleName(v1::HardRule rule) {
  const std::string name = v1::HardRule_Name(rule);
  if (name.size() <= kRulePrefix.size()) return "";
  return absl::AsciiStrToLower(name.substr(kRulePrefix.size()));
}

std::string ExplainRule(v1::HardRule rule, bool passed, const Verdict& verdict,
                        const PackageRow& package, const Directory& directory) {
  const Rule* row = FindRule(rule);
  if (row == nullptr) return "";
  const bool at_start = !passed && (verdict.rules_failed_at_start() & RuleBit(rule)) != 0;
  return row->sentence({passed, verdict, package, directory, NamesOf(verdict, package, directory),
                        passed ? "" : SuspendedBy(rule, verdict, directory),
                        at_start ? " on the day on which care is to start" : ""});
}

}  // namespace brokerage::engine
