// What the programs write is for its owner alone, what lay open is closed with a word, and no copy
// stays behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/fixtures/server/programs.h"
#include "tests/fixtures/test_folder.h"

namespace brokerage {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::TestFolder;

constexpr char kBegin[] = "2018-07-01T08:00:00Z";
constexpr fs::perms kOthers = fs::perms::group_all | fs::perms::others_all;

// What others than the owner may do anything with, below the folder and itself.
std::vector<std::string> OpenToOthers(const fs::path& folder) {
  std::vector<std::string> open;
  if ((fs::status(folder).permissions() & kOthers) != fs::perms::none) open.push_back(folder);
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if ((entry.status().permissions() & kOthers) != fs::perms::none) open.push_back(entry.path());
  }
  return open;
}

std::string Text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string Brokerd() { return BINARY_DIR "/services/brokerd "; }
// Asks as the administrator, once the server answers.
Ran Ask(const BrokerdProgram& server, const TestFolder& folder, const std::string& command) {
  const std::string broker =
      absl::StrCat(BINARY_DIR "/services/broker --address ", server.address(), " --token-file ",
                   folder / "admin.token", " admin ");
  return Shell(absl::StrCat("for n in $(seq 200); do ", broker,
                            "get-status >/dev/null 2>&1 && break; done; ", broker, command));
}

// The server's directory was made by hand, with the usual rights; the tests' own umask is usual,
// too.
TEST(PrivateFiles, NobodyElseReadsTheStoreItsBackupsOrItsCopies) {
  TestFolder folder;
  umask(022);
  for (const char* name : {"store", "backups"}) fs::create_directories(folder / name);
  BrokerdProgram server(folder.path(), kBegin, "--backup-dir " + folder / "backups");
  for (const char* command : {"create-backup", "verify-journal"}) {
    const Ran ran = Ask(server, folder, command);
    EXPECT_EQ(ran.exit_code, 0) << ran.output;
  }
  EXPECT_TRUE(server.Stop());
  EXPECT_THAT(OpenToOthers(folder / "store"), IsEmpty());
  EXPECT_THAT(OpenToOthers(folder / "backups"), IsEmpty());
  EXPECT_THAT(Text(folder / "log"), HasSubstr("event=directory_closed"));
  const Ran restored = Shell(absl::StrCat(Brokerd(), "restore --backup-dir ", folder / "backups",
                                          " --number 1 --data ", folder / "restored"));
  ASSERT_EQ(restored.exit_code, 0) << restored.output;
  EXPECT_THAT(OpenToOthers(folder / "restored"), IsEmpty());
}

TEST(PrivateFiles, TheCopiesOfAKilledServerGoWhenTheNextOneStarts) {
  TestFolder folder;
  const std::vector<std::string> leftovers = {"store.checkpoint", "store.checkpoint.verify",
                                              "store.known", "store.verify"};
  for (const std::string& name : leftovers) {
    fs::create_directories(folder / name);
    std::ofstream(folder / name + "/000001.log") << "somebody's details";
  }
  BrokerdProgram server(folder.path(), kBegin);
  const Ran ran = Ask(server, folder, "get-status");
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  for (const std::string& name : leftovers) EXPECT_FALSE(fs::exists(folder / name)) << name;
  EXPECT_TRUE(server.Stop());
}

TEST(PrivateFiles, ATokenThatOthersCanReadIsRefusedWithWhatMendsIt) {
  TestFolder folder;
  const std::string file = folder / "given.token";
  std::ofstream(file) << "0123456789abcdef0123456789abcdef\n";
  fs::permissions(file, fs::perms::owner_read | fs::perms::group_read);
  const std::string bootstrap = absl::StrCat(Brokerd(), "bootstrap --account admin --data ",
                                             folder / "store", " --token-file ", file);
  const std::string mends = "others can read this token: chmod 600 " + file;
  const Ran refused = Shell(bootstrap);
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.output, HasSubstr(mends));
  const Ran asked = Shell(BINARY_DIR "/services/broker --token-file " + file + " admin get-status");
  EXPECT_NE(asked.exit_code, 0);
  EXPECT_THAT(asked.output, HasSubstr(mends));
  fs::permissions(file, fs::perms::owner_read);
  EXPECT_EQ(Shell(bootstrap).exit_code, 0);
}

}  // namespace
}  // namespace brokerage
