// Every input that fuzzing kept, given to its target (tests/fuzz/): it holds what it says, without
// libFuzzer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "google/protobuf/stubs/logging.h"
#include "tests/fuzz/targets.h"

namespace brokerage::fuzz {
namespace {

const std::filesystem::path& Corpora() {
  static const auto* corpora =
      new std::filesystem::path(std::filesystem::path(SOURCE_DIR) / "tests/fuzz/corpora");
  return *corpora;
}

std::vector<std::filesystem::path> InputsOf(const Target& target) {
  std::vector<std::filesystem::path> inputs;
  for (const auto& entry : std::filesystem::directory_iterator(Corpora() / target.name)) {
    inputs.push_back(entry.path());
  }
  std::sort(inputs.begin(), inputs.end());
  return inputs;
}

std::string BytesOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// In a process of its own, whose last word names the input that ended it.
[[noreturn]] void RunAll(const Target& target) {
  const google::protobuf::LogSilencer silencer;
  for (const std::filesystem::path& path : InputsOf(target)) {
    const std::string bytes = BytesOf(path);
    fprintf(stderr, "%s\n", path.c_str());
    target.run(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  }
  std::exit(0);
}

class KeptCorpora : public ::testing::TestWithParam<Target> {};

TEST_P(KeptCorpora, HoldAsTheirTargetSays) {
  ASSERT_FALSE(InputsOf(GetParam()).empty());
  EXPECT_EXIT(RunAll(GetParam()), ::testing::ExitedWithCode(0), "");
}

INSTANTIATE_TEST_SUITE_P(Targets, KeptCorpora, ::testing::ValuesIn(kTargets),
                         [](const auto& target) { return std::string(target.param.name); });

TEST(KeptCorporaFolders, AreAllOfATarget) {
  for (const auto& entry : std::filesystem::directory_iterator(Corpora())) {
    EXPECT_TRUE(std::any_of(std::begin(kTargets), std::end(kTargets), [&](const Target& target) {
      return entry.path().filename() == target.name;
    })) << entry.path();
  }
}

}  // namespace
}  // namespace brokerage::fuzz
