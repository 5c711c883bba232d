// Coverage by postcode area in a framework's files, and that the project's own frameworks are
// right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/rejection.h"
#include "engine/framework/parse.h"
#include "tests/fixtures/framework_fixture.h"

namespace brokerage::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Files = google::protobuf::RepeatedPtrField<v1::FrameworkFile>;

// The errors as "file:line field: message"; empty if the files are right.
std::vector<std::string> ErrorsOf(const Files& files) {
  const auto parsed = ParseFramework(files, HostKnowsZone);
  std::vector<std::string> errors;
  const v1::Rejection rejection = parsed.ok() ? v1::Rejection() : RejectionOf(parsed.status());
  for (const v1::FileError& error : rejection.file_errors()) {
    errors.push_back(
        absl::StrCat(error.file(), ":", error.line(), " ", error.field(), ": ", error.message()));
  }
  EXPECT_EQ(parsed.ok(), errors.empty()) << parsed.status();
  return errors;
}

// Surrey with one row in a file of its own.
Files SurreyWith(const std::string& row) {
  Files files = ReadFrameworkFolder("surrey");
  v1::FrameworkFile* file = files.Add();
  file->set_name("more/coverage.csv");
  file->set_content(
      absl::StrCat("branch_id,ward_code,service_type,from,to,priority,postcode_area\n", row, "\n"));
  return files;
}

TEST(EveryFrameworkOfTheProject, IsRight) {
  int frameworks = 0;
  for (const auto& folder :
       std::filesystem::directory_iterator(std::filesystem::path(SOURCE_DIR) / "frameworks")) {
    const std::string name = folder.path().filename().string();
    EXPECT_THAT(ErrorsOf(ReadFrameworkFolder(name)), IsEmpty()) << name;
    ++frameworks;
  }
  EXPECT_GE(frameworks, 5);
}

TEST(CoverageByArea, HoldsInItsFramework) {
  const auto parsed = ParseFramework(ReadFrameworkFolder("surrey"), HostKnowsZone);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  Directory directory;
  for (const journal::v1::DirectoryFact& fact : parsed->facts) directory.Put(fact);
  const journal::v1::DirectoryFact* fact =
      directory.Fact("coverage/su-ash-grove-guildford/area:GU/surrey/1");
  ASSERT_NE(fact, nullptr);
  EXPECT_EQ(fact->coverage().postcode_area(), "GU");
  EXPECT_EQ(fact->coverage().framework_id(), "surrey");
  EXPECT_EQ(fact->coverage().ward_code(), "");
  EXPECT_TRUE(directory.CoversByArea("surrey", 20211001));
}

TEST(CoverageByArea, NeedsAWardOrAnAreaAndNotBoth) {
  constexpr char kBranch[] = "su-ash-grove-guildford";
  EXPECT_THAT(ErrorsOf(SurreyWith(absl::StrCat(kBranch, ",,live_in,2021-10-01,,1,RH"))), IsEmpty());
  EXPECT_THAT(ErrorsOf(SurreyWith(absl::StrCat(kBranch, ",,home_care,2021-10-01,,1,"))),
              ElementsAre(HasSubstr("more/coverage.csv:2 ward_code: an empty cell needs a "
                                    "postcode_area beside it; a row covers a ward or an area")));
  EXPECT_THAT(ErrorsOf(SurreyWith(absl::StrCat(kBranch, ",E05007238,live_in,2021-10-01,,1,RH"))),
              ElementsAre(HasSubstr(
                  "more/coverage.csv:2 postcode_area: \"RH\" stands beside a ward_code")));
  for (const char* wrong : {"Rh", "rh", "RHX", "R1", "1"}) {
    EXPECT_THAT(
        ErrorsOf(SurreyWith(absl::StrCat(kBranch, ",,live_in,2021-10-01,,1,", wrong))),
        ElementsAre(HasSubstr(absl::StrCat("postcode_area: \"", wrong,
                                           "\" is no postcode area; one or two capital letters"))));
  }
  EXPECT_THAT(ErrorsOf(SurreyWith(absl::StrCat(kBranch, ",,home_care,2021-10-01,,1,GU"))),
              ElementsAre(HasSubstr("\"su-ash-grove-guildford, GU, home_care\" is already in")));
}

TEST(CoverageDecision, IsOneThatThisVersionKnows) {
  Files files = ReadFrameworkFolder("surrey");
  for (v1::FrameworkFile& file : files) {
    if (file.name() != "framework.textproto") continue;
    file.mutable_content()->append("coverage_decision: COVERAGE_DECISION_AUTOMATIC\n");
    EXPECT_THAT(ErrorsOf(files), IsEmpty());
    absl::StrReplaceAll({{"COVERAGE_DECISION_AUTOMATIC", "9"}}, file.mutable_content());
    EXPECT_THAT(ErrorsOf(files), ElementsAre(HasSubstr("coverage_decision")));
  }
}

}  // namespace
}  // namespace brokerage::engine
