// Packages: referred, released, started, ended; and what must follow of them.
#pragma once

#include <string>

#include "brokerage/v1/package.pb.h"
#include "tests/scenarios/runner/phrases.h"

namespace brokerage::engine {

class ScenarioRunner;

const PhraseTable& PackagePhrases();

// Adds what an item of a list says of a package, such as "420 min" or "ward Abbey".
void AddToReferral(ScenarioRunner& run, const std::string& item, v1::PackageReferral* referral);

}  // namespace brokerage::engine
