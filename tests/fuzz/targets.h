// Every function that is given bytes from outside, by the name of its corpus.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tests/fuzz/client_files.h"
#include "tests/fuzz/client_flags.h"
#include "tests/fuzz/client_texts.h"
#include "tests/fuzz/csv.h"
#include "tests/fuzz/decoders.h"
#include "tests/fuzz/page_tokens.h"
#include "tests/fuzz/records.h"
#include "tests/fuzz/requests.h"
#include "tests/fuzz/texts.h"

namespace brokerage::fuzz {

// What does not hold ends the process (engine/base/check.h); the result is 0.
struct Target {
  const char* name;
  int (*run)(const uint8_t* data, size_t size);
};
inline constexpr Target kTargets[] = {
    {"client_files", FuzzClientFiles},
    {"client_flags", FuzzClientFlags},
    {"client_texts", FuzzClientTexts},
    {"csv", FuzzCsv},
    {"decoders", FuzzDecoders},
    {"page_tokens", FuzzPageTokens},
    {"records", FuzzRecords},
    {"requests", FuzzRequests},
    {"texts", FuzzTexts},
};

}  // namespace brokerage::fuzz
