// What happened to a package since its award, and what waits to happen, as lines for a person.
#pragma once

#include <string>

#include "brokerage/v1/package.pb.h"
#include "services/client/text/package_text.h"

namespace brokerage::client {

// Pause, notice, what its branch is asked, terms that changed, links, why it stopped or ended, and
// until when its last step can be undone. Empty where there is nothing of them.
std::string LifeLines(const v1::Package& package, const Names& names);

}  // namespace brokerage::client
