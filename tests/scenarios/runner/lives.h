// Phrases about what happens to packages beside their rounds: placings, persons, questions, moved
// notices.
#pragma once

#include "tests/scenarios/runner/phrases.h"

namespace brokerage::engine {

const PhraseTable& LifePhrases();

}  // namespace brokerage::engine
