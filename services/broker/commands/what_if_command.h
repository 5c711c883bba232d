// `broker whatif DIR --since DATE`: a past period replayed under other files.
#pragma once

#include "services/broker/options.h"

namespace brokerage::broker {

// Adds `whatif`.
void AddWhatIfCommand(command_line::Command app, const Options* options, Chosen* chosen);

}  // namespace brokerage::broker
