// brokerd: the broker's server and what is done with its data while it is stopped.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "services/brokerd/bootstrap.h"
#include "services/brokerd/maintenance.h"
#include "services/brokerd/serve.h"

// Read by jemalloc, where it is the allocator: what a burst of requests took is given back when the
// burst is over, not with the next request.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true";
}

namespace brokerage::services::brokerd {

namespace {

constexpr int kFailed = 1;

void SetUpLog(const std::string& level) {
  auto logger = spdlog::stderr_logger_mt("brokerd");
  logger->set_pattern("time=%Y-%m-%dT%H:%M:%S.%eZ level=%l %v", spdlog::pattern_time_type::utc);
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

// An option that takes a moment such as 2018-07-01T08:00:00Z.
void AddSimulation(CLI::App* command, std::optional<absl::Time>* start) {
  command
      ->add_option_function<std::string>(
          "--simulation",
          [start](const std::string& text) {
            absl::Time time;
            std::string error;
            if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
              throw CLI::ValidationError(
                  "--simulation", "\"" + text + "\" is no time such as 2018-07-01T08:00:00Z");
            }
            *start = time;
          },
          "Run a simulation whose clock begins then (or goes on from where it was) and stands "
          "still between AdvanceClock calls")
      ->type_name("START_TIME");
}

// The memory holds texts that identify people, and tokens: no dump of it comes on a disk, whatever
// the machine does with dumps.
void ForbidCoreDumps() {
  const rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
}

int Run(int argc, char** argv) {
  CLI::App app("The e-brokerage server.", "brokerd");
  app.require_subcommand(1);
  std::string log_level = "info";
  app.add_option("--log-level", log_level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
  app.fallthrough();

  ServeOptions serve;
  CLI::App* serve_command = app.add_subcommand("serve", "Serve until SIGTERM");
  serve_command->add_option("--data", serve.data, "Directory of the state")->required();
  serve_command->add_option("--listen", serve.listen, "gRPC, loopback or private address")
      ->capture_default_str();
  serve_command->add_option("--admin-listen", serve.admin_listen, "/metrics and /healthz over HTTP")
      ->capture_default_str();
  serve_command->add_option("--backup-dir", serve.backup_dir, "Where CreateBackup writes");
  serve_command
      ->add_option(
          "--disk-reserve", serve.disk_reserve_mebibytes,
          absl::StrCat(
              "Refuse commands while the disk has less free, 0: never; warn under twice as "
              "much [",
              engine::limits::kDiskReserveMebibytes, ", or a twentieth of a smaller disk]"))
      ->type_name("MEBIBYTES")
      ->check(CLI::Range(uint64_t{0}, uint64_t{1} << 40));
  serve_command
      ->add_option("--accept-loss", serve.accept_loss,
                   "Go on where the journal ends, without the records that are lost after it")
      ->type_name("SEQUENCE:HASH");
  AddSimulation(serve_command, &serve.simulation_start);

  BootstrapOptions bootstrap;
  CLI::App* bootstrap_command = app.add_subcommand("bootstrap", "Make the first administrator");
  bootstrap_command->add_option("--data", bootstrap.data, "Directory of the state")->required();
  bootstrap_command->add_option("--account", bootstrap.account, "Its account id")->required();
  bootstrap_command
      ->add_option("--token-file", bootstrap.token_file,
                   "Read if it is there, else written, mode 0600")
      ->required();
  AddSimulation(bootstrap_command, &bootstrap.simulation_start);

  std::string data, backup_dir, expect_head;
  int64_t number = 0;
  CLI::App* verify = app.add_subcommand("verify", "Replay the journal and compare every row");
  verify->add_option("--data", data, "Directory of the state")->required();
  verify->add_option("--expect-head", expect_head, "SEQUENCE:HASH that the journal must hold");
  CLI::App* backup = app.add_subcommand("backup", "Back up a stopped server");
  backup->add_option("--data", data, "Directory of the state")->required();
  backup->add_option("--backup-dir", backup_dir, "Directory of the backups")->required();
  bool anew = false;
  CLI::App* upgrade =
      app.add_subcommand("upgrade", "Make an earlier program's store anew from its journal");
  upgrade->add_option("--data", data, "Directory of the state")->required();
  upgrade->add_flag("--anew", anew, "This program's, too: where rows are damaged");
  CLI::App* restore = app.add_subcommand("restore", "Restore a backup into a new directory");
  restore->add_option("--backup-dir", backup_dir, "Directory of the backups")->required();
  restore->add_option("--number", number, "The backup's number")->required();
  restore->add_option("--data", data, "The new directory")->required();

  CLI11_PARSE(app, argc, argv);
  SetUpLog(log_level);
  absl::Status done;
  if (*serve_command) done = Serve(serve);
  if (*bootstrap_command) done = MakeFirstAdministrator(bootstrap);
  if (*verify) done = Verify(data, expect_head);
  if (*backup) done = BackUp(data, backup_dir);
  if (*upgrade) done = Upgrade(data, anew);
  if (*restore) done = Restore(backup_dir, number, data);
  if (done.ok()) return 0;
  std::cerr << "brokerd: " << done.message() << "\n";
  return kFailed;
}

}  // namespace

}  // namespace brokerage::services::brokerd

int main(int argc, char** argv) {
  brokerage::services::brokerd::ForbidCoreDumps();
  umask(077);  // whatever is written is for the owner alone
  return brokerage::services::brokerd::Run(argc, argv);
}
