// One text, read as each of the texts that the engine reads: ids, dates, times, postcodes, free
// texts. What is taken is written the same again; what is found lies within the text.
#pragma once

#include <cstddef>
#include <cstdint>

namespace brokerage::fuzz {

int FuzzTexts(const uint8_t* data, size_t size);

}  // namespace brokerage::fuzz
