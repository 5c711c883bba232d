// RocksDB's own words, of warnings and worse. Internal to storage.
#pragma once

#include <memory>
#include <string>

#include <rocksdb/env.h>

namespace brokerage::storage {

// Writes them to the file LOG of the directory; those of the opening before are in LOG.old. What
// cannot be written is left out: RocksDB's own logger ends the process with an assertion where it
// says one thing more after its file could not be written, as on a full disk.
std::shared_ptr<rocksdb::Logger> OpenRocksLog(const std::string& directory);

}  // namespace brokerage::storage
