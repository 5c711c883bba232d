#include "storage/rocksdb_view.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/encoding.h"
#include "storage/schema.h"

namespace brokerage::storage {

namespace {

class RocksView : public View {
 public:
  explicit RocksView(std::shared_ptr<const RocksDatabase> database)
      : database_(std::move(database)), snapshot_(database_->db()->GetSnapshot()) {}
  ~RocksView() override { database_->db()->ReleaseSnapshot(snapshot_); }

  std::optional<std::string> Get(engine::Table table, absl::string_view key) const override {
    rocksdb::ColumnFamilyHandle* family = database_->table(table);
    return family == nullptr ? std::nullopt : database_->Get(family, key, snapshot_);
  }

  void Scan(engine::Table table, absl::string_view prefix, absl::string_view from,
            absl::FunctionRef<bool(absl::string_view, absl::string_view)> fn) const override {
    if (database_->table(table) == nullptr) return;
    const std::string end = EndOfPrefix(prefix);
    const rocksdb::Slice end_slice = end;
    rocksdb::ReadOptions options = ScanOptions();
    options.fill_cache =
        !prefix.empty();  // a scan of a whole table would empty the cache of the rest
    if (!end.empty()) options.iterate_upper_bound = &end_slice;
    std::unique_ptr<rocksdb::Iterator> it(
        database_->db()->NewIterator(options, database_->table(table)));
    for (it->Seek(ToSlice(std::max(prefix, from))); it->Valid(); it->Next()) {
      if (!fn(FromSlice(it->key()), FromSlice(it->value()))) return;
    }
    if (!it->status().ok()) {
      database_->error().Note(
          FromRocks(it->status(), absl::StrCat("reading ", engine::TableName(table))));
    }
  }

  absl::Status Tail(uint64_t from,
                    absl::FunctionRef<bool(const journal::v1::JournalEntry&)> fn) const override {
    const Head end = head();
    from = std::max<uint64_t>(from, 1);
    if (from > end.sequence) return status();
    Head before;
    if (from > 1) {
      absl::StatusOr<Head> found = HeadAt(from - 1);
      if (!found.ok()) return found.status();
      before = *std::move(found);
    }
    journal::v1::JournalEntry entry;
    std::unique_ptr<rocksdb::Iterator> it(
        database_->db()->NewIterator(ScanOptions(), database_->journal()));
    for (it->Seek(EncodeNumber(from)); it->Valid(); it->Next()) {
      if (!entry.ParseFromArray(it->value().data(), static_cast<int>(it->value().size())) ||
          !EntryFollows(entry, before)) {
        return Damaged(before.sequence + 1);
      }
      before = {entry.sequence(), entry.hash()};
      if (!fn(entry)) return absl::OkStatus();
    }
    if (!it->status().ok()) {
      return database_->error().Keep(
          FromRocks(it->status(), absl::StrCat("reading journal entry ", before.sequence + 1)));
    }
    if (before != end) {
      return absl::DataLossError(absl::StrCat("the journal ends at ", before.ToString(),
                                              ", but its head is ", end.ToString()));
    }
    return absl::OkStatus();
  }

  Head head() const override {
    std::optional<std::string> value =
        database_->Get(database_->meta(), schema::kMetaHead, snapshot_);
    if (!value.has_value()) return Head();
    std::optional<Head> head = DecodeHead(*value);
    if (!head.has_value()) {
      database_->error().Note(absl::DataLossError("the journal's head in meta is damaged"));
      return Head();
    }
    return *std::move(head);
  }

  absl::Status status() const override { return database_->error().status(); }

 private:
  rocksdb::ReadOptions ScanOptions() const {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot_;
    options.total_order_seek = true;
    return options;
  }

  absl::StatusOr<Head> HeadAt(uint64_t sequence) const {
    std::optional<std::string> value =
        database_->Get(database_->journal(), EncodeNumber(sequence), snapshot_);
    journal::v1::JournalEntry entry;
    if (!value.has_value() || !entry.ParseFromString(*value) || entry.sequence() != sequence) {
      return Damaged(sequence);
    }
    return Head{sequence, entry.hash()};
  }

  absl::Status Damaged(uint64_t sequence) const {
    return absl::DataLossError(absl::StrCat("journal entry ", sequence, " in ",
                                            database_->directory(),
                                            " is missing or damaged: the chain of hashes breaks"));
  }

  const std::shared_ptr<const RocksDatabase> database_;
  const rocksdb::Snapshot* const snapshot_;
};

}  // namespace

std::unique_ptr<View> ReadDatabase(std::shared_ptr<const RocksDatabase> database) {
  return std::make_unique<RocksView>(std::move(database));
}

}  // namespace brokerage::storage
