// `broker framework apply`, `check` and `new`: the files of a framework.
#pragma once

#include "services/broker/options.h"

namespace brokerage::broker {

// Adds `framework` with its three.
void AddFrameworkCommands(command_line::Command app, const Options* options, Chosen* chosen);

}  // namespace brokerage::broker
