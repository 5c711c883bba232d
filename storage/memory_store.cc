#include "storage/memory_store.h"

#include <atomic>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace brokerage::storage {

class MemoryStore::MemoryView : public View {
 public:
  explicit MemoryView(Tables tables) : tables_(std::move(tables)) {}

  std::optional<std::string> Get(engine::Table table, absl::string_view key) const override {
    const Rows& rows = *tables_.rows[static_cast<size_t>(table)];
    auto it = rows.find(std::string(key));
    if (it == rows.end()) return std::nullopt;
    return it->second;
  }

  void Scan(engine::Table table, absl::string_view prefix, absl::string_view from,
            absl::FunctionRef<bool(absl::string_view, absl::string_view)> fn) const override {
    const Rows& rows = *tables_.rows[static_cast<size_t>(table)];
    for (auto it = rows.lower_bound(std::string(std::max(prefix, from)));
         it != rows.end() && absl::StartsWith(it->first, prefix); ++it) {
      if (!fn(it->first, it->second)) return;
    }
  }

  absl::Status Tail(uint64_t from,
                    absl::FunctionRef<bool(const journal::v1::JournalEntry&)> fn) const override {
    Head before;
    from = std::max<uint64_t>(from, 1);
    if (from > 1) {
      if (from > tables_.head.sequence) return absl::OkStatus();
      journal::v1::JournalEntry entry;
      entry.ParseFromString(tables_.journal->at(engine::PackageKey(from - 1)));
      before = {entry.sequence(), entry.hash()};
    }
    for (auto it = tables_.journal->lower_bound(engine::PackageKey(from));
         it != tables_.journal->end(); ++it) {
      journal::v1::JournalEntry entry;
      if (!entry.ParseFromString(it->second) || !EntryFollows(entry, before)) {
        return absl::DataLossError(
            absl::StrCat("journal entry ", before.sequence + 1, " does not follow the one before"));
      }
      if (!fn(entry)) return absl::OkStatus();
      before = {entry.sequence(), entry.hash()};
    }
    return absl::OkStatus();
  }

  Head head() const override { return tables_.head; }

 private:
  const Tables tables_;
};

MemoryStore::MemoryStore() {
  for (auto& rows : tables_.rows) rows = std::make_shared<Rows>();
  tables_.journal = std::make_shared<Rows>();
}

MemoryStore::Rows& MemoryStore::Own(std::shared_ptr<Rows>* rows) {
  if (rows->use_count() > 1) {
    *rows = std::make_shared<Rows>(**rows);
  } else {
    // The last view that shared it may have ended in another thread just now.
    std::atomic_thread_fence(std::memory_order_acquire);
  }
  return **rows;
}

void MemoryStore::WriteRow(const engine::RowWrite& write) {
  Rows& rows = Own(&tables_.rows[static_cast<size_t>(write.table)]);
  if (write.value.has_value()) {
    rows[write.key] = *write.value;
  } else {
    rows.erase(write.key);
  }
}

void MemoryStore::Write(uint64_t epoch, const Batch& batch) {
  Rows& journal = Own(&tables_.journal);
  for (const std::string& record : batch.records) {
    journal::v1::JournalEntry entry = MakeEntry(tables_.head, epoch, record);
    tables_.head = {entry.sequence(), entry.hash()};
    journal.emplace_hint(journal.end(), engine::PackageKey(entry.sequence()),
                         entry.SerializeAsString());
  }
  for (const engine::RowWrite& write : batch.writes) WriteRow(write);
  for (const Outcome& outcome : batch.outcomes) {
    outcomes_[{outcome.account_id, outcome.request_id}] = outcome;
  }
}

absl::Status MemoryStore::Append(uint64_t epoch, const Head& expected, const Batch& batch) {
  std::lock_guard lock(mutex_);
  if (!broken_.ok()) return broken_;
  if (epoch != epoch_) {
    return absl::FailedPreconditionError(
        absl::StrCat("a batch of epoch ", epoch, " came to a store of epoch ", epoch_));
  }
  if (expected != tables_.head) {
    return absl::FailedPreconditionError(absl::StrCat("a batch that follows ", expected.ToString(),
                                                      " came when the head was ",
                                                      tables_.head.ToString()));
  }
  if (fail_next_) {
    unsynced_ = batch;
    broken_ = absl::UnavailableError("an append failed: the state of the log is unknown");
    return broken_;
  }
  Write(epoch, batch);
  last_alive_synced_ = last_alive_;
  return absl::OkStatus();
}

std::unique_ptr<View> MemoryStore::Read() const {
  std::lock_guard lock(mutex_);
  return std::make_unique<MemoryView>(tables_);
}

std::optional<Outcome> MemoryStore::FindOutcome(absl::string_view account_id,
                                                absl::string_view request_id) const {
  std::lock_guard lock(mutex_);
  auto it = outcomes_.find({std::string(account_id), std::string(request_id)});
  if (it == outcomes_.end()) return std::nullopt;
  return it->second;
}

absl::Status MemoryStore::PurgeOutcomes(absl::Time before) {
  std::lock_guard lock(mutex_);
  if (!broken_.ok()) return broken_;
  std::erase_if(outcomes_,
                [&](const auto& kept) { return kept.second.time_us < absl::ToUnixMicros(before); });
  return absl::OkStatus();
}

absl::Time MemoryStore::LastAlive() const {
  std::lock_guard lock(mutex_);
  return last_alive_;
}

absl::Status MemoryStore::SetLastAlive(absl::Time time) {
  std::lock_guard lock(mutex_);
  if (!broken_.ok()) return broken_;
  last_alive_ = time;
  return absl::OkStatus();
}

absl::Status MemoryStore::PutPostcodes(const std::vector<PostcodePlace>& places) {
  std::lock_guard lock(mutex_);
  if (!broken_.ok()) return broken_;
  for (const PostcodePlace& place : places) postcodes_[place.key] = place;
  return absl::OkStatus();
}

absl::Status MemoryStore::SyncPostcodes() {
  std::lock_guard lock(mutex_);
  if (!broken_.ok()) return broken_;
  postcodes_synced_ = postcodes_;
  return absl::OkStatus();
}

std::optional<PostcodePlace> MemoryStore::FindPostcode(absl::string_view key) const {
  std::lock_guard lock(mutex_);
  auto it = postcodes_.find(key);
  if (it == postcodes_.end()) return std::nullopt;
  return it->second;
}

void MemoryStore::FailNextAppend() {
  std::lock_guard lock(mutex_);
  fail_next_ = true;
}

std::unique_ptr<MemoryStore> MemoryStore::Reopen(Crash crash) {
  std::lock_guard lock(mutex_);
  auto next = std::make_unique<MemoryStore>();
  next->tables_ = tables_;
  next->outcomes_ = outcomes_;
  next->postcodes_ = crash == Crash::kKeepsUnsynced ? postcodes_ : postcodes_synced_;
  next->postcodes_synced_ = next->postcodes_;
  next->epoch_ = epoch_;
  next->last_alive_ = crash == Crash::kKeepsUnsynced ? last_alive_ : last_alive_synced_;
  next->last_alive_synced_ = next->last_alive_;
  if (crash == Crash::kKeepsUnsynced && unsynced_.has_value()) next->Write(epoch_, *unsynced_);
  next->epoch_ = epoch_ + 1;
  if (broken_.ok()) {
    broken_ = absl::FailedPreconditionError("this store was reopened: a newer epoch has it");
  }
  return next;
}

void MemoryStore::Tamper(const engine::RowWrite& write) {
  std::lock_guard lock(mutex_);
  WriteRow(write);
}

}  // namespace brokerage::storage
