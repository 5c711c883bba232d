// Copies of a store: backups of a running server, restored and verified; checkpoints to verify a
// running server.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/engine.h"
#include "storage/rocksdb_store.h"
#include "storage/verify.h"

namespace brokerage::storage {

struct Backup {
  int64_t number = 0;  // from 1 within the directory
  Head head;           // of the journal; the backup may hold some entries more
  absl::Time time;
  uint64_t bytes = 0;
};

// Writes one more backup into the directory, made when it is missing; files that an earlier backup
// has are shared with it. The server goes on meanwhile. Everything is synced before it returns.
absl::StatusOr<Backup> CreateBackup(const RocksDbStore& store, const std::string& backup_directory);

// The backups that are whole, oldest first.
absl::StatusOr<std::vector<Backup>> ListBackups(const std::string& backup_directory);

// Restores a backup (number 0: the newest) into the target directory, which must be empty or
// absent. The copy is made and verified in TARGET.tmp, and becomes TARGET only when it is in order
// and `finish`, if given, has done with it what it must be before anybody finds it.
// Errors: NOT_FOUND for an unknown number, FAILED_PRECONDITION when there is something in the way,
// DATA_LOSS when the backup does not verify.
absl::StatusOr<VerifyReport> RestoreBackup(
    const std::string& backup_directory, int64_t number, const std::string& target_directory,
    engine::ZoneFinder zones,
    const std::function<absl::Status(const std::string& directory)>& finish = nullptr);

// A copy of a running store as it is now, in a directory that does not exist yet, on the same file
// system (files are linked). Open it with kReadOnly.
absl::Status CreateCheckpoint(const RocksDbStore& store, const std::string& directory);

}  // namespace brokerage::storage
