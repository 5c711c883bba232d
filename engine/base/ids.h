// Ids that a person can say. Packages and windows are numbered from the sequence; an offer is
// numbered within its package.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace brokerage::engine {

struct PackageId {
  int32_t year = 0;     // local year of submission
  uint64_t number = 0;  // counted over all packages, from 1
  friend bool operator==(const PackageId&, const PackageId&) = default;
};

struct OfferId {
  PackageId package;
  int32_t ordinal = 0;  // from 1 within the package
  friend bool operator==(const OfferId&, const OfferId&) = default;
};

std::string FormatPackageId(const PackageId& id);  // "P-2018-000123"
std::string FormatOfferId(const OfferId& id);      // "O-2018-000123-4"

// Empty unless the text is exactly what Format... gives.
std::optional<PackageId> ParsePackageId(absl::string_view text);
std::optional<OfferId> ParseOfferId(absl::string_view text);

// Whether the text may be an id in a framework's files: lower case letters, digits, '-', '.', and
// in contract ids '/'; not empty, at most `bytes_max`.
bool IsPlainId(absl::string_view text, size_t bytes_max, bool slash_allowed = false);

}  // namespace brokerage::engine
