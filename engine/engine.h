// The engine: the only place where anything is decided. Pure: no disk, network, thread or clock.
// One thread at a time.
//
// A command goes: load what it needs (needs.h) -> Decide -> Apply -> Reply. Decide reads and
// changes nothing; Apply is the only mutator and decides nothing: replaying the journal's records
// through it gives the same state.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/base/calendar.h"
#include "engine/command.h"
#include "engine/model/directory.h"
#include "engine/model/package.h"
#include "engine/model/state.h"
#include "engine/model/tables.h"

namespace brokerage::engine {

class Engine {
 public:
  explicit Engine(ZoneFinder zones);

  // --- Loading. Rows as they were stored; nothing is counted as changed.
  void LoadFramework(const journal::v1::FrameworkRow& row);
  void LoadFact(const journal::v1::DirectoryFact& fact);
  void LoadAccount(const journal::v1::AccountRow& row);
  void LoadSystem(const journal::v1::SystemRow& row);
  void LoadRollup(const journal::v1::RollupRow& row);
  void LoadPackage(PackageAggregate package);
  // Of a person whom a command names; forgotten with closed packages.
  void LoadPerson(const std::string& prefix, uint64_t person_number);
  // Ends the loading of what is always in memory: roll-ups of the last 13 months, directory,
  // accounts, open packages; load what needs.h names of suspensions and open packages then.
  // Roll-ups of earlier months come with the packages that touch them. `last_sequence` and
  // `last_time_us` are those of the last record stored.
  void FinishLoading(uint64_t last_sequence, int64_t last_time_us);

  // Forgets closed packages that were loaded. REQUIRES: everything applied is stored.
  void EvictClosed();

  // --- A command.
  absl::StatusOr<Decision> Decide(const Command& command, absl::Time now) const;
  // Applies a record; texts too, when it is live. `sequence` is the record's in the journal.
  void Apply(const journal::v1::Record& record, uint64_t sequence,
             const std::vector<journal::v1::TextRow>& texts);
  // Appends the rows that the records applied since the last call have changed: each as it is now,
  // once, so that what is written costs a group of records and not each of them.
  void TakeRows(std::vector<RowWrite>* writes);
  // The same where nobody keeps them.
  void ForgetRows();
  // The reply, as state now is; null where Decide has found it, or nobody waits for one. REQUIRES:
  // the command's record was the last one applied.
  std::unique_ptr<google::protobuf::Message> Reply(const Command& command,
                                                   const Decision& decision) const;

  // When a Tick is next due; InfiniteFuture when nothing waits.
  absl::Time NextDue() const;
  // Whether a Tick of this time has something to do; see FirstDue.
  bool IsDue(absl::Time time, absl::Time clock) const;

  const State& state() const { return state_; }
  const Directory& directory() const { return state_.directory; }
  // Grows with every change of the directory or of accounts, so that readers know when to take a
  // new copy.
  uint64_t directory_version() const { return state_.directory_version; }

 private:
  ZoneFinder zones_;
  State state_;
};

}  // namespace brokerage::engine
