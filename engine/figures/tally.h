// Tallying: what Apply adds to the roll-ups when a package or one of its offers changes.
#pragma once

#include <cstdint>

#include "brokerage/journal/v1/rows.pb.h"
#include "engine/base/calendar.h"
#include "engine/figures/outcome.h"
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

// What an offer counts for at a moment: itself (KIND_OFFER, KIND_WARD), and the pick-up unit and
// the provider opportunity that offers like it belong to (KIND_PICK_UP, KIND_OPPORTUNITY). A
// pick-up unit is package x contract x terms version, in the month of its first offer; an
// opportunity is package x provider x round. In `settled`, the same counting is done over the
// unit's settled offers only.
struct OfferTally {
  UnitOutcome offer;  // empty for one that was not issued yet
  UnitOutcome pick_up;
  UnitOutcome opportunity;
};
// As the package's offers now are, of which `offer` is one, or is about to be.
OfferTally TallyOf(const PackageAggregate& package, const journal::v1::OfferRow& offer);
// Brings the roll-ups from what the offer counted for before it was issued or changed to what it
// counts for now: nothing where that is the same. REQUIRES: where it counts did not change.
void TallyChange(const OfferTally& before, int32_t ordinal, PackageAggregate* package,
                 RollupTable* table);
// What changes where the offer counts, which its branch does: out of the roll-ups it counted in,
// change it, in. Units are of no branch.
void TallyOut(int32_t ordinal, PackageAggregate* package, RollupTable* table);
void TallyIn(int32_t ordinal, PackageAggregate* package, RollupTable* table);

// What a package counts for: referred, released, and one of sourced, waiting, cancelled. Imported
// packages count for nothing.
struct PackageTally {
  bool counts = false;
  bool released = false;
  v1::ServiceType service_type = v1::SERVICE_TYPE_UNSPECIFIED;  // which a reissue may change
  v1::PackageState state = v1::PACKAGE_STATE_UNSPECIFIED;
  friend bool operator==(const PackageTally&, const PackageTally&) = default;
};
PackageTally TallyOf(const journal::v1::PackageRow& row);
// Adds the package to KIND_PACKAGE as it now counts, `sign` times; one that does not count, never.
void TallyPackage(const PackageAggregate& package, int64_t sign, RollupTable* table);
// Brings KIND_PACKAGE from what the package counted for before to what it counts for now.
void TallyChange(const PackageTally& before, const PackageAggregate& package, RollupTable* table);
// Adds an award's weekly minutes, `sign` times, to KIND_HOURS in the month of award_date.
void TallyHours(const PackageAggregate& package, const journal::v1::OfferRow& winner,
                DateNumber award_date, int64_t sign, RollupTable* table);
// Minutes alone, in the month of the date: of a placing, which is no award in the sense of shares,
// and of terms that change.
void TallyMinutes(const PackageAggregate& package, const journal::v1::OfferRow& winner,
                  DateNumber date, int64_t minutes, RollupTable* table);
// Takes the award, but not its minutes, out of KIND_HOURS, `times` times: the provider gave it up
// for its own cause, so that the minutes stay on its account while the package is nobody's award.
void TakeBackAward(const PackageAggregate& package, const journal::v1::OfferRow& winner,
                   DateNumber award_date, int64_t times, RollupTable* table);
// Adds the package, `sign` times, to KIND_INTERIM if the person left it as an interim service.
void TallyInterim(const PackageAggregate& package, int64_t sign, RollupTable* table);

}  // namespace brokerage::engine
