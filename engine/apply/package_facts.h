// What happens to packages: taken in, put out, awarded, run, given up.
#pragma once

#include "brokerage/journal/v1/record.pb.h"
#include "engine/apply/applier.h"

namespace brokerage::engine {

void Apply(Applier& applier, const journal::v1::PackageSubmitted& fact);
void Apply(Applier& applier, const journal::v1::PackageCorrected& fact);
void Apply(Applier& applier, const journal::v1::PackageReleased& fact);
void Apply(Applier& applier, const journal::v1::PackageHeld& fact);
void Apply(Applier& applier, const journal::v1::AwardProposed& fact);
void Apply(Applier& applier, const journal::v1::PackageAwarded& fact);
void Apply(Applier& applier, const journal::v1::PackageUnfilled& fact);
void Apply(Applier& applier, const journal::v1::PackageReissued& fact);
void Apply(Applier& applier, const journal::v1::PackageCancelled& fact);
void Apply(Applier& applier, const journal::v1::PackageStarted& fact);
void Apply(Applier& applier, const journal::v1::LimitPassed& fact);
void Apply(Applier& applier, const journal::v1::NoticeGiven& fact);
void Apply(Applier& applier, const journal::v1::NoticeWithdrawn& fact);
void Apply(Applier& applier, const journal::v1::NoticeMoved& fact);
void Apply(Applier& applier, const journal::v1::StartMoved& fact);
void Apply(Applier& applier, const journal::v1::PackageStopped& fact);
void Apply(Applier& applier, const journal::v1::PackageContinued& fact);
void Apply(Applier& applier, const journal::v1::PackagePlaced& fact);
void Apply(Applier& applier, const journal::v1::PackageReturned& fact);
void Apply(Applier& applier, const journal::v1::PackageHandedBack& fact);
void Apply(Applier& applier, const journal::v1::PackageCeased& fact);
void Apply(Applier& applier, const journal::v1::TextsErased& fact);

}  // namespace brokerage::engine
