// `broker coverage export`, `import`, `proposals` and `withdraw`: what branches cover, as a file.
#pragma once

#include "services/broker/options.h"

namespace brokerage::broker {

// Adds `coverage` with its four.
void AddCoverageCommands(command_line::Command app, const Options* options, Chosen* chosen);

}  // namespace brokerage::broker
