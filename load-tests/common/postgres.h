// A PostgreSQL 15 of a load test's own: a server that listens on a socket in a directory of its own
// and ends with the test, and Debian's clients to load it and to measure it. Everything that fails
// throws std::runtime_error with what the program said.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace brokerage::load {

// What pgbench measured of one script.
struct ScriptRun {
  double rate = 0;                   // runs of the script a second, of all clients
  std::vector<double> latencies_ms;  // of each run of it
  int64_t turns = 0;                 // the most that one client made
};

using SqlVariables = std::vector<std::pair<std::string, int64_t>>;

// A new directory below the temporary one, which ends with this.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// A program that is killed with SIGQUIT when this goes, or this process does.
class QuitChild {
 public:
  QuitChild(std::vector<std::string> arguments, const std::string& log);
  ~QuitChild();
  QuitChild(const QuitChild&) = delete;
  QuitChild& operator=(const QuitChild&) = delete;

  bool Ended();

 private:
  pid_t pid_;
};

class PostgresServer {
 public:
  // Of the programs unpacked in `unpacked`, for the files of SQL in `sql`; both are copied, since
  // the server refuses to run as root: as root THIS PROCESS becomes the user nobody, for good, who
  // may not read where they lie. SIGTERM and SIGINT then end what runs, as a failure.
  PostgresServer(const std::string& unpacked, const std::string& sql);

  // Runs a file of the SQL; its :names are given by the variables.
  void Execute(const std::string& file, const SqlVariables& variables = {});
  // The one value that a query asks for.
  std::string Ask(const std::string& query);
  // So many clients, each with a connection, run a pgbench script one time after the other, with
  // prepared statements: for so many seconds, or each so many times.
  ScriptRun RunFor(int seconds, const std::string& script, int clients,
                   const SqlVariables& variables = {});
  ScriptRun RunTimes(int64_t times, const std::string& script, int clients,
                     const SqlVariables& variables = {});

 private:
  std::string Program(const std::string& name) const;
  std::vector<std::string> Prepare(const std::string& unpacked, const std::string& sql);
  ScriptRun RunScript(const std::string& script, int clients, const SqlVariables& variables,
                      std::vector<std::string> until);

  ScratchDirectory directory_;
  QuitChild server_;
};

}  // namespace brokerage::load
