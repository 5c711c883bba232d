#include "engine/framework/cross_checks.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/bounds.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/base/suggestions.h"
#include "engine/base/text.h"

namespace brokerage::engine {

namespace {

constexpr int kYearsOfHolidays = 8;  // beyond the year of commencement
constexpr size_t kListedMax = 12;    // of a list of all that there is
// A folder with more rows than this, or more unknown names, is no slip of a pen.
constexpr size_t kSearchedMax = 5000;
constexpr size_t kSoughtMax = 20;
constexpr size_t kWardEditsMax = 8;  // people write a ward's name where its code belongs

// Rows by key; of rows with the same key the first. A row whose key could not be read is in none.
template <typename Value>
using Index = std::map<std::string, const Located<Value>*, std::less<>>;

template <typename Value, typename KeyOf>
Index<Value> IndexOf(const std::vector<Located<Value>>& rows, absl::string_view column,
                     KeyOf key_of, FrameworkErrors* errors) {
  Index<Value> index;
  for (const Located<Value>& row : rows) {
    std::string key = key_of(row.value);
    if (key.empty()) continue;
    auto [first, is_new] = index.emplace(std::move(key), &row);
    if (is_new) continue;
    errors->Add(row.place, column,
                absl::StrCat(Quoted(first->first), " is already in ",
                             LocationText(first->second->place), "; take one of the two out"));
  }
  return index;
}

// The rows of one table that an unknown id may have meant.
class Suggestions {
 public:
  // A row's id and name.
  template <typename Value, typename NamedOf>
  Suggestions(const std::vector<Located<Value>>& rows, NamedOf named_of) {
    for (size_t i = 0; i < std::min(rows.size(), kSearchedMax); ++i) {
      if (Suggestion named = named_of(rows[i].value); !named.first.empty()) named_.push_back(named);
    }
  }

  // "; nearest: E05006377 Beckingham, ..." or nothing.
  const std::string& For(const std::string& text, size_t edits_max) {
    auto [known, is_new] = told_.emplace(text, "");
    if (is_new && told_.size() <= kSoughtMax) known->second = DidYouMean(text, named_, edits_max);
    return known->second;
  }
  const std::string& For(const std::string& text) { return For(text, EditsMeant(text)); }

 private:
  std::vector<Suggestion> named_;
  std::map<std::string, std::string> told_;
};

// "north, south", unless there are too many to read.
template <typename Value>
std::string Listed(const Index<Value>& index) {
  if (index.empty() || index.size() > kListedMax) return "";
  return absl::StrJoin(index, ", ",
                       [](std::string* out, const auto& row) { out->append(row.first); });
}

class TogetherChecker {
 public:
  TogetherChecker(const RulesFile& rules, const FrameworkTables& tables, FrameworkErrors* errors)
      : rules_(rules),
        tables_(tables),
        errors_(errors),
        near_wards_(tables.wards, [](auto& ward) { return Suggestion(ward.code(), ward.name()); }),
        near_lots_(tables.lots, [](auto& lot) { return Suggestion(lot.id(), lot.name()); }),
        near_providers_(tables.providers,
                        [](auto& p) { return Suggestion(p.id(), p.legal_name()); }),
        near_branches_(tables.branches, [](auto& b) { return Suggestion(b.id(), b.name()); }),
        near_contracts_(tables.contracts, [](auto& c) { return Suggestion(c.id(), ""); }),
        commencement_(ParseDate(rules.rules().commencement_date())) {}

  void CheckFiles() {
    for (TableKind kind : {TableKind::kWards, TableKind::kLots, TableKind::kLotWards,
                           TableKind::kProviders, TableKind::kContracts}) {
      Require(kind);
    }
    if (tables_.HasFile(TableKind::kCoverage)) Require(TableKind::kBranches);
    if (tables_.HasFile(TableKind::kBranches)) Require(TableKind::kCoverage);
  }

