// A byte for the method, a byte for the width, then its response, as a server of another version
// may send it: it is told to people, and in JSON.
#pragma once

#include <cstddef>
#include <cstdint>

namespace brokerage::fuzz {

int FuzzClientTexts(const uint8_t* data, size_t size);

}  // namespace brokerage::fuzz
