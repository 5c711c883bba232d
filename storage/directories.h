// Directories that take each other's places, durably. Internal to storage.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace brokerage::storage {

// What was made, renamed or removed in the directory stays so.
absl::Status SyncDirectory(const std::string& directory);

// REQUIRES: nothing, or an empty directory, is at `to`.
absl::Status RenameDurably(const std::string& from, const std::string& to);

// Each is in the other's place afterwards, in one step.
absl::Status ExchangeDurably(const std::string& one, const std::string& other);

}  // namespace brokerage::storage
