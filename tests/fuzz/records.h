// A journal's entry. One that follows its head is what MakeEntry makes, and does not with any byte
// changed; the record in it is told to every role. Or rows that are not what the engine wrote:
// reading them gives an error or a package.
//
// Records are not applied: Apply takes them for what Decide gave, and ends the process by
// BROKERAGE_CHECK where they are not. The chain of hashes is asked before (View::Tail), so that
// damage does not come so far.
#pragma once

#include <cstddef>
#include <cstdint>

namespace brokerage::fuzz {

int FuzzRecords(const uint8_t* data, size_t size);

}  // namespace brokerage::fuzz
