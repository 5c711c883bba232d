#include "services/brokerd/maintenance.h"

#include <spdlog/spdlog.h>

#include <atomic>
#include <filesystem>
#include <iostream>
#include <memory>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/hash.h"
#include "services/brokerd/data_directory.h"
#include "services/core/zones.h"
#include "storage/backup.h"
#include "storage/digest.h"
#include "storage/replay.h"
#include "storage/upgrade.h"
#include "storage/verify.h"

namespace brokerage::services::brokerd {

namespace {

namespace fs = std::filesystem;

void Remove(const std::string& directory) {
  std::error_code error;
  fs::remove_all(directory, error);
  if (error) spdlog::warn("event=directory_not_removed error=\"{}\"", error.message());
}

// A backup of a simulation is marked like its data: what is restored from it must not pass for a
// real system.
absl::StatusOr<storage::Backup> CreateMarkedBackup(const storage::RocksDbStore& store,
                                                   bool simulation, const std::string& backup_dir) {
  std::error_code error;
  const bool fresh = !fs::exists(backup_dir, error) || fs::is_empty(backup_dir, error);
  if (!fresh && HasSimulationMark(backup_dir) != simulation) {
    return absl::FailedPreconditionError(
        absl::StrCat(backup_dir, simulation ? " holds backups of a real system"
                                            : " holds backups of a simulation"));
  }
  if (fs::exists(backup_dir, error)) {
    if (absl::Status closed = CloseToOthers(backup_dir); !closed.ok()) return closed;
  }
  absl::StatusOr<storage::Backup> backup = storage::CreateBackup(store, backup_dir);
  if (backup.ok() && simulation && fresh) {
    absl::Status marked = PutSimulationMark(backup_dir);
    if (!marked.ok()) return marked;
  }
  return backup;
}

absl::StatusOr<storage::VerifyReport> VerifyDirectory(
    const std::string& directory, const std::optional<storage::Head>& expect_head) {
  const std::string scratch = directory + ".verify";
  Remove(scratch);
  return storage::VerifyDirectory(directory, HostZones(), expect_head, scratch);
}

// The whole of what is in the store, copied by a process that was killed over it.
void RemoveLeftovers(const std::string& data) {
  for (const char* leftover : {".checkpoint", ".checkpoint.verify", ".verify", ".known"}) {
    std::error_code error;
    if (!fs::exists(data + leftover, error)) continue;
    Remove(data + leftover);
    spdlog::warn("event=leftover_removed directory={}{}", data, leftover);
  }
}

absl::StatusOr<storage::VerifyReport> VerifyCheckpoint(const storage::RocksDbStore& store,
                                                       const std::string& data) {
  const std::string checkpoint = data + ".checkpoint";
  Remove(checkpoint);
  absl::Status made = storage::CreateCheckpoint(store, checkpoint);
  if (!made.ok()) return made;
  absl::StatusOr<storage::VerifyReport> report = VerifyDirectory(checkpoint, std::nullopt);
  Remove(checkpoint);
  return report;
}

// Each replay has a directory of its own, which goes with it.
auto KnownAt(const storage::RocksDbStore& store, const std::string& directory) {
  auto replays = std::make_shared<std::atomic<int64_t>>(0);
  return [=, &store](
             uint64_t sequence,
             absl::FunctionRef<bool()> go_on) -> absl::StatusOr<std::unique_ptr<storage::Replay>> {
    const std::string scratch = absl::StrCat(directory, "/", ++*replays);
    std::error_code error;
    fs::create_directories(scratch, error);
    if (error) return absl::InternalError(absl::StrCat(scratch, ": ", error.message()));
    auto replay = storage::ReplayUpTo(*store.Read(), sequence, HostZones(), scratch, go_on);
    if (replay.ok()) spdlog::info("event=replayed sequence={}", sequence);
    return replay;
  };
}

absl::Status Report(const storage::VerifyReport& report) {
  for (const storage::TornTail& torn : report.torn_tails) {
    std::cout << "passed over: the last " << torn.bytes << " bytes of " << torn.file
              << " are no whole record\n";
  }
  if (!report.ok()) {
    return absl::DataLossError(
        absl::StrCat(report.problem_count, " problems:\n", absl::StrJoin(report.problems, "\n")));
  }
  std::cout << "verified records=" << report.records << " head=" << report.head.ToString()
            << " digest=" << engine::Hex(report.digest) << "\n";
  return absl::OkStatus();
}

}  // namespace

void SetMaintenance(const std::string& data, const std::string& backup_dir,
                    storage::RocksDbStore* store, ServerOptions* options) {
  RemoveLeftovers(data);
  auto one_at_a_time = std::make_shared<std::mutex>();
  const bool simulation = IsSimulation(*store, data);
  if (!backup_dir.empty()) {
    options->create_backup = [=]() -> absl::StatusOr<ServerOptions::Backup> {
      std::lock_guard lock(*one_at_a_time);
      absl::StatusOr<storage::Backup> backup = CreateMarkedBackup(*store, simulation, backup_dir);
      if (!backup.ok()) return backup.status();
      spdlog::info("event=backed_up number={} head={} bytes={}", backup->number,
                   backup->head.ToString(), backup->bytes);
      return ServerOptions::Backup{backup->number, backup->head};
    };
  }
  options->verify_journal = [=]() -> absl::StatusOr<ServerOptions::Verification> {
    std::lock_guard lock(*one_at_a_time);
    absl::StatusOr<storage::VerifyReport> report = VerifyCheckpoint(*store, data);
    if (!report.ok()) return report.status();
    spdlog::info("event=verified records={} problems={} head={}", report->records,
                 report->problem_count, report->head.ToString());
    return ServerOptions::Verification{static_cast<int64_t>(report->records), report->head,
                                       report->problems};
  };
  options->known_at = KnownAt(*store, data + ".known");
  options->digest = [](const storage::View& view) -> absl::StatusOr<std::string> {
    return engine::Hex(storage::DigestOf(view));
  };
}

absl::Status Verify(const std::string& data, const std::string& expect_head) {
  absl::StatusOr<std::optional<storage::Head>> expected = HeadOf("--expect-head", expect_head);
  if (!expected.ok()) return expected.status();
  absl::StatusOr<storage::VerifyReport> report = VerifyDirectory(data, *expected);
  return report.ok() ? Report(*report) : report.status();
}

absl::Status BackUp(const std::string& data, const std::string& backup_dir) {
  std::error_code error;
  if (!fs::exists(data, error)) return absl::NotFoundError(absl::StrCat("there is no ", data));
  auto store = storage::RocksDbStore::Open(data, storage::OpenMode::kWrite);
  if (!store.ok()) return store.status();
  absl::StatusOr<storage::Backup> backup =
      CreateMarkedBackup(**store, IsSimulation(**store, data), backup_dir);
  if (!backup.ok()) return backup.status();
  std::cout << "backup number=" << backup->number << " head=" << backup->head.ToString()
            << " bytes=" << backup->bytes << "\n";
  return absl::OkStatus();
}

absl::Status Upgrade(const std::string& data, bool anew) {
  storage::UpgradeOptions options;
  options.anew = anew;
  options.finish = [&](const std::string& made) {
    return HasSimulationMark(data) ? PutSimulationMark(made) : absl::OkStatus();
  };
  absl::StatusOr<storage::Upgraded> upgraded =
      storage::Upgrade(data, HostZones(), options, [](uint64_t done, uint64_t all) {
        spdlog::info("event=upgrading records={} of={}", done, all);
      });
  if (!upgraded.ok()) return upgraded.status();
  if (!upgraded->needed) {
    std::cout << data << " is as this program writes it: nothing to do\n";
    return absl::OkStatus();
  }
  std::cout << "the store as it was: " << upgraded->kept << "\n";
  return Report(upgraded->report);
}

absl::Status Restore(const std::string& backup_dir, int64_t number, const std::string& data) {
  absl::StatusOr<storage::VerifyReport> report =
      storage::RestoreBackup(backup_dir, number, data, HostZones(), [&](const std::string& copy) {
        return HasSimulationMark(backup_dir) ? PutSimulationMark(copy) : absl::OkStatus();
      });
  return report.ok() ? Report(*report) : report.status();
}

}  // namespace brokerage::services::brokerd
