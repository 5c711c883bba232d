// What must be in memory before a command is decided: the one place that knows. Each function names
// what is not in memory yet; it is then read from storage and loaded (Engine::LoadPackage,
// LoadRollup, LoadPerson). The order: the packages that a request names, those beside them, those
// of the person whom it concerns, the roll-ups of each, and last what the request touches beyond
// its packages. Roll-ups that storage does not have were never counted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/command.h"
#include "engine/model/package.h"
#include "engine/model/state.h"

namespace brokerage::engine {

// The packages that the request names, by number, in order. Some may not exist: the decision
// refuses their ids.
std::vector<uint64_t> MissingPackages(const State& state, const Request& request);
// The packages on which a request that undoes a step bears beside the one that it names: the one
// before, the one that follows, the rest of one that was awarded in part. REQUIRES: the packages
// that the request names are in memory.
std::vector<uint64_t> MissingNeighbours(const State& state, const Request& request);
// A person whom the request concerns.
struct PersonNeed {
  std::string prefix;     // of the person's rows in kPersons
  bool packages = false;  // all of them must be in memory; else the person's number is enough
};
// Nothing where it concerns nobody, or what it needs is in memory. REQUIRES: the packages that the
// request names are.
std::optional<PersonNeed> PersonOf(const State& state, const Caller& caller,
                                   const Request& request);
// The keys of the roll-ups that a change of the package may touch. None if it is not in memory.
std::vector<std::string> MissingRollups(const State& state, uint64_t package_number);
// The keys of roll-ups that the request touches beyond those of its package: of the limit that an
// acceptance names, of the branch that an offer moves to. REQUIRES: the package is in memory; else
// there are none.
std::vector<std::string> MissingRollups(const State& state, const Request& request);
// Likewise of all suspensions: what opens rounds touches those that hold, also once a clock that
// was wrong is set back, and that
// may be a Tick, for which nothing is loaded. REQUIRES: Engine::FinishLoading.
std::vector<std::string> MissingRollupsOfSuspensions(const State& state);

// The keys of all roll-ups that a change of this package can touch, sorted; but for the fills of
// its framework's tiers, which are all in memory, and for those of suspensions, which are while
// they hold.
std::vector<std::string> RollupKeysOf(const PackageAggregate& package);

}  // namespace brokerage::engine
