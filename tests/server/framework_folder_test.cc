// A framework's folder on the command line: made, checked, and told what is wrong with it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "brokerage/v1/framework.pb.h"
#include "tests/fixtures/server/programs.h"

namespace brokerage {
namespace {

using ::testing::TempDir;

class FrameworkFolder : public ::testing::Test {
 protected:
  static constexpr char kBroker[] = BINARY_DIR "/services/broker ";

  void SetUp() override {
    folder_ = absl::StrCat(TempDir(), "folder-", getpid());
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
};

TEST_F(FrameworkFolder, IsCheckedWithoutAServer) {
  for (const char* name :
       {"nottinghamshire", "lancashire", "surrey", "leicestershire", "east-of-england"}) {
    Ran right = Shell(absl::StrCat(kBroker, "framework check " SOURCE_DIR "/frameworks/", name));
    EXPECT_EQ(right.exit_code, 0) << right.output;
    EXPECT_EQ(right.output.find(absl::StrCat(name, " is right: ")), 0u) << right.output;
  }
  Ran json = Shell(
      absl::StrCat(kBroker, "--json framework check " SOURCE_DIR "/frameworks/nottinghamshire"));
  EXPECT_NE(json.output.find("\"wards\": 169"), std::string::npos) << json.output;
}

TEST_F(FrameworkFolder, ThatIsWrongIsToldWithEveryPlaceSorted) {
  std::filesystem::copy(SOURCE_DIR "/tests/scenarios/framework", folder_);
  std::ofstream(folder_ + "/lot_wards.csv", std::ios::app) << "east,E05900009\n";
  std::ofstream(folder_ + "/contracts.csv", std::ios::app)
      << "x,nobody,north,lead,home_care,2018-07-01,2018-06-01,101,,,,,,\n";
  const std::string check = absl::StrCat(kBroker, "framework check ", folder_);
  Ran wrong = Shell(check);
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_EQ(
      wrong.output,
      "contracts.csv:12: to: \"2018-06-01\" is not after \"from\", 2018-07-01; a later date, or "
      "nothing where no end is known\n"
      "contracts.csv:12: minimum_pickup_percent: \"101\" is not a whole number from 0 to 100\n"
      "contracts.csv:12: provider_id: \"nobody\" is not in providers.csv; there is: add-one, "
      "add-three, add-two, dps-a, dps-b, dps-c, heir, lead-north; or add it there\n"
      "lot_wards.csv:7: lot_id: \"east\" is not in lots.csv; there is: north, south; or "
      "add it there\n"
      "lot_wards.csv:7: ward_code: \"E05900009\" is not in wards.csv; nearest: E05900001 "
      "Abbey, E05900002 Bridge, E05900003 Castle\n");
  EXPECT_NE(Shell(check + " --json").output.find("\"file\": \"contracts.csv\""), std::string::npos);
  Ran none = Shell(check + "/nowhere");
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_NE(none.output.find("nowhere"), std::string::npos) << none.output;
}

std::string Content(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path).rdbuf();
  return content.str();
}

TEST_F(FrameworkFolder, ThatIsNewIsRightAndExplainsEveryRule) {
  const std::string make =
      absl::StrCat(kBroker, "framework new ", folder_, " --id my-shire --name 'My \"Shire\"'");
  Ran made = Shell(make);
  EXPECT_EQ(made.exit_code, 0) << made.output;
  Ran checked = Shell(absl::StrCat(kBroker, "framework check ", folder_));
  EXPECT_EQ(checked.exit_code, 0) << checked.output;
  EXPECT_EQ(checked.output,
            "my-shire is right: 2 wards, 1 lot, 2 providers, 2 branches, 2 contracts, 2 coverage "
            "lines\n");
  const std::string rules = Content(folder_ + "/framework.textproto");
  const auto* type = v1::FrameworkRules::descriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    EXPECT_NE(rules.find(type->field(i)->name()), std::string::npos) << type->field(i)->name();
  }
  for (const char* table : {"wards", "lots", "lot_wards", "providers", "branches", "coverage",
                            "contracts", "novations", "holidays"}) {
    const std::string rows = Content(absl::StrCat(folder_, "/", table, ".csv"));
    EXPECT_NE(absl::AsciiStrToLower(rows).find("example"), std::string::npos) << table;
  }
}

// Whoever takes the comment marks away gets what the comment says.
TEST_F(FrameworkFolder, ThatIsNewIsRightWithEveryRuleSet) {
  Shell(absl::StrCat(kBroker, "framework new ", folder_, " --id my-shire --name Shire"));
  const std::string rules = folder_ + "/framework.textproto";
  Ran set = Shell(absl::StrCat("sed -Ei 's/^#([a-z])/\\1/' ", rules,
                               " && for year in $(seq 2020 2050); do echo $year-01-01,x; done >>",
                               folder_, "/holidays.csv"));
  EXPECT_EQ(set.exit_code, 0) << set.output;
  EXPECT_NE(Content(rules).find("\ninterim {"), std::string::npos);
  EXPECT_EQ(Shell(absl::StrCat(kBroker, "framework check ", folder_)).output.find("my-shire is"),
            0u)
      << Shell(absl::StrCat(kBroker, "framework check ", folder_)).output;
}

TEST_F(FrameworkFolder, ThatHoldsAnythingIsNotOverwritten) {
  std::filesystem::create_directories(folder_);
  std::ofstream(folder_ + "/mine.txt") << "mine";
  const std::string make = absl::StrCat(kBroker, "framework new ", folder_, " --id a --name A");
  Ran refused = Shell(make);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.output.find("holds files already"), std::string::npos) << refused.output;
  std::filesystem::remove(folder_ + "/mine.txt");
  Ran wrong = Shell(absl::StrCat(kBroker, "framework new ", folder_, " --id 'A B' --name A"));
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_NE(wrong.output.find("is no framework id"), std::string::npos) << wrong.output;
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
  EXPECT_EQ(Shell(make).exit_code, 0);
}

// The refusal of a call has room for the first of them alone.
TEST_F(FrameworkFolder, ThatIsWrongIsToldWholeByADryRunAndByAReplay) {
  std::filesystem::copy(SOURCE_DIR "/frameworks/nottinghamshire", folder_,
                        std::filesystem::copy_options::recursive);
  {
    std::ofstream lots(folder_ + "/published/lots.csv", std::ios::app);
    for (int i = 0; i < 500; ++i) lots << "Nörth " << i << ",x\n";
  }
  const std::string root = folder_ + "-server";
  std::filesystem::remove_all(root);
  std::filesystem::create_directories(root);
  BrokerdProgram server(root, "2018-07-02T08:00:00Z");
  const std::string broker = absl::StrCat(kBroker, "--address ", server.address(), " --token-file ",
                                          root, "/admin.token ");
  // The first call waits for the connection, up to its own deadline.
  Shell(absl::StrCat("for n in $(seq 200); do ", broker,
                     "admin get-status >/dev/null 2>&1 && break; done"));
  for (const std::string& command : {absl::StrCat("framework apply --dry-run ", folder_),
                                     absl::StrCat("whatif --since 2018-07-01 ", folder_)}) {
    const Ran ran = Shell(broker + command);
    EXPECT_EQ(ran.exit_code, 1);
    int errors = 0;
    for (size_t at = 0; (at = ran.output.find("is no id;", at)) != std::string::npos; ++at)
      ++errors;
    EXPECT_EQ(errors, 501) << "each, and the first in the heading: " << ran.output.substr(0, 500);
  }
  EXPECT_TRUE(server.Stop());
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace brokerage
