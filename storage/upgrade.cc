#include "storage/upgrade.h"

#include <fcntl.h>
#include <rocksdb/write_batch.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/encoding.h"
#include "storage/head_note.h"
#include "storage/replay.h"
#include "storage/rocksdb_database.h"
#include "storage/rocksdb_view.h"
#include "storage/schema.h"

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

absl::Status CheckNoted(const RocksDatabase& database, const View& view) {
  absl::StatusOr<std::optional<Head>> noted = ReadHeadNote(database.files(), database.directory());
  if (!noted.ok()) return noted.status();
  if (!noted->has_value()) return absl::OkStatus();
  absl::StatusOr<bool> held = Holds(view, **noted);
  if (!held.ok()) return held.status();
  if (*held) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("the journal in ", database.directory(), " ends at ",
                                          view.head().ToString(), ", but the head ",
                                          (*noted)->ToString(), " was noted"));
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

// The new store, as far as an earlier run made it from this journal; empty otherwise.
absl::StatusOr<Database> OpenNew(const std::string& directory, const View& old) {
  for (const bool again : {false, true}) {
    absl::StatusOr<Database> made = RocksDatabase::Open(directory, RocksDatabase::Mode::kWrite);
    if (made.ok()) {
      const std::unique_ptr<View> view = ReadDatabase(*made);
      absl::StatusOr<bool> held = Holds(old, view->head());
      if (!held.ok()) return held.status();
      if (*held) {
        // Not whole from here on.
        rocksdb::Status status =
            (*made)->db()->Delete(rocksdb::WriteOptions(), (*made)->meta(), schema::kMetaVersion);
        if (!status.ok()) return FromRocks(status, absl::StrCat("writing to ", directory));
        return made;
      }
    }
    if (again || absl::IsFailedPrecondition(made.status())) return made.status();
    made = absl::UnknownError("closed");
    std::error_code error;
    fs::remove_all(directory, error);
  }
  return absl::InternalError("unreachable");
}

absl::Status Sync(const std::string& directory) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  return synced ? absl::OkStatus() : absl::UnavailableError(absl::StrCat("syncing ", directory));
}

// Each is in the other's place afterwards, in one step.
absl::Status Exchange(const std::string& one, const std::string& other) {
  if (::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0) {
    return Sync(fs::absolute(one).parent_path());
  }
  return absl::UnavailableError(
      absl::StrCat("exchanging ", one, " and ", other, ": ", std::strerror(errno), "; ", other,
                   " is whole and verified, and may be moved there by hand"));
}

absl::Status Rename(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) {
    return absl::UnavailableError(absl::StrCat("renaming ", from, ": ", error.message()));
  }
  return Sync(fs::absolute(to).parent_path());
}

// Makes the whole of the new store.
absl::StatusOr<Head> Make(const Database& old, const std::string& new_directory,
                          const engine::ZoneFinder& zones,
                          absl::FunctionRef<void(uint64_t done, uint64_t all)> progress,
                          uint64_t* replayed) {
  const std::unique_ptr<View> journal = ReadDatabase(old);
  const Head head = journal->head();
  if (absl::Status status = CheckNoted(*old, *journal); !status.ok()) return status;
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

}  // namespace

absl::StatusOr<Upgraded> Upgrade(const std::string& directory, const engine::ZoneFinder& zones,
                                 const UpgradeOptions& options,
                                 absl::FunctionRef<void(uint64_t done, uint64_t all)> progress) {
  Upgraded upgraded;
  const std::string new_directory = directory + ".upgrade";
  upgraded.kept = directory + ".before-upgrade";
  std::error_code error;
  if (!fs::exists(directory, error)) {
    return absl::NotFoundError(absl::StrCat("there is no ", directory));
  }
  Head head;
  {
    absl::StatusOr<Database> old = RocksDatabase::Open(directory, RocksDatabase::Mode::kEarlier);
    if (!old.ok()) return old.status();
    absl::StatusOr<std::optional<uint64_t>> version = VersionOf(**old);
    if (!version.ok()) return version.status();
    if (!version->has_value()) {
      return absl::DataLossError(absl::StrCat(directory, " holds no store that was ever whole"));
    }
    if (**version > schema::kVersion) return NewerVersion(directory, **version);
    if (**version == schema::kVersion && !options.anew) {
      // Whether a run was cut short between its last two steps.
      if (!fs::exists(new_directory, error)) return upgraded;
      absl::StatusOr<Database> other =
          RocksDatabase::Open(new_directory, RocksDatabase::Mode::kEarlier);
      if (!other.ok()) return other.status();
      absl::StatusOr<std::optional<uint64_t>> other_version = VersionOf(**other);
      other = absl::UnknownError("closed");
      const bool replaced =
          other_version.ok() && other_version->has_value() && **other_version < schema::kVersion;
      if (!replaced || fs::exists(upgraded.kept, error)) return upgraded;
      if (absl::Status kept = Rename(new_directory, upgraded.kept); !kept.ok()) return kept;
      return upgraded;
    }
    if (fs::exists(upgraded.kept, error)) {
      return absl::FailedPreconditionError(absl::StrCat(
          upgraded.kept, " is in the way: what an earlier upgrade kept; move it or remove it"));
    }
    absl::StatusOr<Head> made = Make(*old, new_directory, zones, progress, &upgraded.replayed);
    if (!made.ok()) return made.status();
    head = *std::move(made);
  }
  absl::StatusOr<VerifyReport> report =
      VerifyDirectory(new_directory, zones, head, new_directory + ".verify");
  if (!report.ok()) return report.status();
  if (!report->ok()) {
    return absl::DataLossError(absl::StrCat("the new store in ", new_directory,
                                            " is not in order: ", report->problems.front(), " (",
                                            report->problem_count, " problems)"));
  }
  if (options.finish != nullptr) {
    if (absl::Status finished = options.finish(new_directory); !finished.ok()) return finished;
  }
  if (absl::Status swapped = Exchange(directory, new_directory); !swapped.ok()) return swapped;
  if (absl::Status kept = Rename(new_directory, upgraded.kept); !kept.ok()) return kept;
  upgraded.needed = true;
  upgraded.report = *std::move(report);
  return upgraded;
}

}  // namespace brokerage::storage
