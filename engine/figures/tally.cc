#include "engine/figures/tally.h"

namespace brokerage::engine {

namespace {

using journal::v1::OfferRow;
using journal::v1::RollupRow;

bool SamePickUpUnit(const OfferRow& a, const OfferRow& b) {
  return a.terms_version() == b.terms_version() && a.contract_id() == b.contract_id();
}

bool SameOpportunity(const OfferRow& a, const OfferRow& b) {
  return a.round_number() == b.round_number() && a.provider_id() == b.provider_id();
}

// Brings the row of that kind from what a unit counted for to what it counts for now, in the place
// that is kept with its first offer.
void CountChange(const UnitOutcome& before, const UnitOutcome& now, RollupRow::Kind kind,
                 RollupTable::Place OfferPlaces::Places::*kept, PackageAggregate* package,
                 RollupTable* table) {
  if (now.first() == nullptr || now.CountsAs(before)) return;
  RollupTable::Place& place = package->places.Of(now.first()->ordinal()).*kept;
  if (place == RollupTable::kNowhere) {
    RollupDimensions of = OfferDimensions(*package, *now.first());
    of.kind = kind;
    place = table->PlaceOf(of);
  }
  RollupRow* row = table->Change(place);
  before.Count(-1, row);
  now.Count(+1, row);
}

OfferRow& OfferOf(PackageAggregate* package, int32_t ordinal) {
  return package->offers[static_cast<size_t>(ordinal - 1)];
}

void CountPackage(const PackageTally& tally, int64_t sign, v1::PackageCounts* counts) {
  counts->set_referred(counts->referred() + sign);
  if (tally.released) counts->set_released(counts->released() + sign);
  switch (tally.state) {
    case v1::PACKAGE_STATE_AWARDED:
    case v1::PACKAGE_STATE_STARTED:
    case v1::PACKAGE_STATE_PAUSED:
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

OfferTally TallyOf(const PackageAggregate& package, const OfferRow& offer) {
  OfferTally tally;
  if (!CountsAsOffer(offer)) return tally;
  for (const OfferRow& one : package.offers) {
    if (!CountsAsOffer(one)) continue;
    if (one.ordinal() == offer.ordinal()) tally.offer.Add(one);
    if (!IsOfARound(one) || !IsOfARound(offer)) continue;  // of no unit
    if (SamePickUpUnit(one, offer)) tally.pick_up.Add(one, CountedFor::kPickUp);
    if (SameOpportunity(one, offer)) tally.opportunity.Add(one);
  }
  return tally;
}

void TallyChange(const OfferTally& before, int32_t ordinal, PackageAggregate* package,
                 RollupTable* table) {
  using Places = OfferPlaces::Places;
  const OfferTally now = TallyOf(*package, OfferOf(package, ordinal));
  CountChange(before.offer, now.offer, RollupRow::KIND_OFFER, &Places::offer, package, table);
  CountChange(before.offer, now.offer, RollupRow::KIND_WARD, &Places::ward, package, table);
  CountChange(before.pick_up, now.pick_up, RollupRow::KIND_PICK_UP, &Places::pick_up, package,
              table);
  CountChange(before.opportunity, now.opportunity, RollupRow::KIND_OPPORTUNITY,
              &Places::opportunity, package, table);
}

void TallyOut(int32_t ordinal, PackageAggregate* package, RollupTable* table) {
  const OfferRow& offer = OfferOf(package, ordinal);
  if (!CountsAsOffer(offer)) return;
  RollupDimensions of = OfferDimensions(*package, offer);
  of.kind = RollupRow::KIND_OFFER;
  TallyOf(*package, offer).offer.Count(-1, table->Change(of));
  package->places.Of(ordinal).offer = RollupTable::kNowhere;
}

void TallyIn(int32_t ordinal, PackageAggregate* package, RollupTable* table) {
  const OfferTally now = TallyOf(*package, OfferOf(package, ordinal));
  CountChange({}, now.offer, RollupRow::KIND_OFFER, &OfferPlaces::Places::offer, package, table);
}

PackageTally TallyOf(const journal::v1::PackageRow& row) {
  return {!row.imported(), row.released_time_us() != 0, row.terms().service_type(), row.state()};
}

void TallyPackage(const PackageAggregate& package, int64_t sign, RollupTable* table) {
  const PackageTally tally = TallyOf(package.row);
  if (!tally.counts) return;
  CountPackage(tally, sign, table->Change(PackageDimensions(package))->mutable_packages());
}

void TallyChange(const PackageTally& before, const PackageAggregate& package, RollupTable* table) {
  const PackageTally now = TallyOf(package.row);
  if (now == before || !now.counts) return;
  RollupDimensions of = PackageDimensions(package);
  if (before.counts) {
    of.service_type = before.service_type;
    CountPackage(before, -1, table->Change(of)->mutable_packages());
    of.service_type = now.service_type;
  }
  CountPackage(now, +1, table->Change(of)->mutable_packages());
}

void TallyHours(const PackageAggregate& package, const OfferRow& winner, DateNumber award_date,
                int64_t sign, RollupTable* table) {
  RollupRow* row = table->Change(HoursDimensions(package, winner, MonthOf(award_date)));
  row->set_minutes(row->minutes() + sign * AwardedMinutes(package.row));
  row->set_awards(row->awards() + sign);
}

void TallyMinutes(const PackageAggregate& package, const OfferRow& winner, DateNumber date,
                  int64_t minutes, RollupTable* table) {
  RollupRow* row = table->Change(HoursDimensions(package, winner, MonthOf(date)));
  row->set_minutes(row->minutes() + minutes);
}

void TakeBackAward(const PackageAggregate& package, const OfferRow& winner, DateNumber award_date,
                   int64_t times, RollupTable* table) {
  RollupRow* row = table->Change(HoursDimensions(package, winner, MonthOf(award_date)));
  row->set_awards(row->awards() - times);
}

void TallyInterim(const PackageAggregate& package, int64_t sign, RollupTable* table) {
  const journal::v1::PackageRow& row = package.row;
  if (row.left_date() == 0) return;
  v1::InterimCounts* counts = table->Change(InterimDimensions(row))->mutable_interim();
  counts->set_left(counts->left() + sign);
  counts->set_stay_days(counts->stay_days() + sign * row.stay_days());
  if (row.ended_time_us() >= row.limit_due_us() && !row.left_within_limit()) {
    counts->set_over_limit(counts->over_limit() + sign);
  }
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
