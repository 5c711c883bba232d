// Backups and verification, of a server that runs and of a directory that no server has open.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "services/rpc/options.h"
#include "storage/rocksdb_store.h"

namespace brokerage::services::brokerd {

// Gives a server over the directory `data` its backups (unless `backup_dir` is empty), its
// verification, its digest, and what was known earlier. The store outlives the server.
void SetMaintenance(const std::string& data, const std::string& backup_dir,
                    storage::RocksDbStore* store, ServerOptions* options);

// Replays the journal of a directory that no server has open, and compares every row. `expect_head`
// as "SEQUENCE:HASH", or empty. Errors: DATA_LOSS with the first problems.
absl::Status Verify(const std::string& data, const std::string& expect_head);
// Backs up a directory that no server has open.
absl::Status BackUp(const std::string& data, const std::string& backup_dir);
// Makes the store of a directory that no server has open anew from its journal, where an earlier
// program wrote it, or `anew` says so.
absl::Status Upgrade(const std::string& data, bool anew);
// Restores a backup into a directory that is new or empty.
absl::Status Restore(const std::string& backup_dir, int64_t number, const std::string& data);

}  // namespace brokerage::services::brokerd
