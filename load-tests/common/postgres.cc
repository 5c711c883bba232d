#include "load-tests/common/postgres.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace brokerage::load {
namespace {

namespace fs = std::filesystem;

constexpr char kPrograms[] = "usr/lib/postgresql/15/bin/";
constexpr char kServerLog[] = "server.log";

// The program that is waited for, and whether this one was asked to end.
volatile std::sig_atomic_t running = 0;
volatile std::sig_atomic_t ended = 0;

void OnEnd(int) {
  ended = 1;
  if (running != 0) kill(static_cast<pid_t>(running), SIGTERM);
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

// In a process just forked: becomes the program, with both its streams in the file.
[[noreturn]] void Become(std::vector<std::string>& arguments, const std::string& log) {
  const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  dup2(file, STDOUT_FILENO);
  dup2(file, STDERR_FILENO);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  _exit(127);
}

// What a program says; it must end well.
std::string Run(std::vector<std::string> arguments) {
  const std::string log = "program.log";
  const pid_t pid = fork();
  if (pid < 0) throw std::runtime_error("cannot start another process");
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    Become(arguments, log);
  }
  running = pid;
  if (ended) kill(pid, SIGTERM);  // asked to end before it was known what runs
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  running = 0;
  if (ended) throw std::runtime_error("ended by a signal");
  std::string said = ReadFile(log);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw std::runtime_error(absl::StrCat(absl::StrJoin(arguments, " "), " failed:\n", said));
  }
  return said;
}

// As root, the user nobody, to whom the directory is given with all that is in it.
void BecomeUnprivileged(const std::string& directory) {
  if (geteuid() != 0) return;
  const passwd* nobody = getpwnam("nobody");
  if (nobody == nullptr)
    throw std::runtime_error("PostgreSQL refuses root, and there is no nobody");
  std::vector<std::string> paths = {directory};
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
    paths.push_back(entry.path());
  }
  bool done = true;
  for (const std::string& path : paths) {
    done = done && lchown(path.c_str(), nobody->pw_uid, nobody->pw_gid) == 0;
  }
  done = done && setgroups(0, nullptr) == 0 && setgid(nobody->pw_gid) == 0 &&
         setuid(nobody->pw_uid) == 0;
  if (!done) throw std::runtime_error("cannot become the user nobody");
}

// As of a server of its own with some GiB of memory: everything that is acknowledged is synced, and
// checkpoints are so rare that none falls into a run. After one, each page that is changed for the
// first time is logged whole; so these are PostgreSQL's better minutes.
std::vector<std::string> ServerArguments(const std::string& program, const std::string& socket) {
  std::vector<std::string> arguments = {program, "-D", "data"};
  for (const std::string& setting : {
           std::string("listen_addresses="),
           absl::StrCat("unix_socket_directories=", socket),
           std::string("fsync=on"),
           std::string("synchronous_commit=on"),
           std::string("full_page_writes=on"),
           std::string("max_connections=100"),
           std::string("shared_buffers=1GB"),
           std::string("effective_cache_size=4GB"),
           std::string("work_mem=256MB"),
           std::string("maintenance_work_mem=512MB"),
           std::string("wal_buffers=64MB"),
           std::string("max_wal_size=32GB"),
           std::string("checkpoint_timeout=1h"),
           std::string("random_page_cost=1.1"),
           std::string("jit=off"),
       }) {
    arguments.emplace_back("-c");
    arguments.push_back(setting);
  }
  return arguments;
}

// Latencies, of the files that pgbench's threads wrote; takes them away.
void ReadLogs(const std::string& prefix, ScriptRun* run) {
  std::vector<fs::path> logs;
  for (const fs::directory_entry& entry : fs::directory_iterator(".")) {
    if (absl::StartsWith(entry.path().filename().string(), prefix)) logs.push_back(entry.path());
  }
  for (const fs::path& path : logs) {
    std::ifstream log(path);
    int64_t client = 0, turn = 0, microseconds = 0;
    std::string rest;
    while (log >> client >> turn >> microseconds && std::getline(log, rest)) {
      run->turns = std::max(run->turns, turn + 1);
      run->latencies_ms.push_back(static_cast<double>(microseconds) / 1000);
    }
    fs::remove(path);
  }
}

}  // namespace

