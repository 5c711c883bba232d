// Phrases about steps of packages that were mistakes and are undone.
#pragma once

#include "tests/scenarios/runner/phrases.h"

namespace brokerage::engine {

const PhraseTable& UndoPhrases();

}  // namespace brokerage::engine
