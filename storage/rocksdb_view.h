// A view over a snapshot of RocksDB. Internal to storage.
#pragma once

#include <memory>

#include "storage/rocksdb_database.h"
#include "storage/store.h"

namespace brokerage::storage {

// A view of what is durable now. The database may be of any mode.
std::unique_ptr<View> ReadDatabase(std::shared_ptr<const RocksDatabase> database);

}  // namespace brokerage::storage
