// brokerd: the broker's server and what is done with its data while it is stopped.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <iostream>

#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "services/brokerd/bootstrap.h"
#include "services/brokerd/maintenance.h"
#include "services/brokerd/serve.h"
#include "services/command_line/command_line.h"

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
void AddSimulation(command_line::Command command, std::optional<absl::Time>* start) {
  command
      .AddRead(
          "--simulation",
          [start](const std::string& text) -> std::string {
            absl::Time time;
            std::string error;
            if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error)) {
              return absl::StrCat("\"", text, "\" is no time such as 2018-07-01T08:00:00Z");
            }
            *start = time;
            return "";
          },
          "Run a simulation whose clock begins then (or goes on from where it was) and stands "
          "still between AdvanceClock calls")
      .TypeName("START_TIME");
}

// The memory holds texts that identify people, and tokens: no dump of it comes on a disk, whatever
// the machine does with dumps.
void ForbidCoreDumps() {
  const rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
}

int Run(int argc, char** argv) {
  command_line::Program app("The e-brokerage server.", "brokerd");
  app.RequireCommand();
  std::string log_level = "info";
  app.Add("--log-level", &log_level, "debug, info, warn or error")
      .OneOf({"debug", "info", "warn", "error"})
      .ShowDefault();
  app.OptionsMayFollow();

  ServeOptions serve;
  command_line::Command serve_command = app.AddCommand("serve", "Serve until SIGTERM");
  serve_command.Add("--data", &serve.data, "Directory of the state").Required();
  serve_command.Add("--listen", &serve.listen, "gRPC, loopback or private address").ShowDefault();
  serve_command.Add("--admin-listen", &serve.admin_listen, "/metrics and /healthz over HTTP")
      .ShowDefault();
  serve_command.Add("--backup-dir", &serve.backup_dir, "Where CreateBackup writes");
  serve_command
      .Add("--disk-reserve", &serve.disk_reserve_mebibytes,
           absl::StrCat(
               "Refuse commands while the disk has less free, 0: never; warn under twice as "
               "much [",
               engine::limits::kDiskReserveMebibytes, ", or a twentieth of a smaller disk]"))
      .TypeName("MEBIBYTES")
      .Between(uint64_t{0}, uint64_t{1} << 40);
  serve_command
      .Add("--accept-loss", &serve.accept_loss,
           "Go on where the journal ends, without the records that are lost after it")
      .TypeName("SEQUENCE:HASH");
  AddSimulation(serve_command, &serve.simulation_start);

  BootstrapOptions bootstrap;
  command_line::Command bootstrap_command =
      app.AddCommand("bootstrap", "Make the first administrator");
  bootstrap_command.Add("--data", &bootstrap.data, "Directory of the state").Required();
  bootstrap_command.Add("--account", &bootstrap.account, "Its account id").Required();
  bootstrap_command
      .Add("--token-file", &bootstrap.token_file, "Read if it is there, else written, mode 0600")
      .Required();
  AddSimulation(bootstrap_command, &bootstrap.simulation_start);

  std::string data, backup_dir, expect_head;
  int64_t number = 0;
  command_line::Command verify =
      app.AddCommand("verify", "Replay the journal and compare every row");
  verify.Add("--data", &data, "Directory of the state").Required();
  verify.Add("--expect-head", &expect_head, "SEQUENCE:HASH that the journal must hold");
  command_line::Command backup = app.AddCommand("backup", "Back up a stopped server");
  backup.Add("--data", &data, "Directory of the state").Required();
  backup.Add("--backup-dir", &backup_dir, "Directory of the backups").Required();
  bool anew = false;
  command_line::Command upgrade =
      app.AddCommand("upgrade", "Make an earlier program's store anew from its journal");
  upgrade.Add("--data", &data, "Directory of the state").Required();
  upgrade.AddFlag("--anew", &anew, "This program's, too: where rows are damaged");
  command_line::Command restore =
      app.AddCommand("restore", "Restore a backup into a new directory");
  restore.Add("--backup-dir", &backup_dir, "Directory of the backups").Required();
  restore.Add("--number", &number, "The backup's number").Required();
  restore.Add("--data", &data, "The new directory").Required();

  if (const auto status = app.Parse(argc, argv)) return *status;
  SetUpLog(log_level);
  absl::Status done;
  if (serve_command.asked()) done = Serve(serve);
  if (bootstrap_command.asked()) done = MakeFirstAdministrator(bootstrap);
  if (verify.asked()) done = Verify(data, expect_head);
  if (backup.asked()) done = BackUp(data, backup_dir);
  if (upgrade.asked()) done = Upgrade(data, anew);
  if (restore.asked()) done = Restore(backup_dir, number, data);
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