  void BuildIndexes() {
    wards_ = IndexOf(
        tables_.wards, "ward_code", [](auto& ward) { return ward.code(); }, errors_);
    lots_ = IndexOf(
        tables_.lots, "lot_id", [](auto& lot) { return lot.id(); }, errors_);
    providers_ = IndexOf(
        tables_.providers, "provider_id", [](auto& p) { return p.id(); }, errors_);
    branches_ = IndexOf(
        tables_.branches, "branch_id", [](auto& b) { return b.id(); }, errors_);
    contracts_ = IndexOf(
        tables_.contracts, "contract_id", [](auto& c) { return c.id(); }, errors_);
    IndexOf(
        tables_.holidays, "date", [](auto& holiday) { return holiday.date(); }, errors_);
    IndexOf(
        tables_.coverage, "branch_id",
        [](auto& line) {
          const std::string place = absl::StrCat(line.ward_code(), line.postcode_area());
          const bool known = !line.branch_id().empty() && !place.empty() &&
                             line.service_type() != v1::SERVICE_TYPE_UNSPECIFIED;
          return known ? absl::StrCat(line.branch_id(), ", ", place, ", ",
                                      ServiceWord(line.service_type()))
                       : "";
        },
        errors_);
    IndexOf(
        tables_.novations, "contract_id",
        [](auto& novation) {
          const bool known = !novation.contract_id().empty() && !novation.date().empty();
          return known ? absl::StrCat(novation.contract_id(), ", ", novation.date()) : "";
        },
        errors_);
  }

  // Every ward is in exactly one lot, every lot has a ward.
  void CheckLots() {
    Index<journal::v1::LotWard> lot_of_ward;
    std::set<std::string> lots_with_wards;
    for (const auto& row : tables_.lot_wards) {
      CheckExists(row.place, "lot_id", row.value.lot_id(), lots_, TableKind::kLots, &near_lots_);
      CheckWard(row.place, row.value.ward_code());
      lots_with_wards.insert(row.value.lot_id());
      if (row.value.ward_code().empty()) continue;
      auto [first, is_new] = lot_of_ward.emplace(row.value.ward_code(), &row);
      if (is_new) continue;
      const std::string& lot = first->second->value.lot_id();
      errors_->Add(row.place, "ward_code",
                   absl::StrCat("ward ", row.value.ward_code(), " is already in ",
                                lot.empty() ? "a lot" : absl::StrCat("lot ", lot), " in ",
                                LocationText(first->second->place),
                                "; a ward is in one lot: take one of the two rows out"));
    }
    for (const auto& row : tables_.wards) {
      const std::string& code = row.value.code();
      if (code.empty() || lot_of_ward.count(code) > 0) continue;
      if (!tables_.IsMissing(TableKind::kLotWards, "ward_code", code)) continue;
      const std::string lots = Listed(lots_);
      errors_->Add(
          row.place, "ward_code",
          absl::StrCat("ward ", code, " is in no lot; add a row with its lot",
                       lots.empty() ? "" : absl::StrCat(" (", lots, ")"), " to lot_wards.csv"));
    }
    for (const auto& row : tables_.lots) {
      const std::string& id = row.value.id();
      if (id.empty() || lots_with_wards.count(id) > 0) continue;
      if (!tables_.IsMissing(TableKind::kLotWards, "lot_id", id)) continue;
      errors_->Add(
          row.place, "lot_id",
          absl::StrCat("lot ", id, " has no ward; add its wards to lot_wards.csv, or take it out"));
    }
  }

  void CheckBranches() {
    std::set<absl::string_view> covering;
    for (const auto& row : tables_.coverage) {
      covering.insert(row.value.branch_id());
      CheckExists(row.place, "branch_id", row.value.branch_id(), branches_, TableKind::kBranches,
                  &near_branches_);
      CheckWard(row.place, row.value.ward_code());
      CheckOpens(row.place, "the line", row.value.from_date(), row.value.to_date());
    }
    for (const auto& row : tables_.branches) {
      CheckExists(row.place, "provider_id", row.value.provider_id(), providers_,
                  TableKind::kProviders, &near_providers_);
      const std::string& id = row.value.id();
      if (id.empty() || covering.count(id) > 0) continue;
      if (!tables_.IsMissing(TableKind::kCoverage, "branch_id", id)) continue;
      errors_->Add(
          row.place, "branch_id",
          absl::StrCat("branch ", id,
                       " covers nothing; add a row for each ward that it covers to coverage.csv, "
                       "or take the branch out"));
    }
  }

