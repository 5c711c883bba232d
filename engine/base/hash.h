// SHA-256, for hash chains, digests and salted hashes of texts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"

struct evp_md_ctx_st;

namespace brokerage::engine {

inline constexpr size_t kHashBytes = 32;

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  Sha256& Add(absl::string_view bytes);
  Sha256& AddBigEndian64(uint64_t value);
  std::string Finish();  // 32 bytes; the object starts anew

 private:
  evp_md_ctx_st* context_;
};

std::string HashOf(absl::string_view bytes);
// SHA-256 of salt, name, a zero byte and text: what a row keeps of a personal text.
std::string SaltedHash(absl::string_view salt, absl::string_view name, absl::string_view text);
std::string Hex(absl::string_view bytes);

}  // namespace brokerage::engine
