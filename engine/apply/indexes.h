// What finds packages and facts in memory: the agenda, the open packages, those of a person, those
// that wait under a limit.
#pragma once

#include "brokerage/journal/v1/rows.pb.h"
#include "engine/model/package.h"
#include "engine/model/state.h"

namespace brokerage::engine {

// Brings the indexes from what the package was last found under to what it is: mostly an answer
// changes none of them.
void IndexPackage(State* state, PackageAggregate* package);
// Takes a package out that is to be forgotten. REQUIRES: it is closed.
void ForgetPackage(State* state, const PackageAggregate& package);
// Puts the agenda entry of a directory fact in, or takes it out, if its effect is still to come.
void EnterFact(State* state, const journal::v1::DirectoryFact& fact);
void LeaveFact(State* state, const journal::v1::DirectoryFact& fact);

}  // namespace brokerage::engine
