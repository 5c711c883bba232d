// Contracts that begin, end, pass to another provider or move to another tier with a day.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "demo/council/council.h"
#include "demo/council/notes.h"

namespace brokerage::demo {

// What differs between the day and the day before, by contract.
absl::StatusOr<std::vector<ContractChange>> ChangesOn(const Council& council, absl::CivilDay day);

// One sentence for each: "Rushcliffe: Wolds Way Care begins as Lead; nobody was before." A move
// between tiers is one sentence; many contracts that begin together are one.
std::vector<std::string> ChangesInWords(const Council& council,
                                        const std::vector<ContractChange>& changes);

// The packages in the changes' lots that are out to branches now, with a deadline on the day or
// later, and those that wait because nobody could be asked.
absl::StatusOr<std::vector<OwnedPackage>> OutAcross(const Council& council, absl::CivilDay day,
                                                    const std::vector<ContractChange>& changes);

}  // namespace brokerage::demo
