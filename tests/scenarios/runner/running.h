// Phrases about packages that somebody has: care that rests, terms that change, and what the branch
// is asked.
#pragma once

#include "tests/scenarios/runner/phrases.h"

namespace brokerage::engine {

const PhraseTable& RunningPhrases();

}  // namespace brokerage::engine
