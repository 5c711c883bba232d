#include "tests/scenarios/runner/undo.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/model/package.h"
#include "engine/model/steps.h"
#include "engine/views/package_view.h"
#include "tests/scenarios/runner/runner.h"

namespace brokerage::engine {

namespace {

constexpr std::pair<const char*, v1::StepKind> kSteps[] = {
    {"award", v1::STEP_KIND_AWARD},         {"placing", v1::STEP_KIND_PLACE},
    {"cancellation", v1::STEP_KIND_CANCEL}, {"start", v1::STEP_KIND_START},
    {"return", v1::STEP_KIND_RETURN},       {"hand_back", v1::STEP_KIND_HAND_BACK},
    {"end", v1::STEP_KIND_CEASE},           {"step", v1::STEP_KIND_UNSPECIFIED},
};

void Undo(ScenarioRunner& run, const Words& words) {
  const auto* step = std::find_if(std::begin(kSteps), std::end(kSteps),
                                  [&words](const auto& one) { return one.first == words[0]; });
  if (step == std::end(kSteps)) return run.Problem("there is no such step: " + words[0]);
  v1::UndoPackageRequest request;
  request.set_package_id(run.IdOf(words[1]));
  request.set_step(step->second);
  run.Ask(std::move(request));
}

void CheckLastStep(ScenarioRunner& run, const Words& words) {
  const v1::Package package = ToPackage(run.Package(words[0]), Detail::kFull, run.directory());
  for (const auto& [name, kind] : kSteps) {
    if (kind != package.last_step().kind()) continue;
    run.Expect(words[1], package.has_last_step() ? name : "none");
  }
}

void CheckTold(ScenarioRunner& run, const Caller& caller, const std::string& label,
               const std::string& text) {
  const std::string id = PackageIdOf(run.Package(label).row);
  int told = 0;
  std::string last;
  for (const v1::HistoryEvent& event : run.driver().History(caller)) {
    if (event.package_id() != id) continue;
    last = event.text();
    if (last == text) ++told;
  }
  if (told != 1) run.Problem(absl::StrCat("told ", told, " times; told last: ", last));
}

void CheckBranchTold(ScenarioRunner& run, const Words& words) {
  Caller branch;
  branch.role = v1::ROLE_PROVIDER_BRANCH;
  branch.branch_id = words[1];
  CheckTold(run, branch, words[0], words[2]);
}

void CheckNavigatorTold(ScenarioRunner& run, const Words& words) {
  Caller navigator;
  navigator.role = v1::ROLE_CARE_NAVIGATOR;
  navigator.authority_id = run.Package(words[0]).row.authority_id();
  CheckTold(run, navigator, words[0], words[1]);
}

}  // namespace

const PhraseTable& UndoPhrases() {
  static const auto& kPhrases =
      *new PhraseTable{{
                           {Phrase("undoes the WORD of PACKAGE"), Undo},
                       },
                       {
                           {Phrase("PACKAGE last step is WORD"), CheckLastStep},
                           {Phrase("PACKAGE branch NAME is told TEXT"), CheckBranchTold},
                           {Phrase("PACKAGE is told TEXT"), CheckNavigatorTold},
                       }};
  return kPhrases;
}

}  // namespace brokerage::engine
