// A store made anew from its journal: by a program whose rows or tables are others than those of
// the program that wrote it, or where rows are damaged and the journal is whole.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/engine.h"
#include "storage/verify.h"

namespace brokerage::storage {

struct UpgradeOptions {
  bool anew = false;  // also where the store is as this program writes it
  // What the new store must be given before anybody finds it.
  std::function<absl::Status(const std::string& directory)> finish = {};
};

struct Upgraded {
  bool needed = false;    // otherwise the store was as it should be, and is as it was
  uint64_t replayed = 0;  // entries; those of a run that was cut short are not among them
  VerifyReport report;    // of the new store
  std::string kept;       // where the store lies as it was
};

// Replays the journal of a directory that nobody has open into DIRECTORY.upgrade, copies what is
// beside it (texts, outcomes, postcodes, the rows of meta), verifies the whole, and puts it in the
// place of DIRECTORY in one step; that is DIRECTORY.before-upgrade from then on. What a run that
// was cut short has done is gone on with; until that step the directory is as it was, but that its
// log is taken into its tables. `progress` is told now and then how many entries of how many are
// replayed. Errors: FAILED_PRECONDITION where another process has it open, a newer program wrote
// it, a file system is mounted there, or something is in the way of the new store or the copy;
// DATA_LOSS where the journal is damaged or ends before the head that was noted.
absl::StatusOr<Upgraded> Upgrade(const std::string& directory, const engine::ZoneFinder& zones,
                                 const UpgradeOptions& options,
                                 absl::FunctionRef<void(uint64_t done, uint64_t all)> progress);

}  // namespace brokerage::storage
