// The network: every service of brokerage.v1, with the health and reflection services, on one
// listening address.
//
// Threads: Start, Shutdown and port from the thread that owns the server. The sequencer must be
// started before and stopped after it: a call that was taken in is answered.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/core/metrics.h"
#include "services/core/sequencer.h"
#include "storage/replay.h"
#include "storage/store.h"

namespace brokerage::services {

class RpcServer {
 public:
  struct Backup {
    int64_t number = 0;  // within the backup directory
    storage::Head head;
  };
  struct Verification {
    int64_t records = 0;  // replayed
    storage::Head head;
    std::vector<std::string> problems;  // empty: everything agrees
  };

  struct Options {
    std::string listen_address = "127.0.0.1:50051";  // port 0: any free one, see port()
    int completion_threads =
        2;                   // each with a completion queue of its own: commands and cheap reads
    int worker_threads = 2;  // lists, figures and streams
    // What AdminService does beyond the sequencer. Called on a worker thread; one that is not set
    // is NOT_SUPPORTED.
    std::function<absl::StatusOr<Backup>()> create_backup;
    std::function<absl::StatusOr<Verification>()> verify_journal;
    // What was known at an earlier sequence of the journal, at most the head's. Not set: questions
    // about it are NOT_SUPPORTED. Errors: UNAVAILABLE while another is replayed; ABORTED once
    // `go_on` says no.
    std::function<absl::StatusOr<std::unique_ptr<storage::Replay>>(uint64_t sequence,
                                                                   absl::FunctionRef<bool()> go_on)>
        known_at;
    // Counts calls and streams. Not set: nobody counts.
    Metrics* metrics = nullptr;
    // The digest over all rows, hexadecimal. Not set: GetStatus leaves it empty.
    std::function<absl::StatusOr<std::string>(const storage::View&)> digest;
  };

  // All three outlive the server.
  RpcServer(Sequencer* sequencer, storage::Store* store, Clock* clock, Options options);
  ~RpcServer();
  RpcServer(const RpcServer&) = delete;
  RpcServer& operator=(const RpcServer&) = delete;

  // Listens. Errors: UNAVAILABLE when the address cannot be bound; INTERNAL when an RPC has no row
  // in the access table.
  absl::Status Start();
  // The port that it listens on; 0 before Start.
  int port() const;
  // Ends the streams, takes no new calls, waits for those under way and cancels what is left after
  // `grace`. Safe to call twice.
  void Shutdown(absl::Duration grace);

 private:
  struct Running;
  std::unique_ptr<Running> running_;
};

}  // namespace brokerage::services
