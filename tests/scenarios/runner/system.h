// Accounts, outages, the clock, and the server itself.
#pragma once

#include "tests/scenarios/runner/phrases.h"

namespace brokerage::engine {

const PhraseTable& SystemPhrases();

}  // namespace brokerage::engine
