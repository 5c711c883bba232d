// `broker SERVICE METHOD`: every method of the API.
#pragma once

#include "services/broker/options.h"

namespace brokerage::broker {

// Adds a command for each service, with one for each of its methods.
void AddApiCommands(command_line::Command app, const Options* options, Chosen* chosen);

}  // namespace brokerage::broker
