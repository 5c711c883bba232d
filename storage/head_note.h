// The journal's head, noted in a file of its own beside the database: an end of the journal that is
// lost leaves no trace in the database itself. Internal to storage.
#pragma once

#include <optional>
#include <string>

#include <rocksdb/file_system.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/journal.h"

namespace brokerage::storage {

inline constexpr char kHeadNote[] = "HEAD";

// Replaces the directory's note. After a crash the one before is there or this one, whole; it is
// durable when this returns. `head` must be durable. Errors: as FromRocks.
absl::Status WriteHeadNote(rocksdb::FileSystem* files, const std::string& directory,
                           const Head& head);

// The directory's note; empty where there is none. Errors: DATA_LOSS for one that is damaged.
absl::StatusOr<std::optional<Head>> ReadHeadNote(rocksdb::FileSystem* files,
                                                 const std::string& directory);

}  // namespace brokerage::storage
