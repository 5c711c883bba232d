#include "storage/rocksdb_store.h"

#include <rocksdb/env.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <filesystem>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/encoding.h"
#include "storage/head_note.h"
#include "storage/rocksdb_database.h"
#include "storage/rocksdb_view.h"
#include "storage/schema.h"
#include "storage/table_check.h"

namespace brokerage::storage {

namespace {

// As many entries as a log that was not yet written to tables may bring; their chain is checked at
// every opening.
constexpr uint64_t kEntriesCheckedAtOpening = 10000;
constexpr int kOutcomesPurgedPerWrite = 1000;
constexpr uint32_t kPostcodesPerWrite = 1000;

rocksdb::WriteOptions Synced() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

}  // namespace

RocksDbStore::RocksDbStore(std::shared_ptr<RocksDatabase> database, OpenMode mode)
    : database_(std::move(database)), mode_(mode) {}

absl::StatusOr<std::unique_ptr<RocksDbStore>> RocksDbStore::Open(const std::string& directory,
                                                                 OpenMode mode,
                                                                 const OpenOptions& options) {
  rocksdb::Env* const env = options.env != nullptr ? options.env : rocksdb::Env::Default();
  OpeningReport opening;
  if (std::filesystem::exists(directory)) {
    absl::Status tables = CheckTables(env->GetFileSystem().get(), directory);
    if (!tables.ok()) return tables;
    absl::StatusOr<std::vector<TornTail>> torn =
        FindTornTails(env->GetFileSystem().get(), directory);
    if (!torn.ok()) return torn.status();
    opening.torn_tails = *std::move(torn);
  }
  absl::StatusOr<std::shared_ptr<RocksDatabase>> database = RocksDatabase::Open(
      directory,
      mode == OpenMode::kWrite ? RocksDatabase::Mode::kWrite : RocksDatabase::Mode::kReadOnly, env);
  if (!database.ok()) return database.status();
  std::unique_ptr<RocksDbStore> store(new RocksDbStore(*std::move(database), mode));
  store->opening_ = std::move(opening);
  if (absl::Status status = store->CheckVersion(); !status.ok()) return status;
  if (absl::Status status = store->Recover(); !status.ok()) return status;
  if (absl::Status status = store->CheckNoted(*store->Read(), options.accept_head); !status.ok()) {
    return status;
  }
  if (absl::Status status = store->BeginEpoch(); !status.ok()) return status;
  return store;
}

absl::Status RocksDbStore::CheckVersion() {
  std::optional<std::string> version =
      database_->Get(database_->meta(), schema::kMetaVersion, nullptr);
  if (!version.has_value()) {
    if (!database_->error().ok()) return database_->error().status();
    // A new store has neither.
    return database_->Get(database_->meta(), schema::kMetaHead, nullptr).has_value()
               ? Lost(schema::kMetaVersion)
               : absl::OkStatus();
  }
  const uint64_t number = DecodeNumber(*version);
  if (number == schema::kVersion) return absl::OkStatus();
  return number < schema::kVersion ? EarlierVersion(database_->directory(), number)
                                   : NewerVersion(database_->directory(), number);
}

absl::Status RocksDbStore::Lost(const char* row) const {
  return absl::DataLossError(absl::StrCat("the row ", row, " of the table meta in ",
                                          database_->directory(), " is missing"));
}

// The journal must end where meta says, in a chain that holds.
absl::Status RocksDbStore::Recover() {
  std::unique_ptr<View> view = Read();
  head_ = view->head();
  if (absl::Status status = view->status(); !status.ok()) return status;
  std::unique_ptr<rocksdb::Iterator> last(
      database_->db()->NewIterator(rocksdb::ReadOptions(), database_->journal()));
  last->SeekToLast();
  if (!last->status().ok()) return FromRocks(last->status(), "reading the journal's end");
  const uint64_t last_sequence = last->Valid() ? DecodeNumber(FromSlice(last->key())) : 0;
  if (last_sequence != head_.sequence) {
    return absl::DataLossError(absl::StrCat("the journal in ", database_->directory(), " ends at ",
                                            last_sequence, ", but its head is ", head_.ToString()));
  }
  const uint64_t from =
      head_.sequence > kEntriesCheckedAtOpening ? head_.sequence - kEntriesCheckedAtOpening : 1;
  return view->Tail(from, [](const journal::v1::JournalEntry&) { return true; });
}

// What the note says that the journal does not hold; empty when that is nothing.
absl::StatusOr<std::string> RocksDbStore::FindLoss(const View& view) const {
  absl::StatusOr<std::optional<Head>> noted =
      ReadHeadNote(database_->files(), database_->directory());
  if (absl::IsDataLoss(noted.status())) return std::string(noted.status().message());
  if (!noted.ok()) return noted.status();
  if (!noted->has_value()) {
    const bool was_there =
        database_->Get(database_->meta(), schema::kMetaHeadNoted, nullptr).has_value();
    if (absl::Status status = database_->error().status(); !status.ok()) return status;
    return was_there ? absl::StrCat("its file ", kHeadNote, " is missing") : "";
  }
  const Head& head = **noted;
  if (head.sequence > head_.sequence) {
    return absl::StrCat("the head ", head.ToString(),
                        " was noted: acknowledged records after the journal's end are lost");
  }
  bool held = head.sequence == 0;
  if (!held) {
    absl::Status read = view.Tail(head.sequence, [&](const journal::v1::JournalEntry& entry) {
      held = entry.hash() == head.hash;
      return false;
    });
    if (!read.ok()) return read;
  }
  return held ? ""
              : absl::StrCat("the head ", head.ToString(), " was noted: that record is another");
}

absl::Status RocksDbStore::CheckNoted(const View& view, const std::optional<Head>& accept_head) {
  absl::StatusOr<std::string> loss = FindLoss(view);
  if (!loss.ok()) return loss.status();
  if (loss->empty()) return absl::OkStatus();
  const std::string found = absl::StrCat("the journal in ", database_->directory(), " ends at ",
                                         head_.ToString(), ", but ", *loss);
  if (accept_head == head_) {
    opening_.accepted_loss = found;
    return absl::OkStatus();
  }
  return absl::DataLossError(absl::StrCat(
      found, ". Restore the last backup, or, to go on without what is lost, serve once with ",
      "--accept-loss ", head_.ToString(), ": docs/operations.md, Lost records"));
}

absl::Status RocksDbStore::BeginEpoch() {
  std::optional<std::string> epoch = database_->Get(database_->meta(), schema::kMetaEpoch, nullptr);
  if (!database_->error().ok()) return database_->error().status();
  if (!epoch.has_value() && head_.sequence > 0) return Lost(schema::kMetaEpoch);
  epoch_ = epoch.has_value() ? DecodeNumber(*epoch) : 0;
  if (mode_ == OpenMode::kReadOnly) return absl::OkStatus();
  // Before anything says that it is there.
  if (absl::Status status = NoteHead(); !status.ok()) return status;
  ++epoch_;
  rocksdb::WriteBatch batch;
  batch.Put(database_->meta(), schema::kMetaVersion, EncodeNumber(schema::kVersion));
  batch.Put(database_->meta(), schema::kMetaEpoch, EncodeNumber(epoch_));
  batch.Put(database_->meta(), schema::kMetaHeadNoted, "");
  return FromRocks(database_->db()->Write(Synced(), &batch), "beginning an epoch");
}

absl::Status RocksDbStore::CheckWritable() const {
  if (mode_ == OpenMode::kReadOnly) {
    return absl::FailedPreconditionError(
        absl::StrCat(database_->directory(), " was opened for reading only"));
  }
  return database_->error().ok() ? absl::OkStatus() : database_->error().status();
}

namespace {

// The last write of each row, by table and key: an insertion goes on from the one before it, which
// is near then.
std::vector<const engine::RowWrite*> LastWrites(const std::vector<engine::RowWrite>& writes) {
  std::vector<const engine::RowWrite*> last;
  last.reserve(writes.size());
  for (const engine::RowWrite& write : writes) last.push_back(&write);
  const auto row = [](const engine::RowWrite* write) { return std::tie(write->table, write->key); };
  std::stable_sort(last.begin(), last.end(),
                   [&](const auto* a, const auto* b) { return row(a) < row(b); });
  const auto same = [&](const auto* a, const auto* b) { return row(a) == row(b); };
  last.erase(last.begin(), std::unique(last.rbegin(), last.rend(), same).base());
  return last;
}

}  // namespace

absl::Status RocksDbStore::Append(uint64_t epoch, const Head& expected, const Batch& batch) {
  if (absl::Status status = CheckWritable(); !status.ok()) return status;
  if (epoch != epoch_) {
    return absl::FailedPreconditionError(
        absl::StrCat("a batch of epoch ", epoch, " came to a store of epoch ", epoch_));
  }
  if (expected != head_) {
    return absl::FailedPreconditionError(absl::StrCat("a batch that follows ", expected.ToString(),
                                                      " came when the head was ",
                                                      head_.ToString()));
  }
  rocksdb::WriteBatch write;
  Head head = head_;
  for (const std::string& record : batch.records) {
    journal::v1::JournalEntry entry = MakeEntry(head, epoch_, record);
    entry.SerializeToString(&value_);
    write.Put(database_->journal(), EncodeNumber(entry.sequence()), value_);
    head = {entry.sequence(), std::move(*entry.mutable_hash())};
  }
  for (const engine::RowWrite* row : LastWrites(batch.writes)) {
    if (row->value.has_value()) {
      write.Put(database_->table(row->table), row->key, *row->value);
    } else {
      write.Delete(database_->table(row->table), row->key);
    }
  }
  for (const RequestOutcome& outcome : batch.outcomes) {
    const std::string key = OutcomeKey(outcome.account_id, outcome.request_id);
    write.Put(database_->outcomes(), key, EncodeOutcome(outcome));
    write.Put(database_->outcomes_by_time(),
              EncodeNumber(static_cast<uint64_t>(outcome.time_us)) + key, "");
  }
  write.Put(database_->meta(), schema::kMetaHead, EncodeHead(head));
  rocksdb::Status status = database_->db()->Write(Synced(), &write);
  if (!status.ok()) return database_->error().Keep(FromRocks(status, "appending to the journal"));
  head_ = std::move(head);
  return absl::OkStatus();
}

std::unique_ptr<View> RocksDbStore::Read() const { return ReadDatabase(database_); }

absl::StatusOr<std::optional<RequestOutcome>> RocksDbStore::FindOutcome(
    absl::string_view account_id, absl::string_view request_id) const {
  std::string value;
  const rocksdb::Status read = database_->db()->Get(rocksdb::ReadOptions(), database_->outcomes(),
                                                    OutcomeKey(account_id, request_id), &value);
  if (read.IsNotFound()) return std::optional<RequestOutcome>();
  std::optional<RequestOutcome> outcome;
  if (read.ok()) outcome = DecodeOutcome(account_id, request_id, value);
  if (outcome.has_value()) return outcome;
  return absl::DataLossError(absl::StrCat(
      "whether this request was answered before cannot be read (outcomes: ",
      read.ok() ? "the row is damaged" : read.ToString(),
      "); nothing was done. Restore the last backup: docs/operations.md, Backup and restore"));
}

absl::Status RocksDbStore::PurgeOutcomes(absl::Time before) {
  if (absl::Status status = CheckWritable(); !status.ok()) return status;
  const std::string end = EncodeNumber(static_cast<uint64_t>(absl::ToUnixMicros(before)));
  const rocksdb::Slice end_slice = end;
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &end_slice;
  std::unique_ptr<rocksdb::Iterator> it(
      database_->db()->NewIterator(options, database_->outcomes_by_time()));
  rocksdb::WriteBatch batch;
  rocksdb::Status status;
  // What was deleted before is not passed over again. Where time went back, all of it is.
  if (end < purged_until_) purged_until_.clear();
  it->Seek(purged_until_);
  while (it->Valid() && status.ok()) {
    const absl::string_view key = FromSlice(it->key());
    const absl::string_view outcome_key = key.substr(8);
    // An outcome that was stored anew since then has another time, and an entry of its own.
    std::optional<std::string> kept = database_->Get(database_->outcomes(), outcome_key, nullptr);
    if (kept.has_value() && absl::string_view(*kept).substr(0, 8) == key.substr(0, 8)) {
      batch.Delete(database_->outcomes(), ToSlice(outcome_key));
    }
    batch.Delete(database_->outcomes_by_time(), it->key());
    it->Next();
    if (batch.Count() >= kOutcomesPurgedPerWrite || !it->Valid()) {
      status = database_->db()->Write(rocksdb::WriteOptions(), &batch);
      batch.Clear();
    }
  }
  if (status.ok()) status = it->status();
  if (!status.ok()) return database_->error().Keep(FromRocks(status, "purging outcomes"));
  purged_until_ = end;
  return absl::OkStatus();
}

absl::Status RocksDbStore::CheckBlocks() const {
  const rocksdb::Status status = database_->db()->VerifyChecksum(rocksdb::ReadOptions());
  return status.ok() ? absl::OkStatus() : FromRocks(status, "reading every block");
}

std::optional<uint64_t> RocksDbStore::FreeBytes() const {
  uint64_t bytes = 0;
  const rocksdb::IOStatus status = database_->files()->GetFreeSpace(
      database_->directory(), rocksdb::IOOptions(), &bytes, nullptr);
  return status.ok() ? std::optional<uint64_t>(bytes) : std::nullopt;
}

bool RocksDbStore::simulation() const {
  return database_->Get(database_->meta(), schema::kMetaSimulation, nullptr).has_value();
}

absl::Status RocksDbStore::MarkSimulation() {
  if (absl::Status status = CheckWritable(); !status.ok()) return status;
  return FromRocks(database_->db()->Put(Synced(), database_->meta(), schema::kMetaSimulation, ""),
                   "marking a simulation");
}

SignOfLife RocksDbStore::LastAlive() const {
  std::optional<std::string> value =
      database_->Get(database_->meta(), schema::kMetaLastAlive, nullptr);
  return value ? DecodeSign(*value) : SignOfLife();
}

absl::Status RocksDbStore::SetLastAlive(const SignOfLife& sign) {
  if (absl::Status status = CheckWritable(); !status.ok()) return status;
  rocksdb::Status status = database_->db()->Put(rocksdb::WriteOptions(), database_->meta(),
                                                schema::kMetaLastAlive, EncodeSign(sign));
  if (!status.ok()) {
    return database_->error().Keep(FromRocks(status, "noting that the server is alive"));
  }
  return absl::OkStatus();
}

absl::Status RocksDbStore::NoteHead() {
  if (absl::Status status = CheckWritable(); !status.ok()) return status;
  if (noted_ == head_) return absl::OkStatus();
  absl::Status status = WriteHeadNote(database_->files(), database_->directory(), head_);
  if (!status.ok()) return database_->error().Keep(std::move(status));
  noted_ = head_;
  return absl::OkStatus();
}

// Without the write-ahead log, which would be as long as the directory is: SyncPostcodes writes the
// table itself. In small batches, so that the journal's batches never wait long behind them.
absl::Status RocksDbStore::PutPostcodes(const std::vector<PostcodePlace>& places) {
  if (absl::Status status = CheckWritable(); !status.ok()) return status;
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  rocksdb::WriteBatch batch;
  rocksdb::Status status;
  for (size_t i = 0; i < places.size() && status.ok(); ++i) {
    batch.Put(database_->postcodes(), places[i].key, EncodePostcode(places[i]));
    if (batch.Count() < kPostcodesPerWrite && i + 1 < places.size()) continue;
    status = database_->db()->Write(options, &batch);
    batch.Clear();
  }
  if (status.ok()) return absl::OkStatus();
  return database_->error().Keep(FromRocks(status, "taking in postcodes"));
}

absl::Status RocksDbStore::SyncPostcodes() {
  if (absl::Status status = CheckWritable(); !status.ok()) return status;
  rocksdb::Status status = database_->db()->Flush(rocksdb::FlushOptions(), database_->postcodes());
  if (status.ok()) return absl::OkStatus();
  return database_->error().Keep(FromRocks(status, "keeping the postcodes"));
}

std::optional<PostcodePlace> RocksDbStore::FindPostcode(absl::string_view key) const {
  std::optional<std::string> value = database_->Get(database_->postcodes(), key, nullptr);
  if (!value.has_value()) return std::nullopt;
  std::optional<PostcodePlace> place = DecodePostcode(key, *value);
  if (!place.has_value()) {
    database_->error().Note(absl::DataLossError("a row of the table postcodes is damaged"));
  }
  return place;
}

}  // namespace brokerage::storage
