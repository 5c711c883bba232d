#include "engine/figures/dimensions.h"

#include <iterator>
#include <optional>
#include <set>
#include <type_traits>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/base/bounds.h"
#include "engine/base/check.h"
#include "engine/base/postcode.h"
#include "engine/model/fact_keys.h"
#include "engine/model/rollup_table.h"
#include "google/protobuf/descriptor.h"

namespace brokerage::engine {

namespace {

using journal::v1::DirectoryFact;
using journal::v1::OfferFact;
using journal::v1::RollupRow;

constexpr size_t kNamesToldMax = 20;
constexpr size_t kNearestWardsTold = 3;

std::string WithoutPrefix(absl::string_view name, absl::string_view prefix) {
  return absl::AsciiStrToLower(name.substr(prefix.size()));
}

// "one of a, b, c"; a long list is cut.
std::string OneOf(const std::set<std::string>& names) {
  std::vector<std::string> told;
  for (const std::string& name : names) {
    if (told.size() == kNamesToldMax) {
      told.push_back("...");
      break;
    }
    told.push_back(name);
  }
  return absl::StrCat("one of ", absl::StrJoin(told, ", "));
}

std::string Unless(const std::set<std::string>& names, const std::string& value) {
  return names.count(value) > 0 ? "" : OneOf(names);
}

template <typename Function>
void ForEachFact(const Directory& directory, const std::string& prefix, Function function) {
  const auto& facts = directory.Facts();
  for (auto fact = facts.lower_bound(prefix);
       fact != facts.end() && absl::StartsWith(fact->first, prefix); ++fact) {
    function(*fact->second);
  }
}

}  // namespace

std::string TextOf(v1::ServiceType service_type) {
  return WithoutPrefix(v1::ServiceType_Name(service_type), "SERVICE_TYPE_");
}

std::string TextOf(v1::Urgency urgency) {
  return WithoutPrefix(v1::Urgency_Name(urgency), "URGENCY_");
}

std::string TextOf(v1::PriceLevel price_level) {
  return WithoutPrefix(v1::PriceLevel_Name(price_level), "PRICE_LEVEL_");
}

namespace {

// ---- Periods ------------------------------------------------------------------------------------

std::string Day(const FigureContext&, absl::CivilDay day) { return FormatDate(ToDateNumber(day)); }

std::string Week(const FigureContext&, absl::CivilDay day) {
  return FormatDate(ToDateNumber(absl::PrevWeekday(day + 1, absl::Weekday::monday)));
}

std::string Month(const FigureContext&, absl::CivilDay day) {
  return absl::StrFormat("%04d-%02d", day.year(), day.month());
}

std::string Quarter(const FigureContext&, absl::CivilDay day) {
  return absl::StrFormat("%04d-Q%d", day.year(), (day.month() + 2) / 3);
}

std::string ContractYear(const FigureContext& of, absl::CivilDay day) {
  const absl::CivilDay& first = of.commencement;
  absl::CivilDay begin(day.year(), first.month(), first.day());
  if (begin > day) begin = absl::CivilDay(day.year() - 1, first.month(), first.day());
  return FormatDate(ToDateNumber(begin));
}

using Period = std::string (*)(const FigureContext&, absl::CivilDay);

template <Period kPeriod>
std::string OfMonth(const FigureContext& of, const RollupRow& row) {
  return kPeriod(of, FromDateNumber(row.month() * 100 + 1));
}

template <Period kPeriod>
std::string OfIssue(const FigureContext& of, const OfferFact& fact) {
  return kPeriod(of, FromDateNumber(fact.issued_date()));
}

// Whether the value is the one of the period in which the date lies that `text` says.
template <Period kPeriod>
bool IsPeriod(const FigureContext& of, const std::string& text, const std::string& value) {
  const std::optional<DateNumber> date = ParseDate(text);
  return date && kPeriod(of, FromDateNumber(*date)) == value;
}

std::string ExpectedDay(const FigureContext& of, const std::string& value) {
  return IsPeriod<Day>(of, value, value) ? "" : "a date, \"YYYY-MM-DD\"";
}

std::string ExpectedWeek(const FigureContext& of, const std::string& value) {
  return IsPeriod<Week>(of, value, value) ? "" : "the date of a Monday, \"YYYY-MM-DD\"";
}

std::string ExpectedMonth(const FigureContext& of, const std::string& value) {
  return IsPeriod<Month>(of, value + "-01", value) ? "" : "a month, \"YYYY-MM\"";
}

std::string ExpectedQuarter(const FigureContext& of, const std::string& value) {
  const bool has_form =
      value.size() == 7 && value.substr(4, 2) == "-Q" && value[6] >= '1' && value[6] <= '4';
  if (has_form) {
    const std::string text =
        absl::StrFormat("%s-%02d-01", value.substr(0, 4), (value[6] - '0') * 3 - 2);
    if (IsPeriod<Quarter>(of, text, value)) return "";
  }
  return "a quarter, such as \"2018-Q3\"";
}

std::string ExpectedContractYear(const FigureContext& of, const std::string& value) {
  if (IsPeriod<ContractYear>(of, value, value)) return "";
  return absl::StrFormat("the first date of a contract year, \"YYYY-%02d-%02d\"",
                         of.commencement.month(), of.commencement.day());
}

// ---- Places -------------------------------------------------------------------------------------

// A ward that the files no longer have still has its district.
std::string District(const FigureContext& of, absl::string_view ward_code) {
  const DirectoryFact* fact = of.directory.Fact(WardKey(of.rules.framework_id(), ward_code));
  return fact == nullptr ? "" : fact->ward().district();
}

std::string Level(const FigureContext& of, absl::string_view ward_code) {
  const DirectoryFact* fact = of.directory.Fact(WardKey(of.rules.framework_id(), ward_code));
  return fact == nullptr ? "" : TextOf(fact->ward().price_level());
}

using OfWard = std::string (*)(const FigureContext&, absl::string_view);

template <OfWard kOfWard, typename Row>
std::string OfItsWard(const FigureContext& of, const Row& row) {
  return kOfWard(of, row.ward_code());
}

std::string ExpectedLot(const FigureContext& of, const std::string& value) {
  std::set<std::string> names;
  ForEachFact(of.directory, LotKey(of.rules.framework_id(), ""),
              [&](const DirectoryFact& fact) { names.insert(fact.lot().id()); });
  return Unless(names, value);
}

std::string ExpectedDistrict(const FigureContext& of, const std::string& value) {
  std::set<std::string> names;
  ForEachFact(of.directory, WardKey(of.rules.framework_id(), ""),
              [&](const DirectoryFact& fact) { names.insert(fact.ward().district()); });
  return Unless(names, value);
}

std::string ExpectedWard(const FigureContext& of, const std::string& value) {
  const std::string& framework = of.rules.framework_id();
  if (of.directory.Fact(WardKey(framework, value)) != nullptr) return "";
  std::string nearest;
  for (const v1::Ward* ward : of.directory.NearestWards(framework, value, kNearestWardsTold)) {
    absl::StrAppend(&nearest, nearest.empty() ? "; nearest: " : ", ", ward->code(), " (",
                    ward->name(), ")");
  }
  return absl::StrCat("the ONS code of a ward of the framework", nearest);
}

std::string ExpectedPostcodeArea(const FigureContext&, const std::string& value) {
  return value.empty() || IsPostcodeArea(value) ? "" : "a postcode area, such as \"NG\", or empty";
}

// ---- Other values -------------------------------------------------------------------------------

std::string ExpectedAuthority(const FigureContext& of, const std::string& value) {
  std::set<std::string> names;
  for (const v1::Authority& authority : of.rules.authorities()) names.insert(authority.id());
  return Unless(names, value);
}

std::string ExpectedTier(const FigureContext& of, const std::string& value) {
  std::set<std::string> names;
  for (const v1::Tier& tier : of.rules.tiers()) names.insert(tier.id());
  return Unless(names, value);
}

template <typename Enum>
std::string ExpectedWord(const FigureContext&, const std::string& value) {
  std::set<std::string> names;
  const auto* list = google::protobuf::GetEnumDescriptor<Enum>();
  for (int i = 0; i < list->value_count(); ++i) {
    if (list->value(i)->number() == 0) continue;
    names.insert(TextOf(static_cast<Enum>(list->value(i)->number())));
  }
  return Unless(names, value);
}

std::string ExpectedProvider(const FigureContext& of, const std::string& value) {
  return of.directory.Fact(ProviderKey(value)) ? "" : "the id of a provider";
}

std::string ExpectedBranch(const FigureContext& of, const std::string& value) {
  return of.directory.Fact(BranchKey(value)) ? "" : "the id of a branch";
}

std::string ExpectedContract(const FigureContext& of, const std::string& value) {
  const DirectoryFact* fact = of.directory.Fact(ContractKey(value));
  const bool known = fact && fact->contract().framework_id() == of.rules.framework_id();
  return known ? "" : "the id of a contract of the framework";
}

std::string ExpectedRound(const FigureContext& of, const std::string& value) {
  int round = 0;
  const bool known = absl::SimpleAtoi(value, &round) && round >= 0 &&
                     round <= limits::kRoundsPerFrameworkMax && absl::StrCat(round) == value;
  return known ? "" : absl::StrCat("a round, 1 to ", of.rules.rounds_size(), "; 0 of placings");
}

std::string WindowOf(const FigureContext&, const OfferFact& fact) {
  return fact.shortened() ? "shortened" : "full";
}

std::string ExpectedWindow(const FigureContext&, const std::string& value) {
  return value == "shortened" || value == "full" ? "" : "shortened or full";
}

// The value as it stands in a roll-up or in the fact of an offer; a word of a closed list by its
// name.
template <auto kGet, typename Row>
std::string Field(const FigureContext&, const Row& row) {
  using Value = std::decay_t<decltype((row.*kGet)())>;
  if constexpr (std::is_same_v<Value, std::string>) {
    return (row.*kGet)();
  } else if constexpr (std::is_enum_v<Value>) {
    return TextOf((row.*kGet)());
  } else {
    return absl::StrCat((row.*kGet)());
  }
}

// ---- Which roll-ups know it ---------------------------------------------------------------------

template <RollupColumn kColumn>
bool Has(const FigureContext&, RollupRow::Kind kind) {
  return HasColumn(kind, kColumn);
}

bool None(const FigureContext&, RollupRow::Kind) { return false; }
bool All(const FigureContext&, RollupRow::Kind) { return true; }
// Packages are counted by months alone.
bool AllButPackages(const FigureContext&, RollupRow::Kind kind) {
  return kind != RollupRow::KIND_PACKAGE;
}
bool WhereYearsAreMonths(const FigureContext& of, RollupRow::Kind kind) {
  return kind != RollupRow::KIND_PACKAGE && of.commencement.day() == 1;
}

// ---- The table ----------------------------------------------------------------------------------

struct FigureDimension {
  v1::Dimension dimension;
  bool (*known_to)(const FigureContext&, RollupRow::Kind kind);
  std::string (*of_row)(const FigureContext&, const RollupRow& row);  // null where no kind knows it
  std::string (*of_fact)(const FigureContext&, const OfferFact& fact);
  // What would be right instead of the value; empty if it may be one.
  std::string (*expected)(const FigureContext&, const std::string& value);
};

using Row = RollupRow;
using Fact = OfferFact;
using C = RollupColumn;

// In the order of the list.
constexpr FigureDimension kDimensions[] = {
    {v1::DIMENSION_DAY, None, nullptr, OfIssue<Day>, ExpectedDay},
    {v1::DIMENSION_WEEK, None, nullptr, OfIssue<Week>, ExpectedWeek},
    {v1::DIMENSION_MONTH, All, OfMonth<Month>, OfIssue<Month>, ExpectedMonth},
    {v1::DIMENSION_QUARTER, AllButPackages, OfMonth<Quarter>, OfIssue<Quarter>, ExpectedQuarter},
    {v1::DIMENSION_CONTRACT_YEAR, WhereYearsAreMonths, OfMonth<ContractYear>, OfIssue<ContractYear>,
     ExpectedContractYear},
    {v1::DIMENSION_AUTHORITY, Has<C::kAuthority>, Field<&Row::authority_id>,
     Field<&Fact::authority_id>, ExpectedAuthority},
    {v1::DIMENSION_LOT, Has<C::kLot>, Field<&Row::lot_id>, Field<&Fact::lot_id>, ExpectedLot},
    {v1::DIMENSION_DISTRICT, Has<C::kWard>, OfItsWard<District>, OfItsWard<District>,
     ExpectedDistrict},
    {v1::DIMENSION_WARD, Has<C::kWard>, Field<&Row::ward_code>, Field<&Fact::ward_code>,
     ExpectedWard},
    {v1::DIMENSION_POSTCODE_AREA, None, nullptr, Field<&Fact::postcode_area>, ExpectedPostcodeArea},
    {v1::DIMENSION_PRICE_LEVEL, Has<C::kWard>, OfItsWard<Level>, OfItsWard<Level>,
     ExpectedWord<v1::PriceLevel>},
    {v1::DIMENSION_TIER, Has<C::kTier>, Field<&Row::tier_id>, Field<&Fact::tier_id>, ExpectedTier},
    {v1::DIMENSION_PROVIDER, Has<C::kProvider>, Field<&Row::provider_id>, Field<&Fact::provider_id>,
     ExpectedProvider},
    {v1::DIMENSION_BRANCH, Has<C::kBranch>, Field<&Row::branch_id>, Field<&Fact::branch_id>,
     ExpectedBranch},
    {v1::DIMENSION_CONTRACT, Has<C::kContract>, Field<&Row::contract_id>, Field<&Fact::contract_id>,
     ExpectedContract},
    {v1::DIMENSION_SERVICE_TYPE, Has<C::kServiceType>, Field<&Row::service_type>,
     Field<&Fact::service_type>, ExpectedWord<v1::ServiceType>},
    {v1::DIMENSION_URGENCY, Has<C::kUrgency>, Field<&Row::urgency>, Field<&Fact::urgency>,
     ExpectedWord<v1::Urgency>},
    {v1::DIMENSION_ROUND, Has<C::kRound>, Field<&Row::round>, Field<&Fact::rule_number>,
     ExpectedRound},
    {v1::DIMENSION_WINDOW, None, nullptr, WindowOf, ExpectedWindow},
};

constexpr bool EachInItsPlace() {
  for (size_t i = 0; i < std::size(kDimensions); ++i) {
    if (kDimensions[i].dimension != static_cast<int>(i) + 1) return false;
  }
  return true;
}
static_assert(std::size(kDimensions) == v1::Dimension_ARRAYSIZE - 1, "a dimension has no row");
static_assert(EachInItsPlace());

const FigureDimension& RowOf(v1::Dimension dimension) {
  BROKERAGE_CHECK(v1::Dimension_IsValid(dimension) && dimension != v1::DIMENSION_UNSPECIFIED);
  return kDimensions[dimension - 1];
}

}  // namespace

FigureDimensions::FigureDimensions(const v1::FrameworkRules& rules, const Directory& directory)
    : context_{rules, directory,
               FromDateNumber(ParseDate(rules.commencement_date()).value_or(19700101))} {}

bool FigureDimensions::Knows(RollupRow::Kind kind, v1::Dimension dimension) const {
  return RowOf(dimension).known_to(context_, kind);
}

std::string FigureDimensions::ValueOf(const RollupRow& row, v1::Dimension dimension) const {
  const FigureDimension& known = RowOf(dimension);
  BROKERAGE_CHECK(known.of_row != nullptr);
  return known.of_row(context_, row);
}

std::string FigureDimensions::ValueOf(const OfferFact& fact, v1::Dimension dimension) const {
  return RowOf(dimension).of_fact(context_, fact);
}

std::string FigureDimensions::ExpectedInstead(v1::Dimension dimension,
                                              const std::string& value) const {
  return RowOf(dimension).expected(context_, value);
}

}  // namespace brokerage::engine
