// What RocksDB 7.8 does not survive: it makes a block of a table's properties before it looks at
// their checksum, and where one certain bit of them is flipped it ends the process. Internal to
// storage.
#pragma once

#include <string>

#include <rocksdb/file_system.h>

#include "absl/status/status.h"

namespace brokerage::storage {

// DATA_LOSS naming the first table of the directory with that bit. Everything else that is wrong
// with a table RocksDB finds and tells. Errors also: as FromRocks.
absl::Status CheckTables(rocksdb::FileSystem* files, const std::string& directory);

}  // namespace brokerage::storage
