// Tallying: what Apply adds to the roll-ups when a package or one of its offers changes.
#pragma once

#include <cstdint>

#include "brokerage/journal/v1/rows.pb.h"
#include "engine/base/calendar.h"
#include "engine/model/package.h"
#include "engine/model/rollup_table.h"

namespace brokerage::engine {

// Where an offer counts: all its dimensions; the kind is left to the caller.
RollupDimensions OfferDimensions(const PackageAggregate& package,
                                 const journal::v1::OfferRow& offer);
// Where a package counts: of KIND_PACKAGE.
RollupDimensions PackageDimensions(const PackageAggregate& package);
// Where an award of the month counts: of KIND_HOURS.
RollupDimensions HoursDimensions(const PackageAggregate& package,
                                 const journal::v1::OfferRow& winner, int32_t month);
// Where a package that was left as an interim service counts: of KIND_INTERIM.
RollupDimensions InterimDimensions(const journal::v1::PackageRow& row);

// Adds the offer itself, `sign` times, to KIND_OFFER and KIND_WARD.
void TallyOffer(const PackageAggregate& package, const journal::v1::OfferRow& offer, int64_t sign,
                RollupTable* table);
// Adds, `sign` times, the pick-up unit and the provider opportunity that offers like this one
// belong to (KIND_PICK_UP, KIND_OPPORTUNITY), as the package's offers now are; nothing if the
// package has no such offer. A pick-up unit is package x contract x terms version, in the month of
// its first offer; an opportunity is package x provider x round. In `settled`, the same counting is
// done over the unit's settled offers only. So a change of an offer is: both with -1, change, both
// with +1.
void TallyUnits(const PackageAggregate& package, const journal::v1::OfferRow& like, int64_t sign,
                RollupTable* table);
// Adds the package, `sign` times, to KIND_PACKAGE: referred, released, and one of sourced, waiting,
// cancelled. Imported packages add nothing.
void TallyPackage(const PackageAggregate& package, int64_t sign, RollupTable* table);
// Adds an award's weekly minutes, `sign` times, to KIND_HOURS in the month of award_date.
void TallyHours(const PackageAggregate& package, const journal::v1::OfferRow& winner,
                DateNumber award_date, int64_t sign, RollupTable* table);
// Takes the award, but not its minutes, out of KIND_HOURS: the provider gave it up for its own
// cause, so that the minutes stay on its account while the package is nobody's award.
void TakeBackAward(const PackageAggregate& package, const journal::v1::OfferRow& winner,
                   DateNumber award_date, RollupTable* table);
// Adds the package, `sign` times, to KIND_INTERIM if the person left it as an interim service.
void TallyInterim(const PackageAggregate& package, int64_t sign, RollupTable* table);

}  // namespace brokerage::engine
