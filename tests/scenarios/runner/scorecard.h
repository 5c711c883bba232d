// Who asks for figures, and what the scorecard, the distribution and the interim stays must say.
#pragma once

#include "tests/scenarios/runner/phrases.h"

namespace brokerage::engine {

const PhraseTable& ScorecardPhrases();

}  // namespace brokerage::engine