  void CheckContracts() {
    std::set<absl::string_view> contracted;
    for (const auto& row : tables_.contracts) {
      const v1::Contract& contract = row.value;
      CheckExists(row.place, "provider_id", contract.provider_id(), providers_,
                  TableKind::kProviders, &near_providers_);
      CheckExists(row.place, "lot_id", contract.lot_id(), lots_, TableKind::kLots, &near_lots_);
      CheckOpens(row.place, "the contract", contract.from_date(), contract.to_date());
      CheckTier(row.place, contract.tier_id());
      contracted.insert(contract.tier_id());
    }
    CheckOverlaps();
    for (int i = 0; i < rules_.rules().tiers_size(); ++i) {
      const std::string& tier = rules_.rules().tiers(i).id();
      if (tier.empty() || contracted.count(tier) > 0) continue;
      if (!tables_.IsMissing(TableKind::kContracts, "tier", tier)) continue;
      errors_->Add(rules_.At({{"tiers", i}}), "tiers",
                   absl::StrCat("tier ", Quoted(tier),
                                " has no contract; add one of this tier to contracts.csv, or take "
                                "the tier out"));
    }
  }

  // Each novation falls within its contract and moves it to somebody else.
  void CheckNovations() {
    std::map<absl::string_view, std::vector<const Located<v1::Novation>*>> by_contract;
    for (const auto& row : tables_.novations) {
      CheckExists(row.place, "contract_id", row.value.contract_id(), contracts_,
                  TableKind::kContracts, &near_contracts_);
      CheckExists(row.place, "new_provider_id", row.value.new_provider_id(), providers_,
                  TableKind::kProviders, &near_providers_);
      if (!row.value.date().empty()) by_contract[row.value.contract_id()].push_back(&row);
    }
    for (auto& [contract_id, rows] : by_contract) {
      auto found = contracts_.find(contract_id);
      if (found == contracts_.end()) continue;
      const v1::Contract& contract = found->second->value;
      std::stable_sort(rows.begin(), rows.end(),
                       [](auto* a, auto* b) { return a->value.date() < b->value.date(); });
      absl::string_view provider = contract.provider_id();
      for (const Located<v1::Novation>* row : rows) {
        CheckWithin(*row, contract);
        if (!provider.empty() && row->value.new_provider_id() == provider) {
          errors_->Add(row->place, "new_provider_id",
                       absl::StrCat(provider,
                                    " already holds the contract on that date; name who takes it "
                                    "over, or take the row out"));
        }
        provider = row->value.new_provider_id();
      }
    }
  }

  // Where working days count, a year without holidays is a year that somebody forgot.
  void CheckHolidays() {
    if (!rules_.parsed() || !commencement_) return;
    std::optional<Location> counted = WorkingDaysCounted(rules_);
    const FrameworkTables::Source& source = tables_.source(TableKind::kHolidays);
    const auto& lacking = source.missing;
    const bool has_dates = std::find(lacking.begin(), lacking.end(), "date") == lacking.end();
    if (!counted || !source.whole || !has_dates) return;
    std::set<int> years;
    for (const auto& row : tables_.holidays) {
      if (std::optional<DateNumber> date = ParseDate(row.value.date())) years.insert(*date / 10000);
    }
    std::vector<int> missing;
    int first = *commencement_ / 10000;
    for (int year = first; year <= first + kYearsOfHolidays; ++year) {
      const bool lost = std::any_of(source.lost.begin(), source.lost.end(), [&](auto& text) {
        return absl::StrContains(text, absl::StrCat(year));
      });
      if (years.count(year) == 0 && !lost) missing.push_back(year);
    }
    if (missing.empty()) return;
    // Where more rows belong: after the last; without any, what asks for them is named.
    bool any = !tables_.holidays.empty();
    errors_->Add(any ? tables_.holidays.back().place : *counted, any ? "date" : "working_days",
                 absl::StrCat("working days count, but holidays.csv gives no holiday in ",
                              absl::StrJoin(missing, ", "), "; every year from ", first, " to ",
                              first + kYearsOfHolidays, " needs its own"));
  }

