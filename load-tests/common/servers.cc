#include "load-tests/common/servers.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

namespace brokerage::load {

Child::Child(std::vector<std::string> arguments) : pid_(fork()) {
  if (pid_ == 0) {
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    execv(argv[0], argv.data());
    _exit(127);
  }
}

Child::~Child() {
  kill(pid_, SIGTERM);
  int status = 0;
  waitpid(pid_, &status, 0);
  const bool ended_well = (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
                          (WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
  if (!ended_well) std::fprintf(stderr, "a server ended badly\n");
}

std::vector<std::string> ServeOn(const std::string& brokerd, const std::string& directory,
                                 const std::string& address) {
  return {brokerd, "serve",          "--data",      directory,     "--listen",
          address, "--admin-listen", "127.0.0.1:0", "--log-level", "warn"};
}

}  // namespace brokerage::load
