// What happens to a package that somebody has: it rests, goes on, changes.
#pragma once

#include "brokerage/journal/v1/record.pb.h"
#include "engine/apply/applier.h"

namespace brokerage::engine {

void Apply(Applier& applier, const journal::v1::PackagePaused& fact);
void Apply(Applier& applier, const journal::v1::PackageResumed& fact);
void Apply(Applier& applier, const journal::v1::BranchAsked& fact);
void Apply(Applier& applier, const journal::v1::AskedDecided& fact);
void Apply(Applier& applier, const journal::v1::TermsChanged& fact);

// Closes what the branch that has the package was asked for and has not answered: it ends.
void CloseAsked(Applier& applier, journal::v1::PackageRow& row);

}  // namespace brokerage::engine
