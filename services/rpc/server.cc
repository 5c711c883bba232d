#include "services/rpc/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/resource_quota.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "services/rpc/access.h"
#include "services/rpc/account/service.h"
#include "services/rpc/adapter.h"
#include "services/rpc/admin/service.h"
#include "services/rpc/directory/service.h"
#include "services/rpc/health.h"
#include "services/rpc/history/service.h"
#include "services/rpc/package/offer_service.h"
#include "services/rpc/package/package_service.h"
#include "services/rpc/performance/service.h"
#include "services/rpc/watcher.h"
#include "services/rpc/workers.h"

namespace brokerage::services {

namespace limits = engine::limits;

struct RpcServer::Running {
  Running(Sequencer* sequencer, storage::Store* store, Clock* clock, ServerOptions given)
      : options(std::move(given)),
        file_checks(limits::kFrameworkChecksMax, limits::kFrameworkChecksPerAccountMax),
        previews(limits::kPreviewsMax, limits::kPreviewsPerAccountMax),
        workers(options.worker_threads, 1),
        long_workers(options.long_worker_threads, 1),
        file_workers(options.file_threads, 1),
        watcher(sequencer, store, clock),
        adapter(rpc::Backend{sequencer, store, clock, &options, &workers, &long_workers,
                             &file_workers, &file_checks, &previews},
                &watcher) {}

  const ServerOptions options;
  rpc::Places file_checks;
  rpc::Places previews;
  rpc::Workers workers;
  rpc::Workers long_workers;
  rpc::Workers file_workers;
  rpc::Watcher watcher;
  rpc::Adapter adapter;
  std::vector<std::unique_ptr<grpc::ServerCompletionQueue>> queues;
  std::unique_ptr<grpc::Server> server;
  std::vector<std::thread> threads;
  int port = 0;
};

namespace {

constexpr int kMetadataBytesMax = 16 << 10;
// What gRPC may hold of all connections' messages together; beyond it, it takes no more from those
// that sent most.
constexpr size_t kQuotaBytes = 512 << 20;
constexpr int kSyncThreadsMax = 16;  // reflection: nothing else is synchronous
constexpr absl::Duration kKeepalive = absl::Minutes(1);
constexpr absl::Duration kKeepaliveTimeout = absl::Seconds(20);
constexpr absl::Duration kPingInterval = absl::Seconds(10);  // clients that ping more often are cut
constexpr absl::Duration kIdle = absl::Minutes(30);
// For requests that are on their way when the server stops.
constexpr absl::Duration kRequestPatience = absl::Milliseconds(500);

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

void SetLimits(grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(limits::kMessageBytesMax);
  builder->SetMaxSendMessageSize(limits::kMessageBytesMax);
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits::kStreamsMax);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(kKeepalive));
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(kKeepaliveTimeout));
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                              Milliseconds(kPingInterval));
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, Milliseconds(kIdle));
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT,
                              0);  // a second server on the port is an error, not a share
  builder->SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::NUM_CQS, 1);
  builder->SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MIN_POLLERS, 1);
  builder->SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MAX_POLLERS, 1);
  grpc::ResourceQuota quota("brokerd");
  quota.SetMaxThreads(kSyncThreadsMax);
  quota.Resize(kQuotaBytes);
  builder->SetResourceQuota(quota);
}

void Drain(grpc::ServerCompletionQueue* queue) {
  void* tag = nullptr;
  bool ok = false;
  while (queue->Next(&tag, &ok)) static_cast<rpc::Event*>(tag)->Happened(ok);
}

}  // namespace

RpcServer::RpcServer(Sequencer* sequencer, storage::Store* store, Clock* clock,
                     ServerOptions options)
    : running_(std::make_unique<Running>(sequencer, store, clock, std::move(options))) {}

RpcServer::~RpcServer() { Shutdown(absl::ZeroDuration()); }

absl::Status RpcServer::Start() {
  if (absl::Status status = rpc::CheckAccessTable(); !status.ok()) return status;
  rpc::Adapter* adapter = &running_->adapter;
  rpc::RegisterPackages(adapter);
  rpc::RegisterOffers(adapter);
  rpc::RegisterDirectory(adapter);
  rpc::RegisterPerformance(adapter);
  rpc::RegisterHistory(adapter);
  rpc::RegisterAccounts(adapter);
  rpc::RegisterAdmin(adapter);
  rpc::RegisterHealth(adapter);

  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  SetLimits(&builder);
  int port = 0;
  builder.AddListeningPort(running_->options.listen_address, grpc::InsecureServerCredentials(),
                           &port);
  if (absl::Status status = adapter->AddServices(&builder); !status.ok()) return status;
  for (int i = 0; i < running_->options.completion_threads; ++i) {
    running_->queues.push_back(builder.AddCompletionQueue());
  }
  running_->server = builder.BuildAndStart();
  if (running_->server == nullptr || port == 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", running_->options.listen_address));
  }
  running_->port = port;
  running_->watcher.Start();
  for (const auto& queue : running_->queues) {
    adapter->Open(queue.get());
    running_->threads.emplace_back([queue = queue.get()] { Drain(queue); });
  }
  return absl::OkStatus();
}

int RpcServer::port() const { return running_->port; }

void RpcServer::Shutdown(absl::Duration grace) {
  if (running_->server != nullptr) {
    running_->adapter.Stop(std::min(grace, kRequestPatience));
    running_->watcher.WakeAll();
    running_->server->Shutdown(std::chrono::system_clock::now() + absl::ToChronoNanoseconds(grace));
    running_->adapter.WaitUntilNoCalls();
    running_->watcher.Stop();
  }
  for (const auto& queue : running_->queues) queue->Shutdown();
  for (std::thread& thread : running_->threads) thread.join();
  running_->threads.clear();
  // A queue without a thread, because the server never ran, is emptied here.
  if (running_->server == nullptr) {
    for (const auto& queue : running_->queues) Drain(queue.get());
  }
  running_->server.reset();
  running_->queues.clear();
  running_->workers.Join();
  running_->long_workers.Join();
  running_->file_workers.Join();
}

}  // namespace brokerage::services
