#include "tests/integration/common/programs.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "tests/integration/common/free_port.h"

namespace brokerage {

Ran Shell(const std::string& command) {
  Ran ran;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  char buffer[4096];
  for (size_t n; (n = fread(buffer, 1, sizeof(buffer), pipe)) > 0;) ran.output.append(buffer, n);
  const int status = pclose(pipe);
  ran.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

BrokerdProgram::BrokerdProgram(const std::string& folder, const std::string& begin) {
  const std::string brokerd = BINARY_DIR "/services/brokerd ";
  const Ran made =
      Shell(absl::StrCat(brokerd, "bootstrap --data ", folder, "/store --account admin ",
                         "--token-file ", folder, "/admin.token --simulation ", begin));
  EXPECT_EQ(made.exit_code, 0) << made.output;
  address_ = absl::StrCat("127.0.0.1:", FreePort());
  admin_address_ = absl::StrCat("127.0.0.1:", FreePort());
  const std::string serve = absl::StrCat(
      "exec ", brokerd, "serve --data ", folder, "/store --listen ", address_, " --admin-listen ",
      admin_address_, " --simulation ", begin, " --log-level debug >", folder, "/log 2>&1");
  process_ = fork();
  if (process_ == 0) {
    execl("/bin/sh", "sh", "-c", serve.c_str(), nullptr);
    _exit(127);
  }
}

bool BrokerdProgram::Stop() {
  if (process_ == 0) return clean_;
  kill(process_, SIGTERM);
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = 0;
  clean_ = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return clean_;
}

}  // namespace brokerage
