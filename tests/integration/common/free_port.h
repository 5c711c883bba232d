// A loopback port for a server that a test starts as a program.
#pragma once

namespace brokerage {

// A port that is free now; in the rare case that it is not any more the server says so and ends.
int FreePort();

}  // namespace brokerage
