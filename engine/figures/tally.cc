#include "engine/figures/tally.h"

#include "engine/figures/outcome.h"

namespace brokerage::engine {

namespace {

using journal::v1::OfferRow;
using journal::v1::RollupRow;

void CountUnit(const PackageAggregate& package, const UnitOutcome& unit, RollupRow::Kind kind,
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
  const OfferOutcome outcome = OutcomeOf(offer);
  RollupDimensions of = OfferDimensions(package, offer);
  for (RollupRow::Kind kind : {RollupRow::KIND_OFFER, RollupRow::KIND_WARD}) {
    of.kind = kind;
    RollupRow* row = table->Change(of);
    AddOutcome(outcome, sign, row->mutable_live());
    if (outcome.settled) AddOutcome(outcome, sign, row->mutable_settled());
  }
}

void TallyUnits(const PackageAggregate& package, const OfferRow& like, int64_t sign,
                RollupTable* table) {
  if (like.restart()) return;
  UnitOutcome pick_up;
  UnitOutcome opportunity;
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
    case v1::PACKAGE_STATE_UNSPECIFIED:
    case v1::PACKAGE_STATE_SUBMITTED:
    case v1::PACKAGE_STATE_OFFERED:
    case v1::PACKAGE_STATE_UNFILLED:
    case v1::PackageState_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::PackageState_INT_MAX_SENTINEL_DO_NOT_USE_:
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
    case v1::LEAVING_OUTCOME_OTHER:
    case v1::LEAVING_OUTCOME_UNSPECIFIED:
    case v1::LeavingOutcome_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::LeavingOutcome_INT_MAX_SENTINEL_DO_NOT_USE_:
      return counts->set_other(counts->other() + sign);
  }
}

}  // namespace brokerage::engine
