// `broker postcodes import FILES...`: a postcode directory taken in.
#pragma once

#include "services/broker/options.h"

namespace brokerage::broker {

// Adds `postcodes` with `import`.
void AddPostcodesCommand(command_line::Command app, const Options* options, Chosen* chosen);

}  // namespace brokerage::broker
