// Whatever happens to a framework's files, the answer is right or FRAMEWORK_INVALID with places.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/rejection.h"
#include "engine/base/text.h"
#include "engine/framework/parse.h"
#include "tests/fixtures/engine_driver.h"
#include "tests/fixtures/framework_fixture.h"
#include "tests/fixtures/small_framework.h"
#include "tests/scenarios/runner/table.h"

namespace brokerage::engine {
namespace {

using Files = FrameworkFiles;

const Files& Nottinghamshire() {
  static const Files* files = new Files(ReadFrameworkFolder("nottinghamshire"));
  return *files;
}

void ExpectRightOrPlaced(const Files& files, const std::string& what) {
  absl::StatusOr<ParsedFramework> parsed = ParseFramework(files, HostKnowsZone);
  if (parsed.ok()) return;
  v1::Rejection rejection = RejectionOf(parsed.status());
  ASSERT_EQ(rejection.reason(), v1::REJECTION_REASON_FRAMEWORK_INVALID) << what;
  ASSERT_GT(rejection.file_errors_size(), 0) << what;
  for (const v1::FileError& error : rejection.file_errors()) {
    ASSERT_FALSE(error.file().empty()) << what;
    ASSERT_GE(error.line(), 0) << what;
    ASSERT_FALSE(error.message().empty()) << what;
    ASSERT_TRUE(IsUtf8(error.message()) && IsUtf8(error.file()) && IsUtf8(error.field())) << what;
  }
}

// Calls `damage` with every `step`-th position of every file that counts.
void ForSampledFiles(const std::function<void(const v1::FrameworkFile&, int)>& damage) {
  const Files& files = Nottinghamshire();
  for (int i = 0; i < files.size(); ++i) {
    const std::string& name = files.Get(i).name();
    if (absl::EndsWith(name, ".md")) continue;
    damage(files.Get(i), i);
  }
}

constexpr size_t kSamplesPerFile = 8;

TEST(Damage, OfALineTakenOutIsSurvived) {
  ForSampledFiles([](const v1::FrameworkFile& file, int index) {
    std::vector<std::string> lines = absl::StrSplit(file.content(), '\n');
    size_t step = std::max<size_t>(1, lines.size() / kSamplesPerFile);
    for (size_t out = 0; out + 1 < lines.size(); out += step) {
      std::vector<std::string> left = lines;
      left.erase(left.begin() + static_cast<std::ptrdiff_t>(out));
      Files files = Nottinghamshire();
      files.Mutable(index)->set_content(absl::StrJoin(left, "\n"));
      ExpectRightOrPlaced(files, absl::StrCat(file.name(), " without line ", out + 1));
    }
  });
}

TEST(Damage, OfATruncatedFileIsSurvived) {
  ForSampledFiles([](const v1::FrameworkFile& file, int index) {
    size_t step = file.content().size() / kSamplesPerFile + 1;
    for (size_t length = 0; length < file.content().size(); length += step) {
      Files files = Nottinghamshire();
      files.Mutable(index)->mutable_content()->resize(length);
      ExpectRightOrPlaced(files, absl::StrCat(file.name(), " cut to ", length));
    }
  });
}

TEST(Damage, OfGarbageBytesIsSurvived) {
  uint64_t state = 20180701;  // a fixed linear congruential sequence
  auto next = [&state](size_t below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<size_t>(state >> 33) % below;
  };
  const std::string nasty("\0\"\r\n,;:{}[]\x80\xff\xc3<>#'\\9", 20);
  ForSampledFiles([&](const v1::FrameworkFile& file, int index) {
    for (size_t round = 0; round < kSamplesPerFile; ++round) {
      Files files = Nottinghamshire();
      std::string* content = files.Mutable(index)->mutable_content();
      for (size_t n = 0; n <= round / 4; ++n) {
        (*content)[next(content->size())] =
            round % 2 == 0 ? nasty[next(nasty.size())] : static_cast<char>(next(256));
      }
      ExpectRightOrPlaced(files, absl::StrCat(file.name(), " garbled, round ", round));
    }
    Files files = Nottinghamshire();
    std::string* content = files.Mutable(index)->mutable_content();
    for (char& c : *content) c = static_cast<char>(next(256));
    ExpectRightOrPlaced(files, absl::StrCat(file.name(), " all garbled"));
  });
}

TEST(Damage, OfAFilesNameIsSurvived) {
  for (const std::string& name : {std::string(), std::string("\xff/wards.csv"), std::string("/"),
                                  std::string("a\nb"), std::string(5000, 'x')}) {
    Files files = SmallFramework();
    files.Add()->set_name(name);
    absl::StatusOr<ParsedFramework> parsed = ParseFramework(files, HostKnowsZone);
    EXPECT_EQ(RejectionOf(parsed.status()).reason(), v1::REJECTION_REASON_FRAMEWORK_INVALID);
  }
}

// Damage to one line, or to one value, of a small framework: either it is found, in a place, or
// only the row that is damaged differs.

const Files& County() {
  static const Files* files = new Files(FilesOf(Scenario()));
  return *files;
}

Files CountyWith(int file, const std::vector<std::string>& lines) {
  Files files = County();
  files.Mutable(file)->set_content(absl::StrJoin(lines, "\n"));
  return files;
}

// Every fact with its place, by key.
std::map<std::string, std::pair<std::string, std::string>> FactsOf(const ParsedFramework& parsed) {
  std::map<std::string, std::pair<std::string, std::string>> facts;
  for (size_t i = 0; i < parsed.facts.size(); ++i) {
    facts[parsed.facts[i].key()] = {parsed.facts[i].SerializeAsString(), parsed.places[i]};
  }
  return facts;
}

// Of the undamaged county.
const ParsedFramework& Sound() {
  static const ParsedFramework* sound =
      new ParsedFramework(*ParseFramework(County(), HostKnowsZone));
  return *sound;
}

// Every error has a file and a line.
void ExpectPlaced(const absl::Status& status, const std::string& what) {
  const v1::Rejection rejection = RejectionOf(status);
  ASSERT_EQ(rejection.reason(), v1::REJECTION_REASON_FRAMEWORK_INVALID) << what;
  ASSERT_GT(rejection.file_errors_size(), 0) << what;
  for (const v1::FileError& error : rejection.file_errors()) {
    ASSERT_FALSE(error.file().empty()) << what;
    ASSERT_GT(error.line(), 0) << what << ": " << error.ShortDebugString();
    ASSERT_FALSE(error.message().empty()) << what;
  }
}

// Whether nothing but the row that stood at the place is another, or gone.
void ExpectOnlyThatRowDiffers(const ParsedFramework& damaged, const std::string& place,
                              const std::string& what) {
  const auto sound = FactsOf(Sound());
  const auto left = FactsOf(damaged);
  int gone = 0;
  for (const auto& [key, fact] : sound) {
    auto found = left.find(key);
    if (found != left.end() && found->second.first == fact.first) continue;
    ASSERT_EQ(fact.second, place) << what << ": " << key;
    ++gone;
  }
  ASSERT_LE(gone, 1) << what;
  for (const auto& [key, fact] : left) {
    auto found = sound.find(key);
    if (found != sound.end() && found->second.first == fact.first) continue;
    ASSERT_EQ(fact.second, place) << what << ": " << key;
  }
  ASSERT_EQ(damaged.rules.SerializeAsString(), Sound().rules.SerializeAsString()) << what;
}

// Calls `damage` with every file, its lines, and the index of each line that holds something.
void ForEveryLine(const std::function<void(int file, const std::vector<std::string>& lines,
                                           size_t line)>& damage) {
  for (int file = 0; file < County().size(); ++file) {
    const std::vector<std::string> lines = absl::StrSplit(County().Get(file).content(), '\n');
    for (size_t line = 0; line < lines.size(); ++line) {
      if (!lines[line].empty()) damage(file, lines, line);
    }
  }
}

bool IsTable(int file) { return absl::EndsWith(County().Get(file).name(), ".csv"); }

std::string PlaceOf(int file, size_t line) {
  return absl::StrCat(County().Get(file).name(), ":", line + 1);
}

Files WithoutLine(int file, std::vector<std::string> lines, size_t line) {
  lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(line));
  return CountyWith(file, lines);
}

TEST(EveryLine, TakenOutIsMissedOrTakesOnlyItsRowWithIt) {
  int missed = 0;
  int accepted = 0;
  ForEveryLine([&](int file, const std::vector<std::string>& lines, size_t line) {
    const std::string what = absl::StrCat(PlaceOf(file, line), " taken out");
    auto parsed = ParseFramework(WithoutLine(file, lines, line), HostKnowsZone);
    if (!parsed.ok()) {
      ++missed;
      return ExpectPlaced(parsed.status(), what);
    }
    ++accepted;
    if (!IsTable(file)) {  // a rule that may be left out, or a comment
      ASSERT_EQ(FactsOf(*parsed), FactsOf(Sound())) << what;
      return;
    }
    ASSERT_GT(line, 0u) << what << ": a table without its header";
    // Rows after it have moved up by a line: places are told by the facts, which must be the same.
    std::set<std::string> left;
    for (const auto& fact : parsed->facts) left.insert(fact.SerializeAsString());
    ASSERT_EQ(parsed->facts.size() + 1, Sound().facts.size()) << what;
    for (size_t i = 0; i < Sound().facts.size(); ++i) {
      if (left.count(Sound().facts[i].SerializeAsString()) > 0) continue;
      ASSERT_EQ(Sound().places[i], PlaceOf(file, line)) << what;
    }
    ASSERT_EQ(parsed->rules.SerializeAsString(), Sound().rules.SerializeAsString()) << what;
  });
  EXPECT_GT(missed, 40);
  EXPECT_GT(accepted, 20);
}

struct Break {
  const char* name;
  const char* value;
};
constexpr Break kBreaks[] = {{"empty", ""},
                             {"a letter for a number", "l0"},
                             {"an id that nothing has", "nobody"},
                             {"a date that is none", "2018-02-30"},
                             {"a quote without an end", "\"open"}};

TEST(EveryCell, BrokenIsFoundOrChangesOnlyItsRow) {
  int found = 0;
  int accepted = 0;
  ForEveryLine([&](int file, const std::vector<std::string>& lines, size_t line) {
    if (!IsTable(file)) return;
    const std::vector<std::string> cells = absl::StrSplit(lines[line], ',');
    for (size_t cell = 0; cell < cells.size(); ++cell) {
      for (const Break& broken : kBreaks) {
        if (cells[cell] == broken.value) continue;
        std::vector<std::string> changed = cells;
        changed[cell] = broken.value;
        std::vector<std::string> changed_lines = lines;
        changed_lines[line] = absl::StrJoin(changed, ",");
        const std::string what =
            absl::StrCat(PlaceOf(file, line), ", cell ", cell + 1, ": ", broken.name);
        auto parsed = ParseFramework(CountyWith(file, changed_lines), HostKnowsZone);
        if (!parsed.ok()) {
          ++found;
          ExpectPlaced(parsed.status(), what);
          continue;
        }
        ++accepted;
        ASSERT_NE(broken.value[0], '"') << what;
        ExpectOnlyThatRowDiffers(*parsed, PlaceOf(file, line), what);
      }
    }
  });
  EXPECT_GT(found, 1500);
  EXPECT_GT(accepted, 100);
}

// Where a line's values begin and end: numbers, names of enums, and texts with their quotes.
std::vector<std::pair<size_t, size_t>> ValuesOf(const std::string& line) {
  std::vector<std::pair<size_t, size_t>> values;
  for (size_t at = line.find(": "); at != std::string::npos && line[0] != '#';
       at = line.find(": ", at)) {
    at += 2;
    size_t end = line[at] == '"' ? line.find('"', at + 1) + 1 : line.find_first_of(" }", at);
    if (end == std::string::npos) end = line.size();
    values.emplace_back(at, end);
    at = end;
  }
  return values;
}

TEST(EveryRule, BrokenIsFoundOrIsARuleLikeAnother) {
  int found = 0;
  ForEveryLine([&](int file, const std::vector<std::string>& lines, size_t line) {
    if (IsTable(file)) return;
    for (const auto& [begin, end] : ValuesOf(lines[line])) {
      for (const Break& broken : kBreaks) {
        const bool text = lines[line][begin] == '"';
        const bool open = broken.value[0] == '"';
        std::vector<std::string> changed = lines;
        changed[line].replace(
            begin, end - begin,
            text && !open ? absl::StrCat("\"", broken.value, "\"") : broken.value);
        const std::string what = absl::StrCat(PlaceOf(file, line), ": ", changed[line]);
        auto parsed = ParseFramework(CountyWith(file, changed), HostKnowsZone);
        if (!parsed.ok()) {
          ++found;
          ExpectPlaced(parsed.status(), what);
          continue;
        }
        ASSERT_TRUE(text && !open) << what << ": only a text can be any other text";
        ASSERT_EQ(parsed->facts.size(), Sound().facts.size()) << what;
      }
    }
  });
  EXPECT_GT(found, 150);
}

// The same through Decide: what is refused leaves no trace, and what is there already is no change.
class Applying : public ::testing::Test {
 protected:
  Applying() : driver_(absl::FromCivil(absl::CivilSecond(2018, 7, 2, 9, 0, 0), London())) {}

