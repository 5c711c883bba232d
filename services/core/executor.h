// Executes commands, and what is due, one after the other: recalls a repeat's first outcome, loads
// what a command touches, lets the engine decide and apply, and remembers the outcome. What it
// leaves is a group of records, rows and replies that one append makes durable. It knows no queue
// and no thread; only the sequencer's deciding thread calls it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/command.h"
#include "engine/engine.h"
#include "google/protobuf/message.h"
#include "services/core/clock.h"
#include "services/core/directory_snapshot.h"
#include "services/core/disk_watch.h"
#include "storage/store.h"

namespace brokerage::services {

// The response message of the request's RPC (null for a Bootstrap), or why not. A repeat gets the
// first one's.
using Reply = absl::StatusOr<std::shared_ptr<const google::protobuf::Message>>;
// Takes the reply, once.
using Done = std::function<void(const Reply&)>;

// A command as it waits.
struct QueuedCommand {
  engine::Caller caller;
  engine::Request request;
  std::string request_id;
  std::string content_hash;
  absl::Time deadline = absl::InfiniteFuture();
  std::optional<absl::Time> advance_to;  // instead of the request: moves a simulation's clock
  // Instead of the request: the reply of what was done elsewhere, to be remembered.
  std::shared_ptr<const google::protobuf::Message> carried_out;
  // Of `request`, or of what is there instead of it; null for what no client asks.
  const google::protobuf::Descriptor* type = nullptr;
  Done done;
};

// What one append makes durable, and what may be said only after that.
struct CommitGroup {
  struct Answer {
    Done done;
    Reply reply;
  };
  storage::Batch batch;
  std::vector<Answer> answers;
  std::shared_ptr<const DirectorySnapshot> published;  // null: as before
  std::optional<absl::Time> alive;                     // the clock was moved, or trusted, to here
  uint64_t number = 0;                                 // of the last group that was merged into it

  size_t size() const { return batch.records.size() + answers.size(); }
  bool empty() const { return size() == 0 && batch.outcomes.empty() && !published && !alive; }
  // Adds a later group.
  void Merge(CommitGroup later);
};

class Executor {
 public:
  struct Options {
    size_t closed_packages_max = 2000;  // in memory, before those that are durable are forgotten
    std::function<std::string()> random_salt;  // 16 bytes
    // A row that cannot be read: nothing may be decided on half of what is stored.
    std::function<void(const absl::Status&)> on_fatal;
  };

  // Both functions of `options` are there. All five outlive the executor.
  Executor(engine::Engine* engine, storage::Store* store, Clock* clock, const DiskWatch* disk,
           const Options& options);

  // Pauses lapsing when the clock has come in doubt.
  void CheckClock(CommitGroup* group);
  // Handles the most urgent entry that is due; false when nothing is, or when it makes no progress.
  bool RunOneDue(CommitGroup* group);
  // Executes the command and adds its answer to the group. Where the disk has too little room, one
  // that writes is refused; what is due is not.
  void Execute(QueuedCommand command, CommitGroup* group);
  // The first outcome of a request that was seen, or that its id was used for another; empty for a
  // new one.
  std::optional<Reply> Recall(const QueuedCommand& command) const;
  // Keeps the outcome of what the engine does not decide.
  void Remember(const QueuedCommand& command,
                std::shared_ptr<const google::protobuf::Message> reply, CommitGroup* group);

  // Ends a group: gives it its number, and a new snapshot for readers when the directory or an
  // account changed.
  void Close(uint64_t number, CommitGroup* group);
  // Groups up to this one are durable: their outcomes are found in the store from now on.
  void ForgetOutcomes(uint64_t durable_number);

  bool WantsEviction() const;
  // REQUIRES: every group is durable.
  void Evict() { engine_->EvictClosed(); }

  absl::Time NextDue() const { return stuck_ ? absl::InfiniteFuture() : engine_->NextDue(); }
  size_t open_packages() const { return engine_->state().open_packages.size(); }
  bool clock_jumped() const { return engine_->state().system.clock_jumped(); }
  std::shared_ptr<const DirectorySnapshot> TakeSnapshot() const;

 private:
  struct Known {
    std::string content_hash;
    std::shared_ptr<const google::protobuf::Message> reply;
  };

  absl::Time NextStamp() const;
  absl::Time StampAt(absl::Time now) const;  // of a record that is made now
  // Takes what the machine's clock shows for the time, when the request says so. Errors:
  // FIELD_REQUIRED, FIELD_INVALID.
  absl::Status TrustClock(const v1::ConfirmClockRequest& request);
  Reply Answer(QueuedCommand command, CommitGroup* group);
  std::optional<Reply> FindKnown(const QueuedCommand& command,
                                 const std::string& content_hash) const;
  void Remember(const std::string& account_id, const std::string& request_id,
                std::string content_hash, absl::Time time,
                std::shared_ptr<const google::protobuf::Message> reply, CommitGroup* group);
  void Commit(const engine::Command& command, const std::string& request_id, absl::Time time,
              engine::Decision* decision, CommitGroup* group);

  engine::Engine* const engine_;
  storage::Store* const store_;
  Clock* const clock_;
  const DiskWatch* const disk_;
  const Options& options_;
  int64_t last_time_us_ = 0;  // of the last record
  uint64_t last_sequence_ = 0;
  bool stuck_ = false;  // a Tick changed nothing: none is tried before something else changes
  uint64_t published_version_ = 0;
  int64_t published_time_us_ = 0;

  // Outcomes that are not durable yet, by account and request id.
  absl::flat_hash_map<std::string, Known> in_flight_;
  std::deque<std::pair<uint64_t, std::vector<std::string>>> in_flight_by_group_;
  std::vector<std::string> in_flight_now_;  // of the group that is still open
};

}  // namespace brokerage::services
