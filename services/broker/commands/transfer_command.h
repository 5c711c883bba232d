// `broker transfer`: all that runs with a contract or a provider goes elsewhere.
#pragma once

#include "services/broker/options.h"

namespace brokerage::broker {

// Adds `transfer` with `report`.
void AddTransferCommand(CLI::App* app, const Options* options, Chosen* chosen);

}  // namespace brokerage::broker
