// The single writer: a bounded queue of commands, decided and applied one after the other, made
// durable in groups.
//
// Threads: Submit from any thread. With Start, one thread decides, one writes, one answers: while a
// group syncs the next is decided. Without it, Step runs one turn of everything in the caller's
// thread, for tests and simulations.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "engine/base/bounds.h"
#include "engine/command.h"
#include "engine/engine.h"
#include "google/protobuf/message.h"
#include "services/core/clock.h"
#include "services/core/directory_snapshot.h"
#include "services/core/executor.h"
#include "storage/store.h"

namespace brokerage::services {

class Sequencer {
 public:
  using Reply = services::Reply;
  using Done = services::Done;

  // What an executor needs, and what a queue does. By default `random_salt` asks the system's
  // generator; `on_fatal`, which is also called when an append failed, says so and ends the
  // process. When it returns after an append, nothing is written any more and every command, those
  // in flight too, is answered with UNAVAILABLE.
  struct Options : Executor::Options {
    size_t queue_length_max = engine::limits::kQueueLengthMax;
    size_t group_commit_max = engine::limits::kGroupCommitMax;
    // The bytes that are free on the store's disk, or nothing where that is not known; null: it is
    // not watched. Under the reserve commands that write are refused (OVERLOADED); what is due goes
    // on. Asked at most once a second, by the writing thread.
    std::function<std::optional<uint64_t>()> free_bytes;
    uint64_t disk_reserve_bytes = engine::limits::kDiskReserveMebibytes << 20;
    // After each append, from the writing thread: how many records, how long it took.
    std::function<void(size_t records, absl::Duration took)> on_commit;
  };

  // The engine is loaded; nothing else touches it from now on.
  Sequencer(engine::Engine* engine, storage::Store* store, Clock* clock, Options options);
  ~Sequencer();

  // Asks for a command. `request_id` and `content_hash` (of the request's bytes; the kind of
  // request is added here) are empty for commands that are not idempotent (previews); done is
  // called exactly once, from the answering thread, after the outcome is durable, or at once when
  // the queue is full (OVERLOADED). A command whose `deadline`, by the machine's clock, has passed
  // before it is decided is refused (DEADLINE_PASSED_IN_QUEUE).
  void Submit(engine::Caller caller, engine::Request request, std::string request_id,
              std::string content_hash, absl::Time deadline, Done done);

  // Moves a simulation's clock, running every Tick on the way at its own time; done after it is
  // durable, with an AdvanceClockResponse. Repeats get the first one's. Errors: CLOCK_IS_REAL,
  // IN_THE_PAST, OVERLOADED, REQUEST_ID_REUSED.
  void Advance(engine::Caller caller, absl::Time target, std::string request_id,
               std::string content_hash, Done done);

  // Remembers the reply to a request of the type that was carried out elsewhere, such as a backup;
  // done with the reply after it is durable, or with the first one's if it was remembered before.
  void Remember(engine::Caller caller, const google::protobuf::Descriptor* type,
                std::string request_id, std::string content_hash,
                std::shared_ptr<const google::protobuf::Message> reply, Done done);

  void Start();
  // Answers what was accepted, then ends the threads. New commands are refused.
  void Stop();
  // One turn in this thread: everything due and one group of commands, durable. False when there
  // was nothing to do.
  bool Step();

  // The directory and accounts as of the last commit. Any thread, never null.
  std::shared_ptr<const DirectorySnapshot> published() const;
  // The head of the last commit. Any thread.
  storage::Head head() const;
  // For AdminService.GetStatus and metrics. Any thread.
  struct Figures {
    size_t queue_length = 0;
    uint64_t commands = 0, rejections = 0, commits = 0, overloads = 0;
    size_t open_packages = 0;
    absl::Time next_due = absl::InfiniteFuture();
    bool clock_jumped = false;
    uint64_t disk_free_bytes = 0;  // 0 where it is not watched
    bool disk_nearly_full = false;
  };
  Figures figures() const;
  // OVERLOADED while the disk has too little room: for what is written past the queue. Any thread.
  absl::Status CheckDisk() const;
  // Waits for a commit after the sequence, or until the machine's time is `until`, or for Stop; the
  // head's sequence. Any thread.
  uint64_t WaitForCommit(uint64_t after, absl::Time until) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace brokerage::services
