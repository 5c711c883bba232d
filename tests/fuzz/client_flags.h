// A byte for the method, then a flag a line, "NAME=VALUE", as the command line has them; and the
// same lines as times. A value is set or refused in words; what was set is JSON that gives it back.
#pragma once

#include <cstddef>
#include <cstdint>

namespace brokerage::fuzz {

int FuzzClientFlags(const uint8_t* data, size_t size);

}  // namespace brokerage::fuzz
