#include "engine/framework_checks.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/calendar.h"
#include "engine/plain_text.h"

namespace brokerage::engine {

namespace {

constexpr int kYearsOfHolidays = 8;  // beyond the year of commencement
constexpr size_t kWardsNamed = 3;
// A folder with more wards than this, or more unknown ones, is no slip of a pen.
constexpr size_t kWardsSearchedMax = 20000;
constexpr size_t kWardsSoughtMax = 20;
constexpr size_t kEditsMax = 8;

// Rows by key; of rows with the same key the first.
template <typename Value>
using Index = std::map<std::string, const Placed<Value>*, std::less<>>;

template <typename Value, typename KeyOf>
Index<Value> IndexOf(const std::vector<Placed<Value>>& rows, absl::string_view column, KeyOf key_of,
                     FrameworkErrors* errors) {
  Index<Value> index;
  for (const Placed<Value>& row : rows) {
    auto [first, is_new] = index.emplace(key_of(row.value), &row);
    if (is_new) continue;
    errors->Add(row.place, column,
                absl::StrCat(Shown(first->first), " is already in ",
                             PlaceText(first->second->place), "; take one of the two out"));
  }
  return index;
}

// The wards that an unknown code may have meant.
class WardSuggestions {
 public:
  explicit WardSuggestions(const std::vector<Placed<v1::Ward>>& wards) : wards_(wards) {}

  // "; nearest: E05006377 Beckingham, ..." or nothing.
  const std::string& For(const std::string& text) {
    auto [known, is_new] = told_.emplace(text, "");
    if (is_new && told_.size() <= kWardsSoughtMax) known->second = Search(text);
    return known->second;
  }

 private:
  std::string Search(const std::string& text) const {
    std::vector<std::tuple<size_t, absl::string_view, absl::string_view>> found;
    size_t count = std::min(wards_.size(), kWardsSearchedMax);
    for (size_t i = 0; i < count; ++i) {
      const v1::Ward& ward = wards_[i].value;
      size_t edits = std::min(EditDistance(text, ward.code(), kEditsMax),
                              EditDistance(text, ward.name(), kEditsMax));
      if (edits <= kEditsMax) found.emplace_back(edits, ward.code(), ward.name());
    }
    if (found.empty()) return "";
    size_t named = std::min(found.size(), kWardsNamed);
    std::partial_sort(found.begin(), found.begin() + named, found.end());
    found.resize(named);
    return absl::StrCat("; nearest: ", absl::StrJoin(found, ", ", [](std::string* out, auto& ward) {
                          absl::StrAppend(out, std::get<1>(ward), " ", std::get<2>(ward));
                        }));
  }

  const std::vector<Placed<v1::Ward>>& wards_;
  std::map<std::string, std::string> told_;
};

class TogetherChecker {
 public:
  TogetherChecker(const RulesFile& rules, const FrameworkTables& tables, FrameworkErrors* errors)
      : rules_(rules),
        tables_(tables),
        errors_(errors),
        suggestions_(tables.wards),
        commencement_(ParseDate(rules.rules().commencement_date())) {}

  void CheckFiles() {
    for (TableKind kind : {TableKind::kWards, TableKind::kLots, TableKind::kLotWards,
                           TableKind::kProviders, TableKind::kContracts}) {
      if (tables_.HasFile(kind)) continue;
      errors_->Add({TableFileName(kind), 0}, "",
                   "the file is missing; it may stand in any subfolder but \"played\"");
    }
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
          return absl::StrCat(line.branch_id(), ", ", line.ward_code(), line.postcode_area(), ", ",
                              ServiceWord(line.service_type()));
        },
        errors_);
    IndexOf(
        tables_.novations, "contract_id",
        [](auto& novation) { return absl::StrCat(novation.contract_id(), ", ", novation.date()); },
        errors_);
  }

