// Every framework's weeks in the demo, against a whole server, and what their report shows. To be
// done in seconds, most tests take fewer referrals than the folder has, or other weeks.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <regex>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/fixtures/server/programs.h"

namespace brokerage {
namespace {

using ::testing::TempDir;

class Demo : public ::testing::Test {
 protected:
  void TearDown() override {
    if (server_) {
      EXPECT_TRUE(server_->Stop()) << "a clean stop exits 0";
    }
    if (!HasFailure()) std::filesystem::remove_all(root_);
  }

  // Runs against a server that begins then: the day before the plan's first Monday.
  void Begin(const std::string& framework, const std::string& begin) {
    root_ = absl::StrCat(TempDir(), "demo-", framework, "-", getpid());
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
    framework_ = absl::StrCat(SOURCE_DIR "/frameworks/", framework);
    std::filesystem::copy(absl::StrCat(SOURCE_DIR "/demo/frameworks/", framework),
                          root_ + "/weeks");
    server_.emplace(root_, begin);
  }
  void Plan(const std::string& first_monday, int weeks) const {
    std::ofstream(root_ + "/weeks/plan.csv")
        << "first_monday,weeks,weeks_a_run\n"
        << first_monday << "," << weeks << "," << weeks << "\n";
  }
  // Leaves every n-th referral, and those that hold `keep`.
  void Thin(int n, const std::string& keep) const {
    const std::string name = root_ + "/weeks/referrals.csv";
    std::string thinned, line;
    {
      std::ifstream all(name);
      for (int i = 0; std::getline(all, line); ++i) {
        if (i == 0 || i % n == 0 || absl::StrContains(line, keep))
          absl::StrAppend(&thinned, line, "\n");
      }
    }
    std::ofstream(name) << thinned;
  }
  std::string Run(int weeks) { return Run(absl::StrCat("--weeks ", weeks)); }
  std::string Run(const std::string& options) {
    const Ran ran =
        Shell(absl::StrCat(BINARY_DIR "/demo/demo --address ", server_->address(), " ", framework_,
                           " ", root_, "/weeks --data ", root_, " --once ", options));
    EXPECT_EQ(ran.exit_code, 0) << ran.output;
    EXPECT_FALSE(absl::StrContains(ran.output, "refused: ")) << ran.output;
    return ran.output;
  }

  static void ExpectAll(const std::string& told, const std::vector<const char*>& patterns) {
    for (const char* pattern : patterns) {
      EXPECT_TRUE(std::regex_search(told, std::regex(pattern))) << pattern << " in\n" << told;
    }
  }

  // Holds every contract's printed pick-up to the columns beside it; returns the packages returned.
  static int ExpectRatesFromColumns(const std::string& told) {
    EXPECT_TRUE(absl::StrContains(told, "\n  pick-up = (accepted - returned) / due\n"));
    const std::regex row(
        "  (\\d+) +(\\d+) +(\\d+) +(\\d+) +(n/a|\\d+\\.\\d%) +(?:none|\\d+%)(?: .*)?\n");
    int rows = 0, all_returned = 0;
    for (std::sregex_iterator it(told.begin(), told.end(), row), end; it != end; ++it, ++rows) {
      const int due = std::stoi((*it)[2]), accepted = std::stoi((*it)[3]);
      const int returned = std::stoi((*it)[4]);
      const int tenths = due == 0 ? 0 : ((accepted - returned) * 2000 + due) / (2 * due);
      EXPECT_EQ((*it)[5], due == 0 ? "n/a" : absl::StrCat(tenths / 10, ".", tenths % 10, "%"))
          << it->str();
      all_returned += returned;
    }
    EXPECT_GT(rows, 10) << told;
    return all_returned;
  }

