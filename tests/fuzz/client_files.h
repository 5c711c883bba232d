// A byte for the kind of file, then its content: referrals, coverage, or a publisher's postcodes.
// Rows have their lines, errors the name of the file; coverage is written and read the same again.
#pragma once

#include <cstddef>
#include <cstdint>

namespace brokerage::fuzz {

int FuzzClientFiles(const uint8_t* data, size_t size);

}  // namespace brokerage::fuzz
