// What finds packages and facts in memory: the agenda, the open packages, those of a person, those
// that wait under a limit.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "brokerage/journal/v1/rows.pb.h"
#include "engine/model/package.h"
#include "engine/model/state.h"

namespace brokerage::engine {

// Under what a package is found: computed before a record and after, so that only what differs is
// changed.
struct PackageIndexes {
  bool is_there = false;
  bool open = false;  // or closed
  std::vector<AgendaEntry> agenda;
  std::string person;  // key in open_by_person; empty: not there
  std::set<std::string> limits;
};
PackageIndexes IndexesOf(const PackageAggregate& package);
void MovePackage(State* state, uint64_t number, const PackageIndexes& from,
                 const PackageIndexes& to);
// Puts the agenda entry of a directory fact in, or takes it out, if its effect is still to come.
void EnterFact(State* state, const journal::v1::DirectoryFact& fact);
void LeaveFact(State* state, const journal::v1::DirectoryFact& fact);

}  // namespace brokerage::engine
