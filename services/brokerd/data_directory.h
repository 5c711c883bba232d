// The directory that a server's state lies in, and whether it is a simulation's.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/engine.h"
#include "services/core/clock.h"
#include "storage/rocksdb_store.h"

namespace brokerage::services::brokerd {

// A simulation's store says so in itself, so that nobody serves played packages as real ones or the
// other way round. A file of this name says it of a directory of backups, and of the data of
// earlier programs.
inline constexpr char kSimulationMark[] = "SIMULATION";
bool HasSimulationMark(const std::string& directory);
absl::Status PutSimulationMark(const std::string& directory);

// Whether the store in the directory is a simulation's.
bool IsSimulation(const storage::RocksDbStore& store, const std::string& directory);

// Takes every right to the directory from others than its owner, and says so when there was one.
absl::Status CloseToOthers(const std::string& directory);

// A store with its clock and loaded engine, for one writer. Members are destroyed in the right
// order.
struct OpenedDirectory {
  std::unique_ptr<storage::RocksDbStore> store;
  std::unique_ptr<Clock> clock;
  std::unique_ptr<engine::Engine> engine;
};

// Opens the directory for writing; makes it, for its owner only, when it is missing. With
// `simulation_start` it is a simulation that begins then, or goes on from where it was. Errors:
// FAILED_PRECONDITION when the directory is of the other kind, or in use; DATA_LOSS for damage.
// A journal that lost its end is refused, but for one that ends at `accept_head`. What the opening
// found is logged.
absl::StatusOr<OpenedDirectory> OpenDirectory(
    const std::string& directory, std::optional<absl::Time> simulation_start,
    const std::optional<storage::Head>& accept_head = std::nullopt);

// The head that an option gives; empty for an option that is empty. Errors: INVALID_ARGUMENT naming
// the option.
absl::StatusOr<std::optional<storage::Head>> HeadOf(absl::string_view option,
                                                    const std::string& text);

}  // namespace brokerage::services::brokerd
