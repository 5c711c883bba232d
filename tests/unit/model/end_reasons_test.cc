#include "engine/model/end_reasons.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace brokerage::engine {
namespace {

TEST(EndReasons, StandInTheDocumentsWithTheirVerbsAndCauses) {
  std::ostringstream text;
  text << std::ifstream(absl::StrCat(SOURCE_DIR, "/docs/lifecycles.md")).rdbuf();
  for (const EndReason& reason : EndReasons()) {
    const std::string name =
        absl::AsciiStrToLower(v1::EndReason_Name(reason.reason).substr(sizeof("END_REASON_") - 1));
    const auto dot = [](bool may) { return may ? " ●" : ""; };
    EXPECT_THAT(text.str(), ::testing::HasSubstr(absl::StrCat(
                                "| `", name, "` | ", reason.words, " |", dot(reason.cancel), " |",
                                dot(reason.give_back), " |", dot(reason.cease), " |",
                                dot(reason.hand_back), " | ", CauseNames(reason.causes), " |\n")));
  }
}

TEST(EndReasons, HaveACauseThatSomebodyMayNameAndAVerb) {
  for (const EndReason& reason : EndReasons()) {
    EXPECT_NE(reason.causes, 0u) << reason.words;
    EXPECT_EQ(reason.causes & CauseBit(v1::CAUSE_SUCCESSOR), 0u) << reason.words;
    EXPECT_TRUE(reason.cancel || reason.give_back || reason.cease || reason.hand_back)
        << reason.words;
  }
}

TEST(EndReasons, ThatAPersonDiedIsNeverTheProvidersCause) {
  EXPECT_EQ(OnlyCauseOf(EndReasonOf(v1::END_REASON_DIED)), v1::CAUSE_PERSON);
}

}  // namespace
}  // namespace brokerage::engine
