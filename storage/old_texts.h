// Texts that have been kept as long as their framework says.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "storage/store.h"

namespace brokerage::storage {

struct OldTexts {
  std::vector<uint64_t> packages;  // whose texts are to go, by number
  uint64_t next = 0;               // where to go on; 0: from the beginning again
};

// Looks at so many packages that have texts, from the number on. `retention` gives a framework's
// days after the end of a package; 0: for ever. A row that cannot be read is passed over: whoever
// needs it says so.
OldTexts FindOldTexts(const View& view, uint64_t from, int examined_max,
                      absl::FunctionRef<absl::Duration(const std::string& framework_id)> retention,
                      absl::Time now);

}  // namespace brokerage::storage
