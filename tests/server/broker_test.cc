// The command line against a whole server: brokerd and broker as programs.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/fixtures/server/programs.h"

namespace brokerage {
namespace {

using ::testing::TempDir;

class BrokerProgram : public ::testing::Test {
 protected:
  static constexpr char kServices[] = BINARY_DIR "/services/";

  void SetUp() override {
    root_ = absl::StrCat(TempDir(), "broker-", getpid());
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
    server_.emplace(root_, "2018-07-02T08:00:00Z");
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
    EXPECT_TRUE(server_->Stop()) << "a clean stop exits 0";
    if (!HasFailure()) std::filesystem::remove_all(root_);
  }

  std::string Broker(const std::string& who) const {
    return absl::StrCat(kServices, "broker --address ", server_->address(), " --token-file ", root_,
                        "/", who == "admin" ? "admin.token" : who, " ");
  }

  void Account(const std::string& id, const std::string& role) const {
    Ran made = Shell(Broker("admin") + "account create --id " + id + " --role " + role +
                     " --token-file " + root_ + "/" + id);
    ASSERT_EQ(made.exit_code, 0) << made.output;
  }

  static std::string Text(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }

  // What the operators' port answers, headers included.
  std::string Get(const std::string& path) const {
    const std::string& address = server_->admin_address();
    sockaddr_in to = {};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int port = 0;
    EXPECT_TRUE(absl::SimpleAtoi(address.substr(address.find(':') + 1), &port));
    to.sin_port = htons(static_cast<uint16_t>(port));
    const int connection = socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_EQ(connect(connection, reinterpret_cast<sockaddr*>(&to), sizeof(to)), 0);
    const std::string request =
        absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: ", address, "\r\n\r\n");
    EXPECT_EQ(write(connection, request.data(), request.size()),
              static_cast<ssize_t>(request.size()));
    std::string answer;
    char buffer[4096];
    for (ssize_t n; (n = read(connection, buffer, sizeof(buffer))) > 0;) answer.append(buffer, n);
    close(connection);
    return answer;
  }

  // The first `rows` referrals of the demo, the last of them in a ward that does not exist.
  std::string Referrals(int rows) const {
    std::string name = root_ + "/referrals.csv";
    std::ifstream all(SOURCE_DIR "/demo/frameworks/nottinghamshire/referrals.csv");
    std::ofstream some(name);
    std::string line;
    for (int i = 0; i <= rows && std::getline(all, line); ++i) {
      if (i == rows) line.replace(line.find("E050"), 9, "E05999999");
      some << line << "\n";
    }
    return name;
  }

  int Packages() const {
    const Ran listed = Shell(Broker("day") + "--json package list");
    int packages = 0;
    for (size_t at = 0; (at = listed.output.find("\"id\": \"P-", at)) != std::string::npos; ++at)
      ++packages;
    return packages;
  }

