#include "storage/backup.h"

#include <rocksdb/utilities/backup_engine.h>
#include <rocksdb/utilities/checkpoint.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/directories.h"
#include "storage/head_note.h"
#include "storage/rocksdb_database.h"

namespace brokerage::storage {

namespace fs = std::filesystem;

namespace {

absl::StatusOr<std::unique_ptr<rocksdb::BackupEngine>> OpenBackups(const std::string& directory) {
  rocksdb::BackupEngineOptions options(directory);
  options.share_table_files = true;
  options.sync = true;
  rocksdb::BackupEngine* backups = nullptr;
  rocksdb::Status status = rocksdb::BackupEngine::Open(rocksdb::Env::Default(), options, &backups);
  if (!status.ok()) return FromRocks(status, absl::StrCat("opening the backups in ", directory));
  return std::unique_ptr<rocksdb::BackupEngine>(backups);
}

absl::StatusOr<std::unique_ptr<rocksdb::BackupEngineReadOnly>> ReadBackups(
    const std::string& directory) {
  if (!fs::is_directory(directory)) {
    return absl::NotFoundError(absl::StrCat(directory, " holds no backups"));
  }
  rocksdb::BackupEngineReadOnly* backups = nullptr;
  rocksdb::Status status = rocksdb::BackupEngineReadOnly::Open(
      rocksdb::Env::Default(), rocksdb::BackupEngineOptions(directory), &backups);
  if (!status.ok()) return FromRocks(status, absl::StrCat("opening the backups in ", directory));
  return std::unique_ptr<rocksdb::BackupEngineReadOnly>(backups);
}

Backup FromInfo(const rocksdb::BackupInfo& info) {
  Backup backup;
  backup.number = info.backup_id;
  backup.time = absl::FromUnixSeconds(info.timestamp);
  backup.bytes = info.size;
  if (absl::StatusOr<Head> head = ParseHead(info.app_metadata); head.ok()) {
    backup.head = *std::move(head);
  }
  return backup;
}

absl::Status CheckAbsentOrEmpty(const std::string& directory) {
  std::error_code error;
  if (!fs::exists(directory, error) && !error) return absl::OkStatus();
  if (fs::is_directory(directory, error) && fs::is_empty(directory, error) && !error) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(directory, " is not empty"));
}

// "/a/b/" and "/a/b" are the same target; ".tmp" must lie beside it.
std::string WithoutTrailingSlashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

absl::StatusOr<Backup> CreateBackup(const RocksDbStore& store,
                                    const std::string& backup_directory) {
  std::error_code error;
  if (fs::create_directories(backup_directory, error) && !error) {
    fs::permissions(backup_directory, fs::perms::owner_all, error);
  }
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot make ", backup_directory, ": ", error.message()));
  }
  absl::StatusOr<std::unique_ptr<rocksdb::BackupEngine>> backups = OpenBackups(backup_directory);
  if (!backups.ok()) return backups.status();
  const std::unique_ptr<View> view = store.Read();
  const Head head = view->head();
  if (absl::Status status = view->status(); !status.ok()) return status;
  rocksdb::BackupID number = 0;
  rocksdb::Status status = (*backups)->CreateNewBackupWithMetadata(
      rocksdb::CreateBackupOptions(), store.database().db(), head.ToString(), &number);
  if (!status.ok()) return FromRocks(status, "writing a backup");
  rocksdb::BackupInfo info;
  status = (*backups)->GetBackupInfo(number, &info);
  if (!status.ok()) return FromRocks(status, "reading the new backup");
  return FromInfo(info);
}

absl::StatusOr<std::vector<Backup>> ListBackups(const std::string& backup_directory) {
  auto backups = ReadBackups(backup_directory);
  if (!backups.ok()) return backups.status();
  std::vector<rocksdb::BackupInfo> infos;
  (*backups)->GetBackupInfo(&infos);
  std::vector<Backup> list;
  for (const rocksdb::BackupInfo& info : infos) list.push_back(FromInfo(info));
  return list;
}

absl::StatusOr<VerifyReport> RestoreBackup(
    const std::string& backup_directory, int64_t number, const std::string& target_directory,
    engine::ZoneFinder zones,
    const std::function<absl::Status(const std::string& directory)>& finish) {
  const std::string target = WithoutTrailingSlashes(target_directory);
  const std::string copy = target + ".tmp";
  if (absl::Status status = CheckAbsentOrEmpty(target); !status.ok()) return status;
  absl::StatusOr<std::vector<Backup>> known = ListBackups(backup_directory);
  if (!known.ok()) return known.status();
  if (number == 0 && !known->empty()) number = known->back().number;
  const auto backup = std::find_if(known->begin(), known->end(),
                                   [&](const Backup& one) { return one.number == number; });
  if (backup == known->end()) {
    return absl::NotFoundError(
        absl::StrCat(backup_directory, " holds no whole backup with the number ", number));
  }
  std::error_code error;
  fs::remove_all(copy, error);  // what an interrupted restore left
  auto backups = ReadBackups(backup_directory);
  if (!backups.ok()) return backups.status();
  rocksdb::Status restored = (*backups)->RestoreDBFromBackup(
      rocksdb::RestoreOptions(), static_cast<rocksdb::BackupID>(number), copy, copy);
  if (!restored.ok()) return FromRocks(restored, absl::StrCat("restoring backup ", number));
  fs::permissions(copy, fs::perms::owner_all, error);
  // A backup keeps no file but the database's; the head that it was made at is its note.
  absl::Status noted = WriteHeadNote(rocksdb::FileSystem::Default().get(), copy, backup->head);
  if (!noted.ok()) return noted;

  absl::StatusOr<VerifyReport> report =
      VerifyDirectory(copy, std::move(zones), std::nullopt, copy + ".replay");
  if (!report.ok()) return report.status();
  if (!report->ok()) {
    return absl::DataLossError(
        absl::StrCat("backup ", number, " is not in order: ", report->problems.front(), " (",
                     report->problem_count, " problems; the copy is in ", copy, ")"));
  }
  if (finish != nullptr) {
    if (absl::Status finished = finish(copy); !finished.ok()) return finished;
  }
  fs::remove(target, error);  // an empty one
  if (absl::Status status = RenameDurably(copy, target); !status.ok()) return status;
  return report;
}

absl::Status CreateCheckpoint(const RocksDbStore& store, const std::string& directory) {
  const std::unique_ptr<View> view = store.Read();
  const Head head = view->head();
  if (absl::Status status = view->status(); !status.ok()) return status;
  rocksdb::Checkpoint* made = nullptr;
  rocksdb::Status status = rocksdb::Checkpoint::Create(store.database().db(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  if (status.ok()) status = checkpoint->CreateCheckpoint(directory);
  if (!status.ok()) return FromRocks(status, absl::StrCat("making a checkpoint in ", directory));
  return WriteHeadNote(store.database().files(), directory, head);
}

}  // namespace brokerage::storage
