#include "engine/figures/dimensions.h"

#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/base/bounds.h"
#include "engine/base/postcode.h"
#include "engine/model/fact_keys.h"

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

template <typename Enum>
std::set<std::string> NamesOf(int first, int last) {
  std::set<std::string> names;
  for (int value = first; value <= last; ++value) names.insert(TextOf(static_cast<Enum>(value)));
  return names;
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

FigureDimensions::FigureDimensions(const v1::FrameworkRules& rules, const Directory& directory)
    : rules_(rules), directory_(directory) {
  commencement_ = FromDateNumber(ParseDate(rules.commencement_date()).value_or(19700101));
}

bool FigureDimensions::Knows(RollupRow::Kind kind, v1::Dimension dimension) const {
  const bool ward = kind == RollupRow::KIND_WARD;
  const bool offer = kind == RollupRow::KIND_OFFER;
  const bool contract = offer || kind == RollupRow::KIND_PICK_UP;
  const bool opportunity = kind == RollupRow::KIND_OPPORTUNITY;
  switch (dimension) {
    case v1::DIMENSION_MONTH:
      return true;
    case v1::DIMENSION_QUARTER:
      return kind != RollupRow::KIND_PACKAGE;
    case v1::DIMENSION_CONTRACT_YEAR:
      return kind != RollupRow::KIND_PACKAGE && commencement_.day() == 1;
    case v1::DIMENSION_AUTHORITY:
    case v1::DIMENSION_LOT:
    case v1::DIMENSION_SERVICE_TYPE:
    case v1::DIMENSION_URGENCY:
      return !ward;
    case v1::DIMENSION_DISTRICT:
    case v1::DIMENSION_WARD:
    case v1::DIMENSION_PRICE_LEVEL:
      return ward;
    case v1::DIMENSION_TIER:
      return contract || ward;
    case v1::DIMENSION_CONTRACT:
      return contract;
    case v1::DIMENSION_PROVIDER:
      return contract || opportunity;
    case v1::DIMENSION_BRANCH:
      return offer;
    case v1::DIMENSION_ROUND:
      return offer || opportunity;
    default:  // day, week, postcode area
      return false;
  }
}

std::string FigureDimensions::ValueOf(const RollupRow& row, v1::Dimension dimension) const {
  switch (dimension) {
    case v1::DIMENSION_AUTHORITY:
      return row.authority_id();
    case v1::DIMENSION_LOT:
      return row.lot_id();
    case v1::DIMENSION_DISTRICT:
    case v1::DIMENSION_WARD:
    case v1::DIMENSION_PRICE_LEVEL:
      return OfWard(row.ward_code(), dimension);
    case v1::DIMENSION_TIER:
      return row.tier_id();
    case v1::DIMENSION_PROVIDER:
      return row.provider_id();
    case v1::DIMENSION_BRANCH:
      return row.branch_id();
    case v1::DIMENSION_CONTRACT:
      return row.contract_id();
    case v1::DIMENSION_SERVICE_TYPE:
      return TextOf(row.service_type());
    case v1::DIMENSION_URGENCY:
      return TextOf(row.urgency());
    case v1::DIMENSION_ROUND:
      return absl::StrCat(row.round());
    default:
      return PeriodOf(row.month() * 100 + 1, dimension);
  }
}

std::string FigureDimensions::ValueOf(const OfferFact& fact, v1::Dimension dimension) const {
  switch (dimension) {
    case v1::DIMENSION_AUTHORITY:
      return fact.authority_id();
    case v1::DIMENSION_LOT:
      return fact.lot_id();
    case v1::DIMENSION_DISTRICT:
    case v1::DIMENSION_WARD:
    case v1::DIMENSION_PRICE_LEVEL:
      return OfWard(fact.ward_code(), dimension);
    case v1::DIMENSION_POSTCODE_AREA:
      return fact.postcode_area();
    case v1::DIMENSION_TIER:
      return fact.tier_id();
    case v1::DIMENSION_PROVIDER:
      return fact.provider_id();
    case v1::DIMENSION_BRANCH:
      return fact.branch_id();
    case v1::DIMENSION_CONTRACT:
      return fact.contract_id();
    case v1::DIMENSION_SERVICE_TYPE:
      return TextOf(fact.service_type());
    case v1::DIMENSION_URGENCY:
      return TextOf(fact.urgency());
    case v1::DIMENSION_ROUND:
      return absl::StrCat(fact.rule_number());
    default:
      return PeriodOf(fact.issued_date(), dimension);
  }
}

absl::CivilDay FigureDimensions::ContractYearOf(absl::CivilDay day) const {
  absl::CivilDay begin(day.year(), commencement_.month(), commencement_.day());
  if (begin > day)
    begin = absl::CivilDay(day.year() - 1, commencement_.month(), commencement_.day());
  return begin;
}

std::string FigureDimensions::PeriodOf(DateNumber date, v1::Dimension dimension) const {
  const absl::CivilDay day = FromDateNumber(date);
  switch (dimension) {
    case v1::DIMENSION_DAY:
      return FormatDate(date);
    case v1::DIMENSION_WEEK:
      return FormatDate(ToDateNumber(absl::PrevWeekday(day + 1, absl::Weekday::monday)));
    case v1::DIMENSION_MONTH:
      return absl::StrFormat("%04d-%02d", day.year(), day.month());
    case v1::DIMENSION_QUARTER:
      return absl::StrFormat("%04d-Q%d", day.year(), (day.month() + 2) / 3);
    case v1::DIMENSION_CONTRACT_YEAR:
      return FormatDate(ToDateNumber(ContractYearOf(day)));
    default:
      return "";
  }
}

std::string FigureDimensions::OfWard(absl::string_view ward_code, v1::Dimension dimension) const {
  if (dimension == v1::DIMENSION_WARD) return std::string(ward_code);
  // A ward that the files no longer have still has its district.
  const DirectoryFact* fact = directory_.Fact(WardKey(rules_.framework_id(), ward_code));
  if (fact == nullptr) return "";
  return dimension == v1::DIMENSION_DISTRICT ? fact->ward().district()
                                             : TextOf(fact->ward().price_level());
}

std::string FigureDimensions::ExpectedPeriod(v1::Dimension dimension,
                                             const std::string& value) const {
  std::string text = value;
  if (dimension == v1::DIMENSION_MONTH) absl::StrAppend(&text, "-01");
  if (dimension == v1::DIMENSION_QUARTER) {
    if (text.size() != 7 || text.substr(4, 2) != "-Q" || text[6] < '1' || text[6] > '4') {
      return "a quarter, such as \"2018-Q3\"";
    }
    text = absl::StrFormat("%s-%02d-01", text.substr(0, 4), (text[6] - '0') * 3 - 2);
  }
  const std::optional<DateNumber> date = ParseDate(text);
  if (date && PeriodOf(*date, dimension) == value) return "";
  switch (dimension) {
    case v1::DIMENSION_DAY:
      return "a date, \"YYYY-MM-DD\"";
    case v1::DIMENSION_WEEK:
      return "the date of a Monday, \"YYYY-MM-DD\"";
    case v1::DIMENSION_MONTH:
      return "a month, \"YYYY-MM\"";
    case v1::DIMENSION_QUARTER:
      return "a quarter, such as \"2018-Q3\"";
    default:
      return absl::StrFormat("the first date of a contract year, \"YYYY-%02d-%02d\"",
                             commencement_.month(), commencement_.day());
  }
}

std::string FigureDimensions::ExpectedPlace(v1::Dimension dimension,
                                            const std::string& value) const {
  const std::string& framework = rules_.framework_id();
  std::set<std::string> names;
  switch (dimension) {
    case v1::DIMENSION_LOT:
      ForEachFact(directory_, LotKey(framework, ""),
                  [&](const DirectoryFact& fact) { names.insert(fact.lot().id()); });
      return Unless(names, value);
    case v1::DIMENSION_DISTRICT:
      ForEachFact(directory_, WardKey(framework, ""),
                  [&](const DirectoryFact& fact) { names.insert(fact.ward().district()); });
      return Unless(names, value);
    case v1::DIMENSION_WARD: {
      if (directory_.Fact(WardKey(framework, value)) != nullptr) return "";
      std::string nearest;
      for (const v1::Ward* ward : directory_.NearestWards(framework, value, kNearestWardsTold)) {
        absl::StrAppend(&nearest, nearest.empty() ? "; nearest: " : ", ", ward->code(), " (",
                        ward->name(), ")");
      }
      return absl::StrCat("the ONS code of a ward of the framework", nearest);
    }
    default:
      return value.empty() || IsPostcodeArea(value) ? ""
                                                    : "a postcode area, such as \"NG\", or empty";
  }
}

std::string FigureDimensions::ExpectedInstead(v1::Dimension dimension,
                                              const std::string& value) const {
  std::set<std::string> names;
  switch (dimension) {
    case v1::DIMENSION_DAY:
    case v1::DIMENSION_WEEK:
    case v1::DIMENSION_MONTH:
    case v1::DIMENSION_QUARTER:
    case v1::DIMENSION_CONTRACT_YEAR:
      return ExpectedPeriod(dimension, value);
    case v1::DIMENSION_LOT:
    case v1::DIMENSION_DISTRICT:
    case v1::DIMENSION_WARD:
    case v1::DIMENSION_POSTCODE_AREA:
      return ExpectedPlace(dimension, value);
    case v1::DIMENSION_AUTHORITY:
      for (const v1::Authority& authority : rules_.authorities()) names.insert(authority.id());
      return Unless(names, value);
    case v1::DIMENSION_TIER:
      for (const v1::Tier& tier : rules_.tiers()) names.insert(tier.id());
      return Unless(names, value);
    case v1::DIMENSION_PRICE_LEVEL:
      return Unless(NamesOf<v1::PriceLevel>(1, v1::PriceLevel_MAX), value);
    case v1::DIMENSION_SERVICE_TYPE:
      return Unless(NamesOf<v1::ServiceType>(1, v1::ServiceType_MAX), value);
    case v1::DIMENSION_URGENCY:
      return Unless(NamesOf<v1::Urgency>(1, v1::Urgency_MAX), value);
    case v1::DIMENSION_PROVIDER:
      return directory_.Fact(ProviderKey(value)) ? "" : "the id of a provider";
    case v1::DIMENSION_BRANCH:
      return directory_.Fact(BranchKey(value)) ? "" : "the id of a branch";
    case v1::DIMENSION_CONTRACT: {
      const DirectoryFact* fact = directory_.Fact(ContractKey(value));
      const bool known = fact && fact->contract().framework_id() == rules_.framework_id();
      return known ? "" : "the id of a contract of the framework";
    }
    case v1::DIMENSION_ROUND: {
      int round = 0;
      const bool known = absl::SimpleAtoi(value, &round) && round >= 1 &&
                         round <= limits::kRoundsPerFrameworkMax && absl::StrCat(round) == value;
      return known ? "" : absl::StrCat("a round, 1 to ", rules_.rounds_size());
    }
    default:
      return "a dimension";
  }
}

}  // namespace brokerage::engine
