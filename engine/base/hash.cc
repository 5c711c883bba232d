#include "engine/base/hash.h"

#include <openssl/evp.h>

#include <cstdlib>

#include "absl/strings/escaping.h"

namespace brokerage::engine {

namespace {
void Check(int ok) {
  if (ok != 1) std::abort();  // SHA-256 of memory cannot fail unless OpenSSL is broken
}

// Looked up once: that takes longer than a short hash.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Check(algorithm != nullptr);
  return algorithm;
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  Check(context_ != nullptr);
  Check(EVP_DigestInit_ex(context_, Algorithm(), nullptr));
}

Sha256::~Sha256() { EVP_MD_CTX_free(context_); }

Sha256& Sha256::Add(absl::string_view bytes) {
  Check(EVP_DigestUpdate(context_, bytes.data(), bytes.size()));
  return *this;
}

Sha256& Sha256::AddBigEndian64(uint64_t value) {
  char bytes[8];
  for (int i = 7; i >= 0; --i, value >>= 8) bytes[i] = static_cast<char>(value & 0xff);
  return Add(absl::string_view(bytes, 8));
}

std::string Sha256::Finish() {
  std::string hash(kHashBytes, '\0');
  Check(EVP_DigestFinal_ex(context_, reinterpret_cast<unsigned char*>(hash.data()), nullptr));
  Check(EVP_DigestInit_ex(context_, nullptr, nullptr));
  return hash;
}

std::string HashOf(absl::string_view bytes) { return Sha256().Add(bytes).Finish(); }

std::string SaltedHash(absl::string_view salt, absl::string_view name, absl::string_view text) {
  return Sha256().Add(salt).Add(name).Add(absl::string_view("\0", 1)).Add(text).Finish();
}

std::string Hex(absl::string_view bytes) { return absl::BytesToHexString(bytes); }

}  // namespace brokerage::engine
