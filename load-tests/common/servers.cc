#include "load-tests/common/servers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace brokerage::load {

Child::Child(std::vector<std::string> arguments) : pid_(fork()) {
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);  // it ends with the one who measures, however that ends
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

std::string FreeAddress() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  const bool found = bind(socket, reinterpret_cast<sockaddr*>(&address), length) == 0 &&
                     getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) == 0;
  close(socket);
  if (!found) {
    std::perror("no free port");
    std::exit(1);
  }
  return absl::StrCat("127.0.0.1:", ntohs(address.sin_port));
}

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  static std::atomic<int> connections = 0;
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(64 << 20);
  arguments.SetInt("connection", ++connections);  // channels that differ share no connection
  // A server that is not there yet is asked again at once, and not after the usual second.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 10);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 10);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 50);
  auto channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(60))) {
    std::fprintf(stderr, "no server at %s\n", address.c_str());
    std::exit(1);
  }
  return channel;
}

int64_t Mebibytes(pid_t process, const std::string& of) {
  std::ifstream status(absl::StrCat("/proc/", process, "/status"));
  std::string word;
  int64_t kibibytes = 0;
  while (status >> word) {
    if (word == of + ":") status >> kibibytes;
  }
  return kibibytes / 1024;
}

}  // namespace brokerage::load
