// Contracts that begin, end, pass to another provider or move to another tier while weeks are
// played.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "demo/council.h"
#include "demo/notes.h"

namespace brokerage::demo {

// What differs between the day and the day before, by contract.
absl::StatusOr<std::vector<ContractChange>> ChangesOn(const World& world, absl::CivilDay day);

// One sentence for each: "Rushcliffe: Wolds Way Care begins as Lead; nobody was before." A move
// between tiers is one sentence; many contracts that begin together are one.
std::vector<std::string> ChangesInWords(const World& world,
                                        const std::vector<ContractChange>& changes);

// The packages in the changes' lots that are out to branches now, with a deadline on the day or
// later, and those that wait because nobody could be asked.
absl::StatusOr<std::vector<PlayedPackage>> OutAcross(const World& world, absl::CivilDay day,
                                                     const std::vector<ContractChange>& changes);

// What became of the packages that were out across each change.
absl::Status PrintChanges(const World& world, const std::vector<DayOfChange>& days);

}  // namespace brokerage::demo
