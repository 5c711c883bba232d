// What lies at the end of RocksDB's write-ahead logs and is no whole record. RocksDB passes over it
// without a word; whether it was ever more than a write that nobody was told of, it cannot know.
// Internal to storage.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <rocksdb/file_system.h>

#include "absl/status/statusor.h"

namespace brokerage::storage {

// The bytes after a log's last whole record. A changed length makes all that follows it one of
// these: they may have been several records.
struct TornTail {
  std::string file;  // its name in the directory
  uint64_t bytes = 0;
};

// Of every log in the directory that has one, in the order of their names. Read it before the
// database is opened, which may delete the logs. Errors: as FromRocks.
absl::StatusOr<std::vector<TornTail>> FindTornTails(rocksdb::FileSystem* files,
                                                    const std::string& directory);

}  // namespace brokerage::storage
