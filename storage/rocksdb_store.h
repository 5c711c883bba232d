// The store on disk: RocksDB in one directory.
//
// What is there after a crash is a prefix of the batches that were appended, each whole: a torn
// tail of the log is cut when the store is opened. Any other damage is an error that names it, and
// so is a journal that ends before the head that was last noted (head_note.h): what was lost after
// that is all that can go unnoticed.
// After a write or a background task has failed the store refuses everything until it is opened
// anew.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/journal.h"
#include "storage/log_tail.h"
#include "storage/store.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace brokerage::storage {

class RocksDatabase;

enum class OpenMode {
  kWrite,     // makes the directory when it is missing; no other process can have it open
  kReadOnly,  // of a store that nobody writes to: a checkpoint, a restored backup
};

struct OpenOptions {
  // A journal that ends here is taken as it is where another head was noted, or where the note is
  // lost. It counts only then.
  std::optional<Head> accept_head = {};
  // How the disk is reached; null: as usual. It outlives the store.
  rocksdb::Env* env = nullptr;
};

// What an opening found, for the log.
struct OpeningReport {
  std::vector<TornTail> torn_tails;  // that were cut
  std::string accepted_loss;         // what `accept_head` accepted; empty: nothing
};

class RocksDbStore : public Store {
 public:
  // Errors: FAILED_PRECONDITION when another process has it open, or a newer program wrote it;
  // NOT_FOUND when there is nothing to read; DATA_LOSS for damage.
  static absl::StatusOr<std::unique_ptr<RocksDbStore>> Open(const std::string& directory,
                                                            OpenMode mode,
                                                            const OpenOptions& options = {});

  absl::Status Append(uint64_t epoch, const Head& expected, const Batch& batch) override;
  std::unique_ptr<View> Read() const override;
  absl::StatusOr<std::optional<RequestOutcome>> FindOutcome(
      absl::string_view account_id, absl::string_view request_id) const override;
  absl::Status PurgeOutcomes(absl::Time before) override;
  uint64_t epoch() const override { return epoch_; }
  // Reads every block of every table; DATA_LOSS names the file.
  absl::Status CheckBlocks() const;
  SignOfLife LastAlive() const override;
  absl::Status SetLastAlive(const SignOfLife& sign) override;
  absl::Status NoteHead() override;
  // Whether nothing in it is real. It is in the store itself, so that copies of it say so, too.
  bool simulation() const;
  absl::Status MarkSimulation();
  absl::Status PutPostcodes(const std::vector<PostcodePlace>& places) override;
  absl::Status SyncPostcodes() override;
  std::optional<PostcodePlace> FindPostcode(absl::string_view key) const override;

  // Bytes that are free on its disk; empty where that cannot be found out. Any thread.
  std::optional<uint64_t> FreeBytes() const;
  const OpeningReport& opening() const { return opening_; }
  // For backups and checkpoints.
  const RocksDatabase& database() const { return *database_; }

 private:
  RocksDbStore(std::shared_ptr<RocksDatabase> database, OpenMode mode);
  absl::Status CheckVersion();
  absl::Status Lost(const char* row) const;  // of meta
  absl::Status Recover();
  absl::Status CheckNoted(const View& view, const std::optional<Head>& accept_head);
  absl::StatusOr<std::string> FindLoss(const View& view) const;
  absl::Status BeginEpoch();
  absl::Status CheckWritable() const;

  const std::shared_ptr<RocksDatabase> database_;
  const OpenMode mode_;
  uint64_t epoch_ = 0;
  OpeningReport opening_;
  Head head_;                  // the appending thread's
  std::optional<Head> noted_;  // likewise; empty: nothing yet
  std::string purged_until_;   // likewise: no entry of outcomes_by_time before it is left
  std::string value_;          // a buffer of the appending thread
};

}  // namespace brokerage::storage
