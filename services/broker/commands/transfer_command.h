// `broker transfer`: all that runs with a contract or a provider goes elsewhere.
#pragma once

#include "services/broker/options.h"

namespace brokerage::broker {

// Adds `transfer` with `report`.
void AddTransferCommand(command_line::Command app, const Options* options, Chosen* chosen);

}  // namespace brokerage::broker
