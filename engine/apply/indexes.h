// What finds packages and facts in memory: the agenda, the open packages, those of a person, those
// that wait under a limit. A package leaves them before it changes and enters them again after.
#pragma once

#include <cstdint>

#include "brokerage/journal/v1/rows.pb.h"
#include "engine/model/state.h"

namespace brokerage::engine {

// REQUIRES, both: the package is in memory.
void EnterPackage(State* state, uint64_t number);
void LeavePackage(State* state, uint64_t number);
// Puts the agenda entry of a directory fact in, or takes it out, if its effect is still to come.
void EnterFact(State* state, const journal::v1::DirectoryFact& fact);
void LeaveFact(State* state, const journal::v1::DirectoryFact& fact);

}  // namespace brokerage::engine
