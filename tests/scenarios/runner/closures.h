// Opt-outs, declared capacity, and what becomes of contracts and providers.
#pragma once

#include "tests/scenarios/runner/phrases.h"

namespace brokerage::engine {

const PhraseTable& ClosurePhrases();

}  // namespace brokerage::engine
