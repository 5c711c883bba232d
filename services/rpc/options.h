// What a server is given besides the sequencer, the store and the clock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/core/metrics.h"
#include "storage/replay.h"
#include "storage/store.h"

namespace brokerage::services {

struct ServerOptions {
  struct Backup {
    int64_t number = 0;  // within the backup directory
    storage::Head head;
  };
  struct Verification {
    int64_t records = 0;  // replayed
    storage::Head head;
    std::vector<std::string> problems;  // empty: everything agrees
  };

  std::string listen_address = "127.0.0.1:50051";  // port 0: any free one, see RpcServer::port
  // Each with a completion queue of its own: commands and cheap reads.
  int completion_threads = 2;
  int worker_threads = 3;       // lists, figures and streams; an account has one
  int long_worker_threads = 2;  // backups, verifications, replays; an account has one
  int file_threads = 2;         // files that people send, and what is played under them; likewise
  // For a request to come, after its headers.
  absl::Duration request_patience = absl::Minutes(2);
  // What AdminService does beyond the sequencer. Called on a worker thread; one that is not set
  // is NOT_SUPPORTED.
  std::function<absl::StatusOr<Backup>()> create_backup;
  std::function<absl::StatusOr<Verification>()> verify_journal;
  // What was known at an earlier sequence of the journal, at most the head's. Not set: questions
  // about it are NOT_SUPPORTED. Called by as many long workers at a time as there are. Errors:
  // ABORTED once `go_on` says no.
  std::function<absl::StatusOr<std::unique_ptr<storage::Replay>>(uint64_t sequence,
                                                                 absl::FunctionRef<bool()> go_on)>
      known_at;
  // Counts calls and streams. Not set: nobody counts.
  Metrics* metrics = nullptr;
  // The digest over all rows, hexadecimal. Not set: GetStatus leaves it empty.
  std::function<absl::StatusOr<std::string>(const storage::View&)> digest;
};

}  // namespace brokerage::services
