// A byte for the query, its request in a part, then a position or a token. A token that was made
// gives its position back to the same account and query, and to no other; whatever else is given is
// refused by its field.
#pragma once

#include <cstddef>
#include <cstdint>

namespace brokerage::fuzz {

int FuzzPageTokens(const uint8_t* data, size_t size);

}  // namespace brokerage::fuzz
