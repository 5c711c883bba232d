#include "storage/replay.h"

#include <google/protobuf/message.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/model/facts.h"
#include "storage/encoding.h"
#include "storage/loading.h"
#include "storage/rocksdb_database.h"
#include "storage/rocksdb_view.h"
#include "storage/schema.h"

namespace brokerage::storage {

namespace {

constexpr size_t kPendingBytesMax = 4u << 20;
constexpr int kPendingRecordsMax = 500;

// What a fact says of packages, whatever fact it is: a new kind of fact cannot be forgotten here as
// long as it names its fields as the others do.
struct Mentions {
  std::set<uint64_t> packages;                          // that must be there before
  std::set<uint64_t> born;                              // that begin with it
  std::vector<std::pair<uint64_t, std::string>> texts;  // salted hashes
  std::vector<uint64_t> erased;
};

void MentionBirth(const journal::v1::PackageRow& row, Mentions* mentions) {
  mentions->born.insert(row.number());
  if (row.predecessor_number() != 0) mentions->packages.insert(row.predecessor_number());
  for (const journal::v1::TextHash& text : row.text_hashes()) {
    mentions->texts.emplace_back(row.number(), text.hash());
  }
}

Mentions MentionsOf(const journal::v1::Fact& fact) {
  Mentions mentions;
  const google::protobuf::FieldDescriptor* which = fact.GetReflection()->GetOneofFieldDescriptor(
      fact, fact.GetDescriptor()->FindOneofByName("fact"));
  if (which == nullptr) return mentions;
  const google::protobuf::Message& message = fact.GetReflection()->GetMessage(fact, which);
  const google::protobuf::Reflection& read = *message.GetReflection();
  uint64_t number = 0;
  if (auto* field = message.GetDescriptor()->FindFieldByName("package_number")) {
    number = read.GetUInt64(message, field);
    mentions.packages.insert(number);
  }
  for (const char* hash : {"reason_hash", "text_hash"}) {
    if (auto* field = message.GetDescriptor()->FindFieldByName(hash)) {
      mentions.texts.emplace_back(number, read.GetString(message, field));
    }
  }
  mentions.texts.emplace_back(number, fact.offer_answered().answer().note_hash());
  mentions.texts.emplace_back(number, fact.asked_decided().answer().note_hash());
  if (fact.has_package_submitted()) MentionBirth(fact.package_submitted().package(), &mentions);
  if (fact.package_handed_back().has_successor()) {
    MentionBirth(fact.package_handed_back().successor(), &mentions);
  }
  for (const auto& text : fact.package_corrected().package().text_hashes()) {
    mentions.texts.emplace_back(number, text.hash());
  }
  for (const auto& text : fact.package_reissued().text_hashes()) {
    mentions.texts.emplace_back(number, text.hash());
  }
  if (fact.has_texts_erased()) mentions.erased.push_back(number);
  return mentions;
}

absl::Status DoesNotFit(uint64_t sequence, absl::string_view why) {
  return absl::DataLossError(absl::StrCat("journal entry ", sequence, " ", why));
}

}  // namespace

struct Replay::Pending {
  rocksdb::WriteBatch batch;
  int records = 0;
  size_t bytes = 0;  // theirs: those of the rows are about as many
};

Replay::Replay(engine::ZoneFinder zones, std::shared_ptr<RocksDatabase> database, bool is_scratch)
    : database_(std::move(database)),
      is_scratch_(is_scratch),
      engine_(std::move(zones)),
      pending_(std::make_unique<Pending>()) {
  if (is_scratch_) engine_.FinishLoading(0, 0);
}

Replay::~Replay() {
  if (!is_scratch_) return;
  std::error_code ignored;
  std::filesystem::remove_all(database_->directory(), ignored);
}

absl::StatusOr<std::unique_ptr<Replay>> Replay::Begin(engine::ZoneFinder zones,
                                                      const std::string& scratch_directory) {
  std::error_code error;
  if (std::filesystem::exists(scratch_directory, error) &&
      !std::filesystem::is_empty(scratch_directory, error)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the scratch directory ", scratch_directory, " is not empty"));
  }
  absl::StatusOr<std::shared_ptr<RocksDatabase>> scratch =
      RocksDatabase::Open(scratch_directory, RocksDatabase::Mode::kScratch);
  if (!scratch.ok()) return scratch.status();
  return std::unique_ptr<Replay>(new Replay(std::move(zones), *std::move(scratch), true));
}

absl::StatusOr<std::unique_ptr<Replay>> Replay::Continue(engine::ZoneFinder zones,
                                                         std::shared_ptr<RocksDatabase> store) {
  std::unique_ptr<Replay> replay(new Replay(std::move(zones), std::move(store), false));
  const std::unique_ptr<View> view = replay->Read();
  absl::Status loaded = LoadEngine(*view, absl::UnixEpoch(), &replay->engine_);
  if (loaded.ok()) loaded = LoadAllRollups(*view, &replay->engine_);
  if (!loaded.ok()) return loaded;
  return replay;
}

absl::Status Replay::LoadPackages(const journal::v1::Record& record, uint64_t sequence) {
  std::set<uint64_t> born;
  for (const journal::v1::Fact& fact : record.facts()) {
    const Mentions mentions = MentionsOf(fact);
    for (uint64_t number : mentions.packages) {
      if (born.contains(number) || engine_.state().Package(number) != nullptr) continue;
      absl::StatusOr<std::optional<engine::PackageAggregate>> package =
          ReadPackage(*Read(), number);
      if (!package.ok()) return package.status();
      if (!package->has_value()) {
        return DoesNotFit(sequence, absl::StrCat("names package ", number, ", which is not there"));
      }
      engine_.LoadPackage(**std::move(package));
    }
    for (uint64_t number : mentions.born) {
      if (number > engine_.state().system.last_package_number() && born.insert(number).second)
        continue;
      return DoesNotFit(sequence, absl::StrCat("begins package ", number, " a second time"));
    }
  }
  return absl::OkStatus();
}

absl::Status Replay::Add(const journal::v1::JournalEntry& entry) {
  journal::v1::Record record;
  if (!record.ParseFromString(entry.record())) {
    return DoesNotFit(entry.sequence(), "holds a record that cannot be read");
  }
  if (record.time_us() <= engine_.state().last_time_us && !engine::SetsTime(record)) {
    return DoesNotFit(entry.sequence(), "is not later than the one before");
  }
  if (absl::Status status = LoadPackages(record, entry.sequence()); !status.ok()) return status;

  engine_.Apply(record, entry.sequence(), {});
  if (!is_scratch_) {
    pending_->batch.Put(database_->journal(), EncodeNumber(entry.sequence()),
                        entry.SerializeAsString());
    pending_->batch.Put(database_->meta(), schema::kMetaHead,
                        EncodeHead({entry.sequence(), entry.hash()}));
  }
  // The default family of a scratch database, which a store leaves empty, keeps the hashes of
  // texts: number, hash -> nothing.
  rocksdb::ColumnFamilyHandle* named = database_->db()->DefaultColumnFamily();
  for (const journal::v1::Fact& fact : record.facts()) {
    if (!is_scratch_) break;
    const Mentions mentions = MentionsOf(fact);
    for (const auto& [number, hash] : mentions.texts) {
      if (!hash.empty()) pending_->batch.Put(named, engine::PackageKey(number) + hash, "");
    }
    for (uint64_t number : mentions.erased) {
      const std::string prefix = engine::PackageKey(number);
      pending_->batch.DeleteRange(named, prefix, EndOfPrefix(prefix));
    }
  }
  pending_->bytes += entry.record().size();
  const bool full =
      ++pending_->records >= kPendingRecordsMax || pending_->bytes >= kPendingBytesMax;
  return full ? Flush() : absl::OkStatus();
}

absl::Status Replay::Flush() {
  std::vector<engine::RowWrite> writes;
  engine_.TakeRows(&writes);
  for (const engine::RowWrite& write : writes) {
    if (engine::IsErasable(write.table)) continue;
    if (write.value.has_value()) {
      pending_->batch.Put(database_->table(write.table), write.key, *write.value);
    } else {
      pending_->batch.Delete(database_->table(write.table), write.key);
    }
  }
  rocksdb::WriteOptions options;
  options.disableWAL = is_scratch_;
  rocksdb::Status status = database_->db()->Write(options, &pending_->batch);
  pending_->batch.Clear();
  pending_->records = 0;
  pending_->bytes = 0;
  engine_.EvictClosed();
  return FromRocks(status, absl::StrCat("writing to ", database_->directory()));
}

std::unique_ptr<View> Replay::Read() const { return ReadDatabase(database_); }

absl::StatusOr<std::unique_ptr<Replay>> ReplayUpTo(const View& view, uint64_t sequence,
                                                   engine::ZoneFinder zones,
                                                   const std::string& scratch_directory,
                                                   absl::FunctionRef<bool()> go_on) {
  absl::StatusOr<std::unique_ptr<Replay>> replay =
      Replay::Begin(std::move(zones), scratch_directory);
  if (!replay.ok() || sequence == 0) return replay;
  absl::Status status;
  absl::Status read = view.Tail(1, [&](const journal::v1::JournalEntry& entry) {
    status = go_on() ? (*replay)->Add(entry) : absl::AbortedError("nobody waits for it any more");
    return status.ok() && entry.sequence() < sequence;
  });
  status.Update(read);
  status.Update((*replay)->Flush());
  if (!status.ok()) return status;
  return replay;
}

bool Replay::NamesText(uint64_t package_number, absl::string_view hash) const {
  const std::string key = engine::PackageKey(package_number) + std::string(hash);
  return database_->Get(database_->db()->DefaultColumnFamily(), key, nullptr).has_value();
}

}  // namespace brokerage::storage
