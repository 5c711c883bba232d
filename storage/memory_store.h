// A store in memory, for tests: the same contract as on disk, and a crash at will.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "storage/store.h"

namespace brokerage::storage {

class MemoryStore : public Store {
 public:
  // What a power cut leaves of that which was written but not synced.
  enum class Crash { kKeepsUnsynced, kLosesUnsynced };

  MemoryStore();

  absl::Status Append(uint64_t epoch, const Head& expected, const Batch& batch) override;
  std::unique_ptr<View> Read() const override;
  std::optional<Outcome> FindOutcome(absl::string_view account_id,
                                     absl::string_view request_id) const override;
  absl::Status PurgeOutcomes(absl::Time before) override;
  uint64_t epoch() const override { return epoch_; }
  absl::Time LastAlive() const override;
  absl::Status SetLastAlive(absl::Time time) override;
  absl::Status PutPostcodes(const std::vector<PostcodePlace>& places) override;
  absl::Status SyncPostcodes() override;
  std::optional<PostcodePlace> FindPostcode(absl::string_view key) const override;

  // The next Append writes its batch and fails in the sync, so that nobody knows whether it is
  // durable. After that this store refuses everything; Reopen tells which of the two it was.
  void FailNextAppend();
  // The store that a process finds when it starts anew: of the next epoch, with what the crash
  // left. This one is fenced.
  std::unique_ptr<MemoryStore> Reopen(Crash crash);

  // For tests of what reads do with damage: changes a row behind the journal's back; without a
  // value deletes it.
  void Tamper(const engine::RowWrite& write);

 private:
  class MemoryView;
  using Rows = std::map<std::string, std::string, std::less<>>;
  // Everything a view sees. Each table is copied when it is changed while a view still holds it.
  struct Tables {
    std::array<std::shared_ptr<Rows>, engine::kTables> rows;
    std::shared_ptr<Rows> journal;  // by the key of the sequence
    Head head;
  };
  static Rows& Own(std::shared_ptr<Rows>* rows);
  void WriteRow(const engine::RowWrite& write);
  void Write(uint64_t epoch, const Batch& batch);

  mutable std::mutex mutex_;
  Tables tables_;
  std::map<std::pair<std::string, std::string>, Outcome> outcomes_;
  std::map<std::string, PostcodePlace, std::less<>> postcodes_;
  std::map<std::string, PostcodePlace, std::less<>> postcodes_synced_;
  uint64_t epoch_ = 1;
  absl::Time last_alive_ = absl::InfinitePast();
  absl::Time last_alive_synced_ = absl::InfinitePast();
  bool fail_next_ = false;
  absl::Status broken_;  // not OK after a failed append
  std::optional<Batch> unsynced_;
};

}  // namespace brokerage::storage
