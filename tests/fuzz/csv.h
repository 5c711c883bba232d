// A framework's files, all of them: "== NAME" begins a file, whose lines follow. Whatever stands in
// them, either every row is a fact with its place, the same in any order of the files, or there are
// errors that name a file and are texts.
#pragma once

#include <cstddef>
#include <cstdint>

namespace brokerage::fuzz {

int FuzzCsv(const uint8_t* data, size_t size);

}  // namespace brokerage::fuzz
