#include "storage/upgrade.h"

#include <rocksdb/env.h>
#include <rocksdb/write_batch.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/directories.h"
#include "storage/encoding.h"
#include "storage/head_note.h"
#include "storage/log_tail.h"
#include "storage/replay.h"
#include "storage/rocksdb_database.h"
#include "storage/rocksdb_view.h"
#include "storage/schema.h"
#include "storage/table_check.h"

namespace brokerage::storage {

namespace {

namespace fs = std::filesystem;
using Database = std::shared_ptr<RocksDatabase>;

constexpr uint64_t kProgressEvery = 10000;
constexpr size_t kCopiedBytesPerWrite = 4u << 20;

// Of the store that the database holds; empty where none was ever finished.
absl::StatusOr<std::optional<uint64_t>> VersionOf(const RocksDatabase& database) {
  std::optional<std::string> version;
  if (database.meta() != nullptr) {
    version = database.Get(database.meta(), schema::kMetaVersion, nullptr);
  }
  if (absl::Status status = database.error().status(); !status.ok()) return status;
  if (!version.has_value()) return std::optional<uint64_t>();
  return std::optional<uint64_t>(DecodeNumber(*version));
}

// Whether the journal has this head.
absl::StatusOr<bool> Holds(const View& view, const Head& head) {
  if (head.sequence == 0) return true;
  if (head.sequence > view.head().sequence) return false;
  bool held = false;
  absl::Status read = view.Tail(head.sequence, [&](const journal::v1::JournalEntry& entry) {
    held = entry.hash() == head.hash;
    return false;
  });
  if (!read.ok()) return read;
  return held;
}

// The journal must end where meta says, and hold the head that was noted: as at any opening.
absl::Status CheckEnd(const RocksDatabase& database, const View& view) {
  const Head head = view.head();
  std::unique_ptr<rocksdb::Iterator> last(
      database.db()->NewIterator(rocksdb::ReadOptions(), database.journal()));
  last->SeekToLast();
  if (!last->status().ok()) return FromRocks(last->status(), "reading the journal's end");
  const uint64_t ends_at = last->Valid() ? DecodeNumber(FromSlice(last->key())) : 0;
  const std::string found =
      absl::StrCat("the journal in ", database.directory(), " ends at ", ends_at, ", but ");
  if (absl::Status status = view.status(); !status.ok()) return status;
  if (ends_at != head.sequence) {
    return absl::DataLossError(absl::StrCat(found, "its head is ", head.ToString()));
  }
  absl::StatusOr<std::optional<Head>> noted = ReadHeadNote(database.files(), database.directory());
  if (!noted.ok()) return noted.status();
  if (!noted->has_value()) {
    const bool was_there =
        database.Get(database.meta(), schema::kMetaHeadNoted, nullptr).has_value();
    if (absl::Status status = database.error().status(); !status.ok()) return status;
    return was_there
               ? absl::DataLossError(absl::StrCat(found, "its file ", kHeadNote, " is missing"))
               : absl::OkStatus();
  }
  absl::StatusOr<bool> held = Holds(view, **noted);
  if (!held.ok()) return held.status();
  if (*held) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(found, "the head ", (*noted)->ToString(), " was noted"));
}

// All of `to`'s family is as all of `from`'s afterwards; a family that is not there is empty.
absl::Status CopyFamily(const RocksDatabase& from, rocksdb::ColumnFamilyHandle* source,
                        const RocksDatabase& to, rocksdb::ColumnFamilyHandle* target) {
  rocksdb::WriteBatch batch;
  std::unique_ptr<rocksdb::Iterator> old(to.db()->NewIterator(rocksdb::ReadOptions(), target));
  const auto write = [&] {
    rocksdb::Status status = to.db()->Write(rocksdb::WriteOptions(), &batch);
    batch.Clear();
    return FromRocks(status, absl::StrCat("writing to ", to.directory()));
  };
  for (old->SeekToFirst(); old->Valid(); old->Next()) {  // what a run that was cut short has copied
    batch.Delete(target, old->key());
    if (batch.GetDataSize() < kCopiedBytesPerWrite) continue;
    if (absl::Status status = write(); !status.ok()) return status;
  }
  if (!old->status().ok()) {
    return FromRocks(old->status(), absl::StrCat("reading ", to.directory()));
  }
  if (source != nullptr) {
    rocksdb::ReadOptions options;
    options.total_order_seek = true;
    std::unique_ptr<rocksdb::Iterator> it(from.db()->NewIterator(options, source));
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      batch.Put(target, it->key(), it->value());
      if (batch.GetDataSize() < kCopiedBytesPerWrite) continue;
      if (absl::Status status = write(); !status.ok()) return status;
    }
    if (!it->status().ok()) {
      return FromRocks(it->status(), absl::StrCat("reading ", source->GetName()));
    }
  }
  return write();
}

