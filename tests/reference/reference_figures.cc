#include "tests/reference/reference_figures.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/reference/reference_classes.h"

namespace brokerage::engine::reference {

namespace {

using journal::v1::OfferRow;
using journal::v1::PackageRow;
using journal::v1::RollupRow;

enum class Fate { kWon, kReturned, kUndecided, kLost, kVoid, kNone };

bool WasAccepted(v1::OfferState state) {
  return state == v1::OFFER_STATE_ACCEPTED || state == v1::OFFER_STATE_WON ||
         state == v1::OFFER_STATE_LOST || state == v1::OFFER_STATE_VOID;
}

Fate FateOf(const OfferRow& offer) {
  switch (offer.state()) {
    case v1::OFFER_STATE_WON:
      return offer.returned_cause() == v1::CAUSE_PROVIDER ? Fate::kReturned : Fate::kWon;
    case v1::OFFER_STATE_LOST:
      return Fate::kLost;
    case v1::OFFER_STATE_VOID:
    case v1::OFFER_STATE_DECLINED:  // taken back
      return Fate::kVoid;
    case v1::OFFER_STATE_UNSPECIFIED:
    case v1::OFFER_STATE_OPEN:
    case v1::OFFER_STATE_ACCEPTED:
    case v1::OFFER_STATE_LAPSED:
    case v1::OFFER_STATE_CLOSED:
    case v1::OfferState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::OfferState_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return Fate::kUndecided;
}

int ClassRank(v1::ResponseClass one) {
  switch (one) {
    case v1::RESPONSE_CLASS_ACCEPTED:
      return 0;
    case v1::RESPONSE_CLASS_IN_PART:
      return 1;
    case v1::RESPONSE_CLASS_DECLINED:
      return 2;
    case v1::RESPONSE_CLASS_PENDING:
      return 3;
    case v1::RESPONSE_CLASS_LATE:
      return 4;
    case v1::RESPONSE_CLASS_SILENT:
      return 5;
    case v1::RESPONSE_CLASS_CLOSED_UNANSWERED:
      return 6;
    case v1::RESPONSE_CLASS_ERROR_UPHELD:
      return 7;
    case v1::RESPONSE_CLASS_UNSPECIFIED:
    case v1::RESPONSE_CLASS_NOTICE_FAILED:
    case v1::ResponseClass_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::ResponseClass_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return 8;
}

void CountWhatFollowed(const OfferRow& offer, bool in_time, v1::Counts* counts) {
  if (offer.returned_cause() == v1::CAUSE_PROVIDER) {
    counts->set_returned_by_provider(1);
    if (in_time) counts->set_accepted_returned_by_provider(1);
  } else if (offer.returned_cause() != v1::CAUSE_UNSPECIFIED) {
    counts->set_returned_otherwise(1);
  }
  if (offer.started()) counts->set_started(1);
  if (offer.handed_back_cause() == v1::CAUSE_PROVIDER) {
    counts->set_handed_back_by_provider(1);
  } else if (offer.handed_back_cause() != v1::CAUSE_UNSPECIFIED) {
    counts->set_handed_back_otherwise(1);
  }
  if (offer.ceased()) counts->set_ceased(1);
  if (offer.handed_back_in_cohort() && in_time) counts->set_handed_back_in_cohort(1);
}

void CountOutcome(const OfferRow& offer, v1::ResponseClass one, v1::Counts* counts) {
  const bool in_time = one == v1::RESPONSE_CLASS_ACCEPTED;
  if (IsPartInTime(offer, one)) return CountWhatFollowed(offer, false, counts);
  if (!in_time && (one == v1::RESPONSE_CLASS_ERROR_UPHELD || !WasAccepted(offer.state()))) return;
  switch (FateOf(offer)) {
    case Fate::kWon:
    case Fate::kReturned:
      in_time ? counts->set_won(1) : counts->set_late_won(1);
      break;
    case Fate::kLost:
      in_time ? counts->set_lost(1) : counts->set_late_lost(1);
      break;
    case Fate::kVoid:
      in_time ? counts->set_void_(1) : counts->set_late_void(1);
      break;
    case Fate::kUndecided:
    case Fate::kNone:
      in_time ? counts->set_undecided(1) : counts->set_late_undecided(1);
      break;
  }
  CountWhatFollowed(offer, in_time, counts);
}

v1::ResponseClass ClassIn(const OfferRow& offer, bool pick_up) {
  return pick_up ? ReferencePickUpClass(offer) : ReferenceClass(offer);
}

v1::Counts CountOne(const OfferRow& offer, bool pick_up) {
  v1::Counts counts;
  if (offer.purpose() == v1::OFFER_PURPOSE_CHANGE) {
    counts.set_changes_asked(1);
    counts.set_changes_accepted(offer.state() == v1::OFFER_STATE_ACCEPTED ? 1 : 0);
    counts.set_changes_declined(offer.state() == v1::OFFER_STATE_DECLINED ? 1 : 0);
    counts.set_changes_silent(offer.state() == v1::OFFER_STATE_LAPSED ? 1 : 0);
    return counts;
  }
  if (offer.placed() && offer.state() == v1::OFFER_STATE_VOID) return counts;  // undone
  if (offer.placed()) {
    counts.set_placed(1);
    CountWhatFollowed(offer, false, &counts);
    return counts;
  }
  counts.set_issued(1);
  const v1::ResponseClass one = ClassIn(offer, pick_up);
  switch (one) {
    case v1::RESPONSE_CLASS_ERROR_UPHELD:
      counts.set_error_upheld(1);
      break;
    case v1::RESPONSE_CLASS_ACCEPTED:
      counts.set_accepted(1);
      break;
    case v1::RESPONSE_CLASS_IN_PART:
      counts.set_in_part(1);
      break;
    case v1::RESPONSE_CLASS_DECLINED:
      counts.set_declined(1);
      break;
    case v1::RESPONSE_CLASS_CLOSED_UNANSWERED:
      counts.set_closed_unanswered(1);
      break;
    case v1::RESPONSE_CLASS_PENDING:
      counts.set_pending(1);
      break;
    case v1::RESPONSE_CLASS_LATE:
      counts.set_late(1);
      break;
    case v1::RESPONSE_CLASS_UNSPECIFIED:
    case v1::RESPONSE_CLASS_NOTICE_FAILED:
    case v1::RESPONSE_CLASS_SILENT:
    case v1::ResponseClass_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::ResponseClass_INT_MAX_SENTINEL_DO_NOT_USE_:
      counts.set_silent(1);
      break;
  }
  CountOutcome(offer, one, &counts);
  return counts;
}

v1::Counts CountBest(const std::vector<const OfferRow*>& offers, bool settled_only, bool pick_up) {
  const OfferRow* best = nullptr;
  auto rank = [pick_up](const OfferRow& offer) {
    const v1::ResponseClass one = ClassIn(offer, pick_up);
    const bool has_outcome = one == v1::RESPONSE_CLASS_ACCEPTED ||
                             one == v1::RESPONSE_CLASS_IN_PART ||
                             (one != v1::RESPONSE_CLASS_ERROR_UPHELD && WasAccepted(offer.state()));
    return std::tuple(ClassRank(one), has_outcome ? FateOf(offer) : Fate::kNone);
  };
  for (const OfferRow* offer : offers) {
    if (settled_only && !offer->settled()) continue;
    if (best == nullptr || rank(*offer) < rank(*best)) best = offer;
  }
  return best == nullptr ? v1::Counts() : CountOne(*best, pick_up);
}

// Which offers are counted as one, as a text that is theirs alone.
std::string UnitName(const PackageRow& package, const OfferRow& offer, v1::CountUnit unit) {
  switch (unit) {
    case v1::COUNT_UNIT_PICK_UP:
      return absl::StrCat(package.number(), " ", offer.contract_id(), " ", offer.terms_version());
    case v1::COUNT_UNIT_PROVIDER_OPPORTUNITY:
      return absl::StrCat(package.number(), " ", offer.provider_id(), " ", offer.round_number());
    case v1::COUNT_UNIT_UNSPECIFIED:
    case v1::COUNT_UNIT_OFFER:
    case v1::CountUnit_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::CountUnit_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return absl::StrCat(package.number(), " ", offer.ordinal());
}

std::string LowerName(const std::string& name, const std::string& prefix) {
  return absl::AsciiStrToLower(name.substr(prefix.size()));
}

std::string ContractYear(const ReferenceDirectory& directory, absl::CivilDay day) {
  const absl::CivilDay begin = FromDateNumber(*ParseDate(directory.Rules(0).commencement_date()));
  absl::CivilDay first(day.year(), begin.month(), begin.day());
  if (day < first) first = absl::CivilDay(day.year() - 1, begin.month(), begin.day());
  return FormatDate(ToDateNumber(first));
}

std::string PeriodValue(const ReferenceDirectory& directory, DateNumber date,
                        v1::Dimension dimension) {
  const absl::CivilDay day = FromDateNumber(date);
  switch (dimension) {
    case v1::DIMENSION_DAY:
      return FormatDate(date);
    case v1::DIMENSION_WEEK: {
      absl::CivilDay monday = day;
      while (absl::GetWeekday(monday) != absl::Weekday::monday) --monday;
      return FormatDate(ToDateNumber(monday));
    }
    case v1::DIMENSION_MONTH:
      return absl::StrFormat("%04d-%02d", day.year(), day.month());
    case v1::DIMENSION_QUARTER:
      return absl::StrFormat("%04d-Q%d", day.year(), (day.month() - 1) / 3 + 1);
    case v1::DIMENSION_UNSPECIFIED:
    case v1::DIMENSION_CONTRACT_YEAR:
    case v1::DIMENSION_AUTHORITY:
    case v1::DIMENSION_LOT:
    case v1::DIMENSION_DISTRICT:
    case v1::DIMENSION_WARD:
    case v1::DIMENSION_POSTCODE_AREA:
    case v1::DIMENSION_PRICE_LEVEL:
    case v1::DIMENSION_TIER:
    case v1::DIMENSION_PROVIDER:
    case v1::DIMENSION_BRANCH:
    case v1::DIMENSION_CONTRACT:
    case v1::DIMENSION_SERVICE_TYPE:
    case v1::DIMENSION_URGENCY:
    case v1::DIMENSION_ROUND:
    case v1::DIMENSION_WINDOW:
    case v1::Dimension_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Dimension_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return ContractYear(directory, day);
}

void EachCount(const v1::Counts& counts, int64_t* sum) {
  const auto* reflection = counts.GetReflection();
  for (int i = 0; i < counts.GetDescriptor()->field_count(); ++i) {
    *sum += std::abs(reflection->GetInt64(counts, counts.GetDescriptor()->field(i)));
  }
}

std::string Name(const RollupRow& row) {
  return absl::StrCat("kind=", row.kind(), " ", row.framework_id(), " month=", row.month(),
                      " contract=", row.contract_id(), " branch=", row.branch_id(),
                      " service=", row.service_type(), " urgency=", row.urgency(),
                      " authority=", row.authority_id(), " round=", row.round(),
                      " ward=", row.ward_code(), " tier=", row.tier_id(),
                      " provider=", row.provider_id(), " lot=", row.lot_id());
}

RollupRow RollupOf(RollupRow::Kind kind, const PackageRow& package, const OfferRow& offer) {
  RollupRow row;
  row.set_kind(kind);
  row.set_framework_id(package.framework_id());
  row.set_month(MonthOf(offer.issued_date()));
  if (kind == RollupRow::KIND_WARD) {
    row.set_ward_code(package.ward_code());
    row.set_tier_id(offer.tier_id());
    return row;
  }
  row.set_service_type(offer.service_type());
  row.set_urgency(package.urgency());
  row.set_authority_id(package.authority_id());
  row.set_provider_id(offer.provider_id());
  row.set_lot_id(LotAsIssued(offer));
  if (kind != RollupRow::KIND_OPPORTUNITY) {
    row.set_contract_id(offer.contract_id());
    row.set_tier_id(offer.tier_id());
  }
  if (kind != RollupRow::KIND_PICK_UP) row.set_round(offer.rule_number());
  if (kind == RollupRow::KIND_OFFER) row.set_branch_id(offer.branch_id());
  return row;
}

void CountPackage(const PackageRow& package, v1::PackageCounts* counts) {
  counts->set_referred(counts->referred() + 1);
  if (package.released_time_us() != 0) counts->set_released(counts->released() + 1);
  switch (package.state()) {
    case v1::PACKAGE_STATE_SUBMITTED:
    case v1::PACKAGE_STATE_OFFERED:
    case v1::PACKAGE_STATE_UNFILLED:
      counts->set_waiting(counts->waiting() + 1);
      break;
    case v1::PACKAGE_STATE_CANCELLED:
      counts->set_cancelled(counts->cancelled() + 1);
      break;
    case v1::PACKAGE_STATE_UNSPECIFIED:
    case v1::PACKAGE_STATE_AWARDED:
    case v1::PACKAGE_STATE_STARTED:
    case v1::PACKAGE_STATE_PAUSED:
    case v1::PACKAGE_STATE_CEASED:
    case v1::PACKAGE_STATE_HANDED_BACK:
    case v1::PackageState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::PackageState_INT_MAX_SENTINEL_DO_NOT_USE_:
      counts->set_sourced(counts->sourced() + 1);
      break;
  }
}

void AddPackages(const ReferenceHistory& history, std::map<std::string, RollupRow>* rows) {
  for (const PackageAggregate* package : history.packages) {
    if (package->row.imported()) continue;
    RollupRow like;
    like.set_kind(RollupRow::KIND_PACKAGE);
    like.set_framework_id(package->row.framework_id());
    like.set_month(MonthOf(package->row.submitted_date()));
    like.set_lot_id(package->row.lot_id());
    like.set_service_type(package->row.terms().service_type());
    like.set_urgency(package->row.urgency());
    like.set_authority_id(package->row.authority_id());
    RollupRow& row = rows->try_emplace(Name(like), like).first->second;
    CountPackage(package->row, row.mutable_packages());
  }
}

std::string PackageValue(const ReferenceDirectory& directory, const PackageRow& package,
                         v1::Dimension dimension) {
  switch (dimension) {
    case v1::DIMENSION_AUTHORITY:
      return package.authority_id();
    case v1::DIMENSION_LOT:
      return package.lot_id();
    case v1::DIMENSION_SERVICE_TYPE:
      return LowerName(v1::ServiceType_Name(package.terms().service_type()), "SERVICE_TYPE_");
    case v1::DIMENSION_URGENCY:
      return LowerName(v1::Urgency_Name(package.urgency()), "URGENCY_");
    case v1::DIMENSION_UNSPECIFIED:
    case v1::DIMENSION_DAY:
    case v1::DIMENSION_WEEK:
    case v1::DIMENSION_MONTH:
    case v1::DIMENSION_QUARTER:
    case v1::DIMENSION_CONTRACT_YEAR:
    case v1::DIMENSION_DISTRICT:
    case v1::DIMENSION_WARD:
    case v1::DIMENSION_POSTCODE_AREA:
    case v1::DIMENSION_PRICE_LEVEL:
    case v1::DIMENSION_TIER:
    case v1::DIMENSION_PROVIDER:
    case v1::DIMENSION_BRANCH:
    case v1::DIMENSION_CONTRACT:
    case v1::DIMENSION_ROUND:
    case v1::DIMENSION_WINDOW:
    case v1::Dimension_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Dimension_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return PeriodValue(directory, package.submitted_date(), dimension);
}

}  // namespace

const PackageAggregate& ReferenceHistory::Package(uint64_t number) const {
  for (const PackageAggregate* package : packages) {
    if (package->row.number() == number) return *package;
  }
  std::abort();
}

v1::Counts ReferenceUnit::Live() const { return CountBest(offers, false, pick_up); }
v1::Counts ReferenceUnit::Settled() const { return CountBest(offers, true, pick_up); }

std::vector<ReferenceUnit> ReferenceUnits(const ReferenceHistory& history, v1::CountUnit unit) {
  std::vector<ReferenceUnit> units;
  for (const PackageAggregate* package : history.packages) {
    std::map<std::string, ReferenceUnit> by_name;
    for (const OfferRow& offer : package->offers) {
      const bool asked =
          unit == v1::COUNT_UNIT_PICK_UP || unit == v1::COUNT_UNIT_PROVIDER_OPPORTUNITY;
      const v1::OfferPurpose purpose = offer.purpose();
      if (offer.restart() || purpose == v1::OFFER_PURPOSE_RESTART) continue;
      if (asked && (offer.placed() || purpose == v1::OFFER_PURPOSE_CHANGE)) continue;
      if (offer.placed() && offer.state() == v1::OFFER_STATE_VOID) continue;  // undone
      ReferenceUnit& one = by_name[UnitName(package->row, offer, unit)];
      one.package = &package->row;
      one.pick_up = unit == v1::COUNT_UNIT_PICK_UP;
      one.offers.push_back(&offer);
    }
    for (auto& [name, one] : by_name) units.push_back(std::move(one));
  }
  return units;
}

void AddCounts(const v1::Counts& more, v1::Counts* counts) {
  const auto* reflection = counts->GetReflection();
  for (int i = 0; i < counts->GetDescriptor()->field_count(); ++i) {
    const auto* field = counts->GetDescriptor()->field(i);
    reflection->SetInt64(counts, field,
                         reflection->GetInt64(*counts, field) + reflection->GetInt64(more, field));
  }
}

std::string ReferenceValue(const ReferenceDirectory& directory, const ReferenceUnit& unit,
                           v1::Dimension dimension) {
  const PackageRow& package = *unit.package;
  const OfferRow& offer = unit.first();
  switch (dimension) {
    case v1::DIMENSION_AUTHORITY:
      return package.authority_id();
    case v1::DIMENSION_LOT:
      return LotAsIssued(offer);
    case v1::DIMENSION_DISTRICT:
      return directory.Ward(package.ward_code())->district();
    case v1::DIMENSION_WARD:
      return package.ward_code();
    case v1::DIMENSION_POSTCODE_AREA:
      return AreaOf(package.postcode_sector());
    case v1::DIMENSION_PRICE_LEVEL:
      return LowerName(v1::PriceLevel_Name(directory.Ward(package.ward_code())->price_level()),
                       "PRICE_LEVEL_");
    case v1::DIMENSION_TIER:
      return offer.tier_id();
    case v1::DIMENSION_PROVIDER:
      return offer.provider_id();
    case v1::DIMENSION_BRANCH:
      return offer.branch_id();
    case v1::DIMENSION_CONTRACT:
      return offer.contract_id();
    case v1::DIMENSION_SERVICE_TYPE:
      return LowerName(v1::ServiceType_Name(offer.service_type()), "SERVICE_TYPE_");
    case v1::DIMENSION_URGENCY:
      return LowerName(v1::Urgency_Name(package.urgency()), "URGENCY_");
    case v1::DIMENSION_ROUND:
      return absl::StrCat(offer.rule_number());
    case v1::DIMENSION_WINDOW:
      return offer.shortened() ? "shortened" : "full";
    case v1::DIMENSION_UNSPECIFIED:
    case v1::DIMENSION_DAY:
    case v1::DIMENSION_WEEK:
    case v1::DIMENSION_MONTH:
    case v1::DIMENSION_QUARTER:
    case v1::DIMENSION_CONTRACT_YEAR:
    case v1::Dimension_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Dimension_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return PeriodValue(directory, offer.issued_date(), dimension);
}

std::map<std::vector<std::string>, ReferenceTotals> ReferenceQuery(
    const ReferenceHistory& history, const v1::PerformanceQuery& query) {
  std::map<std::vector<std::string>, ReferenceTotals> groups;
  if (query.group_by().empty()) groups[{}];
  for (const ReferenceUnit& unit : ReferenceUnits(history, query.unit())) {
    const std::string date = FormatDate(unit.first().issued_date());
    if (!query.from_date().empty() && date < query.from_date()) continue;
    if (!query.to_date().empty() && date >= query.to_date()) continue;
    std::map<int, bool> admitted;
    for (const v1::DimensionValue& filter : query.filters()) {
      admitted[filter.dimension()] |=
          ReferenceValue(*history.directory, unit, filter.dimension()) == filter.value();
    }
    if (!std::all_of(admitted.begin(), admitted.end(),
                     [](const auto& one) { return one.second; })) {
      continue;
    }
    std::vector<std::string> group;
    for (int dimension : query.group_by()) {
      group.push_back(
          ReferenceValue(*history.directory, unit, static_cast<v1::Dimension>(dimension)));
    }
    ReferenceTotals& totals = groups[group];
    AddCounts(unit.Live(), &totals.live);
    AddCounts(unit.Settled(), &totals.settled);
  }
  return groups;
}

v1::Rate ReferencePickUp(const v1::Counts& counts, const v1::FrameworkRules& rules) {
  v1::Rate rate;
  rate.set_denominator(counts.accepted() + counts.in_part() + counts.declined() + counts.late() +
                       counts.silent());
  if (rate.denominator() == 0) return rate;
  const bool by_won = rules.pick_up_numerator() == v1::PICK_UP_NUMERATOR_WON;
  rate.set_numerator((by_won ? counts.won() : counts.accepted()) -
                     counts.accepted_returned_by_provider());
  return rate;
}

v1::PackageCounts ReferencePackages(const ReferenceHistory& history,
                                    const v1::PerformanceQuery& query,
                                    const std::vector<std::string>& group) {
  v1::PackageCounts counts;
  for (const PackageAggregate* package : history.packages) {
    const PackageRow& row = package->row;
    const std::string date = FormatDate(row.submitted_date());
    bool counted = !row.imported() && (query.from_date().empty() || date >= query.from_date()) &&
                   (query.to_date().empty() || date < query.to_date());
    std::map<int, bool> admitted;
    for (const v1::DimensionValue& filter : query.filters()) {
      admitted[filter.dimension()] |=
          PackageValue(*history.directory, row, filter.dimension()) == filter.value();
    }
    for (const auto& [dimension, one] : admitted) counted = counted && one;
    for (size_t i = 0; i < group.size(); ++i) {
      counted = counted && group[i] == PackageValue(*history.directory, row,
                                                    query.group_by(static_cast<int>(i)));
    }
    if (counted) CountPackage(row, &counts);
  }
  return counts;
}

std::map<std::string, RollupRow> ReferenceRollups(const ReferenceHistory& history) {
  std::map<std::string, RollupRow> rows;
  for (auto [kind, unit] :
       {std::pair{RollupRow::KIND_OFFER, v1::COUNT_UNIT_OFFER},
        std::pair{RollupRow::KIND_WARD, v1::COUNT_UNIT_OFFER},
        std::pair{RollupRow::KIND_PICK_UP, v1::COUNT_UNIT_PICK_UP},
        std::pair{RollupRow::KIND_OPPORTUNITY, v1::COUNT_UNIT_PROVIDER_OPPORTUNITY}}) {
    for (const ReferenceUnit& one : ReferenceUnits(history, unit)) {
      const RollupRow like = RollupOf(kind, *one.package, one.first());
      RollupRow& row = rows.try_emplace(Name(like), like).first->second;
      AddCounts(one.Live(), row.mutable_live());
      AddCounts(one.Settled(), row.mutable_settled());
    }
  }
  AddPackages(history, &rows);
  for (const ReferenceAward& award : history.awards) {
    if (award.undone || !award.hours_count) continue;
    const PackageAggregate& package = history.Package(award.package_number);
    const OfferRow& offer = package.offers[static_cast<size_t>(award.ordinal - 1)];
    const auto row_of = [&](DateNumber date) -> RollupRow& {
      RollupRow like;
      like.set_kind(RollupRow::KIND_HOURS);
      like.set_framework_id(package.row.framework_id());
      like.set_month(MonthOf(date));
      like.set_lot_id(LotAsIssued(offer));
      like.set_provider_id(offer.provider_id());
      like.set_service_type(offer.service_type());
      like.set_tier_id(offer.tier_id());
      return rows.try_emplace(Name(like), like).first->second;
    };
    RollupRow& row = row_of(award.date);
    row.set_minutes(row.minutes() + award.weekly_minutes);
    for (const auto& [date, minutes] : award.changes) {
      RollupRow& of = row_of(date);
      of.set_minutes(of.minutes() + minutes);
    }
    // A return for the provider's own cause keeps the minutes; the package is awarded no more.
    if (offer.returned_cause() == v1::CAUSE_UNSPECIFIED && !award.placed) {
      row.set_awards(row.awards() + 1);
    }
  }
  // Changes of terms may come to nothing together.
  std::erase_if(rows, [](const auto& row) { return RollupName(row.second).empty(); });
  return rows;
}

std::string RollupName(const RollupRow& row) {
  int64_t sum = std::abs(row.minutes()) + std::abs(row.awards());
  EachCount(row.live(), &sum);
  EachCount(row.settled(), &sum);
  const v1::PackageCounts& packages = row.packages();
  sum += std::abs(packages.referred()) + std::abs(packages.released()) +
         std::abs(packages.sourced()) + std::abs(packages.waiting()) +
         std::abs(packages.cancelled());
  return sum == 0 ? "" : Name(row);
}

}  // namespace brokerage::engine::reference
