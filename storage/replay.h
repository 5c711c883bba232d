// A journal replayed into a fresh engine, whose rows go to a scratch database: what the rows should
// be.
//
// In memory are the directory, open packages and roll-ups; closed packages are forgotten, and
// loaded from the scratch database when a record touches them again.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/engine.h"
#include "storage/store.h"

namespace brokerage::storage {

class RocksDatabase;

class Replay {
 public:
  // Errors: FAILED_PRECONDITION when the directory is not empty.
  static absl::StatusOr<std::unique_ptr<Replay>> Begin(engine::ZoneFinder zones,
                                                       const std::string& scratch_directory);
  // Goes on with a store that is made of a journal, entry by entry, and holds a whole number of
  // them; new ones follow its head. Flush writes the entries, too, and the head, so that after a
  // crash a whole number is there. Errors: as LoadEngine.
  static absl::StatusOr<std::unique_ptr<Replay>> Continue(engine::ZoneFinder zones,
                                                          std::shared_ptr<RocksDatabase> store);
  ~Replay();  // deletes the scratch directory

  // Applies the next entry. Errors: DATA_LOSS when its record cannot be read or does not fit what
  // went before.
  absl::Status Add(const journal::v1::JournalEntry& entry);
  // Writes what Add still holds back.
  absl::Status Flush();

  // The rows. REQUIRES: Flush after the last Add.
  std::unique_ptr<View> Read() const;
  // The directory, and the time of the last record, as of the last Add.
  const engine::Directory& directory() const { return engine_.directory(); }
  int64_t last_time_us() const { return engine_.state().last_time_us; }
  // Whether the journal names a text of the package with this salted hash, and did not erase it
  // since. REQUIRES: Begin.
  bool NamesText(uint64_t package_number, absl::string_view hash) const;

 private:
  struct Pending;
  Replay(engine::ZoneFinder zones, std::shared_ptr<RocksDatabase> database, bool is_scratch);
  absl::Status LoadPackages(const journal::v1::Record& record, uint64_t sequence);

  const std::shared_ptr<RocksDatabase> database_;
  const bool is_scratch_;
  engine::Engine engine_;
  std::unique_ptr<Pending> pending_;
};

// What was known at `sequence`: the view's journal replayed up to and with that entry. Asks `go_on`
// before each. Errors: as Begin and Add; ABORTED once `go_on` says no.
// REQUIRES: sequence <= view.head().sequence.
absl::StatusOr<std::unique_ptr<Replay>> ReplayUpTo(const View& view, uint64_t sequence,
                                                   engine::ZoneFinder zones,
                                                   const std::string& scratch_directory,
                                                   absl::FunctionRef<bool()> go_on);

}  // namespace brokerage::storage
