#include "engine/figures/query.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/bounds.h"
#include "engine/base/rejection.h"
#include "engine/figures/counts.h"
#include "engine/figures/dimensions.h"
#include "engine/figures/outcome.h"
#include "engine/figures/tally.h"
#include "engine/model/fact_keys.h"
#include "engine/model/rollup_table.h"

namespace brokerage::engine {

namespace {

using journal::v1::OfferFact;
using journal::v1::RollupRow;

absl::Status CheckGroupBy(const v1::PerformanceQuery& query) {
  if (query.group_by_size() > limits::kGroupByMax) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "query.group_by",
                  absl::StrCat(query.group_by_size(), " dimensions"),
                  absl::StrCat("at most ", limits::kGroupByMax));
  }
  std::set<int> seen;
  for (int i = 0; i < query.group_by_size(); ++i) {
    const int dimension = query.group_by(i);
    const bool known = v1::Dimension_IsValid(dimension) && dimension != v1::DIMENSION_UNSPECIFIED;
    if (known && seen.insert(dimension).second) continue;
    return Reject(
        v1::REJECTION_REASON_FIELD_INVALID, absl::StrCat("query.group_by[", i, "]"),
        known ? v1::Dimension_Name(static_cast<v1::Dimension>(dimension)) : absl::StrCat(dimension),
        known ? "each dimension once" : "a dimension");
  }
  return absl::OkStatus();
}

bool MayAskFor(const PerformanceScope& scope, const v1::FrameworkRules& rules) {
  return !scope.member_authority_id ||
         Directory::AuthorityOf(rules, *scope.member_authority_id) != nullptr;
}

// Others' ids are as unknown as those that do not exist.
bool OutsideScope(const PerformanceScope& scope, v1::Dimension dimension, const std::string& value,
                  const Directory& directory) {
  if (!scope.LimitedToProvider()) return false;
  if (dimension == v1::DIMENSION_PROVIDER) return value != scope.provider_id;
  if (dimension != v1::DIMENSION_BRANCH) return false;
  if (!scope.branch_id.empty()) return value != scope.branch_id;
  const journal::v1::DirectoryFact* fact = directory.Fact(BranchKey(value));
  return fact != nullptr && fact->branch().provider_id() != scope.provider_id;
}

absl::Status CheckFilter(const v1::DimensionValue& filter, const std::string& path,
                         const FigureDimensions& dimensions, const PerformanceScope& scope,
                         const Directory& directory) {
  const int number = filter.dimension();
  if (!v1::Dimension_IsValid(number) || number == v1::DIMENSION_UNSPECIFIED) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, path + ".dimension", absl::StrCat(number),
                  "a dimension");
  }
  std::string expected = dimensions.ExpectedInstead(filter.dimension(), filter.value());
  if (expected.empty() && OutsideScope(scope, filter.dimension(), filter.value(), directory)) {
    const bool provider = filter.dimension() == v1::DIMENSION_PROVIDER;
    expected = provider ? "the id of a provider" : "the id of a branch";
  }
  if (expected.empty()) return absl::OkStatus();
  return Reject(v1::REJECTION_REASON_FIELD_INVALID, path + ".value", filter.value(), expected);
}

// Which units a query wants, and where to put them.
class Tally {
 public:
  Tally(const FigureQuery& query, const Directory& directory)
      : query_(query), dimensions_(*query.rules, directory) {}

  const FigureDimensions& dimensions() const { return dimensions_; }

  // The unit's group; null where a filter keeps it out. Holds until the next call.
  template <typename Row>
  const FigureGroup* GroupOf(const Row& row) {
    for (const auto& [dimension, values] : query_.filters) {
      if (values.count(dimensions_.ValueOf(row, dimension)) == 0) return nullptr;
    }
    group_.clear();
    for (v1::Dimension dimension : query_.group_by) {
      group_.push_back(dimensions_.ValueOf(row, dimension));
    }
    return &group_;
  }

