// What every command of the broker program is told, and how commands come to the command line.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "services/client/options.h"

namespace brokerage::broker {

struct Options : client::Options {
  bool json = false;
};

// What the command line asks for; runs after it was parsed whole. Returns the exit code. A file of
// commands/ adds its commands by a function that is given the application, the options and the
// place where a command puts itself when it is asked for; all three outlive the parse.
using Chosen = std::function<int()>;

// Prints the refusal to standard error and returns client::kExitRefused.
int Refused(const absl::Status& status);

}  // namespace brokerage::broker
