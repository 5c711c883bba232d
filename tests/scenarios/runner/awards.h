// Which acceptance wins, and who confirms it.
#pragma once

#include "tests/scenarios/runner/phrases.h"

namespace brokerage::engine {

const PhraseTable& AwardPhrases();

}  // namespace brokerage::engine
