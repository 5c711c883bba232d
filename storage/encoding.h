// Numbers and small records inside the store's own families. Internal to storage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "engine/model/tables.h"
#include "storage/store.h"

namespace brokerage::storage {

// 8 bytes, big endian: the same bytes as a package's key.
inline std::string EncodeNumber(uint64_t number) { return engine::PackageKey(number); }
inline uint64_t DecodeNumber(absl::string_view bytes) {
  return engine::TrailingNumber(bytes.substr(0, 8));
}

inline std::string EncodeHead(const Head& head) { return EncodeNumber(head.sequence) + head.hash; }
inline std::optional<Head> DecodeHead(absl::string_view bytes) {
  if (bytes.size() != 40) return std::nullopt;
  return Head{DecodeNumber(bytes), std::string(bytes.substr(8))};
}

std::string EncodeSign(const SignOfLife& sign);
SignOfLife DecodeSign(absl::string_view value);

std::string OutcomeKey(absl::string_view account_id, absl::string_view request_id);
std::string EncodeOutcome(
    const RequestOutcome& outcome);  // without account and request: they are the key
std::optional<RequestOutcome> DecodeOutcome(absl::string_view account_id,
                                            absl::string_view request_id, absl::string_view value);

std::string EncodePostcode(const PostcodePlace& place);  // without the key
std::optional<PostcodePlace> DecodePostcode(absl::string_view key, absl::string_view value);

// A row's key for people: "offers 123/4", "texts 123/summary", "accounts jo".
std::string DescribeKey(engine::Table table, absl::string_view key);

// The least text that is greater than every text with the prefix; empty if there is none.
std::string EndOfPrefix(absl::string_view prefix);

}  // namespace brokerage::storage
