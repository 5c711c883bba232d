// Drives an engine over a store in memory, by a simulated clock: what brokerd does, without
// network, threads and disk. Everything is stored after each command, and what closed is forgotten
// now and then, so that the way back from the rows is taken, too.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/engine.h"
#include "engine/performance.h"
#include "storage/memory_store.h"
#include "tests/common/lifecycle_watch.h"

namespace brokerage::engine {

// The host's time zones.
ZoneFinder HostZones();

class EngineDriver {
 public:
  explicit EngineDriver(absl::Time start);

  absl::Time now() const { return now_; }
  const Engine& engine() const { return *engine_; }
  size_t records() const { return last_sequence_; }

  // Everything due on the way, and within the second of `to`, happens at its own time; then the
  // clock stands at `to`.
  void AdvanceTo(absl::Time to);
  // The clock jumps: what fell due meanwhile waits for RunDue.
  void JumpTo(absl::Time to) { now_ = to; }
  // Runs what is due now.
  void RunDue() { AdvanceTo(now_); }
  // The engine goes, and another begins from what is stored.
  void Restart();
  // One command, and then what is due at once. A refusal must leave no trace.
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Do(const Caller& caller,
                                                                Request request);

  // As stored. REQUIRES: the package exists.
  PackageAggregate Package(uint64_t number) const;
  // Whether the package stands in the index of interim services over their limit.
  bool OverLimit(uint64_t number) const;
  // What figures are counted from, as stored.
  std::unique_ptr<FigureSource> Figures() const;

  const LifecycleWatch& watch() const { return watch_; }
  // What is wrong: with the steps so far; with replaying the journal, with reloading the rows and
  // going on from there, with the sums of the figures. Ends the drive.
  std::vector<std::string> FinalProblems();

 private:
  void Commit(const Decision& decision);
  bool RunOneDue();
  void Append(const journal::v1::Record& record, std::vector<RowWrite> writes);
  void CheckReplay();
  void CheckReload();
  void CheckMemory();
  void CheckSums();
  void Problem(std::string text) { problems_.push_back(std::move(text)); }
  absl::Time Stamp() const;

  absl::Time now_;
  std::unique_ptr<Engine> engine_;
  storage::MemoryStore store_;
  storage::Head head_;
  uint64_t last_sequence_ = 0;
  int64_t last_time_us_ = 0;
  uint64_t commands_ = 0;
  LifecycleWatch watch_;
  std::vector<std::string> problems_;
};

}  // namespace brokerage::engine
