#include "services/brokerd/serve.h"

#include <pthread.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/brokerd/admin_http.h"
#include "services/brokerd/data_directory.h"
#include "services/brokerd/maintenance.h"
#include "services/core/metrics.h"
#include "services/core/sequencer.h"
#include "services/rpc/server.h"

namespace brokerage::services::brokerd {

namespace {

constexpr absl::Duration kGrace = absl::Seconds(10);

// gRPC stops accepting for good once descriptors run out.
void RaiseFileLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) spdlog::warn("event=file_limit_not_raised");
  spdlog::info("event=file_limit files={}", static_cast<uint64_t>(limit.rlim_cur));
}

// Before any thread begins, so that every thread leaves these signals to WaitForSignal.
sigset_t HoldSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

absl::Status CheckAddresses(const ServeOptions& options) {
  absl::Status listen = CheckPrivateAddress(options.listen);
  return listen.ok() ? CheckPrivateAddress(options.admin_listen) : listen;
}

// In bytes.
uint64_t DiskReserve(const ServeOptions& options) {
  if (options.disk_reserve_mebibytes) return *options.disk_reserve_mebibytes << 20;
  const uint64_t most = engine::limits::kDiskReserveMebibytes << 20;
  std::error_code error;
  const std::filesystem::space_info disk = std::filesystem::space(options.data, error);
  return error ? most : std::min<uint64_t>(most, disk.capacity / 20);
}

}  // namespace

absl::Status Serve(const ServeOptions& options) {
  absl::Status addresses = CheckAddresses(options);
  if (!addresses.ok()) return addresses;
  const sigset_t signals = HoldSignals();
  RaiseFileLimit();
  absl::StatusOr<std::optional<storage::Head>> accept_head =
      HeadOf("--accept-loss", options.accept_loss);
  if (!accept_head.ok()) return accept_head.status();
  absl::StatusOr<OpenedDirectory> opened =
      OpenDirectory(options.data, options.simulation_start, *accept_head);
  if (!opened.ok()) return opened.status();

  Metrics metrics;
  Sequencer::Options sequencer_options;
  sequencer_options.on_commit = [&metrics](size_t records, absl::Duration took) {
    metrics.CountCommit(records, took);
  };
  sequencer_options.free_bytes = [store = opened->store.get()] { return store->FreeBytes(); };
  sequencer_options.disk_reserve_bytes = DiskReserve(options);
  Sequencer sequencer(opened->engine.get(), opened->store.get(), opened->clock.get(),
                      sequencer_options);
  ServerOptions rpc_options;
  rpc_options.listen_address = options.listen;
  rpc_options.metrics = &metrics;
  SetMaintenance(options.data, options.backup_dir, opened->store.get(), &rpc_options);
  RpcServer rpc(&sequencer, opened->store.get(), opened->clock.get(), std::move(rpc_options));
  std::atomic<bool> serving = false;
  const std::string host = options.listen.substr(0, options.listen.rfind(':'));
  AdminHttp admin({options.admin_listen, [&] { return metrics.Text(sequencer); },
                   [&] { return serving ? absl::StrCat(host, ":", rpc.port()) : std::string(); }});

  absl::Status started = admin.Start();
  if (!started.ok()) return started;
  sequencer.Start();
  started = rpc.Start();
  if (!started.ok()) return started;
  serving = true;
  spdlog::info(
      "event=started listen_port={} admin_port={} simulation={} now={} open_packages={} head={}",
      rpc.port(), admin.port(), opened->clock->simulated(),
      absl::FormatTime(opened->clock->Now(), absl::UTCTimeZone()),
      sequencer.figures().open_packages, sequencer.head().ToString());

  int signal_number = 0;
  sigwait(&signals, &signal_number);
  spdlog::info("event=stopping signal={}", signal_number);
  serving = false;
  rpc.Shutdown(kGrace);
  sequencer.Stop();
  admin.Stop();
  spdlog::info("event=stopped head={}", sequencer.head().ToString());
  return absl::OkStatus();
}

}  // namespace brokerage::services::brokerd
