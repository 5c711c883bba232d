// Figures: performance in any slice, and how a contract stands against its minimum.
#pragma once

#include "tests/scenarios/runner/phrases.h"

namespace brokerage::engine {

const PhraseTable& FigurePhrases();

}  // namespace brokerage::engine
