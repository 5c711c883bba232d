// How far a long command is, on a terminal.
#pragma once

#include <cstddef>

namespace brokerage::client {

// Redraws a bar on standard error, if that is a terminal; `all` may be 0. Ends the line when all is
// done.
void ShowProgress(size_t done, size_t all);

}  // namespace brokerage::client
