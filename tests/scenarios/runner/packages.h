// Packages: referred, released, started, ended; and what must follow of them.
#pragma once

#include "tests/scenarios/runner/phrases.h"

namespace brokerage::engine {

const PhraseTable& PackagePhrases();

}  // namespace brokerage::engine
