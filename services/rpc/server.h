// The network: every service of brokerage.v1, with the health and reflection services, on one
// listening address.
//
// Threads: Start, Shutdown and port from the thread that owns the server. The sequencer must be
// started before and stopped after it: a call that was taken in is answered.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/core/clock.h"
#include "services/core/sequencer.h"
#include "services/rpc/options.h"
#include "storage/store.h"

namespace brokerage::services {

class RpcServer {
 public:
  // All three outlive the server.
  RpcServer(Sequencer* sequencer, storage::Store* store, Clock* clock, ServerOptions options);
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