// The index of persons, of the texts that are there: no earlier program may have written it.
absl::Status MakePersons(const RocksDatabase& database) {
  rocksdb::ColumnFamilyHandle* persons = database.table(engine::Table::kPersons);
  if (absl::Status status = CopyFamily(database, nullptr, database, persons); !status.ok()) {
    return status;
  }
  rocksdb::WriteBatch batch;
  rocksdb::ReadOptions options;
  options.total_order_seek = true;
  std::unique_ptr<rocksdb::Iterator> text(
      database.db()->NewIterator(options, database.table(engine::Table::kTexts)));
  for (text->SeekToFirst(); text->Valid(); text->Next()) {
    const absl::string_view key = FromSlice(text->key());
    if (key.size() <= 8 || key.substr(8) != engine::kPersonReference) continue;
    const std::optional<std::string> value = database.Get(database.table(engine::Table::kPackages),
                                                          std::string(key.substr(0, 8)), nullptr);
    journal::v1::PackageRow package;
    journal::v1::TextRow row;
    if (!value.has_value() || !package.ParseFromString(*value) ||
        !row.ParseFromArray(text->value().data(), static_cast<int>(text->value().size()))) {
      return absl::DataLossError(
          absl::StrCat(DescribeKey(engine::Table::kTexts, key), ": of no package"));
    }
    const auto [person, number] = engine::PersonRow(package, row);
    batch.Put(persons, person, number);
  }
  if (!text->status().ok()) return FromRocks(text->status(), "reading texts");
  return FromRocks(database.db()->Write(rocksdb::WriteOptions(), &batch), "writing persons");
}

// What no replay makes. Of meta all but what says that the store is whole.
absl::Status CopyWhatIsBeside(const RocksDatabase& from, const RocksDatabase& to) {
  const std::pair<rocksdb::ColumnFamilyHandle*, rocksdb::ColumnFamilyHandle*> families[] = {
      {from.table(engine::Table::kTexts), to.table(engine::Table::kTexts)},
      {from.outcomes(), to.outcomes()},
      {from.outcomes_by_time(), to.outcomes_by_time()},
      {from.postcodes(), to.postcodes()},
  };
  for (const auto& [source, target] : families) {
    if (absl::Status status = CopyFamily(from, source, to, target); !status.ok()) return status;
  }
  if (absl::Status status = MakePersons(to); !status.ok()) return status;
  std::unique_ptr<rocksdb::Iterator> meta(
      from.db()->NewIterator(rocksdb::ReadOptions(), from.meta()));
  rocksdb::WriteBatch batch;
  for (meta->SeekToFirst(); meta->Valid(); meta->Next()) {
    const absl::string_view key = FromSlice(meta->key());
    if (key == schema::kMetaVersion || key == schema::kMetaHead) continue;
    batch.Put(to.meta(), meta->key(), meta->value());
  }
  if (!meta->status().ok()) return FromRocks(meta->status(), "reading meta");
  return FromRocks(to.db()->Write(rocksdb::WriteOptions(), &batch), "writing meta");
}

// A file in a directory that an upgrade makes, with the version that it is made for; until the
// last step is done.
constexpr char kUnfinished[] = "UPGRADE";

bool IsUnfinished(const std::string& directory) {
  std::error_code error;
  return fs::exists(fs::path(directory) / kUnfinished, error);
}

absl::StatusOr<Database> MakeNew(const std::string& directory) {
  std::error_code error;
  fs::create_directory(directory, error);
  if (!error) fs::permissions(directory, fs::perms::owner_all, error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot make ", directory, ": ", error.message()));
  }
  std::ofstream file(fs::path(directory) / kUnfinished);
  if (!(file << schema::kVersion << std::flush)) {
    return absl::UnavailableError(absl::StrCat("cannot write to ", directory));
  }
  if (absl::Status status = SyncDirectory(directory); !status.ok()) return status;
  return RocksDatabase::Open(directory, RocksDatabase::Mode::kWrite);
}