  // Whether the kind's rows know every dimension that is asked for.
  bool KindKnowsAll(RollupRow::Kind kind) const {
    auto knows = [&](v1::Dimension dimension) { return dimensions_.Knows(kind, dimension); };
    return std::all_of(query_.group_by.begin(), query_.group_by.end(), knows) &&
           std::all_of(query_.filters.begin(), query_.filters.end(),
                       [&](const auto& filter) { return knows(filter.first); });
  }

 private:
  const FigureQuery& query_;
  FigureDimensions dimensions_;
  FigureGroup group_;
};

std::optional<RollupRow::Kind> RollupFor(const FigureQuery& query, const Tally& tally) {
  if (!query.period.IsWholeMonths()) return std::nullopt;
  std::vector<RollupRow::Kind> kinds = {RollupRow::KIND_OFFER, RollupRow::KIND_WARD};
  if (query.unit == v1::COUNT_UNIT_PICK_UP) kinds = {RollupRow::KIND_PICK_UP};
  if (query.unit == v1::COUNT_UNIT_PROVIDER_OPPORTUNITY) kinds = {RollupRow::KIND_OPPORTUNITY};
  for (RollupRow::Kind kind : kinds) {
    if (tally.KindKnowsAll(kind)) return kind;
  }
  return std::nullopt;
}

// Each month by itself in a closed period; with an open end the kind's rows show which months there
// are.
void VisitRollups(const FigureQuery& query, RollupRow::Kind kind, const FigureSource& source,
                  absl::FunctionRef<void(const RollupRow&)> visit) {
  const std::string& framework = query.rules->framework_id();
  const FigurePeriodDates& period = query.period;
  if (period.from == 0 || period.to == 0) {
    source.ForEachRollup(RollupTable::Prefix(kind, framework), [&](const RollupRow& row) {
      if (period.Holds(row.month() * 100 + 1)) visit(row);
    });
    return;
  }
  for (int32_t month = MonthOf(period.from); month < MonthOf(period.to);
       month = AddMonths(month, 1)) {
    source.ForEachRollup(RollupTable::Prefix(kind, framework, month), visit);
  }
}

void ScanOffers(const FigureQuery& query, const FigureSource& source, Tally* tally,
                FigureAnswer* answer) {
  source.ForEachOfferFact(query.rules->framework_id(), query.period.from, query.period.to,
                          [&](const OfferFact& fact) {
                            if (!CountsAsOffer(fact) || IsUndonePlacing(fact)) return;
                            const FigureGroup* group = tally->GroupOf(fact);
                            if (group == nullptr) return;
                            FigureTotals& totals = answer->groups[*group];
                            AddFact(fact, 1, &totals.live);
                            if (fact.settled()) AddFact(fact, 1, &totals.settled);
                          });
}

void CountUnit(const std::vector<OfferFact>& facts, const FigureQuery& query, Tally* tally,
               FigureAnswer* answer) {
  const CountedFor what =
      query.unit == v1::COUNT_UNIT_PICK_UP ? CountedFor::kPickUp : CountedFor::kResponse;
  const OfferFact unit = UnitOf(facts, what);
  if (!query.period.Holds(unit.issued_date())) return;
  const FigureGroup* group = tally->GroupOf(unit);
  if (group == nullptr) return;
  FigureTotals& totals = answer->groups[*group];
  AddFact(unit, 1, &totals.live);
  std::vector<OfferFact> settled;
  for (const OfferFact& fact : facts) {
    if (fact.settled()) settled.push_back(fact);
  }
  if (!settled.empty()) AddFact(UnitOf(settled, what), 1, &totals.settled);
}

