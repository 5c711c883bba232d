// Offers: answered, moved, claimed to be issued in error.
#pragma once

#include "tests/scenarios/runner/phrases.h"

namespace brokerage::engine {

const PhraseTable& OfferPhrases();

}  // namespace brokerage::engine