  // Every ward is in exactly one lot, every lot has a ward.
  void CheckLots() {
    Index<journal::v1::LotWard> lot_of_ward;
    std::set<std::string> lots_with_wards;
    for (const auto& row : tables_.lot_wards) {
      CheckExists(row.place, "lot_id", row.value.lot_id(), lots_, TableKind::kLots);
      CheckWard(row.place, row.value.ward_code());
      lots_with_wards.insert(row.value.lot_id());
      auto [first, is_new] = lot_of_ward.emplace(row.value.ward_code(), &row);
      if (is_new) continue;
      errors_->Add(
          row.place, "ward_code",
          absl::StrCat("ward ", row.value.ward_code(), " is already in lot ",
                       first->second->value.lot_id(), " in ", PlaceText(first->second->place)));
    }
    if (!tables_.complete(TableKind::kLotWards)) return;
    for (const auto& row : tables_.wards) {
      if (lot_of_ward.count(row.value.code()) > 0) continue;
      errors_->Add(
          row.place, "ward_code",
          absl::StrCat("ward ", row.value.code(), " is in no lot; add it to lot_wards.csv"));
    }
    for (const auto& row : tables_.lots) {
      if (lots_with_wards.count(row.value.id()) > 0) continue;
      errors_->Add(row.place, "lot_id",
                   absl::StrCat("lot ", row.value.id(), " has no ward in lot_wards.csv"));
    }
  }

  void CheckBranches() {
    std::set<absl::string_view> covering;
    for (const auto& row : tables_.coverage) {
      covering.insert(row.value.branch_id());
      CheckExists(row.place, "branch_id", row.value.branch_id(), branches_, TableKind::kBranches);
      if (row.value.postcode_area().empty()) CheckWard(row.place, row.value.ward_code());
      CheckOpens(row.place, "the line", row.value.from_date(), row.value.to_date());
    }
    for (const auto& row : tables_.branches) {
      CheckExists(row.place, "provider_id", row.value.provider_id(), providers_,
                  TableKind::kProviders);
      bool known = tables_.source(TableKind::kCoverage).whole;
      if (!known || covering.count(row.value.id()) > 0) continue;
      errors_->Add(row.place, "branch_id",
                   absl::StrCat("branch ", row.value.id(), " covers nothing in coverage.csv"));
    }
  }

  void CheckContracts() {
    std::set<absl::string_view> tiers;
    for (const v1::Tier& tier : rules_.rules().tiers()) tiers.insert(tier.id());
    std::set<absl::string_view> contracted;
    for (const auto& row : tables_.contracts) {
      const v1::Contract& contract = row.value;
      CheckExists(row.place, "provider_id", contract.provider_id(), providers_,
                  TableKind::kProviders);
      CheckExists(row.place, "lot_id", contract.lot_id(), lots_, TableKind::kLots);
      CheckOpens(row.place, "the contract", contract.from_date(), contract.to_date());
      contracted.insert(contract.tier_id());
      if (rules_.parsed() && tiers.count(contract.tier_id()) == 0) {
        errors_->Add(row.place, "tier",
                     absl::StrCat(Shown(contract.tier_id()),
                                  " is no tier of framework.textproto; the tiers are: ",
                                  absl::StrJoin(tiers, ", ")));
      }
    }
    CheckOverlaps();
    if (!tables_.complete(TableKind::kContracts)) return;
    for (int i = 0; i < rules_.rules().tiers_size(); ++i) {
      const std::string& tier = rules_.rules().tiers(i).id();
      if (contracted.count(tier) > 0) continue;
      errors_->Add(rules_.At({{"tiers", i}}), "tiers",
                   absl::StrCat("tier ", Shown(tier), " has no contract in contracts.csv"));
    }
  }

  // Each novation falls within its contract and moves it to somebody else.
  void CheckNovations() {
    std::map<absl::string_view, std::vector<const Placed<v1::Novation>*>> by_contract;
    for (const auto& row : tables_.novations) {
      CheckExists(row.place, "contract_id", row.value.contract_id(), contracts_,
                  TableKind::kContracts);
      CheckExists(row.place, "new_provider_id", row.value.new_provider_id(), providers_,
                  TableKind::kProviders);
      by_contract[row.value.contract_id()].push_back(&row);
    }
    for (auto& [contract_id, rows] : by_contract) {
      auto found = contracts_.find(contract_id);
      if (found == contracts_.end()) continue;
      const v1::Contract& contract = found->second->value;
      std::stable_sort(rows.begin(), rows.end(),
                       [](auto* a, auto* b) { return a->value.date() < b->value.date(); });
      absl::string_view provider = contract.provider_id();
      for (const Placed<v1::Novation>* row : rows) {
        const std::string& date = row->value.date();
        bool ended = !contract.to_date().empty() && date >= contract.to_date();
        if (date <= contract.from_date() || ended) {
          errors_->Add(row->place, "date",
                       absl::StrCat(date, " is not within the contract, ", contract.from_date(),
                                    " to ", ended ? contract.to_date() : "open end"));
        }
        if (row->value.new_provider_id() == provider) {
          errors_->Add(row->place, "new_provider_id",
                       absl::StrCat(provider, " already holds the contract on that date"));
        }
        provider = row->value.new_provider_id();
      }
    }
  }

