#include "tests/scenarios/runner/framework.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/scenarios/runner/runner.h"

namespace brokerage::engine {

namespace {

void ApplyFramework(ScenarioRunner& run, const Words&) { run.Apply(run.files()); }

void ApplyChangedFramework(ScenarioRunner& run, const Words& words) {
  bool found = false;
  for (v1::FrameworkFile& file : run.files()) {
    if (file.name() != words[0] || !absl::StrContains(file.content(), words[2])) continue;
    file.set_content(absl::StrReplaceAll(file.content(), {{words[2], words[1]}}));
    if (!words[3].empty()) absl::StrAppend(file.mutable_content(), words[3], "\n");
    found = true;
  }
  if (!found) run.Problem("no such text in " + words[0]);
  run.Apply(run.files());
}

void ApplyFrameworkWithout(ScenarioRunner& run, const Words& words) {
  for (v1::FrameworkFile& file : run.files()) {
    if (file.name() != words[0]) continue;
    std::string kept;
    for (absl::string_view line : absl::StrSplit(file.content(), '\n', absl::SkipEmpty())) {
      if (!absl::StrContains(line, words[1])) absl::StrAppend(&kept, line, "\n");
    }
    file.set_content(kept);
  }
  run.Apply(run.files());
}

// A second framework beside the first, of another authority: its contracts are called
// "NAME/c-lead-north", all else is as it is in the first.
void ApplyFrameworkAs(ScenarioRunner& run, const Words& words) {
  google::protobuf::RepeatedPtrField<v1::FrameworkFile> files = run.files();
  for (v1::FrameworkFile& file : files) {
    const bool rules = file.name() == "framework.textproto";
    if (!rules && file.name() != "contracts.csv") continue;
    std::string changed =
        rules ? absl::StrCat("framework_id: \"", words[0], "\"\nauthorities { id: \"", words[1],
                             "\" name: \"", words[1], "\" }\n")
              : "";
    for (absl::string_view line : absl::StrSplit(file.content(), '\n', absl::SkipEmpty())) {
      if (rules &&
          (absl::StartsWith(line, "framework_id") || absl::StartsWith(line, "authorities")))
        continue;
      const bool contract = !rules && !absl::StartsWith(line, "contract_id");
      absl::StrAppend(&changed, contract ? words[0] + "/" : "", line, "\n");
    }
    file.set_content(changed);
  }
  run.Apply(files);
}

void CheckFactsChange(ScenarioRunner& run, const Words& words) {
  const auto* applied = run.Reply<v1::ApplyFrameworkResponse>("no framework was applied");
  if (applied == nullptr) return;
  std::string keys;
  for (const v1::DirectoryDifference& one : applied->differences())
    absl::StrAppend(&keys, " ", one.key());
  run.Expect(words[0], absl::StrCat(applied->differences_size()));
  if (words[0] != absl::StrCat(applied->differences_size())) run.Problem("they are" + keys);
}

}  // namespace

const PhraseTable& FrameworkPhrases() {
  static const auto& kPhrases = *new PhraseTable{
      {
          {Phrase("applies the framework[ again]"), ApplyFramework},
          {Phrase("applies the framework with NAME: TEXT for TEXT[, and the line TEXT]"),
           ApplyChangedFramework},
          {Phrase("applies the framework without NAME: TEXT"), ApplyFrameworkWithout},
          {Phrase("applies the framework as NAME of NAME"), ApplyFrameworkAs},
      },
      {
          {Phrase("N facts change"), CheckFactsChange},
      }};
  return kPhrases;
}

}  // namespace brokerage::engine