// A unit's period is that of its first offer and its class may hang on its last: so the period's
// offers only say which packages to read, and each of those is read whole. One package's offers are
// in memory at a time.
void ScanUnits(const FigureQuery& query, const FigureSource& source, Tally* tally,
               FigureAnswer* answer) {
  std::vector<uint64_t> packages;
  source.ForEachOfferFact(query.rules->framework_id(), query.period.from, query.period.to,
                          [&](const OfferFact& fact) {
                            if (!IsOfARound(fact)) return;
                            if (packages.empty() || packages.back() != fact.package_number()) {
                              packages.push_back(fact.package_number());
                            }
                          });
  std::sort(packages.begin(), packages.end());
  packages.erase(std::unique(packages.begin(), packages.end()), packages.end());
  const bool pick_up = query.unit == v1::COUNT_UNIT_PICK_UP;
  for (uint64_t number : packages) {
    std::map<std::pair<std::string, int32_t>, std::vector<OfferFact>> units;
    source.ForEachOfferFactOfPackage(number, [&](const OfferFact& fact) {
      if (!IsOfARound(fact)) return;
      units[pick_up ? std::make_pair(fact.contract_id(), fact.terms_version())
                    : std::make_pair(fact.provider_id(), fact.round_number())]
          .push_back(fact);
    });
    for (const auto& [unit, facts] : units) CountUnit(facts, query, tally, answer);
  }
}

}  // namespace

bool FigurePeriodDates::IsWholeMonths() const {
  return (from == 0 || from % 100 == 1) && (to == 0 || to % 100 == 1);
}

absl::StatusOr<const v1::FrameworkRules*> CheckFramework(const std::string& prefix,
                                                         const std::string& framework_id,
                                                         const PerformanceScope& scope,
                                                         const Directory& directory) {
  const std::string path = prefix + "framework_id";
  if (framework_id.empty()) {
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, path, "", "the id of a framework");
  }
  const journal::v1::FrameworkRow* framework = directory.Framework(framework_id);
  if (framework != nullptr && MayAskFor(scope, framework->rules())) return &framework->rules();
  std::vector<std::string> known;
  for (const journal::v1::FrameworkRow* row : directory.Frameworks()) {
    if (MayAskFor(scope, row->rules())) known.push_back(row->framework_id());
  }
  if (known.empty()) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, path, framework_id,
                  "a framework of your authority");
  }
  return Reject(v1::REJECTION_REASON_NOT_FOUND, path, framework_id,
                absl::StrCat("one of ", absl::StrJoin(known, ", ")));
}

absl::StatusOr<FigurePeriodDates> CheckPeriod(const std::string& prefix,
                                              const std::string& from_date,
                                              const std::string& to_date) {
  FigurePeriodDates period;
  struct End {
    const char* field;
    const std::string& text;
    DateNumber* date;
  };
  for (const End& end :
       {End{"from_date", from_date, &period.from}, End{"to_date", to_date, &period.to}}) {
    if (end.text.empty()) continue;
    const std::optional<DateNumber> date = ParseDate(end.text);
    if (!date) {
      return Reject(v1::REJECTION_REASON_FIELD_INVALID, prefix + end.field, end.text,
                    "a date, \"YYYY-MM-DD\"");
    }
    *end.date = *date;
  }
  if (period.to != 0 && period.to <= period.from) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, prefix + "to_date", to_date,
                  absl::StrCat("a date after from_date, ", from_date,
                               ": the first date that no longer counts"));
  }
  return period;
}

absl::StatusOr<FigurePeriodDates> CheckClosedPeriod(const std::string& prefix,
                                                    const std::string& from_date,
                                                    const std::string& to_date) {
  for (const auto& [field, date] :
       {std::pair("from_date", &from_date), std::pair("to_date", &to_date)}) {
    if (!date->empty()) continue;
    return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, prefix + field, "",
                  "a date, \"YYYY-MM-DD\"");
  }
  return CheckPeriod(prefix, from_date, to_date);
}