  absl::StatusOr<v1::ApplyFrameworkResponse> Apply(const Files& files, bool validate_only = false) {
    Caller caller;
    caller.account_id = "administrator";
    caller.role = v1::ROLE_ADMINISTRATOR;
    v1::ApplyFrameworkRequest request;
    *request.mutable_files() = files;
    request.set_validate_only(validate_only);
    auto reply = driver_.Run(caller, request);
    if (!reply.ok()) return reply.status();
    return static_cast<const v1::ApplyFrameworkResponse&>(**reply);
  }

  EngineDriver driver_;
};

TEST_F(Applying, TheSameFrameworkTwiceChangesNothing) {
  auto first = Apply(County());
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->differences_size(), static_cast<int>(Sound().facts.size()) + 1);
  const size_t records = driver_.records();
  Files reversed = County();
  std::reverse(reversed.begin(), reversed.end());
  for (const Files& again : {County(), reversed}) {
    auto second = Apply(again);
    ASSERT_TRUE(second.ok()) << second.status();
    EXPECT_EQ(second->differences_size(), 0);
    EXPECT_EQ(second->framework().revision(), 1);
    EXPECT_EQ(driver_.records(), records);
  }
  EXPECT_THAT(driver_.FinalProblems(), ::testing::IsEmpty());
}

TEST_F(Applying, ADamagedFrameworkChangesNothing) {
  ASSERT_TRUE(Apply(County()).ok());
  const size_t records = driver_.records();
  ForEveryLine([&](int file, const std::vector<std::string>& lines, size_t line) {
    const std::string what = absl::StrCat(PlaceOf(file, line), " taken out");
    const Files files = WithoutLine(file, lines, line);
    const bool sound = ParseFramework(files, HostKnowsZone).ok();
    auto answer = Apply(files, sound);
    ASSERT_EQ(driver_.records(), records) << what;
    if (!sound) return ExpectPlaced(answer.status(), what);
    ASSERT_TRUE(answer.ok()) << what << answer.status();
    ASSERT_LE(answer->differences_size(), 1) << what << answer->ShortDebugString();
  });
  auto again = Apply(County());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->differences_size(), 0);
  EXPECT_THAT(driver_.FinalProblems(), ::testing::IsEmpty());
}

}  // namespace
}  // namespace brokerage::engine