// The new store, as far as an earlier run of this program made it of this journal; empty otherwise.
absl::StatusOr<Database> OpenNew(const std::string& directory, const View& old) {
  std::error_code error;
  if (!fs::exists(directory, error)) return MakeNew(directory);
  if (!IsUnfinished(directory)) {
    return absl::FailedPreconditionError(absl::StrCat(
        directory, " is in the way: it is no upgrade that was cut short; move it or remove it"));
  }
  uint64_t version = 0;
  std::ifstream(fs::path(directory) / kUnfinished) >> version;
  if (version == schema::kVersion) {
    absl::StatusOr<Database> made = RocksDatabase::Open(directory, RocksDatabase::Mode::kWrite);
    if (absl::IsFailedPrecondition(made.status())) return made;  // another run is at work
    if (made.ok()) {
      absl::StatusOr<bool> held = Holds(old, ReadDatabase(*made)->head());
      if (!held.ok()) return held.status();
      if (*held) return made;
    }
  }
  fs::remove_all(directory, error);
  return MakeNew(directory);
}

// Makes the whole of the new store.
absl::StatusOr<Head> Make(const Database& old, const std::string& new_directory,
                          const engine::ZoneFinder& zones,
                          absl::FunctionRef<void(uint64_t done, uint64_t all)> progress,
                          uint64_t* replayed) {
  const std::unique_ptr<View> journal = ReadDatabase(old);
  const Head head = journal->head();
  if (absl::Status status = CheckEnd(*old, *journal); !status.ok()) return status;
  absl::StatusOr<Database> made = OpenNew(new_directory, *journal);
  if (!made.ok()) return made.status();
  {
    absl::StatusOr<std::unique_ptr<Replay>> replay = Replay::Continue(zones, *made);
    if (!replay.ok()) return replay.status();
    absl::Status status;
    const uint64_t done = ReadDatabase(*made)->head().sequence;
    if (done < head.sequence) {
      absl::Status read = journal->Tail(done + 1, [&](const journal::v1::JournalEntry& entry) {
        status = (*replay)->Add(entry);
        *replayed += status.ok();
        if (entry.sequence() % kProgressEvery == 0) progress(entry.sequence(), head.sequence);
        return status.ok();
      });
      status.Update(read);
    }
    if (status.ok()) status = (*replay)->Flush();
    if (!status.ok()) return status;
  }
  if (absl::Status status = CopyWhatIsBeside(*old, **made); !status.ok()) return status;
  if (absl::Status status = WriteHeadNote((*made)->files(), new_directory, head); !status.ok()) {
    return status;
  }
  rocksdb::WriteOptions synced;
  synced.sync = true;
  rocksdb::WriteBatch whole;
  whole.Put((*made)->meta(), schema::kMetaVersion, EncodeNumber(schema::kVersion));
  whole.Put((*made)->meta(), schema::kMetaHeadNoted, "");
  rocksdb::Status written = (*made)->db()->Write(synced, &whole);
  if (!written.ok()) return FromRocks(written, absl::StrCat("writing to ", new_directory));
  return head;
}

absl::StatusOr<std::string> CheckedPath(const std::string& given) {
  std::error_code error;
  const fs::path path = fs::canonical(given, error);
  if (error) return absl::NotFoundError(absl::StrCat("there is no ", given));
  struct stat own = {}, parents = {};
  if (::stat(path.c_str(), &own) != 0 || ::stat(path.parent_path().c_str(), &parents) != 0) {
    return absl::UnavailableError(absl::StrCat("reading ", path.string()));
  }
  if (own.st_dev != parents.st_dev) {
    return absl::FailedPreconditionError(absl::StrCat(
        path.string(), " is where a file system is mounted, and cannot be exchanged: a directory ",
        "below it can"));
  }
  return path.string();
}

