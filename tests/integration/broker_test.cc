// The command line against a whole server: brokerd and broker as programs.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/integration/common/free_port.h"

namespace brokerage {
namespace {

using ::testing::TempDir;

struct Ran {
  int exit_code = 0;
  std::string output;  // both streams
};

Ran Shell(const std::string& command) {
  Ran ran;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  char buffer[4096];
  for (size_t n; (n = fread(buffer, 1, sizeof(buffer), pipe)) > 0;) ran.output.append(buffer, n);
  const int status = pclose(pipe);
  ran.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

class BrokerProgram : public ::testing::Test {
 protected:
  static constexpr char kServices[] = BINARY_DIR "/services/";

  void SetUp() override {
    root_ = absl::StrCat(TempDir(), "broker-", getpid());
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
    const std::string simulation = " --simulation 2018-07-02T08:00:00Z";
    Ran made =
        Shell(absl::StrCat(kServices, "brokerd bootstrap --data ", root_,
                           "/data --account admin --token-file ", root_, "/admin", simulation));
    ASSERT_EQ(made.exit_code, 0) << made.output;
    address_ = absl::StrCat("127.0.0.1:", FreePort());
    const std::string serve = absl::StrCat(
        "exec ", kServices, "brokerd serve --data ", root_, "/data --listen ", address_,
        " --admin-listen 127.0.0.1:", FreePort(), simulation, " >", root_, "/log 2>&1");
    server_ = fork();
    if (server_ == 0) {
      execl("/bin/sh", "sh", "-c", serve.c_str(), nullptr);
      _exit(127);
    }
    // The first call waits for the connection, up to its own deadline.
    Ran applied =
        Shell(absl::StrCat("for n in $(seq 200); do ", Broker("admin"),
                           "admin get-status >/dev/null 2>&1 && break; done; ", Broker("admin"),
                           "framework apply " SOURCE_DIR "/frameworks/nottinghamshire"));
    ASSERT_EQ(applied.exit_code, 0) << applied.output;
    Ran account =
        Shell(Broker("admin") +
              absl::StrCat("account create --id ncc.day --role care_navigator --authority-id ncc "
                           "--token-file ",
                           root_, "/day"));
    ASSERT_EQ(account.exit_code, 0) << account.output;
  }

  void TearDown() override {
    kill(server_, SIGTERM);
    int status = 0;
    waitpid(server_, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "a clean stop exits 0";
    if (!HasFailure()) std::filesystem::remove_all(root_);
  }

  std::string Broker(const std::string& who) const {
    return absl::StrCat(kServices, "broker --address ", address_, " --token-file ", root_, "/", who,
                        " ");
  }

  // The first `rows` referrals of the played weeks, the last of them in a ward that does not exist.
  std::string Referrals(int rows) const {
    const std::string name = root_ + "/referrals.csv";
    std::ifstream all(SOURCE_DIR "/frameworks/nottinghamshire/played/referrals.csv");
    std::ofstream some(name);
    std::string line;
    for (int i = 0; i <= rows && std::getline(all, line); ++i) {
      if (i == rows) line.replace(line.find("E050"), 9, "E05999999");
      some << line << "\n";
    }
    return name;
  }

  std::string root_;
  std::string address_;
  pid_t server_ = 0;
};

TEST_F(BrokerProgram, SubmitTakesGoodRowsNamesBadOnesAndRepeatsNothing) {
  const std::string submit =
      Broker("day") + "submit " + Referrals(4) + " --framework nottinghamshire --authority ncc";
  Ran first = Shell(submit);
  EXPECT_EQ(first.exit_code, 1) << first.output;
  EXPECT_NE(first.output.find("3 packages taken in, 1 refused"), std::string::npos) << first.output;
  std::ostringstream errors;
  errors << std::ifstream(root_ + "/referrals.errors.csv").rdbuf();
  EXPECT_NE(errors.str().find("5,"), std::string::npos) << "the line in the file: " << errors.str();
  EXPECT_NE(errors.str().find("UNKNOWN_WARD"), std::string::npos) << errors.str();
  Shell(submit);
  Ran listed = Shell(Broker("day") + "--json package list");
  size_t packages = 0;
  for (size_t at = 0; (at = listed.output.find("\"id\": \"P-", at)) != std::string::npos; ++at)
    ++packages;
  EXPECT_EQ(packages, 3u) << listed.output;
}

TEST_F(BrokerProgram, ARefusalIsToldInWordsAndEndsWithOne) {
  Ran refused = Shell(Broker("day") + "package cancel --package-id P-2018-000001 --reason gone");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.output.find("P-2018-000001"), std::string::npos) << refused.output;
  Ran forbidden = Shell(Broker("day") + "account list");
  EXPECT_EQ(forbidden.exit_code, 1);
  EXPECT_NE(forbidden.output.find("role"), std::string::npos) << forbidden.output;
  EXPECT_EQ(Shell(Broker("day") + "package fly").exit_code, 2) << "wrong usage";
}

}  // namespace
}  // namespace brokerage
