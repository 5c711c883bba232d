// Acceptances in part, what is left of a package, and packages that are linked.
#pragma once

#include "tests/scenarios/runner/phrases.h"

namespace brokerage::engine {

const PhraseTable& PartPhrases();

}  // namespace brokerage::engine