 private:
  void Require(TableKind kind) {
    if (tables_.HasFile(kind)) return;
    errors_->Add({TableFileName(kind), 1}, "",
                 absl::StrCat("the file is missing; it begins with the line ", TableHeader(kind),
                              " and may stand in any subfolder"));
  }

  template <typename Value>
  void CheckExists(const Location& place, absl::string_view column, const std::string& id,
                   const Index<Value>& index, TableKind kind, Suggestions* near) {
    if (id.empty() || index.count(id) > 0 || !tables_.IsMissing(kind, KeyColumn(kind), id)) return;
    absl::string_view file = TableFileName(kind);
    std::string others = errors_->full() ? "" : near->For(id);
    if (const std::string all = Listed(index); others.empty() && !all.empty()) {
      others = absl::StrCat("; there is: ", all);
    }
    errors_->Add(place, column,
                 absl::StrCat(Quoted(id), " is not in ", file, others,
                              others.empty() ? "; add it there" : "; or add it there"));
  }

  static absl::string_view KeyColumn(TableKind kind) {
    switch (kind) {
      case TableKind::kWards:
        return "ward_code";
      case TableKind::kLots:
        return "lot_id";
      case TableKind::kProviders:
        return "provider_id";
      case TableKind::kBranches:
        return "branch_id";
      case TableKind::kContracts:
        return "contract_id";
      case TableKind::kLotWards:
      case TableKind::kCoverage:
      case TableKind::kNovations:
      case TableKind::kHolidays:
        break;  // no other row names one of theirs
    }
    return "";
  }

  void CheckWard(const Location& place, const std::string& code) {
    if (code.empty() || wards_.count(code) > 0) return;
    if (!tables_.IsMissing(TableKind::kWards, "ward_code", code)) return;
    const std::string near = errors_->full() ? "" : near_wards_.For(code, kWardEditsMax);
    errors_->Add(place, "ward_code",
                 absl::StrCat(Quoted(code), " is not in ", TableFileName(TableKind::kWards),
                              near.empty() ? "; add it there" : near));
  }

  void CheckTier(const Location& place, const std::string& id) {
    if (id.empty() || !rules_.Knows("tiers") || !rules_.Knows("id")) return;
    if (rules_.rules().tiers_size() > limits::kTiersPerFrameworkMax) return;  // which is told
    std::vector<Suggestion> named;
    std::vector<absl::string_view> ids;
    for (const v1::Tier& tier : rules_.rules().tiers()) {
      if (tier.id() == id) return;
      if (!IsPlainId(tier.id(), limits::kIdBytesMax)) continue;  // which is told
      named.emplace_back(tier.id(), "");
      ids.push_back(tier.id());
    }
    errors_->Add(place, "tier",
                 absl::StrCat(Quoted(id), " is no tier of framework.textproto",
                              DidYouMean(id, named, EditsMeant(id)),
                              "; the tiers are: ", absl::StrJoin(ids, ", ")));
  }

  // Nothing is offered before the framework commences: what has ended by then never opens.
  // (That it ends before it begins is said where its row is read.)
  void CheckOpens(const Location& place, absl::string_view what, const std::string& from_date,
                  const std::string& to_date) {
    std::optional<DateNumber> to = ParseDate(to_date);
    if (!to || !commencement_ || to_date <= from_date || *to > *commencement_) return;
    errors_->Add(
        place, "to",
        absl::StrCat(what, " never opens: it ends on ", to_date,
                     ", and the framework commences on ", rules_.rules().commencement_date(),
                     "; let it end later, or take it out"));
  }

