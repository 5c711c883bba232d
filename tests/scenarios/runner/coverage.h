// What a branch covers, and who changes it.
#pragma once

#include "tests/scenarios/runner/phrases.h"

namespace brokerage::engine {

const PhraseTable& CoveragePhrases();

}  // namespace brokerage::engine
