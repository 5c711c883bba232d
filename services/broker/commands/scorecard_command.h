// `broker scorecard FRAMEWORK`: who answers and who does not, as tables for people.
#pragma once

#include "services/broker/options.h"

namespace brokerage::broker {

// Adds `scorecard`.
void AddScorecardCommand(command_line::Command app, const Options* options, Chosen* chosen);

}  // namespace brokerage::broker
