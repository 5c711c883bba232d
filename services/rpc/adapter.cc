#include "services/rpc/adapter.h"

#include <spdlog/spdlog.h>

#include <chrono>

#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/rejection.h"
#include "services/rpc/message_check.h"
#include "services/rpc/scope.h"

namespace brokerage::services::rpc {

namespace {

absl::Time DeadlineOf(const grpc::ServerContext& context) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return absl::InfiniteFuture();
  return absl::FromChrono(deadline);
}

absl::string_view AuthorizationOf(const grpc::ServerContext& context) {
  const auto& metadata = context.client_metadata();
  auto found = metadata.find("authorization");
  if (found == metadata.end()) return "";
  return absl::string_view(found->second.data(), found->second.size());
}

// Who read what about people; the journal has who changed what.
void Note(const Access& access, const engine::Caller& caller) {
  if (access.audit == Audit::kPersonal) {
    spdlog::debug("audit account={} method={}", caller.account_id, std::string(access.method));
  }
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  std::string details;
  const v1::Rejection rejection = engine::RejectionOf(status);
  if (rejection.reason() != v1::REJECTION_REASON_UNSPECIFIED)
    details = rejection.SerializeAsString();
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
                      details);
}

absl::StatusOr<CallContext> Adapter::Admit(const Access& access, const grpc::ServerContext& context,
                                           const google::protobuf::Message& request) const {
  CallContext call;
  call.published = backend_.sequencer->published();
  call.deadline = DeadlineOf(context);
  auto caller = Authenticate(AuthorizationOf(context), *call.published);
  if (!caller.ok()) return caller.status();
  call.caller = *std::move(caller);
  if (absl::Status status = CheckRole(access, call.caller.role); !status.ok()) return status;
  if (stopping_)
    return engine::Reject(v1::REJECTION_REASON_OVERLOADED, "", "",
                          "a later try: the server is stopping");
  if (absl::Status status = CheckMessage(request); !status.ok()) return status;
  if (absl::Status status = CheckScope(access, call, request); !status.ok()) return status;
  Note(access, call.caller);
  return call;
}

bool Adapter::EnterStream() {
  if (streams_.fetch_add(1) >= engine::limits::kStreamsMax) {
    streams_.fetch_sub(1);
    return false;
  }
  if (Metrics* metrics = backend_.options->metrics) metrics->AddStreams(1);
  return true;
}

void Adapter::LeaveStream() {
  --streams_;
  if (Metrics* metrics = backend_.options->metrics) metrics->AddStreams(-1);
}

void Adapter::Count(const Access& access, const absl::Status& status, absl::Time began) const {
  Metrics* metrics = backend_.options->metrics;
  if (metrics == nullptr) return;
  metrics->CountCall(access.method, status.code(), backend_.clock->MachineNow() - began);
}

void Adapter::Leave() {
  if (--calls_ > 0) return;
  std::lock_guard lock(mutex_);
  no_calls_.notify_all();
}

void Adapter::WaitUntilNoCalls() {
  std::unique_lock lock(mutex_);
  no_calls_.wait(lock, [this] { return calls_ == 0; });
}

}  // namespace brokerage::services::rpc
