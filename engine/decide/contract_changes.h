// What the end or the novation of a contract brings when its day has come.
#pragma once

#include "engine/decide/context.h"

namespace brokerage::engine {

// Makes the change of the entry; closes the offers under the contract that are still open, and
// gives those of a novation to the successor. REQUIRES: a kContractChange.
void ChangeContract(const Context& in, const AgendaEntry& entry, Decision* out);

}  // namespace brokerage::engine
