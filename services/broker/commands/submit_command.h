// `broker submit FILE`: many packages from one file.
#pragma once

#include "services/broker/options.h"

namespace brokerage::broker {

// Adds `submit`.
void AddSubmitCommand(command_line::Command app, const Options* options, Chosen* chosen);

}  // namespace brokerage::broker