  std::string root_;
  std::string framework_;
  std::optional<BrokerdProgram> server_;
};

TEST_F(Demo, NottinghamshiresFirstWeeksTellTheStockAndWhoWasSilentOrLateAndGoOnWhenRunAgain) {
  Begin("nottinghamshire", "2018-07-01T08:00:00Z");
  const std::string first = Run(1);
  ExpectAll(first, {("Sunday 1 July 2018\n  09:00  62 packages that ran before are moved onto the "
                     "contracts; the figures still say: referred 0, offers 0\n"),
                    "Mansfield & Ashfield +16 +11 +5 +148 +16\n", "offers made of them: 0\n",
                    "Interim service, limit 7 days", "still there",
                    "Broxtowe +Direct Health +Lead .* 75%"});
  ExpectRatesFromColumns(first);
  // Silence, lateness and what was given up, by whom and whose cause it was.
  ExpectAll(
      first,
      {"\\d\\d:\\d\\d  1 offer lapsed, not answered by now: P-2018-\\d+ 1 of \\d+\n",
       "\\d offers lapsed, not answered by now: P-2018-\\d+ \\d of \\d+, P-2018-\\d+ \\d of \\d+",
       "declined: .* \\(late\\)\n",
       "P-2018-\\d+  returned before the start, by \\w.*, the provider's cause\n",
       "P-2018-\\d+  handed back, by \\w.*, the provider's cause; P-2018-\\d+ follows it\n",
       "P-2018-\\d+ .* returned +\\w.* provider +The carer .* put out again: now \\w",
       "P-2018-\\d+ .* handed back +\\w.* provider +The branch .* followed by P-2018-\\d+: now \\w",
       "responded +late +silent +response"});
  const size_t begins = first.find("One package from start to end");
  ASSERT_NE(begins, std::string::npos);
  ExpectAll(first.substr(begins, first.find("The waiting list") - begins),
            {" accepted, could start ", " declined: \\w",
             "\n  \\w.* did not answer by \\w+ \\d+ Jul 2018 \\d\\d:\\d\\d\n"});
  const std::string second = Run(1);
  EXPECT_FALSE(absl::StrContains(second, "that ran before are moved")) << "only once";
  ExpectAll(second, {"is still in the interim service: its limit passed \\w+ \\d+ Jul 2018",
                     "the week of 2018-07-09"});
}

TEST_F(Demo, AStoryGoesOnWhereItStandsUntilItIsTold) {
  Begin("nottinghamshire", "2018-07-01T08:00:00Z");
  std::ofstream(root_ + "/weeks/plan.csv")
      << "first_monday,weeks,weeks_a_run,weeks_of_story\n2018-07-02,4,1,3\n";
  Thin(10, "interim_response");
  ExpectAll(Run(""), {": the week of 2018-07-02, played"});
  ExpectAll(Run("--story"), {": the 2 weeks from that of 2018-07-09, played"});
  ExpectAll(Run("--story"), {": the week of 2018-07-23, played"});
}

TEST_F(Demo, NottinghamshiresNovationAndRetenderHappenWhilePackagesAreOut) {
  Begin("nottinghamshire", "2019-03-10T08:00:00Z");
  Plan("2019-03-11", 4);
  Thin(2, "interim_response");
  const std::string told = Run(9);
  EXPECT_GT(ExpectRatesFromColumns(told), 0) << "a return that stays one, in nine weeks";
  ExpectAll(
      told,
      {"referrals for 4 weeks: after them they come again, with other people",
       "interim service: \\d left; past its limit: P-2019-",
       ("from Mon 1 Apr, Newark & Sherwood: contract \\S+ passes from Hatzfeld Care Ltd to The "
        "Bhandal Group"),
       "from Mon 6 May, Rushcliffe: Wolds \\S+.* begins as Lead",
       "from Mon 6 May, Bassetlaw: Greenwood Homecare begins as Additional",
       "from Mon 6 May, Gedling: Greenwood Homecare begins as Additional",
       "from Mon 6 May, Newark & Sherwood: Greenwood Homecare begins as Additional",
       // Its care starts under the successor, who is asked on his first day.
       "P-2019-\\d+ +Fri 29 Mar 2019 15:00 +\\d+ +\\d+ +0 +\\d+ +The Bhandal Group, Newark ",
       // Out before the change, answered after it.
       ("Mon 6 May 2019\n(    .*\n)*    P-2019-\\d+ +\\w+ \\d+ \\w+ 2019 \\d\\d:\\d\\d +\\d+ +\\d+ "
        "+0 "
        "+[1-9]"),
       "The end of 2019 Q1: contracts against their minimum, as of Sun 31 Mar 2019",
       "Fosse Healthcare +Lead .* 75% +\\d+ +\\d+ +proposed",
       "sanction proposed: Fosse Healthcare, Lead in Mansfield & Ashfield, picked up",
       "Newark & Sherwood +Hatzfeld Care Ltd +Additional", "The Bhandal Group +Additional",
       "\\d+ stays: [1-9]\\d* past the limit, \\d+ left, of them \\d+ with less care or none"});
}

TEST_F(Demo, SurreysSilencesAreReviewedAndOneAreaEndsAndBeginsAgain) {
  Begin("surrey", "2021-10-03T08:00:00Z");
  Thin(5, "live_in");
  const std::string told = Run(6);
  ExpectAll(
      told,
      {"scc: suspend provider su-clay-hill \\(TW\\)", "scc: resume provider su-clay-hill \\(TW\\)",
       "Clay Hill Care +TW +\\d+ +\\d+ +\\d+ +\\d+ +\\d+ +\\d+\\.\\d% +0\\.0%",
       "before +[1-9]\\d* +0 +\\d+\n +while ended +0 +0 +[1-9]\\d*\n +since +\\d",
       "4, offers answered in time +\\d+ +\\d+ +\\d+\\.\\d% +red",
       "2, restarts taken +[1-9]\\d* +[1-9]", "\n  live in +[1-9]\\d* +[1-9]",
       "Surrey County Council +[1-9]\\d* +0 +P-2021-\\d+: not found +\\d+ rows, the same for all",
       "NHS Surrey Heartlands Integrated Care Board +[1-9]\\d* +0 +P-2021-\\d+: not found",
       "of those with 5 offers due or more"});
}

TEST_F(Demo, LeicestershiresTiersMoveAndNoPackageOfAnEndedContractIsLost) {
  Begin("leicestershire", "2021-02-21T08:00:00Z");
  Thin(2, "live_in");
  ExpectAll(
      Run(6),
      {"from Mon 1 Mar, \\d+ contracts begin in Charnwood, Harborough, Melton",
       "nobody could be asked +0 +0 +0 +0 .*Mar 2021 .*started",
       "from Mon 15 Mar, Oadby and Wigston: Brocks Copse Care moves from Prime to Supplementary",
       "from Mon 15 Mar, Oadby and Wigston: Foxton Stair Care moves from Supplementary to Prime",
       "from Thu 25 Mar, Melton: Belvoir Lantern Homecare ends as Prime",
       "from Thu 25 Mar, Melton: County Thread Care begins as Prime",
       "of ([1-9]\\d*) packages that were taken from it, \\1 go on; 0 of those given up",
       "\n  urban +[1-9]", "\n  fringe +[1-9]", "\n  rural +[1-9]", "\n  isolated +[1-9]",
       "Penny Farthing Support, Braunstone +Supplementary +(urban|fringe) +£15.[69]0 +No other "
       "branch takes",
       "High dependency: [1-9]\\d* packages need it .* kept 0 branches out"});
}

TEST_F(Demo, TheEastOfEnglandsHubSeesAllAndAProviderItsOwn) {
  Begin("east-of-england", "2024-01-07T08:00:00Z");
  Thin(4, "live_in");
  const std::string told = Run(4);
  ExpectAll(
      told,
      {"as East of England hub sees them",
       "provider +Trust North +Trust East +Trust South +Trust West +Trust Central +all\n",
       "\n  Juniper Tide Care +0.0% +0.0% +0.0% +0.0% +0.0% +0.0%\n",
       "figure for figure: Trust North, Trust East, Trust South, Trust West, Trust Central\n",
       "Amber Kite Homecare, office asks the same: it is given Amber Kite Homecare \\d+\\.\\d%\n",
       "nobody named:( \\d+\\.\\d%){12}\n", "its own \\d+\\.\\d%, the market's \\d+\\.\\d%",
       "Trust West +[1-9]\\d* +0 +P-2024-\\d+: not found +\\d+ rows, the same for all"});
}

TEST_F(Demo, LancashiresResponseIsToldByQuarterAndProvider) {
  Begin("lancashire", "2025-06-15T08:00:00Z");
  Plan("2025-06-16", 26);
  Thin(5, "live_in");
  ExpectAll(Run(3),
            {("quarter +market by branch +of 95% +without urgent +by provider +low risk +medium "
              "risk +high "
              "risk\n"),
             "2025 Q2 +\\d\\d\\.\\d% +not met( +\\d+\\.\\d%){2}( +\\d+ \\(\\d+\\.\\d%\\)){3}\n",
             "2025 Q3, so far +\\d\\d\\.\\d%", "Who responds, against 95%",
             ("The same without urgent packages\n\n +quarter +market by branch +of 95% +low risk "
              "+medium risk +high risk\n"
              " +2025 Q2 +\\d\\d\\.\\d% +not met( +\\d+ \\(\\d+\\.\\d%\\)){3}\n"),
             "the market +medium +\\d+/\\d+( +\\d+\\.\\d%){2} +medium +\\d+\\.\\d%\n",
             "without urgent packages \\d+ of low risk, \\d+ of medium risk, \\d+ of high risk\n",
             "Never answered an offer\n\n.*\n(  .*\n)*  la-cobble-row",
             "Wards that a branch covers and never takes", "always declines", "never answers"});
}

}  // namespace
}  // namespace brokerage
