// The framework is applied again, changed, or beside another.
#pragma once

#include "tests/scenarios/runner/phrases.h"

namespace brokerage::engine {

const PhraseTable& FrameworkPhrases();

}  // namespace brokerage::engine
