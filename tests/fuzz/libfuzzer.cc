#include "tests/fuzz/libfuzzer.h"

#include <string_view>

#include "engine/base/check.h"
#include "google/protobuf/stubs/logging.h"
#include "tests/fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const brokerage::fuzz::Target* const kTarget = [] {
    for (const brokerage::fuzz::Target& target : brokerage::fuzz::kTargets) {
      if (std::string_view(target.name) == FUZZ_TARGET) return &target;
    }
    return static_cast<const brokerage::fuzz::Target*>(nullptr);
  }();
  BROKERAGE_CHECK(kTarget != nullptr);
  static const google::protobuf::LogSilencer
      kSilencer;  // bytes that are no UTF-8 are told of at length
  return kTarget->run(data, size);
}
