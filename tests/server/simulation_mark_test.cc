// A simulation stays one, whatever files are taken from its folder, in its copies, too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/fixtures/server/programs.h"
#include "tests/fixtures/test_folder.h"

namespace brokerage {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr char kSimulation[] = " --simulation 2018-07-01T08:00:00Z";

class SimulationMark : public ::testing::Test {
 protected:
  // Makes the first administrator, which opens the store for writing.
  Ran Bootstrap(const std::string& store, const std::string& options = "") const {
    return Shell(absl::StrCat(BINARY_DIR "/services/brokerd bootstrap --account admin --data ",
                              folder_ / store, " --token-file ", folder_ / "token", options));
  }
  Ran Run(const std::string& command) const {
    return Shell(BINARY_DIR "/services/brokerd " + command);
  }
  void ExpectSimulation(const std::string& store) const {
    const Ran real = Bootstrap(store);
    EXPECT_EQ(real.exit_code, 1);
    EXPECT_THAT(real.output, HasSubstr("holds a simulation: open it with --simulation"));
    EXPECT_THAT(Bootstrap(store, kSimulation).output, HasSubstr("there are accounts already"));
  }

  testing_support::TestFolder folder_;
};

TEST_F(SimulationMark, IsInTheStoreItsCopiesAndItsBackups) {
  ASSERT_EQ(Bootstrap("store", kSimulation).exit_code, 0);
  fs::remove(folder_ / "store/SIMULATION");
  ExpectSimulation("store");
  fs::copy(folder_ / "store", folder_ / "copy", fs::copy_options::recursive);
  ExpectSimulation("copy");

  const std::string backups = " --backup-dir " + folder_ / "backups";
  ASSERT_EQ(Run("backup --data " + folder_ / "store" + backups).exit_code, 0);
  fs::remove(folder_ / "backups/SIMULATION");
  const Ran restored = Run("restore --number 1 --data " + folder_ / "restored" + backups);
  ASSERT_EQ(restored.exit_code, 0) << restored.output;
  ExpectSimulation("restored");
}

TEST_F(SimulationMark, OfAnEarlierProgramIsTakenIntoTheStore) {
  const Ran unpacked =
      Shell("tar -C " + folder_.path() + " -xzf " SOURCE_DIR "/tests/server/kept/store.tar.gz");
  ASSERT_EQ(unpacked.exit_code, 0) << unpacked.output;
  ASSERT_TRUE(fs::exists(folder_ / "store/SIMULATION"));
  const Ran upgraded = Run("upgrade --data " + folder_ / "store");
  ASSERT_EQ(upgraded.exit_code, 0) << upgraded.output;
  ExpectSimulation("store");
  fs::remove(folder_ / "store/SIMULATION");
  ExpectSimulation("store");
}

TEST_F(SimulationMark, IsNeverPutOnARealStore) {
  ASSERT_EQ(Bootstrap("store").exit_code, 0);
  const Ran played = Bootstrap("store", kSimulation);
  EXPECT_EQ(played.exit_code, 1);
  EXPECT_THAT(played.output, HasSubstr("holds a real system"));
  EXPECT_THAT(Bootstrap("store").output, HasSubstr("there are accounts already"));
}

}  // namespace
}  // namespace brokerage
