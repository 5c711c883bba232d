// The one place that knows gRPC: everything runs on completion queues. A subject registers its
// methods here, each with a handler that knows nothing of gRPC; see
// docs/decisions/0002-streams-use-the-completion-queue.md.
//
// A call is one object: made to wait for a call of its method on one queue, it admits the caller,
// reads the request, hands it to the handler, finishes the call, and deletes itself. Who calls is
// asked when the headers are there, before a byte of the request is read: who may not call costs no
// memory, and who need not say so (health) little. What is long is parsed by a worker, so that
// short calls never wait for it.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/rpc/access.h"
#include "services/rpc/authentication.h"
#include "services/rpc/call.h"
#include "services/rpc/watcher.h"

namespace brokerage::services::rpc {

// What a completion queue reports.
class Event {
 public:
  virtual ~Event() = default;
  virtual void Happened(bool ok) = 0;
};

// What the calls of all services share.
class Adapter {
 public:
  Adapter(Backend backend, Watcher* watcher);
  ~Adapter();

  // Once for each RPC, such as "PackageService/GetPackage", before AddServices.
  void Unary(absl::string_view method, Handler handler);
  void Streaming(absl::string_view method, StreamHandler handler);
  // A method of another's API: its path on the wire, and the type of its response. REQUIRES: what
  // is given by reference or as a view outlives this.
  void Unary(const Access& access, std::string path, const google::protobuf::Descriptor* gives,
             Handler handler);
  void Streaming(const Access& access, std::string path, const google::protobuf::Descriptor* gives,
                 StreamHandler handler);
  // Adds all services of brokerage.v1, and the methods of others, to the server. INTERNAL unless
  // every RPC was registered once, as what it is.
  absl::Status AddServices(grpc::ServerBuilder* builder);
  // Posts the first calls of every method to a queue, when the server runs.
  void Open(grpc::ServerCompletionQueue* queue);

  const Backend& backend() const { return backend_; }
  Watcher* watcher() const { return watcher_; }

  // Who calls, when they may call this; nobody's account where anybody may. Errors: NOT_SIGNED_IN,
  // ROLE_MAY_NOT, OVERLOADED while stopping.
  absl::StatusOr<SignedIn> AdmitCaller(const Access& access,
                                       const grpc::ServerContext& context) const;
  // Their call, when they may ask this and still are who they were before the request was read.
  // Errors: NOT_SIGNED_IN, and what CheckMessage and CheckScope refuse.
  absl::StatusOr<CallContext> AdmitRequest(const Access& access, const SignedIn& signed_in,
                                           const grpc::ServerContext& context,
                                           const google::protobuf::Message& request) const;

  // A place for what the method bounds; null where it bounds nothing. Errors: as Places::Enter.
  absl::StatusOr<std::shared_ptr<const Places::Place>> EnterBounded(
      const Bounded& bounded, const std::string& account_id) const;
  // Takes a place among the account's open streams; false when there is none.
  bool EnterStream(const std::string& account_id);
  void LeaveStream(const std::string& account_id);
  // Counts a call that is answered now.
  void Count(const Access& access, const absl::Status& status, absl::Time began) const;

  // Cancels calls whose requests do not come. Asked whenever a call is taken: meanwhile an overdue
  // one is in nobody's way.
  void CancelOverdue(absl::Time now);
  // The request of a call that began then is on its way, from here to RequestCame. False, and
  // nothing is to be read, when the server stops.
  bool AwaitRequest(absl::Time began, grpc::ServerContext* context);
  void RequestCame(absl::Time began, grpc::ServerContext* context);

  // Counts the calls that exist, so that a queue is shut down only when none uses it.
  void Enter() { ++calls_; }
  void Leave();
  void WaitUntilNoCalls();
  bool stopping() const { return stopping_; }
  // From now on calls are refused when they are taken. Requests that are on their way may come for
  // so long; then their calls are cancelled, for a client that sends no more would hold up the
  // stop.
  void Stop(absl::Duration patience);

  struct Method;
  class Service;

 private:
  const Backend backend_;
  Watcher* const watcher_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int64_t> calls_ = 0;
  std::mutex mutex_;
  int streams_ = 0;
  std::map<std::string, int> streams_of_;  // by account
  std::condition_variable no_calls_;
  // Whose requests are on their way, with when they began.
  std::set<std::pair<absl::Time, grpc::ServerContext*>> awaited_;
  std::condition_variable none_awaited_;
  std::vector<std::unique_ptr<Method>> methods_;
  std::vector<std::unique_ptr<Service>> services_;
};

}  // namespace brokerage::services::rpc