// The new directory is in its place: what is left to do.
absl::Status Finish(const std::string& directory, const std::string& new_directory,
                    const std::string& kept) {
  std::error_code error;
  if (fs::exists(new_directory, error)) {
    if (absl::Status status = RenameDurably(new_directory, kept); !status.ok()) return status;
  }
  fs::remove(fs::path(directory) / kUnfinished, error);
  return error ? absl::UnavailableError(absl::StrCat("removing ", kUnfinished))
               : SyncDirectory(directory);
}

// RocksDB's own lock, while no database has the directory open.
class DirectoryLock {
 public:
  absl::Status Take(const std::string& directory) {
    rocksdb::Status status = rocksdb::Env::Default()->LockFile(directory + "/LOCK", &lock_);
    return status.ok() ? absl::OkStatus()
                       : absl::FailedPreconditionError(
                             absl::StrCat("another brokerd has ", directory, " open"));
  }
  ~DirectoryLock() {
    if (lock_ != nullptr) rocksdb::Env::Default()->UnlockFile(lock_);
  }

 private:
  rocksdb::FileLock* lock_ = nullptr;
};

}  // namespace

absl::StatusOr<Upgraded> Upgrade(const std::string& given, const engine::ZoneFinder& zones,
                                 const UpgradeOptions& options,
                                 absl::FunctionRef<void(uint64_t done, uint64_t all)> progress) {
  absl::StatusOr<std::string> path = CheckedPath(given);
  if (!path.ok()) return path.status();
  const std::string& directory = *path;
  const std::string new_directory = directory + ".upgrade";
  Upgraded upgraded;
  upgraded.kept = directory + ".before-upgrade";
  if (IsUnfinished(directory)) {  // a run that was cut short in its last steps
    absl::Status finished = Finish(directory, new_directory, upgraded.kept);
    if (!finished.ok()) return finished;
    return upgraded;
  }
  absl::Status tables = CheckTables(rocksdb::FileSystem::Default().get(), directory);
  if (!tables.ok()) return tables;
  absl::StatusOr<std::vector<TornTail>> torn =
      FindTornTails(rocksdb::FileSystem::Default().get(), directory);
  if (!torn.ok()) return torn.status();
  // Open, so that nobody else opens it, until the new one is whole.
  absl::StatusOr<Database> old = RocksDatabase::Open(directory, RocksDatabase::Mode::kEarlier);
  if (!old.ok()) return old.status();
  absl::StatusOr<std::optional<uint64_t>> version = VersionOf(**old);
  if (!version.ok()) return version.status();
  if (!version->has_value()) {
    return absl::DataLossError(absl::StrCat(directory, " holds no store that was ever whole"));
  }
  if (**version > schema::kVersion) return NewerVersion(directory, **version);
  if (**version == schema::kVersion && !options.anew) return upgraded;
  std::error_code error;
  if (fs::exists(upgraded.kept, error)) {
    return absl::FailedPreconditionError(absl::StrCat(
        upgraded.kept, " is in the way: what an earlier upgrade kept; move it or remove it"));
  }
  absl::StatusOr<Head> head = Make(*old, new_directory, zones, progress, &upgraded.replayed);
  if (!head.ok()) return head.status();
  const std::string scratch = new_directory + ".verify";
  fs::remove_all(scratch, error);
  absl::StatusOr<VerifyReport> report = VerifyDirectory(new_directory, zones, *head, scratch);
  if (!report.ok()) return report.status();
  if (!report->ok()) {
    fs::remove_all(new_directory, error);  // nothing to go on with
    return absl::DataLossError(absl::StrCat("what the journal in ", directory,
                                            " makes is not in order: ", report->problems.front(),
                                            " (", report->problem_count, " problems)"));
  }
  report->torn_tails = *std::move(torn);
  if (options.finish != nullptr) {
    if (absl::Status finished = options.finish(new_directory); !finished.ok()) return finished;
  }
  // A database works by paths: it must be closed when they change.
  old = absl::UnknownError("closed");
  DirectoryLock lock;
  if (absl::Status locked = lock.Take(directory); !locked.ok()) return locked;
  if (absl::Status swapped = ExchangeDurably(directory, new_directory); !swapped.ok())
    return swapped;
  if (absl::Status finished = Finish(directory, new_directory, upgraded.kept); !finished.ok()) {
    return finished;
  }
  upgraded.needed = true;
  upgraded.report = *std::move(report);
  return upgraded;
}

}  // namespace brokerage::storage
