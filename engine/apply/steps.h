// What Apply keeps of a package's last step, and counts for an award and when that is taken back.
#pragma once

#include <cstdint>

#include "brokerage/journal/v1/record.pb.h"
#include "engine/apply/applier.h"

namespace brokerage::engine {

// Begins to note a step as the package's last one, with what the package was before. Null of a
// record of old: it keeps no steps. REQUIRES: nothing of the step was applied yet.
journal::v1::StepRow* BeginStep(const Applier& applier, v1::StepKind kind,
                                journal::v1::PackageRow& row);
// Notes the open offers of rounds, which the step is about to close.
void NoteOpen(const PackageAggregate& package, journal::v1::StepRow* step);
// Likewise the acceptances.
void NoteAccepted(const PackageAggregate& package, journal::v1::StepRow* step);
// Something happened after which the last step, if there is one, cannot be undone any more.
void ForgetStep(journal::v1::PackageRow& row);

// The awarded minutes and the award, as they count in the month of the award, and what the terms
// changed by since, in the months from which on; of a placing the minutes alone, where the
// framework says so.
void CountHours(Applier& applier, const PackageAggregate& package,
                const journal::v1::OfferRow& winner, const journal::v1::AwardRow& award,
                int64_t sign);
// The award under the limit over several acceptances with which it was accepted, if any.
void CountUnderLimit(Applier& applier, const PackageAggregate& package,
                     const journal::v1::OfferRow& winner, int64_t sign);
// That an award was given up before the start, `times` times: both of them are taken back, but for
// the minutes of what its provider gave up by its own cause.
void CountReturn(Applier& applier, const PackageAggregate& package,
                 const journal::v1::OfferRow& winner, const journal::v1::AwardRow& award,
                 v1::Cause cause, int64_t times);

}  // namespace brokerage::engine
