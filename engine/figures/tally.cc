#include "engine/figures/tally.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/figures/outcome.h"

namespace brokerage::engine {

namespace {

using journal::v1::OfferRow;
using journal::v1::RollupRow;

void AppendKey(const RollupDimensions& of, std::string* key) {
  absl::StrAppend(key, static_cast<int>(of.kind), "|", of.framework_id, "|", of.month, "|");
  const int service_type = of.service_type;
  const int urgency = of.urgency;
  switch (of.kind) {
    case RollupRow::KIND_OFFER:
      absl::StrAppend(key, of.contract_id, "|", of.branch_id, "|", service_type, "|", urgency, "|",
                      of.authority_id, "|", of.round, "|", of.provider_id, "|", of.tier_id, "|",
                      of.lot_id);
      return;
    case RollupRow::KIND_WARD:
      absl::StrAppend(key, of.ward_code, "|", of.tier_id);
      return;
    case RollupRow::KIND_PICK_UP:
      absl::StrAppend(key, of.contract_id, "|", service_type, "|", urgency, "|", of.authority_id,
                      "|", of.provider_id, "|", of.tier_id, "|", of.lot_id);
      return;
    case RollupRow::KIND_OPPORTUNITY:
      absl::StrAppend(key, of.provider_id, "|", service_type, "|", urgency, "|", of.authority_id,
                      "|", of.round, "|", of.lot_id);
      return;
    case RollupRow::KIND_PACKAGE:
      absl::StrAppend(key, of.lot_id, "|", service_type, "|", urgency, "|", of.authority_id);
      return;
    case RollupRow::KIND_HOURS:
      absl::StrAppend(key, of.provider_id, "|", of.lot_id, "|", service_type, "|", of.tier_id);
      return;
    case RollupRow::KIND_AVOIDED:
      absl::StrAppend(key, of.contract_id, "|", urgency);
      return;
    case RollupRow::KIND_SUSPENSION:
      absl::StrAppend(key, of.suspension_id);
      return;
    case RollupRow::KIND_INTERIM:
      absl::StrAppend(key, of.date, "|", of.lot_id, "|", of.authority_id);
      return;
    case RollupRow::KIND_LIMIT:  // the name comes last: it may hold anything
      absl::StrAppend(key, of.branch_id, "|", of.limit_name);
      return;
    case RollupRow::KIND_FILL:
      absl::StrAppend(key, of.lot_id, "|", of.tier_id);
      return;
    default:
      return;
  }
}

RollupDimensions DimensionsOf(const RollupRow& row) {
  RollupDimensions of;
  of.kind = row.kind();
  of.framework_id = row.framework_id();
  of.month = row.month();
  of.contract_id = row.contract_id();
  of.branch_id = row.branch_id();
  of.service_type = row.service_type();
  of.urgency = row.urgency();
  of.authority_id = row.authority_id();
  of.round = row.round();
  of.ward_code = row.ward_code();
  of.tier_id = row.tier_id();
  of.provider_id = row.provider_id();
  of.lot_id = row.lot_id();
  of.limit_name = row.acceptance_limit().name();
  of.suspension_id = row.suspension_id();
  of.date = row.date();
  return of;
}

RollupRow RowOf(const RollupDimensions& of) {
  const RollupRow::Kind kind = of.kind;
  const bool by_offer = kind == RollupRow::KIND_OFFER;
  const bool by_contract = by_offer || kind == RollupRow::KIND_PICK_UP;
  const bool by_ward = kind == RollupRow::KIND_WARD;
  const bool by_hours = kind == RollupRow::KIND_HOURS;
  const bool by_opportunity = kind == RollupRow::KIND_OPPORTUNITY;
  const bool by_limit = kind == RollupRow::KIND_LIMIT;
  const bool by_tier = kind == RollupRow::KIND_FILL;
  RollupRow row;
  row.set_kind(kind);
  row.set_framework_id(std::string(of.framework_id));
  row.set_month(of.month);
  if (by_contract || kind == RollupRow::KIND_AVOIDED) {
    row.set_contract_id(std::string(of.contract_id));
  }
  if (by_offer || by_limit) row.set_branch_id(std::string(of.branch_id));
  if (by_limit) row.mutable_acceptance_limit()->set_name(std::string(of.limit_name));
  if (!by_ward) row.set_service_type(of.service_type);
  if (!by_ward && !by_hours) {
    row.set_urgency(of.urgency);
    row.set_authority_id(std::string(of.authority_id));
  }
  if (by_offer || by_opportunity) row.set_round(of.round);
  if (by_ward) row.set_ward_code(std::string(of.ward_code));
  if (by_contract || by_ward || by_hours || by_tier) row.set_tier_id(std::string(of.tier_id));
  if (by_contract || by_opportunity || by_hours) row.set_provider_id(std::string(of.provider_id));
  if (!by_ward) row.set_lot_id(std::string(of.lot_id));
  row.set_suspension_id(std::string(of.suspension_id));
  row.set_date(of.date);
  return row;
}

void CountUnit(const PackageAggregate& package, const UnitStanding& unit, RollupRow::Kind kind,
               int64_t sign, RollupTable* table) {
  if (unit.first() == nullptr) return;
  RollupDimensions of = OfferDimensions(package, *unit.first());
  of.kind = kind;
  unit.Count(sign, table->Change(of));
}

bool SamePickUpUnit(const OfferRow& a, const OfferRow& b) {
  return a.terms_version() == b.terms_version() && a.contract_id() == b.contract_id();
}

bool SameOpportunity(const OfferRow& a, const OfferRow& b) {
  return a.round_number() == b.round_number() && a.provider_id() == b.provider_id();
}

}  // namespace

RollupTable::RollupTable(const RollupTable& other) : rows_(other.rows_) {
  for (const std::string* key : other.changed_) changed_.insert(&rows_.find(*key)->first);
}

RollupTable& RollupTable::operator=(const RollupTable& other) {
  if (this != &other) *this = RollupTable(other);
  return *this;
}

std::string RollupTable::KeyOf(const RollupRow& row) { return KeyOf(DimensionsOf(row)); }

std::string RollupTable::KeyOf(const RollupDimensions& of) {
  std::string key;
  AppendKey(of, &key);
  return key;
}

std::string RollupTable::Prefix(RollupRow::Kind kind, absl::string_view framework_id) {
  return absl::StrCat(static_cast<int>(kind), "|", framework_id, "|");
}

std::string RollupTable::Prefix(RollupRow::Kind kind, absl::string_view framework_id,
                                int32_t month) {
  return absl::StrCat(static_cast<int>(kind), "|", framework_id, "|", month, "|");
}

RollupRow* RollupTable::Change(const RollupRow& like) { return Change(DimensionsOf(like)); }

RollupRow* RollupTable::Change(const RollupDimensions& like) {
  key_.clear();
  AppendKey(like, &key_);
  auto place = rows_.lower_bound(key_);
  if (place == rows_.end() || place->first != key_)
    place = rows_.emplace_hint(place, key_, RowOf(like));
  changed_.insert(&place->first);
  return &place->second;
}

void RollupTable::Put(const RollupRow& row) { rows_[KeyOf(row)] = row; }

const RollupRow* RollupTable::Find(absl::string_view key) const {
  auto found = rows_.find(key);
  return found == rows_.end() ? nullptr : &found->second;
}

std::vector<std::string> RollupTable::TakeChanged() {
  std::vector<std::string> keys;
  keys.reserve(changed_.size());
  for (const std::string* key : changed_) keys.push_back(*key);
  changed_.clear();
  std::sort(keys.begin(), keys.end());
  return keys;
}

RollupDimensions OfferDimensions(const PackageAggregate& package, const OfferRow& offer) {
  RollupDimensions of;
  of.framework_id = package.row.framework_id();
  of.month = MonthOf(offer.issued_date());
  of.contract_id = offer.contract_id();
  of.branch_id = offer.branch_id();
  of.service_type = offer.service_type();
  of.urgency = package.row.urgency();
  of.authority_id = package.row.authority_id();
  of.round = offer.rule_number();
  of.ward_code = package.row.ward_code();
  of.tier_id = offer.tier_id();
  of.provider_id = offer.provider_id();
  of.lot_id = LotOf(package.row, offer);
  return of;
}

RollupDimensions PackageDimensions(const PackageAggregate& package) {
  RollupDimensions of;
  of.kind = RollupRow::KIND_PACKAGE;
  of.framework_id = package.row.framework_id();
  of.month = MonthOf(package.row.submitted_date());
  of.lot_id = package.row.lot_id();
  of.service_type = package.row.terms().service_type();
  of.urgency = package.row.urgency();
  of.authority_id = package.row.authority_id();
  return of;
}

RollupDimensions HoursDimensions(const PackageAggregate& package, const OfferRow& winner,
                                 int32_t month) {
  RollupDimensions of = OfferDimensions(package, winner);
  of.kind = RollupRow::KIND_HOURS;
  of.month = month;
  return of;
}

RollupDimensions InterimDimensions(const journal::v1::PackageRow& row) {
  RollupDimensions of;
  of.kind = RollupRow::KIND_INTERIM;
  of.framework_id = row.framework_id();
  of.month = MonthOf(row.left_date());
  of.date = row.left_date();
  of.lot_id = row.lot_id();
  of.authority_id = row.authority_id();
  return of;
}

void TallyOffer(const PackageAggregate& package, const OfferRow& offer, int64_t sign,
                RollupTable* table) {
  if (offer.restart()) return;
  const Standing standing = StandingOf(offer);
  RollupDimensions of = OfferDimensions(package, offer);
  for (RollupRow::Kind kind : {RollupRow::KIND_OFFER, RollupRow::KIND_WARD}) {
    of.kind = kind;
    RollupRow* row = table->Change(of);
    AddStanding(standing, sign, row->mutable_live());
    if (standing.settled) AddStanding(standing, sign, row->mutable_settled());
  }
}

void TallyUnits(const PackageAggregate& package, const OfferRow& like, int64_t sign,
                RollupTable* table) {
  if (like.restart()) return;
  UnitStanding pick_up;
  UnitStanding opportunity;
  for (const OfferRow& offer : package.offers) {
    if (offer.restart()) continue;
    if (SamePickUpUnit(offer, like)) pick_up.Add(offer);
    if (SameOpportunity(offer, like)) opportunity.Add(offer);
  }
  CountUnit(package, pick_up, RollupRow::KIND_PICK_UP, sign, table);
  CountUnit(package, opportunity, RollupRow::KIND_OPPORTUNITY, sign, table);
}

void TallyPackage(const PackageAggregate& package, int64_t sign, RollupTable* table) {
  if (package.row.imported()) return;
  v1::PackageCounts* counts = table->Change(PackageDimensions(package))->mutable_packages();
  counts->set_referred(counts->referred() + sign);
  if (package.row.released_time_us() != 0) counts->set_released(counts->released() + sign);
  switch (package.row.state()) {
    case v1::PACKAGE_STATE_AWARDED:
    case v1::PACKAGE_STATE_STARTED:
    case v1::PACKAGE_STATE_CEASED:
    case v1::PACKAGE_STATE_HANDED_BACK:
      return counts->set_sourced(counts->sourced() + sign);
    case v1::PACKAGE_STATE_CANCELLED:
      return counts->set_cancelled(counts->cancelled() + sign);
    default:
      return counts->set_waiting(counts->waiting() + sign);
  }
}

void TallyHours(const PackageAggregate& package, const OfferRow& winner, DateNumber award_date,
                int64_t sign, RollupTable* table) {
  RollupRow* row = table->Change(HoursDimensions(package, winner, MonthOf(award_date)));
  row->set_minutes(row->minutes() + sign * package.row.terms().weekly_minutes());
  row->set_awards(row->awards() + sign);
}

void TakeBackAward(const PackageAggregate& package, const OfferRow& winner, DateNumber award_date,
                   RollupTable* table) {
  RollupRow* row = table->Change(HoursDimensions(package, winner, MonthOf(award_date)));
  row->set_awards(row->awards() - 1);
}

void TallyInterim(const PackageAggregate& package, int64_t sign, RollupTable* table) {
  const journal::v1::PackageRow& row = package.row;
  if (row.left_date() == 0) return;
  v1::InterimCounts* counts = table->Change(InterimDimensions(row))->mutable_interim();
  counts->set_left(counts->left() + sign);
  counts->set_stay_days(counts->stay_days() + sign * row.stay_days());
  if (row.ended_time_us() >= row.limit_due_us())
    counts->set_over_limit(counts->over_limit() + sign);
  if (row.successor_number() != 0) counts->set_followed(counts->followed() + sign);
  switch (row.leaving_outcome()) {
    case v1::LEAVING_OUTCOME_NO_CARE:
      return counts->set_no_care(counts->no_care() + sign);
    case v1::LEAVING_OUTCOME_LESS_CARE:
      return counts->set_less_care(counts->less_care() + sign);
    case v1::LEAVING_OUTCOME_SAME_CARE:
      return counts->set_same_care(counts->same_care() + sign);
    case v1::LEAVING_OUTCOME_MORE_CARE:
      return counts->set_more_care(counts->more_care() + sign);
    default:
      return counts->set_other(counts->other() + sign);
  }
}

}  // namespace brokerage::engine
