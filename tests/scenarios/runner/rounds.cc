#include "tests/scenarios/runner/rounds.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/routing/adaptive_release.h"
#include "engine/routing/routing.h"
#include "tests/scenarios/runner/runner.h"
#include "tests/scenarios/runner/values.h"

namespace brokerage::engine {

namespace {

std::string Sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return absl::StrJoin(names, ", ");
}

std::string SortedNames(const std::string& names) { return Sorted(absl::StrSplit(names, ", ")); }

void CheckRounds(ScenarioRunner& run, const Words& words) {
  run.Expect(words[1] + " rounds",
             absl::StrCat(run.Package(words[0]).row.rounds_size(), " rounds"));
}

void CheckRestartRound(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  const auto* round = run.RoundOf(package, words[1]);
  if (round != nullptr && round->rule_number() != 0) run.Problem("it is no restart");
}

void CheckRoundBeside(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  const auto* round = run.RoundOf(package, words[1]);
  if (round == nullptr) return;
  run.Expect("beside " + words[2], absl::StrCat("beside ", round->beside().round_number()));
}

void CheckRoundAlone(ScenarioRunner& run, const Words& words) {
  CheckRoundBeside(run, {words[0], words[1], "0"});
}

void CheckRoundOffers(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  if (run.RoundOf(package, words[1]) == nullptr) return;
  std::vector<std::string> branches;
  for (const journal::v1::OfferRow& offer : package.offers) {
    if (absl::StrCat(offer.round_number()) == words[1]) branches.push_back(offer.branch_id());
  }
  run.Expect(SortedNames(words[2]), Sorted(branches));
}

void CheckRoundDue(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  const auto* round = run.RoundOf(package, words[1]);
  if (round == nullptr) return;
  run.Expect(run.TimeText(absl::ToUnixMicros(run.TimeOf(words[2]))),
             run.TimeText(round->deadline_us()));
}

void CheckRoundClosed(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  const auto* round = run.RoundOf(package, words[1]);
  if (round == nullptr) return;
  run.Expect(run.TimeText(absl::ToUnixMicros(run.TimeOf(words[2]))),
             run.TimeText(round->closed_time_us()));
}

void CheckNotOffered(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  const std::string number = words[3].empty() ? absl::StrCat(package.row.rounds_size()) : words[3];
  const auto* round = run.RoundOf(package, number);
  if (round == nullptr) return;
  for (const journal::v1::Verdict& verdict : round->verdicts()) {
    const bool tier_only = words[2].empty() && words[4] != "tier_in_round" &&
                           verdict.failed_rules() == 1u << v1::HARD_RULE_TIER_IN_ROUND;
    if (verdict.branch_id() != words[1] || tier_only) continue;
    if (!words[2].empty() && verdict.contract_id() != words[2]) continue;
    for (int rule = 1; rule < v1::HardRule_ARRAYSIZE; ++rule) {
      if (Name(static_cast<v1::HardRule>(rule)) != words[4]) continue;
      if (verdict.failed_rules() & (1u << rule)) return;
    }
  }
  run.Problem("expected " + words[4] + " against " + words[1] + ", found none");
}

// The words of the rules on coverage and suspension.
void CheckExplained(ScenarioRunner& run, const Words& words) {
  const PackageAggregate package = run.Package(words[0]);
  const auto* round = run.RoundOf(package, absl::StrCat(package.row.rounds_size()));
  if (round == nullptr) return;
  std::vector<std::string> told;
  for (const journal::v1::Verdict& verdict : round->verdicts()) {
    if (verdict.branch_id() != words[1]) continue;
    for (auto rule : {v1::HARD_RULE_BRANCH_COVERS_WARD, v1::HARD_RULE_BRANCH_COVERS_SERVICE,
                      v1::HARD_RULE_CONTRACT_ACTIVE, v1::HARD_RULE_PROVIDER_NOT_SUSPENDED,
                      v1::HARD_RULE_AREA_NOT_SUSPENDED}) {
      const bool passed = (verdict.failed_rules() & (1u << rule)) == 0;
      told.push_back(ExplainRule(rule, passed, verdict, package.row, run.directory()));
      if (told.back() == words[2]) return;
    }
  }
  run.Problem("expected \"" + words[2] + "\", found " + absl::StrJoin(told, " "));
}

void CheckPreview(ScenarioRunner& run, const Words& words) {
  const auto* preview = run.Reply<v1::PreviewPackageResponse>("nothing was previewed");
  if (preview == nullptr) return;
  std::vector<std::string> branches;
  for (const v1::Round& round : preview->rounds()) {
    if (absl::StrCat(round.number()) != words[0]) continue;
    for (const v1::BranchVerdict& verdict : round.verdicts()) {
      if (verdict.offered()) branches.push_back(verdict.branch_id());
    }
  }
  run.Expect(SortedNames(words[1]), Sorted(branches));
}

void CheckPreviewBeside(ScenarioRunner& run, const Words& words) {
  const auto* preview = run.Reply<v1::PreviewPackageResponse>("nothing was previewed");
  if (preview == nullptr) return;
  int32_t found = 0;
  for (const v1::Round& round : preview->rounds()) {
    if (absl::StrCat(round.number()) == words[0]) found = round.beside().round_number();
  }
  run.Expect("beside " + words[1], absl::StrCat("beside ", found));
}

void CheckFill(ScenarioRunner& run, const Words& words) {
  const auto& rules = run.directory().Framework(run.framework_id())->rules();
  const int over = std::max(20, rules.adaptive_release().over_packages());
  std::string found = "0 of 0, off";
  run.driver().Figures()->ForEachRollup(
      RollupTable::KeyOf(FillDimensions(run.framework_id(), words[1], words[0])),
      [&](const journal::v1::RollupRow& row) {
        if (row.tier_id() != words[0]) return;  // another that begins like it
        const int first = std::max(0, row.filled_size() - over);
        found =
            absl::StrCat(std::count(row.filled().begin() + first, row.filled().end(), true), " of ",
                         row.filled_size() - first, ", ", row.adaptive_release_on() ? "on" : "off");
      });
  run.Expect(absl::StrCat(words[2], " of ", words[3], ", ", words[4]), found);
}

}  // namespace

const PhraseTable& RoundPhrases() {
  static const auto& kPhrases = *new PhraseTable{
      {},
      {
          {Phrase("PACKAGE has N round[s]"), CheckRounds},
          {Phrase("PACKAGE round N is the restart"), CheckRestartRound},
          {Phrase("PACKAGE round N is beside round N"), CheckRoundBeside},
          {Phrase("PACKAGE round N is beside none"), CheckRoundAlone},
          {Phrase("PACKAGE round N offered to NAMES"), CheckRoundOffers},
          {Phrase("PACKAGE round N is due TIME"), CheckRoundDue},
          {Phrase("PACKAGE round N closed TIME"), CheckRoundClosed},
          {Phrase("PACKAGE not offered to NAME[ under NAME][ in round N] because WORD"),
           CheckNotOffered},
          {Phrase("PACKAGE is explained for NAME as TEXT"), CheckExplained},
          {Phrase("preview round N offers NAMES"), CheckPreview},
          {Phrase("preview round N is beside round N"), CheckPreviewBeside},
          {Phrase("fill of NAME in NAME is N of N, WORD"), CheckFill},
      }};
  return kPhrases;
}

}  // namespace brokerage::engine