  void CheckWithin(const Located<v1::Novation>& row, const v1::Contract& contract) {
    const std::string& date = row.value.date();
    const std::string& end = contract.to_date();
    const bool ended = !end.empty() && date >= end;
    if (date > contract.from_date() && !ended) return;
    errors_->Add(row.place, "date",
                 absl::StrCat(date, " is not within the contract, ", contract.from_date(), " to ",
                              end.empty() ? "open end" : end, "; a date after ",
                              contract.from_date(), end.empty() ? "" : " and before ", end));
  }

  // A provider holds a tier of a lot once at a time.
  void CheckOverlaps() {
    using Holding = std::tuple<absl::string_view, absl::string_view, absl::string_view>;
    std::map<Holding, std::vector<const Located<v1::Contract>*>> holdings;
    for (const auto& row : tables_.contracts) {
      const v1::Contract& contract = row.value;
      if (row.Broken("from") || row.Broken("to")) continue;
      if (contract.provider_id().empty() || contract.lot_id().empty()) continue;
      if (contract.tier_id().empty()) continue;
      holdings[{contract.provider_id(), contract.lot_id(), contract.tier_id()}].push_back(&row);
    }
    for (auto& [holding, rows] : holdings) {
      std::stable_sort(rows.begin(), rows.end(), [](auto* a, auto* b) {
        return a->value.from_date() < b->value.from_date();
      });
      const Located<v1::Contract>* longest = rows.front();
      for (size_t i = 1; i < rows.size(); ++i) {
        const Located<v1::Contract>& row = *rows[i];
        const bool same = row.value.id() == longest->value.id() && !row.value.id().empty();
        if (row.value.from_date() < EndOf(*longest) && !same) TellOverlap(row, *longest);
        if (EndOf(row) > EndOf(*longest)) longest = &row;
      }
    }
  }

  // Exclusive; after every date where it is open.
  static absl::string_view EndOf(const Located<v1::Contract>& row) {
    return row.value.to_date().empty() ? absl::string_view("9") : row.value.to_date();
  }

  void TellOverlap(const Located<v1::Contract>& row, const Located<v1::Contract>& earlier) {
    const std::string& from = row.value.from_date();
    const std::string& end = earlier.value.to_date();
    std::vector<std::string> right;
    if (from > earlier.value.from_date()) {
      right.push_back(absl::StrCat("let that one end by ", from));
    }
    if (!end.empty() && EndOf(row) > end) {
      right.push_back(absl::StrCat("let this one begin on ", end, " or later"));
    }
    right.emplace_back("take one of the two out");
    errors_->Add(row.place, "from",
                 absl::StrCat("the contract overlaps ",
                              earlier.value.id().empty() ? "the one" : earlier.value.id(), " in ",
                              LocationText(earlier.place), ", of the same provider, lot and tier; ",
                              absl::StrJoin(right, ", or ")));
  }

  const RulesFile& rules_;
  const FrameworkTables& tables_;
  FrameworkErrors* errors_;
  Suggestions near_wards_, near_lots_, near_providers_, near_branches_, near_contracts_;
  std::optional<DateNumber> commencement_;
  Index<v1::Ward> wards_;
  Index<v1::Lot> lots_;
  Index<v1::Provider> providers_;
  Index<v1::Branch> branches_;
  Index<v1::Contract> contracts_;
};

}  // namespace

void CheckTogether(const RulesFile& rules, const FrameworkTables& tables, FrameworkErrors* errors) {
  TogetherChecker checker(rules, tables, errors);
  checker.CheckFiles();
  checker.BuildIndexes();
  checker.CheckLots();
  checker.CheckBranches();
  checker.CheckContracts();
  checker.CheckNovations();
  checker.CheckHolidays();
}

}  // namespace brokerage::engine
