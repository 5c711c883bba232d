// RocksDB as this project opens it: one column family per table, and errors that stay. Internal to
// storage.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/listener.h>
#include <rocksdb/status.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/model/tables.h"

namespace brokerage::storage {

// The first error that happened, in any thread. It never goes away: what it left in doubt, a
// restart settles.
class StickyError {
 public:
  bool ok() const { return ok_.load(std::memory_order_acquire); }
  absl::Status status() const;
  void Note(absl::Status status);
  absl::Status Keep(absl::Status status);  // notes it; the status that stays: the first

 private:
  mutable std::mutex mutex_;
  std::atomic<bool> ok_ = true;
  absl::Status status_;
};

class RocksDatabase {
 public:
  enum class Mode {
    kWrite,
    kReadOnly,
    kScratch,  // as kWrite, for rows that need not outlive the process
    kEarlier,  // of an earlier program, to be read by nobody else: with the tables that it has
  };
  // Opens what is there, or, for writing, makes it. `env`, which outlives it, is how the disk is
  // reached. Errors: FAILED_PRECONDITION when another process has it open or its tables are
  // unknown; NOT_FOUND when there is nothing to read; DATA_LOSS for damage.
  static absl::StatusOr<std::shared_ptr<RocksDatabase>> Open(
      const std::string& directory, Mode mode, rocksdb::Env* env = rocksdb::Env::Default());
  ~RocksDatabase();

  rocksdb::DB* db() const { return db_.get(); }
  // Null where a store that was opened kReadOnly or kEarlier has none; so are those below.
  rocksdb::ColumnFamilyHandle* table(engine::Table table) const {
    return tables_[static_cast<size_t>(table)];
  }
  rocksdb::ColumnFamilyHandle* journal() const { return journal_; }
  rocksdb::ColumnFamilyHandle* outcomes() const { return outcomes_; }
  rocksdb::ColumnFamilyHandle* outcomes_by_time() const { return outcomes_by_time_; }
  rocksdb::ColumnFamilyHandle* postcodes() const { return postcodes_; }
  rocksdb::ColumnFamilyHandle* meta() const { return meta_; }
  const std::string& directory() const { return directory_; }
  rocksdb::FileSystem* files() const { return db_->GetFileSystem(); }

  // Background errors and failed reads end here, too.
  StickyError& error() const { return *error_; }

  // A value as of the snapshot (null: as of now). Sets the error when it cannot be read.
  std::optional<std::string> Get(rocksdb::ColumnFamilyHandle* family, absl::string_view key,
                                 const rocksdb::Snapshot* snapshot) const;

 private:
  explicit RocksDatabase(std::string directory);

  const std::string directory_;
  std::shared_ptr<StickyError> error_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
  std::vector<rocksdb::ColumnFamilyHandle*> tables_;
  rocksdb::ColumnFamilyHandle* journal_ = nullptr;
  rocksdb::ColumnFamilyHandle* outcomes_ = nullptr;
  rocksdb::ColumnFamilyHandle* outcomes_by_time_ = nullptr;
  rocksdb::ColumnFamilyHandle* postcodes_ = nullptr;
  rocksdb::ColumnFamilyHandle* meta_ = nullptr;
};

// The store in the directory is of a newer schema than this program's.
absl::Status NewerVersion(const std::string& directory, uint64_t version);

// ... or of an earlier one.
absl::Status EarlierVersion(const std::string& directory, uint64_t version);

// `what` was being done: "opening /var/lib/brokerd".
absl::Status FromRocks(const rocksdb::Status& status, absl::string_view what);

inline rocksdb::Slice ToSlice(absl::string_view text) { return {text.data(), text.size()}; }
inline absl::string_view FromSlice(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

}  // namespace brokerage::storage
