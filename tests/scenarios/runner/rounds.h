// Who is asked, in which round, and who is not; adaptive release.
#pragma once

#include "tests/scenarios/runner/phrases.h"

namespace brokerage::engine {

const PhraseTable& RoundPhrases();

}  // namespace brokerage::engine
