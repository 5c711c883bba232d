// What must follow of adaptive release.
#include "engine/routing/adaptive_release.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/scenarios/runner/runner.h"

namespace brokerage::engine {

void ScenarioRunner::CheckRoundBeside(const Words& words) {
  const PackageAggregate package = Package(words[0]);
  const auto* round = RoundOf(package, words[1]);
  if (round == nullptr) return;
  Expect("beside " + words[2], absl::StrCat("beside ", round->beside().round_number()));
}

void ScenarioRunner::CheckRoundAlone(const Words& words) {
  CheckRoundBeside({words[0], words[1], "0"});
}

void ScenarioRunner::CheckPreviewBeside(const Words& words) {
  const auto* preview = dynamic_cast<const v1::PreviewPackageResponse*>(reply_.get());
  if (preview == nullptr) return Problem("nothing was previewed");
  int32_t found = 0;
  for (const v1::Round& round : preview->rounds()) {
    if (absl::StrCat(round.number()) == words[0]) found = round.beside().round_number();
  }
  Expect("beside " + words[1], absl::StrCat("beside ", found));
}

void ScenarioRunner::CheckFill(const Words& words) {
  const auto& rules = driver_->engine().directory().Framework(framework_id_)->rules();
  const int over = std::max(20, rules.adaptive_release().over_packages());
  std::string found = "0 of 0, off";
  driver_->Figures()->ForEachRollup(
      RollupTable::KeyOf(FillDimensions(framework_id_, words[1], words[0])),
      [&](const journal::v1::RollupRow& row) {
        if (row.tier_id() != words[0]) return;  // another that begins like it
        const int first = std::max(0, row.filled_size() - over);
        found =
            absl::StrCat(std::count(row.filled().begin() + first, row.filled().end(), true), " of ",
                         row.filled_size() - first, ", ", row.adaptive_release_on() ? "on" : "off");
      });
  Expect(absl::StrCat(words[2], " of ", words[3], ", ", words[4]), found);
}

}  // namespace brokerage::engine
