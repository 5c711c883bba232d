#include "services/brokerd/data_directory.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/core/judged_clock.h"
#include "services/core/zones.h"
#include "storage/loading.h"

namespace brokerage::services::brokerd {

namespace {

namespace fs = std::filesystem;

absl::Status Failed(absl::string_view what, const std::string& directory,
                    const std::error_code& error) {
  return absl::FailedPreconditionError(absl::StrCat(what, " ", directory, ": ", error.message()));
}

absl::Status Prepare(const std::string& directory) {
  std::error_code error;
  const bool made = fs::create_directories(directory, error);
  if (error) return Failed("cannot make", directory, error);
  if (made) fs::permissions(directory, fs::perms::owner_all, error);
  if (error) return Failed("cannot restrict", directory, error);
  return CloseToOthers(directory);
}

// Makes an empty store one of the kind that is wanted; another must be of it.
absl::Status CheckKind(const std::string& directory, bool simulation,
                       storage::RocksDbStore* store) {
  const bool marked = IsSimulation(*store, directory);
  const bool empty = store->Read()->head().sequence == 0;
  if (marked != simulation && (marked || !empty)) {
    return absl::FailedPreconditionError(absl::StrCat(
        directory, simulation
                       ? " holds a real system: --simulation would mix played packages with it"
                       : " holds a simulation: open it with --simulation"));
  }
  return simulation && !store->simulation() ? store->MarkSimulation() : absl::OkStatus();
}

void LogOpening(const storage::OpeningReport& opening) {
  for (const storage::TornTail& torn : opening.torn_tails) {
    spdlog::warn(
        "event=log_tail_cut file={} bytes={} note=\"what follows the log's last whole record\"",
        torn.file, torn.bytes);
  }
  if (!opening.accepted_loss.empty()) {
    spdlog::error("event=loss_accepted found=\"{}\"", opening.accepted_loss);
  }
}

}  // namespace

absl::Status CloseToOthers(const std::string& directory) {
  std::error_code error;
  const fs::perms others = fs::perms::group_all | fs::perms::others_all;
  const fs::perms now = fs::status(directory, error).permissions();
  if (error) return Failed("cannot read", directory, error);
  if ((now & others) == fs::perms::none) return absl::OkStatus();
  fs::permissions(directory, others, fs::perm_options::remove, error);
  if (error) return Failed("others can read, and nobody could forbid it:", directory, error);
  spdlog::warn("event=directory_closed directory={} note=\"others could read it\"", directory);
  return absl::OkStatus();
}

bool HasSimulationMark(const std::string& directory) {
  std::error_code error;
  return fs::exists(fs::path(directory) / kSimulationMark, error);
}

bool IsSimulation(const storage::RocksDbStore& store, const std::string& directory) {
  return store.simulation() || HasSimulationMark(directory);
}

absl::Status PutSimulationMark(const std::string& directory) {
  std::ofstream mark(fs::path(directory) / kSimulationMark);
  mark << "The state in this directory is a simulation's: no package in it is real.\n";
  mark.close();
  if (mark) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("cannot write in ", directory));
}

absl::StatusOr<std::optional<storage::Head>> HeadOf(absl::string_view option,
                                                    const std::string& text) {
  if (text.empty()) return std::optional<storage::Head>();
  absl::StatusOr<storage::Head> head = storage::ParseHead(text);
  if (head.ok()) return std::optional<storage::Head>(*std::move(head));
  return absl::InvalidArgumentError(
      absl::StrCat(option, ": \"", text, "\": ", head.status().message()));
}

absl::StatusOr<OpenedDirectory> OpenDirectory(const std::string& directory,
                                              std::optional<absl::Time> simulation_start,
                                              const std::optional<storage::Head>& accept_head) {
  absl::Status prepared = Prepare(directory);
  if (!prepared.ok()) return prepared;
  auto store = storage::RocksDbStore::Open(directory, storage::OpenMode::kWrite,
                                           {.accept_head = accept_head});
  if (!store.ok()) return store.status();
  LogOpening((*store)->opening());
  absl::Status kind = CheckKind(directory, simulation_start.has_value(), store->get());
  if (!kind.ok()) return kind;
  OpenedDirectory opened;
  opened.store = *std::move(store);
  const absl::Time last_known = storage::LastKnownTime(*opened.store);
  if (simulation_start) {
    opened.clock = SimulatedClock(std::max(*simulation_start, last_known));
  } else {
    opened.clock =
        std::make_unique<JudgedClock>(ThisMachine(), opened.store->LastAlive(), last_known);
  }
  opened.engine = std::make_unique<engine::Engine>(HostZones());
  absl::Status loaded =
      storage::LoadEngine(*opened.store->Read(), opened.clock->Now(), opened.engine.get());
  if (!loaded.ok()) return loaded;
  return opened;
}

}  // namespace brokerage::services::brokerd
