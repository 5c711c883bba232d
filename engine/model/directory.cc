#include "engine/model/directory.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/base/text.h"
#include "engine/model/fact_keys.h"
#include "engine/model/facts.h"

namespace brokerage::engine {

using journal::v1::DirectoryFact;
using journal::v1::FrameworkRow;

namespace {

constexpr size_t kComparedBytesMax = 80;  // of a text that is compared with every ward's name

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

// [from, to); an end that is absent is open.
template <typename Span>
bool Holds(const Span& span, absl::Time time) {
  if (span.has_from_time() && time < TimeOf(span.from_time())) return false;
  return !span.has_to_time() || time < TimeOf(span.to_time());
}

DateNumber FirstDate(const std::string& from) { return ParseDate(from).value_or(0); }

bool Over(const std::string& to, DateNumber date) {
  std::optional<DateNumber> end = ParseDate(to);
  return end && *end <= date;
}

// One that names no framework holds in all.
bool HoldsIn(absl::string_view framework_id, const v1::Suspension& suspension, absl::Time time) {
  const std::string& own = suspension.framework_id();
  return (own.empty() || own == framework_id) && Holds(suspension, time);
}

// An empty area is a suspension everywhere.
bool AnySuspension(const std::vector<const DirectoryFact*>& facts, absl::string_view framework_id,
                   absl::string_view area, absl::Time time) {
  return std::any_of(facts.begin(), facts.end(), [&](const DirectoryFact* fact) {
    return fact->suspension().postcode_area() == area &&
           HoldsIn(framework_id, fact->suspension(), time);
  });
}

// What a fact is found by, beside its key: "branches/PROVIDER", "novations/CONTRACT", ...
using Subjects = std::vector<std::string>;

Subjects SubjectsOf(const v1::Ward& ward, const DirectoryFact& fact) {
  return {absl::StrCat("ward/", ward.code()), absl::StrCat("wards/", fact.framework_id())};
}

Subjects SubjectsOf(const journal::v1::LotWard& lot_ward, const DirectoryFact& fact) {
  return {absl::StrCat("lot_wards/", fact.framework_id(), "/", lot_ward.lot_id()),
          absl::StrCat("ward_lots/", fact.framework_id(), "/", lot_ward.ward_code())};
}

Subjects SubjectsOf(const v1::Branch& branch, const DirectoryFact& fact) {
  return {absl::StrCat("branches/", branch.provider_id())};
}

Subjects SubjectsOf(const v1::Contract& contract, const DirectoryFact& fact) {
  return {absl::StrCat("contracts/", contract.framework_id(), "/", contract.lot_id()),
          absl::StrCat("held/", contract.provider_id())};
}

Subjects SubjectsOf(const v1::Novation& novation, const DirectoryFact& fact) {
  return {absl::StrCat("novations/", novation.contract_id()),
          absl::StrCat("held/", novation.new_provider_id())};
}

// By their keys, but for the question whether there are any.
Subjects SubjectsOf(const v1::Coverage& coverage, const DirectoryFact& fact) {
  if (coverage.postcode_area().empty()) return {};
  return {absl::StrCat("area_coverage/", fact.framework_id())};
}

Subjects SubjectsOf(const v1::CoverageProposal& proposal, const DirectoryFact& fact) {
  if (proposal.state() != v1::PROPOSAL_STATE_OPEN) return {};
  return {absl::StrCat("proposals/", CoverageKey(proposal.coverage()))};
}

Subjects SubjectsOf(const v1::OptOutWindow& window, const DirectoryFact& fact) {
  return {absl::StrCat("opt_outs/", window.branch_id())};
}

Subjects SubjectsOf(const v1::Suspension& suspension, const DirectoryFact& fact) {
  if (!suspension.contract_id().empty()) {
    return {absl::StrCat("contract_suspensions/", suspension.contract_id())};
  }
  return {absl::StrCat("provider_suspensions/", suspension.provider_id())};
}

// Found by their keys alone.
Subjects SubjectsOf(const OneOf<v1::Lot, v1::Provider, v1::Capacity, v1::Transfer, v1::Holiday,
                                UnknownValue> auto& value,
                    const DirectoryFact& fact) {
  return {};
}

Subjects SubjectsOf(const DirectoryFact& fact) {
  return VisitDirectoryFact(fact, [&fact](const auto& value) { return SubjectsOf(value, fact); });
}

}  // namespace

void Directory::CountContractChange(const DirectoryFact& fact, int sign) {
  std::optional<DateNumber> date;
  if (fact.has_contract()) date = ParseDate(fact.contract().to_date());
  if (fact.has_novation()) date = ParseDate(fact.novation().date());
  if (!date) return;
  const std::string& id =
      fact.has_contract() ? fact.contract().id() : fact.novation().contract_id();
  auto change = contract_changes_.try_emplace({*date, id}, 0).first;
  change->second += sign;
  if (change->second == 0) contract_changes_.erase(change);
}

void Directory::Index(const DirectoryFact& fact) {
  by_key_.emplace(fact.key(), &fact);
  for (std::string& subject : SubjectsOf(fact)) {
    FactList& list = by_subject_[std::move(subject)];
    list.insert(std::upper_bound(list.begin(), list.end(), &fact,
                                 [](const DirectoryFact* a, const DirectoryFact* b) {
                                   return a->key() < b->key();
                                 }),
                &fact);
  }
  CountContractChange(fact, +1);
  std::optional<DateNumber> holiday;
  if (fact.has_holiday()) holiday = ParseDate(fact.holiday().date());
  if (holiday) holidays_[fact.framework_id()].insert(*holiday);
}

void Directory::Unindex(const DirectoryFact& fact) {
  by_key_.erase(fact.key());
  for (const std::string& subject : SubjectsOf(fact)) {
    auto found = by_subject_.find(subject);
    found->second.erase(std::find(found->second.begin(), found->second.end(), &fact));
    if (found->second.empty()) by_subject_.erase(found);
  }
  CountContractChange(fact, -1);
  std::optional<DateNumber> holiday;
  if (fact.has_holiday()) holiday = ParseDate(fact.holiday().date());
  if (holiday) holidays_[fact.framework_id()].erase(*holiday);
}

void Directory::Put(const DirectoryFact& fact) {
  std::shared_ptr<const DirectoryFact>& node = facts_[fact.key()];
  if (node != nullptr && !node->ended()) Unindex(*node);
  node = std::make_shared<const DirectoryFact>(fact);
  if (!node->ended()) Index(*node);
}

void Directory::PutFramework(const FrameworkRow& row) {
  frameworks_[row.framework_id()][row.revision()] = std::make_shared<const FrameworkRow>(row);
}

void Directory::ForgetRevisionsAfter(DateNumber date) {
  for (auto& [id, revisions] : frameworks_) {
    while (revisions.size() > 1 && revisions.rbegin()->second->from_date() > date) {
      revisions.erase(std::prev(revisions.end()));
    }
  }
}

const FrameworkRow* Directory::Framework(absl::string_view id) const {
  auto found = frameworks_.find(id);
  return found == frameworks_.end() ? nullptr : found->second.rbegin()->second.get();
}

const FrameworkRow* Directory::Framework(absl::string_view id, int32_t revision) const {
  auto found = frameworks_.find(id);
  if (found == frameworks_.end()) return nullptr;
  auto row = found->second.find(revision);
  return row == found->second.end() ? nullptr : row->second.get();
}

std::vector<const FrameworkRow*> Directory::Frameworks() const {
  std::vector<const FrameworkRow*> rows;
  for (const auto& [id, revisions] : frameworks_) rows.push_back(revisions.rbegin()->second.get());
  return rows;
}

const Holidays& Directory::HolidaysOf(absl::string_view framework_id) const {
  static const Holidays& none = *new Holidays();
  auto found = holidays_.find(framework_id);
  return found == holidays_.end() ? none : found->second;
}

const v1::Tier* Directory::TierOf(const v1::FrameworkRules& rules, absl::string_view tier_id) {
  for (const v1::Tier& tier : rules.tiers()) {
    if (tier.id() == tier_id) return &tier;
  }
  return nullptr;
}

const v1::Authority* Directory::AuthorityOf(const v1::FrameworkRules& rules,
                                            absl::string_view authority_id) {
  for (const v1::Authority& authority : rules.authorities()) {
    if (authority.id() == authority_id) return &authority;
  }
  return nullptr;
}

bool Directory::Buys(const v1::FrameworkRules& rules, absl::string_view authority_id) {
  const v1::Authority* authority = AuthorityOf(rules, authority_id);
  return authority != nullptr && !authority->reads_only();
}

const DirectoryFact* Directory::Fact(absl::string_view key) const {
  auto found = facts_.find(key);
  return found == facts_.end() ? nullptr : found->second.get();
}

const DirectoryFact* Directory::Live(absl::string_view key) const {
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : found->second;
}

const Directory::FactList& Directory::About(absl::string_view subject) const {
  static const FactList& none = *new FactList();
  auto found = by_subject_.find(subject);
  return found == by_subject_.end() ? none : found->second;
}

const v1::Ward* Directory::Ward(absl::string_view code) const {
  const FactList& wards = About(absl::StrCat("ward/", code));
  return wards.empty() ? nullptr : &wards.front()->ward();
}

const v1::Ward* Directory::WardFor(absl::string_view framework_id, absl::string_view code) const {
  const DirectoryFact* fact = Live(WardKey(framework_id, code));
  return fact != nullptr ? &fact->ward() : Ward(code);
}

const v1::Provider* Directory::Provider(absl::string_view id) const {
  const DirectoryFact* fact = Live(ProviderKey(id));
  return fact == nullptr ? nullptr : &fact->provider();
}

const v1::Branch* Directory::Branch(absl::string_view id) const {
  const DirectoryFact* fact = Live(BranchKey(id));
  return fact == nullptr ? nullptr : &fact->branch();
}

std::string Directory::ProviderName(absl::string_view id) const {
  const v1::Provider* provider = Provider(id);
  if (provider == nullptr) return std::string(id);
  return provider->trading_name().empty() ? provider->legal_name() : provider->trading_name();
}

std::string Directory::BranchName(absl::string_view id) const {
  const v1::Branch* branch = Branch(id);
  return branch == nullptr || branch->name().empty() ? std::string(id) : branch->name();
}

const v1::Contract* Directory::Contract(absl::string_view id) const {
  const DirectoryFact* fact = Live(ContractKey(id));
  return fact == nullptr ? nullptr : &fact->contract();
}

const v1::Lot* Directory::Lot(absl::string_view framework_id, absl::string_view lot_id) const {
  const DirectoryFact* fact = Live(LotKey(framework_id, lot_id));
  return fact == nullptr ? nullptr : &fact->lot();
}

std::string Directory::LotOfWard(absl::string_view framework_id,
                                 absl::string_view ward_code) const {
  const FactList& lots = About(absl::StrCat("ward_lots/", framework_id, "/", ward_code));
  return lots.empty() ? "" : lots.front()->lot_ward().lot_id();
}

std::vector<std::string> Directory::WardsOfLot(absl::string_view framework_id,
                                               absl::string_view lot_id) const {
  std::vector<std::string> codes;
  for (const DirectoryFact* fact : About(absl::StrCat("lot_wards/", framework_id, "/", lot_id))) {
    codes.push_back(fact->lot_ward().ward_code());
  }
  return codes;
}

std::vector<const v1::Branch*> Directory::BranchesOf(absl::string_view provider_id) const {
  std::vector<const v1::Branch*> branches;
  for (const DirectoryFact* fact : About(absl::StrCat("branches/", provider_id))) {
    branches.push_back(&fact->branch());
  }
  return branches;
}

std::vector<const v1::Contract*> Directory::ContractsOfLot(absl::string_view framework_id,
                                                           absl::string_view lot_id) const {
  std::vector<const v1::Contract*> contracts;
  for (const DirectoryFact* fact : About(absl::StrCat("contracts/", framework_id, "/", lot_id))) {
    contracts.push_back(&fact->contract());
  }
  return contracts;
}

bool Directory::WardInFramework(absl::string_view framework_id, absl::string_view code) const {
  return Live(WardKey(framework_id, code)) != nullptr || !LotOfWard(framework_id, code).empty();
}

std::vector<const v1::Ward*> Directory::NearestWards(absl::string_view framework_id,
                                                     absl::string_view text, size_t most) const {
  std::set<std::string> codes;  // of another framework's ward, too, if a lot here holds it
  for (const DirectoryFact* fact : About(absl::StrCat("wards/", framework_id))) {
    codes.insert(fact->ward().code());
  }
  const std::string lot_wards = LotWardKey(framework_id, "", "");
  const std::string prefix = lot_wards.substr(0, lot_wards.size() - 1);
  for (auto fact = facts_.lower_bound(prefix);
       fact != facts_.end() && absl::StartsWith(fact->first, prefix); ++fact) {
    if (!fact->second->ended()) codes.insert(fact->second->lot_ward().ward_code());
  }

  const std::string asked = absl::AsciiStrToLower(text.substr(0, kComparedBytesMax));
  std::vector<std::tuple<int, size_t, std::string, const v1::Ward*>> ranked;
  for (const std::string& ward_code : codes) {
    const v1::Ward* ward = WardFor(framework_id, ward_code);
    if (ward == nullptr) continue;
    const std::string code = absl::AsciiStrToLower(ward->code());
    const std::string name = absl::AsciiStrToLower(ward->name());
    int kind = code == asked ? 0 : !asked.empty() && absl::StartsWith(code, asked) ? 1 : 2;
    const size_t most = asked.size() + name.size() + code.size();  // however far away
    size_t distance = std::min(EditDistance(asked, name, most), EditDistance(asked, code, most));
    ranked.emplace_back(kind, distance, absl::StrCat(name, "/", code), ward);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<const v1::Ward*> nearest;
  for (size_t i = 0; i < ranked.size() && i < most; ++i) nearest.push_back(std::get<3>(ranked[i]));
  return nearest;
}

std::string Directory::ProviderOfContract(absl::string_view contract_id, DateNumber date) const {
  const v1::Contract* contract = Contract(contract_id);
  if (contract == nullptr) return "";
  const v1::Novation* latest = nullptr;
  for (const DirectoryFact* fact : About(absl::StrCat("novations/", contract_id))) {
    const v1::Novation& novation = fact->novation();
    if (FirstDate(novation.date()) > date) continue;
    if (latest == nullptr || FirstDate(latest->date()) < FirstDate(novation.date()))
      latest = &novation;
  }
  return latest == nullptr ? contract->provider_id() : latest->new_provider_id();
}

bool Directory::ContractInForce(const v1::Contract& contract, DateNumber date) const {
  return FirstDate(contract.from_date()) <= date && !Over(contract.to_date(), date);
}

v1::ContractStatus Directory::StatusOf(const v1::Contract& contract, DateNumber date,
                                       absl::Time time) const {
  if (Over(contract.to_date(), date)) return v1::CONTRACT_STATUS_ENDED;
  if (FirstDate(contract.from_date()) > date) return v1::CONTRACT_STATUS_NOT_BEGUN;
  if (ContractSuspended(contract.id(), time)) return v1::CONTRACT_STATUS_SUSPENDED;
  return v1::CONTRACT_STATUS_ACTIVE;
}

DateNumber Directory::HoldsContractsSince(absl::string_view provider_id,
                                          absl::string_view framework_id) const {
  DateNumber first = 0;
  for (const DirectoryFact* fact : About(absl::StrCat("held/", provider_id))) {
    const v1::Contract* contract =
        fact->has_contract() ? &fact->contract() : Contract(fact->novation().contract_id());
    if (contract == nullptr || contract->framework_id() != framework_id) continue;
    DateNumber since =
        FirstDate(fact->has_contract() ? contract->from_date() : fact->novation().date());
    if (first == 0 || since < first) first = since;
  }
  return first;
}

std::vector<const v1::Contract*> Directory::ContractsHeldBy(absl::string_view provider_id,
                                                            absl::string_view framework_id,
                                                            DateNumber date) const {
  std::map<std::string, const v1::Contract*> held;
  for (const DirectoryFact* fact : About(absl::StrCat("held/", provider_id))) {
    const v1::Contract* contract =
        Contract(fact->has_contract() ? fact->contract().id() : fact->novation().contract_id());
    if (contract == nullptr || contract->framework_id() != framework_id) continue;
    if (ContractInForce(*contract, date) &&
        ProviderOfContract(contract->id(), date) == provider_id) {
      held[contract->id()] = contract;
    }
  }
  std::vector<const v1::Contract*> contracts;
  contracts.reserve(held.size());
  for (const auto& [id, contract] : held) contracts.push_back(contract);
  return contracts;
}

std::vector<const journal::v1::FrameworkRow*> Directory::FrameworksOf(
    absl::string_view provider_id) const {
  std::vector<const journal::v1::FrameworkRow*> frameworks = Frameworks();
  std::erase_if(frameworks, [&](const journal::v1::FrameworkRow* framework) {
    return HoldsContractsSince(provider_id, framework->framework_id()) == 0;
  });
  return frameworks;
}

bool Directory::InForce(const v1::Coverage& line, DateNumber date) {
  return FirstDate(line.from_date()) <= date && !Over(line.to_date(), date);
}

const v1::Coverage* Directory::CoverageOf(absl::string_view branch_id, const CarePlace& place,
                                          v1::ServiceType service, DateNumber date) const {
  auto in_force = [&](const std::string& key) -> const v1::Coverage* {
    const DirectoryFact* fact = Live(key);
    return fact != nullptr && InForce(fact->coverage(), date) ? &fact->coverage() : nullptr;
  };
  const v1::Coverage* line = in_force(CoverageKey(branch_id, place.ward_code, service));
  if (line != nullptr || place.postcode_area.empty()) return line;
  return in_force(
      absl::StrCat(AreaCoveragePrefix(branch_id, place.postcode_area, place.framework_id),
                   static_cast<int>(service)));
}

const v1::Coverage* Directory::AnyCoverageOf(absl::string_view branch_id, const CarePlace& place,
                                             DateNumber date) const {
  static_assert(v1::ServiceType_MAX < 10);  // their order is that of the keys, too
  auto first_of = [&](std::string key) -> const v1::Coverage* {
    key.push_back('0');
    for (int service = 1; service <= v1::ServiceType_MAX; ++service) {
      key.back() = static_cast<char>('0' + service);
      const DirectoryFact* fact = Live(key);
      if (fact != nullptr && InForce(fact->coverage(), date)) return &fact->coverage();
    }
    return nullptr;
  };
  const v1::Coverage* line = first_of(WardCoveragePrefix(branch_id, place.ward_code));
  if (line != nullptr || place.postcode_area.empty()) return line;
  return first_of(AreaCoveragePrefix(branch_id, place.postcode_area, place.framework_id));
}

bool Directory::CoversByArea(absl::string_view framework_id, DateNumber date) const {
  const FactList& lines = About(absl::StrCat("area_coverage/", framework_id));
  return std::any_of(lines.begin(), lines.end(), [date](const DirectoryFact* fact) {
    return !Over(fact->coverage().to_date(), date);
  });
}

const v1::CoverageProposal* Directory::OpenProposalFor(const v1::Coverage& line) const {
  const FactList& proposals = About(absl::StrCat("proposals/", CoverageKey(line)));
  return proposals.empty() ? nullptr : &proposals.front()->coverage_proposal();
}

bool Directory::OptedOut(absl::string_view framework_id, absl::string_view branch_id,
                         absl::Time time) const {
  const FactList& windows = About(absl::StrCat("opt_outs/", branch_id));
  return std::any_of(windows.begin(), windows.end(), [&](const DirectoryFact* fact) {
    const v1::OptOutWindow& window = fact->opt_out_window();
    const bool stands = window.state() != v1::OPT_OUT_STATE_REQUESTED &&
                        window.state() != v1::OPT_OUT_STATE_REFUSED;
    const bool here = window.framework_id().empty() || window.framework_id() == framework_id;
    return stands && here && Holds(window, time);
  });
}

bool Directory::ContractSuspended(absl::string_view contract_id, absl::Time time) const {
  const FactList& suspensions = About(absl::StrCat("contract_suspensions/", contract_id));
  return std::any_of(suspensions.begin(), suspensions.end(),
                     [time](const DirectoryFact* fact) { return Holds(fact->suspension(), time); });
}

bool Directory::ProviderSuspended(absl::string_view framework_id, absl::string_view provider_id,
                                  absl::Time time) const {
  return AnySuspension(About(absl::StrCat("provider_suspensions/", provider_id)), framework_id, "",
                       time);
}

bool Directory::AreaSuspended(absl::string_view framework_id, absl::string_view provider_id,
                              absl::string_view postcode_area, absl::Time time) const {
  return !postcode_area.empty() &&
         AnySuspension(About(absl::StrCat("provider_suspensions/", provider_id)), framework_id,
                       postcode_area, time);
}

std::vector<std::string> Directory::SuspensionsOf(const v1::Contract& contract,
                                                  absl::string_view provider_id,
                                                  absl::string_view postcode_area,
                                                  absl::Time time) const {
  std::vector<std::string> ids;
  for (const std::string& subject : {absl::StrCat("contract_suspensions/", contract.id()),
                                     absl::StrCat("provider_suspensions/", provider_id)}) {
    for (const DirectoryFact* fact : About(subject)) {
      const v1::Suspension& suspension = fact->suspension();
      const std::string& area = suspension.postcode_area();
      if ((area.empty() || area == postcode_area) &&
          HoldsIn(contract.framework_id(), suspension, time)) {
        ids.push_back(suspension.id());
      }
    }
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

int32_t Directory::PriceOf(const v1::Contract& contract, absl::string_view ward_code) const {
  const v1::Ward* ward = WardFor(contract.framework_id(), ward_code);
  if (ward == nullptr) return 0;
  switch (ward->price_level()) {
    case v1::PRICE_LEVEL_URBAN:
      return contract.prices().urban_pence();
    case v1::PRICE_LEVEL_FRINGE:
      return contract.prices().fringe_pence();
    case v1::PRICE_LEVEL_RURAL:
      return contract.prices().rural_pence();
    case v1::PRICE_LEVEL_ISOLATED:
      return contract.prices().isolated_pence();
    case v1::PRICE_LEVEL_UNSPECIFIED:
    case v1::PriceLevel_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::PriceLevel_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return 0;
}

std::vector<std::pair<DateNumber, std::string>> Directory::ContractChangesAfter(
    DateNumber date) const {
  std::vector<std::pair<DateNumber, std::string>> changes;
  for (auto change = contract_changes_.lower_bound({date + 1, ""});
       change != contract_changes_.end(); ++change) {
    changes.push_back(change->first);
  }
  return changes;
}

}  // namespace brokerage::engine
