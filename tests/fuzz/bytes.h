// An input taken apart.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace brokerage::fuzz {

class Bytes {
 public:
  Bytes(const uint8_t* data, size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  bool empty() const { return rest_.empty(); }
  // 0 where there is no more.
  uint8_t Byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(rest_[0]);
    rest_.remove_prefix(1);
    return byte;
  }
  // A length of two bytes, little endian, and so many bytes, or as many as there are.
  absl::string_view Part() {
    const size_t low = Byte();
    const size_t length = std::min(low | static_cast<size_t>(Byte()) << 8, rest_.size());
    const absl::string_view part = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return part;
  }
  absl::string_view Rest() const { return rest_; }

 private:
  absl::string_view rest_;
};

// A part as Bytes::Part takes it. REQUIRES: less than 64 KiB.
inline std::string PartOf(absl::string_view bytes) {
  std::string part{static_cast<char>(bytes.size() & 0xff), static_cast<char>(bytes.size() >> 8)};
  part.append(bytes.data(), bytes.size());
  return part;
}

}  // namespace brokerage::fuzz
