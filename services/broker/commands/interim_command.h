// `broker interim FRAMEWORK`: how people left interim services, as a table for people.
#pragma once

#include "services/broker/options.h"

namespace brokerage::broker {

// Adds `interim`.
void AddInterimCommand(command_line::Command app, const Options* options, Chosen* chosen);

}  // namespace brokerage::broker
