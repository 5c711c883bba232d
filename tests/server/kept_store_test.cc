// A store that an earlier program wrote is opened and verified by this one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/fixtures/server/programs.h"
#include "tests/fixtures/test_folder.h"

namespace brokerage {
namespace {

using testing::HasSubstr;

// Where kept/store.tar.gz ends, and what all of its rows come to; see kept/README.md.
constexpr char kVerified[] =
    "verified records=866 "
    "head=866:f3138d53e4dacf4d0f417b40fc8aa9639075b81a544597556ee98f982b0a77f1 "
    "digest=3e2dc506ed5489e865c197c7aa1266f51f22aad5336d024fee40b058d13b7d00";

const std::string kBrokerd = std::string(BINARY_DIR) + "/services/brokerd";

void Unpack(const std::string& into) {
  const Ran ran = Shell("tar -C " + into + " -xzf " SOURCE_DIR "/tests/server/kept/store.tar.gz");
  ASSERT_EQ(ran.exit_code, 0) << ran.output;
}

TEST(KeptStore, OfAnEarlierProgramIsRefusedWithTheCommandThatBringsItUp) {
  testing_support::TestFolder folder;
  Unpack(folder.path());
  const Ran ran = Shell(kBrokerd + " verify --data " + folder / "store");
  EXPECT_NE(ran.exit_code, 0);
  EXPECT_THAT(ran.output, HasSubstr("brokerd upgrade --data " + folder / "store"));
}

TEST(KeptStore, OfAnEarlierProgramOpensWithItsAccounts) {
  testing_support::TestFolder folder;
  Unpack(folder.path());
  ASSERT_EQ(Shell(kBrokerd + " upgrade --data " + folder / "store").exit_code, 0);
  const std::string token = " --token-file " + folder / "more.token";
  const Ran refused = Shell(kBrokerd + " bootstrap --account more --data " + folder / "store" +
                            token + " --simulation 2018-07-01T08:00:00Z");
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.output, HasSubstr("there are accounts already"));
}

TEST(KeptStore, OfAnEarlierProgramIsMadeAnewFromItsJournal) {
  testing_support::TestFolder folder;
  Unpack(folder.path());
  const std::string upgrade = kBrokerd + " upgrade --data " + folder / "store";
  Ran ran = Shell(upgrade);
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr(kVerified));
  EXPECT_THAT(ran.output, HasSubstr("store.before-upgrade"));
  EXPECT_THAT(Shell(kBrokerd + " verify --data " + folder / "store").output, HasSubstr(kVerified));
  EXPECT_THAT(Shell(upgrade).output, HasSubstr("nothing to do"));
}

}  // namespace
}  // namespace brokerage