void Narrow(const PerformanceScope& scope, FigureQuery* query) {
  if (!scope.provider_id.empty()) query->filters[v1::DIMENSION_PROVIDER] = {scope.provider_id};
  if (!scope.branch_id.empty()) query->filters[v1::DIMENSION_BRANCH] = {scope.branch_id};
  if (scope.authority_ids.empty()) return;
  const std::set<std::string> allowed(scope.authority_ids.begin(), scope.authority_ids.end());
  auto [asked, new_filter] = query->filters.try_emplace(v1::DIMENSION_AUTHORITY, allowed);
  if (new_filter) return;
  std::set<std::string> both;
  std::set_intersection(asked->second.begin(), asked->second.end(), allowed.begin(), allowed.end(),
                        std::inserter(both, both.end()));
  asked->second = both;
}

absl::StatusOr<FigureQuery> CheckQuery(const v1::PerformanceQuery& query,
                                       const PerformanceScope& scope, const Directory& directory) {
  FigureQuery checked;
  auto rules = CheckFramework("query.", query.framework_id(), scope, directory);
  if (!rules.ok()) return rules.status();
  checked.rules = *rules;
  auto period = CheckPeriod("query.", query.from_date(), query.to_date());
  if (!period.ok()) return period.status();
  checked.period = *period;
  if (!v1::CountUnit_IsValid(query.unit())) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "query.unit", absl::StrCat(query.unit()),
                  "a unit of counting");
  }
  checked.unit = query.unit() == v1::COUNT_UNIT_UNSPECIFIED ? v1::COUNT_UNIT_OFFER : query.unit();
  if (absl::Status status = CheckGroupBy(query); !status.ok()) return status;
  for (int dimension : query.group_by()) {
    checked.group_by.push_back(static_cast<v1::Dimension>(dimension));
  }
  const FigureDimensions dimensions(*checked.rules, directory);
  for (int i = 0; i < query.filters_size(); ++i) {
    const v1::DimensionValue& filter = query.filters(i);
    absl::Status status =
        CheckFilter(filter, absl::StrCat("query.filters[", i, "]"), dimensions, scope, directory);
    if (!status.ok()) return status;
    checked.filters[filter.dimension()].insert(filter.value());
  }
  Narrow(scope, &checked);
  return checked;
}

FigureAnswer CountFigures(const FigureQuery& query, const Directory& directory,
                          const FigureSource& source) {
  FigureAnswer answer;
  Tally tally(query, directory);
  if (std::optional<RollupRow::Kind> kind = RollupFor(query, tally)) {
    VisitRollups(query, *kind, source, [&](const RollupRow& row) {
      const v1::Counts& live = row.live();
      if (live.issued() == 0 && live.placed() == 0 && live.changes_asked() == 0)
        return;  // counted once, and since moved to another row
      const FigureGroup* group = tally.GroupOf(row);
      if (group == nullptr) return;
      FigureTotals& totals = answer.groups[*group];
      AddCounts(row.live(), &totals.live);
      AddCounts(row.settled(), &totals.settled);
    });
    return answer;
  }
  answer.scanned = true;
  if (query.unit == v1::COUNT_UNIT_OFFER) {
    ScanOffers(query, source, &tally, &answer);
  } else {
    ScanUnits(query, source, &tally, &answer);
  }
  return answer;
}

bool CanCountPackages(const FigureQuery& query, const Directory& directory) {
  return query.period.IsWholeMonths() &&
         Tally(query, directory).KindKnowsAll(RollupRow::KIND_PACKAGE);
}

std::map<FigureGroup, v1::PackageCounts> CountPackages(const FigureQuery& query,
                                                       const Directory& directory,
                                                       const FigureSource& source) {
  std::map<FigureGroup, v1::PackageCounts> groups;
  if (!CanCountPackages(query, directory)) return groups;
  Tally tally(query, directory);
  VisitRollups(query, RollupRow::KIND_PACKAGE, source, [&](const RollupRow& row) {
    if (row.packages().referred() == 0) return;
    const FigureGroup* group = tally.GroupOf(row);
    if (group != nullptr) AddCounts(row.packages(), &groups[*group]);
  });
  return groups;
}

}  // namespace brokerage::engine
