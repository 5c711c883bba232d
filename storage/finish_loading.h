// Ends an engine's loading. Internal to storage.
#pragma once

#include <cstdint>

namespace brokerage::storage {

template <typename Engine>
void FinishLoading(Engine* engine, uint64_t last_sequence, int64_t last_time_us) {
  if constexpr (requires { engine->FinishLoading(last_sequence, last_time_us); }) {
    engine->FinishLoading(last_sequence, last_time_us);
  } else {
    engine->FinishLoading(0);
  }
}

}  // namespace brokerage::storage