  std::string root_;
  std::optional<BrokerdProgram> server_;
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
  EXPECT_EQ(Packages(), 3);
}

TEST_F(BrokerProgram, ACorrectedFileSubmitsOnlyWhatWasNotTakenInYet) {
  const std::string file = Referrals(4);
  const std::string submit =
      Broker("day") + "submit " + file + " --framework nottinghamshire --authority ncc";
  Ran first = Shell(submit);
  EXPECT_NE(first.output.find("3 packages taken in, 1 refused"), std::string::npos) << first.output;
  const std::string wrong = Text(file);
  const size_t row = wrong.find('\n') + 1, next = wrong.find('\n', row) + 1;
  // The first row twice, so that all others stand elsewhere, and the last with a ward that there
  // is.
  std::string right = wrong.substr(0, next) + wrong.substr(row);
  right.replace(right.find("E05999999"), 9, "E05006377");
  std::ofstream(file) << right;
  Ran second = Shell(submit);
  EXPECT_NE(second.output.find("4 packages taken in, 1 refused"), std::string::npos)
      << second.output;
  const std::string errors = Text(root_ + "/referrals.errors.csv");
  EXPECT_NE(errors.find("\n3,"), std::string::npos) << errors;
  EXPECT_NE(errors.find("DUPLICATE_PERSON"), std::string::npos)
      << "a row that is there twice is asked for twice: " << errors;
  EXPECT_EQ(Packages(), 4) << "three as before, and the corrected one";
  std::ofstream(file) << wrong;
  Shell(submit);
  EXPECT_EQ(Packages(), 4) << "all of these are known";
}

TEST_F(BrokerProgram, ARowThatIsNoRowIsRefusedAloneAndAFileThatIsNoTableAsAWhole) {
  const std::string file = Referrals(3);
  const std::string whole = Text(file);
  const size_t second = whole.find('\n', whole.find('\n') + 1) + 1;
  std::ofstream(file) << whole.substr(0, second) << "1,mon,09:00\n\n" << whole.substr(second);
  const std::string submit =
      Broker("day") + "submit " + file + " --framework nottinghamshire --authority ncc";
  Ran ran = Shell(submit);
  EXPECT_EQ(ran.exit_code, 1) << ran.output;
  EXPECT_NE(ran.output.find("2 packages taken in, 3 refused"), std::string::npos) << ran.output;
  const std::string errors = Text(root_ + "/referrals.errors.csv");
  EXPECT_NE(errors.find("\n3,\"\",FIELD_INVALID,"), std::string::npos) << errors;
  EXPECT_NE(errors.find("the row has 3 fields, the header "), std::string::npos) << errors;
  EXPECT_NE(errors.find("\n4,\"\",FIELD_INVALID,"), std::string::npos) << errors;
  EXPECT_NE(errors.find("an empty line"), std::string::npos) << errors;
  EXPECT_NE(errors.find("UNKNOWN_WARD"), std::string::npos) << "the last row: " << errors;

  std::ofstream(file) << whole.substr(0, second) << "1,\"mon,09:00\n" << whole.substr(second);
  ran = Shell(submit);
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_NE(ran.output.find("referrals.csv:3: a quoted field of this row has no closing quote"),
            std::string::npos)
      << "where the next row begins is not known: " << ran.output;
  std::ofstream(file) << "what,when\n1,2\n";
  ran = Shell(submit);
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_NE(ran.output.find("referrals.csv:1: "), std::string::npos) << ran.output;
}

TEST_F(BrokerProgram, AnOptionOfYesOrNoTakesItsValueOrStandsAlone) {
  const std::string submit = absl::StrCat(
      Broker("day"), "package submit --framework-id nottinghamshire --authority-id ncc ",
      "--origin community --ward-code E05006387 --service-type home_care --weekly-minutes 420 ",
      "--carers-per-visit 1 --start-by-date 2018-06-01 --summary \"Help to get up.\" ",
      "--urgency standard --running-branch-id comfort-call-worksop ",
      "--running-contract-id bassetlaw/lead/london-care --person-reference ");
  for (const char* said : {"alone --already-running", "before --already-running true",
                           "joined --already-running=true"}) {
    Ran running = Shell(submit + said);
    EXPECT_NE(running.output.find("started"), std::string::npos) << said << running.output;
  }
  EXPECT_EQ(Shell(submit + "not --already-running false").exit_code, 1);
  const std::string list = Broker("day") + "--json package list ";
  auto listed = [&](const std::string& options) {
    Ran ran = Shell(list + options);
    EXPECT_EQ(ran.exit_code, 0) << options << ran.output;
    return ran.output.find("\"id\": \"P-") != std::string::npos;
  };
  EXPECT_TRUE(listed("--awaits-award false"));
  EXPECT_TRUE(listed("--awaits-award false --framework-id nottinghamshire"));
  EXPECT_FALSE(listed("--awaits-award true"));
  EXPECT_FALSE(listed("--awaits-award --framework-id nottinghamshire"));
  EXPECT_FALSE(listed("--awaits-award=true"));
  Ran wrong = Shell(list + "--awaits-award nottinghamshire");
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_NE(wrong.output.find("\"nottinghamshire\" is not true or false"), std::string::npos)
      << wrong.output;
  wrong = Shell(list + "--framework-id true");
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_NE(wrong.output.find("nottinghamshire"), std::string::npos) << wrong.output;
}

TEST_F(BrokerProgram, CoverageGoesRoundAsAFile) {
  Account("quality", "commissioner --authority-id ncc");
  Account("mansfield", "provider_branch --branch-id agincare-mansfield");
  const std::string file = root_ + "/wards.csv";
  const std::string exported = Broker("mansfield") +
                               "coverage export --framework nottinghamshire " +
                               "--branch agincare-mansfield " + file;
  Ran ran = Shell(exported);
  ASSERT_EQ(ran.exit_code, 0) << ran.output;
  const std::string whole = Text(file);
  EXPECT_TRUE(
      whole.starts_with("branch_id,ward_code,ward_name,district,service_type,from,to,"
                        "priority,postcode_area\n"))
      << whole;
  ran = Shell(Broker("mansfield") + "coverage import " + file);
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_NE(ran.output.find("0 accepted, 0 waiting for a decision, 0 refused"), std::string::npos)
      << ran.output;

  // One line changed, one new, one whose name is another ward's, the rest left out.
  const std::string first =
      whole.substr(whole.find('\n') + 1, whole.find('\n', 120) - whole.find('\n') - 1);
  std::string changed = first;
  changed.replace(changed.rfind(",1,"), 3, ",2,");
  const std::string header = whole.substr(0, whole.find('\n') + 1);
  std::ofstream(file) << header << changed << "\n"
                      << "agincare-mansfield,E05006377,,,home_care,2018-07-02,,1,\n"
                      << "agincare-mansfield,E05006378,Nowhere,,home_care,2018-07-02,,1,\n";
  ran = Shell(Broker("mansfield") + "coverage import --dry-run " + file);
  EXPECT_NE(ran.output.find("line 2: would change: agincare-mansfield, "), std::string::npos);
  EXPECT_NE(ran.output.find("priority 2; was from 2018-07-01, priority 1"), std::string::npos);
  EXPECT_NE(ran.output.find("line 3: would be new"), std::string::npos) << ran.output;
  EXPECT_NE(ran.output.find("2 would change, 0 waiting for a decision, 1 refused"),
            std::string::npos)
      << ran.output;
  ran = Shell(Broker("mansfield") + "coverage import " + file);
  EXPECT_EQ(ran.exit_code, 1) << "one was refused";
  EXPECT_NE(ran.output.find("line 2: waiting"), std::string::npos) << ran.output;
  EXPECT_NE(ran.output.find("there and not in the file"), std::string::npos) << ran.output;
  EXPECT_NE(Text(root_ + "/wards.errors.csv")
                .find("4,\"agincare-mansfield\",\"E05006378\",\"\","
                      "FIELD_INVALID,\"ward_name\",\"Nowhere\""),
            std::string::npos)
      << Text(root_ + "/wards.errors.csv");
  ran = Shell(Broker("mansfield") + "coverage import " + file);
  EXPECT_NE(ran.output.find("0 waiting for a decision, 3 refused"), std::string::npos)
      << "what waits is not proposed again: " << ran.output;
  ran = Shell(Broker("mansfield") + "coverage proposals --state open");
  EXPECT_NE(ran.output.find("C-000001"), std::string::npos) << ran.output;
  EXPECT_NE(ran.output.find("E05006377, home_care, from 2018-07-02"), std::string::npos)
      << ran.output;
  for (const char* id : {"C-000001", "C-000002"}) {
    ran = Shell(Broker("mansfield") + "coverage withdraw " + id + " --reason \"A slip\"");
    EXPECT_EQ(ran.exit_code, 0) << ran.output;
    EXPECT_NE(ran.output.find(absl::StrCat("withdrawn: ", id)), std::string::npos) << ran.output;
  }
  ran = Shell(Broker("quality") + "coverage proposals");
  EXPECT_NE(ran.output.find("withdrawn"), std::string::npos) << ran.output;

  ran = Shell(Broker("quality") + "coverage import " + file);
  EXPECT_NE(ran.output.find("2 accepted, 0 waiting for a decision, 1 refused, 0 as it is"),
            std::string::npos)
      << ran.output;
  ran = Shell(Broker("quality") + "coverage import " + file);
  EXPECT_NE(ran.output.find("0 accepted, 0 waiting for a decision, 1 refused, 2 as it is"),
            std::string::npos)
      << ran.output;
}

TEST_F(BrokerProgram, TheScorecardIsForPeopleAndAsJson) {
  Shell(Broker("day") + "submit " + Referrals(4) + " --framework nottinghamshire --authority ncc");
  Ran advanced = Shell(Broker("admin") + "admin advance-clock --target-time 2018-07-09T12:00:00Z");
  ASSERT_EQ(advanced.exit_code, 0) << advanced.output;
  const std::string scorecard = "scorecard nottinghamshire --from 2018-07-01 --to 2018-08-01";
  Ran table = Shell(Broker("day") + scorecard);
  EXPECT_EQ(table.exit_code, 0) << table.output;
  for (const char* said : {"the market", "0.0%", "Never answered an offer",
                           "Wards that a branch covers and never takes"}) {
    EXPECT_NE(table.output.find(said), std::string::npos) << said << " in " << table.output;
  }
  Ran json = Shell(Broker("day") + "--json " + scorecard);
  EXPECT_NE(json.output.find("\"never_answered\""), std::string::npos) << json.output;
  EXPECT_EQ(Shell(Broker("day") + "scorecard nottinghamshire").exit_code, 2) << "no period";
}

TEST_F(BrokerProgram, HowPeopleLeftInterimServicesIsATable) {
  const std::string submit = absl::StrCat(
      Broker("day"), "package submit --framework-id nottinghamshire --authority-id ncc ",
      "--origin community --ward-code E05006387 --service-type interim_response ",
      "--weekly-minutes 420 --carers-per-visit 1 --start-by-date 2018-06-01 ",
      "--summary \"Help to get up.\" --already-running --urgency urgent ",
      "--running-branch-id comfort-call-worksop ",
      "--running-contract-id bassetlaw/lead/london-care ");
  for (const char* person : {"one", "two", "three"}) {
    Ran ran = Shell(absl::StrCat(submit, "--person-reference ", person));
    ASSERT_EQ(ran.exit_code, 0) << ran.output;
  }
  Shell(Broker("admin") + "admin advance-clock --target-time 2018-07-09T12:00:00Z");
  int number = 0;
  for (const char* outcome : {"no_care", "same_care", "more_care"}) {
    Ran ran = Shell(absl::StrCat(Broker("day"), "package cease P-2018-00000", ++number,
                                 " --reason \"Home care began\" --leaving-outcome ", outcome));
    ASSERT_EQ(ran.exit_code, 0) << ran.output;
  }
  const std::string interim = "interim nottinghamshire --from 2018-07-01 --to 2018-08-01";
  Ran table = Shell(Broker("day") + interim);
  EXPECT_EQ(table.exit_code, 0) << table.output;
  for (const char* said : {"no care or less", "bassetlaw", "33.3%"}) {
    EXPECT_NE(table.output.find(said), std::string::npos) << said << " in " << table.output;
  }
  Ran json = Shell(Broker("day") + "--json " + interim);
  EXPECT_NE(json.output.find("\"average_stay\""), std::string::npos) << json.output;
}

TEST_F(BrokerProgram, ATransferSaysWhereEachPackageWent) {
  const std::string submit = absl::StrCat(
      Broker("day"), "package submit --framework-id nottinghamshire --authority-id ncc ",
      "--origin community --ward-code E05006387 --service-type home_care --weekly-minutes 420 ",
      "--carers-per-visit 1 --start-by-date 2018-06-01 --summary \"Help to get up.\" ",
      "--already-running --running-branch-id comfort-call-worksop ",
      "--running-contract-id bassetlaw/lead/london-care ");
  Ran first = Shell(submit + "--urgency standard --person-reference one");
  ASSERT_EQ(first.exit_code, 0) << first.output;
  Ran second = Shell(submit + "--urgency urgent --person-reference two");
  ASSERT_EQ(second.exit_code, 0) << second.output;
  Ran transfer =
      Shell(Broker("day") +
            "transfer bassetlaw/lead/london-care --cause provider --reason \"The branch closes\"");
  EXPECT_EQ(transfer.exit_code, 0) << transfer.output;
  const size_t urgent = transfer.output.find("P-2018-000002");
  EXPECT_NE(urgent, std::string::npos) << transfer.output;
  EXPECT_LT(urgent, transfer.output.find("P-2018-000001")) << "urgent first: " << transfer.output;
  EXPECT_NE(transfer.output.find("2 packages: 2 offered"), std::string::npos) << transfer.output;
  Ran report = Shell(Broker("day") + "transfer report T-000001");
  EXPECT_EQ(report.output, transfer.output);
  Ran again =
      Shell(Broker("day") + "transfer bassetlaw/lead/london-care --cause provider --reason again");
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_NE(again.output.find("under which packages of yours run"), std::string::npos)
      << again.output;
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

TEST_F(BrokerProgram, PostcodesAreImportedFromEachPublishersFileAndSubmittedAlone) {
  const std::string code_point = root_ + "/ng.csv";
  std::ofstream(code_point)
      << "\"NG181JY\",10,453900,361100,\"E92000001\",\"\",\"\",\"\",\"E07000174\",\"E05010677\"\n"
         "\"NG1  1AA\",90,0,0,\"\",\"\",\"\",\"\",\"\",\"\"\n";
  const std::string ons = root_ + "/onspd.csv";
  std::ofstream(ons) << "pcd,pcd2,pcds,dointr,doterm,osward,oseast1m,osnrth1m\n"
                        "NG182AA,NG18 2AA,NG18 2AA,198001,,E05010677,453901,361101\n"
                        "NG182AB,NG18 2AB,NG18 2AB,198001,199906,E05010677,,\n";
  const std::string newer = root_ + "/onspd25.csv";
  std::ofstream(newer) << "\xef\xbb\xbfpcd7,pcds,doterm,wd25cd,east1m,north1m\r\n"
                          "\"NG183AA\",\"NG18 3AA\",,\"E05010677\",,\r\n";
  Ran imported =
      Shell(absl::StrCat(Broker("admin"), "postcodes import ", code_point, " ", ons, " ", newer));
  EXPECT_EQ(imported.exit_code, 0);
  EXPECT_EQ(imported.output, "3 postcodes taken in; 1 have no ward; 1 are no longer in use\n");
  for (const char* postcode : {"NG18 1JY", "NG18 2AA", "NG18 3AA"}) {
    Ran found =
        Shell(absl::StrCat(Broker("day"), "directory get-postcode --postcode '", postcode, "'"));
    EXPECT_NE(found.output.find("E05010677"), std::string::npos) << found.output;
  }
  EXPECT_NE(Shell(absl::StrCat(Broker("day"), "postcodes import ", ons)).output.find("role"),
            std::string::npos);

  const std::string referrals = root_ + "/alone.csv";
  std::ofstream(referrals)
      << "start_by,person_reference,origin,service_type,urgency,postcode,weekly_minutes,"
         "carers_per_visit,summary\n"
         "2018-07-20,one,community,home_care,standard,NG18 2AA,420,1,Help to get up.\n"
         "2018-07-20,two,community,home_care,standard,NG18 9ZZ,420,1,Help to get up.\n";
  Ran submitted = Shell(absl::StrCat(Broker("day"), "submit ", referrals,
                                     " --framework nottinghamshire --authority ncc"));
  EXPECT_NE(submitted.output.find("1 package taken in, 1 refused"), std::string::npos)
      << submitted.output;
}

// The table under "What to watch" is what people build alarms on.
TEST_F(BrokerProgram, EveryMetricThatTheDocumentsNameIsTold) {
  Shell(Broker("day") + "submit " + Referrals(3) + " --framework nottinghamshire --authority ncc");
  const std::string metrics = Get("/metrics");
  EXPECT_NE(metrics.find("200 OK"), std::string::npos) << metrics;
  const std::string documents = Text(SOURCE_DIR "/docs/operations.md");
  const size_t begin = documents.find("## What to watch");
  const std::string table = documents.substr(begin, documents.find("\n## ", begin) - begin);
  static constexpr char kName[] = "`brokerage_";
  std::set<std::string> names;
  for (size_t at = 0; (at = table.find(kName, at)) != std::string::npos; ++at) {
    names.insert(table.substr(at + 1, table.find_first_of("`{", at + 1) - at - 1));
  }
  EXPECT_GE(names.size(), 14u);
  for (const std::string& name : names) {
    EXPECT_NE(metrics.find(absl::StrCat("# TYPE ", name, " ")), std::string::npos) << name;
  }
  EXPECT_NE(metrics.find("\nbrokerage_queue_length 0\n"), std::string::npos) << metrics;
  EXPECT_NE(metrics.find("\nbrokerage_rejections_total 1\n"), std::string::npos) << metrics;
  EXPECT_EQ(metrics.find("\nbrokerage_commands_total 0\n"), std::string::npos) << metrics;
  EXPECT_EQ(metrics.find("\nbrokerage_commits_total 0\n"), std::string::npos) << metrics;
  EXPECT_NE(metrics.find("method=\"PackageService/SubmitPackages\""), std::string::npos) << metrics;
  EXPECT_NE(Get("/healthz").find("200 OK"), std::string::npos);
}

TEST_F(BrokerProgram, TheLogHoldsNothingPersonalAndNoToken) {
  Account("mansfield", "provider_branch --branch-id agincare-mansfield");
  const std::string submit = absl::StrCat(
      Broker("day"), "package submit --framework-id nottinghamshire --authority-id ncc ",
      "--origin community --service-type home_care --weekly-minutes 420 --carers-per-visit 1 ",
      "--start-by-date 2018-07-10 --urgency urgent --summary \"MARKED help to get up.\" ",
      "--details \"MARKED the key is with the neighbour.\" ");
  Ran taken = Shell(submit + "--ward-code E05006377 --person-reference MARKED-1");
  EXPECT_EQ(taken.exit_code, 0) << taken.output;
  EXPECT_EQ(Shell(submit + "--ward-code MARKED --person-reference MARKED-2").exit_code, 1);
  const std::string id = " --package-id P-2018-000001 ";
  EXPECT_EQ(Shell(Broker("day") + "package get" + id).exit_code, 0);
  Shell(Broker("mansfield") + "offer list");
  Shell(Broker("mansfield") +
        "offer decline --offer-id P-2018-000001-1 --reason other --note MARKED");
  Shell(Broker("day") + "package cancel" + id + "--reason \"MARKED went home\"");
  Shell(Broker("day") + "history list" + id);
  EXPECT_TRUE(server_->Stop());
  const std::string log = Text(root_ + "/log");
  EXPECT_NE(log.find("audit account=ncc.day method=PackageService/GetPackage"), std::string::npos)
      << "what is noted of every call is there: " << log;
  EXPECT_EQ(log.find("MARKED"), std::string::npos) << log;
  for (const char* account : {"admin.token", "day", "mansfield"}) {
    const std::string token(absl::StripAsciiWhitespace(Text(absl::StrCat(root_, "/", account))));
    ASSERT_FALSE(token.empty());
    EXPECT_EQ(log.find(token), std::string::npos) << account;
  }
}

TEST(PostcodeFiles, ThatAreWrongAreToldByLine) {
  const std::string file = absl::StrCat(TempDir(), "postcodes-", getpid(), ".csv");
  const auto told = [&file](const std::string& content) {
    std::ofstream(file) << content;
    Ran ran = Shell(absl::StrCat(BINARY_DIR "/services/broker postcodes import --dry-run ", file));
    EXPECT_EQ(ran.exit_code, 1) << ran.output;
    return ran.output;
  };
  const std::string header = "pcds,osward,oseast1m,osnrth1m\n";
  const std::string row = "NG18 1AA,E05000001,1,1\n";
  EXPECT_NE(told(header + row + "NG18 1A,E05000001,1,1\n").find(":3: \"NG18 1A\" is no postcode"),
            std::string::npos);
  EXPECT_NE(told(header + "NG18 1AA,E05000001,1\n").find(":2: the row has 3 fields"),
            std::string::npos);
  EXPECT_NE(told(header + "NG18 1AA,E05000001,x,1\n").find(":2: \"x\" is no whole number"),
            std::string::npos);
  EXPECT_NE(told(header + "\"NG18 1AA,E05000001,1,1\n").find("no closing quote"),
            std::string::npos);
  EXPECT_NE(told("pcds,oseast1m,osnrth1m\n" + row).find(":1: the column osward"),
            std::string::npos);
  EXPECT_NE(told("name,age\n").find(":1: neither the header of an ONS postcode directory"),
            std::string::npos);
  EXPECT_NE(told("").find("the file is empty"), std::string::npos);
  std::filesystem::remove(file);
  EXPECT_EQ(Shell(BINARY_DIR "/services/broker postcodes import " + file).exit_code, 1);
}

}  // namespace
}  // namespace brokerage