  // Where working days count, a year without holidays is a year that somebody forgot.
  void CheckHolidays() {
    if (!rules_.parsed() || !commencement_) return;
    std::optional<Place> counted = WorkingDaysCounted(rules_);
    if (!counted || !tables_.source(TableKind::kHolidays).whole) return;
    std::set<int> years;
    for (const auto& row : tables_.holidays) {
      if (std::optional<DateNumber> date = ParseDate(row.value.date())) years.insert(*date / 10000);
    }
    std::vector<int> missing;
    int first = *commencement_ / 10000;
    for (int year = first; year <= first + kYearsOfHolidays; ++year) {
      if (years.count(year) == 0) missing.push_back(year);
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
  template <typename Value>
  void CheckExists(const Place& place, absl::string_view column, const std::string& id,
                   const Index<Value>& index, TableKind kind) {
    if (index.count(id) > 0 || !tables_.complete(kind)) return;
    errors_->Add(place, column, absl::StrCat(Shown(id), " is not in ", TableFileName(kind)));
  }

  void CheckWard(const Place& place, const std::string& code) {
    if (wards_.count(code) > 0 || !tables_.complete(TableKind::kWards)) return;
    errors_->Add(place, "ward_code",
                 absl::StrCat(Shown(code), " is not in ", TableFileName(TableKind::kWards),
                              errors_->full() ? "" : suggestions_.For(code)));
  }

  // Nothing is offered before the framework commences: what has ended by then never opens.
  // (That it ends before it begins is said where its row is read.)
  void CheckOpens(const Place& place, absl::string_view what, const std::string& from_date,
                  const std::string& to_date) {
    std::optional<DateNumber> to = ParseDate(to_date);
    if (!to || !commencement_ || to_date <= from_date || *to > *commencement_) return;
    errors_->Add(place, "to",
                 absl::StrCat(what, " never opens: it ends on ", to_date,
                              ", and the framework commences on ",
                              rules_.rules().commencement_date(), "; take it out"));
  }

  // A provider holds a tier of a lot once at a time.
  void CheckOverlaps() {
    using Holding = std::tuple<absl::string_view, absl::string_view, absl::string_view>;
    std::map<Holding, std::vector<const Placed<v1::Contract>*>> holdings;
    for (const auto& row : tables_.contracts) {
      if (row.value.from_date().empty()) continue;
      holdings[{row.value.provider_id(), row.value.lot_id(), row.value.tier_id()}].push_back(&row);
    }
    auto end_of = [](const Placed<v1::Contract>& row) {
      return row.value.to_date().empty() ? absl::string_view("9") : row.value.to_date();
    };
    for (auto& [holding, rows] : holdings) {
      std::stable_sort(rows.begin(), rows.end(), [](auto* a, auto* b) {
        return a->value.from_date() < b->value.from_date();
      });
      const Placed<v1::Contract>* longest = rows.front();
      for (size_t i = 1; i < rows.size(); ++i) {
        const Placed<v1::Contract>& row = *rows[i];
        if (row.value.from_date() < end_of(*longest) && row.value.id() != longest->value.id()) {
          errors_->Add(
              row.place, "from",
              absl::StrCat("the contract overlaps ", longest->value.id(), " in ",
                           PlaceText(longest->place), ", of the same provider, lot and tier"));
        }
        if (end_of(row) > end_of(*longest)) longest = &row;
      }
    }
  }

  const RulesFile& rules_;
  const FrameworkTables& tables_;
  FrameworkErrors* errors_;
  WardSuggestions suggestions_;
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
