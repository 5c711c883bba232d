// A byte for the decoder, then what the store has on disk: heads, signs of life, outcomes,
// postcodes, keys, the note of the head, the end of a log. What can be read is written the same
// again; what cannot is an error.
#pragma once

#include <cstddef>
#include <cstdint>

namespace brokerage::fuzz {

int FuzzDecoders(const uint8_t* data, size_t size);

}  // namespace brokerage::fuzz
