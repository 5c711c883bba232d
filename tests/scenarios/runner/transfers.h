// All that runs under a contract, or with a provider, goes elsewhere.
#pragma once

#include "tests/scenarios/runner/phrases.h"

namespace brokerage::engine {

const PhraseTable& TransferPhrases();

}  // namespace brokerage::engine
