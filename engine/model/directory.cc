#include "engine/model/directory.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace brokerage::engine {

using journal::v1::DirectoryFact;
using journal::v1::FrameworkRow;

namespace {

constexpr size_t kComparedBytesMax = 80;  // of a text that is compared with every ward's name

// Edits (insert, remove, replace one byte) that turn one text into the other.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string> Directory::SubjectsOf(const DirectoryFact& fact) {
  switch (fact.value_case()) {
    case DirectoryFact::kWard:
      return {absl::StrCat("ward/", fact.ward().code()),
              absl::StrCat("wards/", fact.framework_id())};
    case DirectoryFact::kLotWard:
      return {absl::StrCat("lot_wards/", fact.framework_id(), "/", fact.lot_ward().lot_id()),
              absl::StrCat("ward_lots/", fact.framework_id(), "/", fact.lot_ward().ward_code())};
    case DirectoryFact::kBranch:
      return {absl::StrCat("branches/", fact.branch().provider_id())};
    case DirectoryFact::kContract:
      return {
          absl::StrCat("contracts/", fact.contract().framework_id(), "/", fact.contract().lot_id()),
          absl::StrCat("held/", fact.contract().provider_id())};
    case DirectoryFact::kNovation:
      return {absl::StrCat("novations/", fact.novation().contract_id()),
              absl::StrCat("held/", fact.novation().new_provider_id())};
    case DirectoryFact::kCoverage:  // by their keys, but for the question whether there are any
      if (fact.coverage().postcode_area().empty()) return {};
      return {absl::StrCat("area_coverage/", fact.framework_id())};
    case DirectoryFact::kCoverageProposal:
      if (fact.coverage_proposal().state() != v1::PROPOSAL_STATE_OPEN) return {};
      return {absl::StrCat("proposals/", CoverageKey(fact.coverage_proposal().coverage()))};
    case DirectoryFact::kOptOutWindow:
      return {absl::StrCat("opt_outs/", fact.opt_out_window().branch_id())};
    case DirectoryFact::kSuspension:
      if (!fact.suspension().contract_id().empty()) {
        return {absl::StrCat("contract_suspensions/", fact.suspension().contract_id())};
      }
      return {absl::StrCat("provider_suspensions/", fact.suspension().provider_id())};
    default:
      return {};  // found by their keys
  }
}

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
  const DirectoryFact* fact = Fact(key);
  return fact == nullptr || fact->ended() ? nullptr : fact;
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
  const std::string lot_wards = absl::StrCat("lot_wards/", framework_id, "/");
  for (auto list = by_subject_.lower_bound(lot_wards);
       list != by_subject_.end() && absl::StartsWith(list->first, lot_wards); ++list) {
    for (const DirectoryFact* fact : list->second) codes.insert(fact->lot_ward().ward_code());
  }

  const std::string asked = absl::AsciiStrToLower(text.substr(0, kComparedBytesMax));
  std::vector<std::tuple<int, size_t, std::string, const v1::Ward*>> ranked;
  for (const std::string& ward_code : codes) {
    const v1::Ward* ward = WardFor(framework_id, ward_code);
    if (ward == nullptr) continue;
    const std::string code = absl::AsciiStrToLower(ward->code());
    const std::string name = absl::AsciiStrToLower(ward->name());
    int kind = code == asked ? 0 : !asked.empty() && absl::StartsWith(code, asked) ? 1 : 2;
    size_t distance = std::min(EditDistance(asked, name), EditDistance(asked, code));
    ranked.emplace_back(kind, distance, absl::StrCat(name, "/", code), ward);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<const v1::Ward*> nearest;
  for (size_t i = 0; i < ranked.size() && i < most; ++i) nearest.push_back(std::get<3>(ranked[i]));
  return nearest;
}

}  // namespace brokerage::engine