ScratchDirectory::ScratchDirectory()
    : path_((fs::temp_directory_path() / "postgres-bench-XXXXXX").string()) {
  if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("cannot make " + path_);
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

QuitChild::QuitChild(std::vector<std::string> arguments, const std::string& log) : pid_(fork()) {
  if (pid_ == 0) {
    setpgid(0, 0);  // so that a terminal's interrupt comes to the test alone, which then ends it
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    Become(arguments, log);
  }
}

QuitChild::~QuitChild() {
  if (pid_ <= 0) return;
  kill(pid_, SIGQUIT);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool QuitChild::Ended() {
  if (pid_ > 0 && waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = 0;
  return pid_ <= 0;
}

// A cluster in the directory, which becomes the current one; the server's command.
std::vector<std::string> PostgresServer::Prepare(const std::string& unpacked,
                                                 const std::string& sql) {
  if (!fs::exists(fs::path(unpacked) / kPrograms / "postgres")) {
    throw std::runtime_error(absl::StrCat("no PostgreSQL 15 in ", unpacked,
                                          ": ./dev bench postgres_bench unpacks it there"));
  }
  std::signal(SIGTERM, OnEnd);
  std::signal(SIGINT, OnEnd);
  const std::string& path = directory_.path();
  const auto copied = fs::copy_options::recursive | fs::copy_options::copy_symlinks;
  fs::copy(unpacked, path + "/programs", copied);
  fs::copy(sql, path + "/sql", copied);
  BecomeUnprivileged(path);
  fs::current_path(path);
  setenv("LD_LIBRARY_PATH", (path + "/programs/libraries").c_str(), 1);
  setenv("LC_ALL", "C", 1);
  setenv("TZ", "UTC", 1);
  setenv("PGHOST", path.c_str(), 1);
  setenv("PGPORT", "5432", 1);
  setenv("PGUSER", "bench", 1);
  setenv("PGDATABASE", "postgres", 1);
  Run({Program("initdb"), "-D", "data", "-U", "bench", "-A", "trust", "-E", "UTF8", "--no-locale"});
  return ServerArguments(Program("postgres"), path);
}

PostgresServer::PostgresServer(const std::string& unpacked, const std::string& sql)
    : server_(Prepare(unpacked, sql), kServerLog) {
  for (int i = 0; i < 600 && !server_.Ended(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    try {
      Ask("SELECT 1");
      return;
    } catch (const std::runtime_error&) {
      if (ended) throw;  // otherwise it is still starting
    }
  }
  throw std::runtime_error("PostgreSQL does not start:\n" + ReadFile(kServerLog));
}

std::string PostgresServer::Program(const std::string& name) const {
  return absl::StrCat(directory_.path(), "/programs/", kPrograms, name);
}

void PostgresServer::Execute(const std::string& file, const SqlVariables& variables) {
  std::vector<std::string> arguments = {Program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1"};
  for (const auto& [name, value] : variables) {
    arguments.insert(arguments.end(), {"-v", absl::StrCat(name, "=", value)});
  }
  arguments.insert(arguments.end(), {"-f", "sql/" + file});
  Run(std::move(arguments));
}

std::string PostgresServer::Ask(const std::string& query) {
  return std::string(
      absl::StripAsciiWhitespace(Run({Program("psql"), "-X", "-q", "-A", "-t", "-c", query})));
}

ScriptRun PostgresServer::RunFor(int seconds, const std::string& script, int clients,
                                 const SqlVariables& variables) {
  return RunScript(script, clients, variables, {"-T", absl::StrCat(seconds)});
}

ScriptRun PostgresServer::RunTimes(int64_t times, const std::string& script, int clients,
                                   const SqlVariables& variables) {
  return RunScript(script, clients, variables, {"-t", absl::StrCat(times)});
}

ScriptRun PostgresServer::RunScript(const std::string& script, int clients,
                                    const SqlVariables& variables, std::vector<std::string> until) {
  const std::string prefix = "latencies";
  std::vector<std::string> arguments = {Program("pgbench"),
                                        "-n",
                                        "-M",
                                        "prepared",
                                        "-c",
                                        absl::StrCat(clients),
                                        "-j",
                                        absl::StrCat(std::min(clients, 2)),
                                        "--random-seed=20180701",
                                        "--log",
                                        "--log-prefix=" + prefix,
                                        "-f",
                                        "sql/" + script};
  arguments.insert(arguments.end(), until.begin(), until.end());
  SqlVariables all = {{"clients", clients}, {"turn", 0}};
  all.insert(all.end(), variables.begin(), variables.end());
  for (const auto& [name, value] : all) {
    arguments.insert(arguments.end(), {"-D", absl::StrCat(name, "=", value)});
  }
  const std::string said = Run(std::move(arguments));
  ScriptRun run;
  const std::string before = "\ntps = ";
  const size_t at = said.find(before);
  if (at == std::string::npos ||
      !absl::SimpleAtod(
          said.substr(at + before.size(), said.find(' ', at + before.size()) - at - before.size()),
          &run.rate)) {
    throw std::runtime_error("pgbench told no rate:\n" + said);
  }
  ReadLogs(prefix, &run);
  return run;
}

}  // namespace brokerage::load
