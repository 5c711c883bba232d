#include "tests/scenarios/runner/closures.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/figures/passed_over.h"
#include "engine/model/fact_keys.h"
#include "tests/scenarios/runner/runner.h"
#include "tests/scenarios/runner/values.h"

namespace brokerage::engine {

namespace {

v1::OptOutWindow NewestWindow(ScenarioRunner& run, const std::string& branch) {
  v1::OptOutWindow newest;
  for (const auto& [key, fact] : run.directory().Facts()) {
    if (fact->opt_out_window().branch_id() == branch && fact->has_opt_out_window()) {
      newest = fact->opt_out_window();
    }
  }
  return newest;
}

void DecideOptOut(ScenarioRunner& run, const std::string& branch, bool approve) {
  v1::DecideOptOutWindowRequest request;
  request.set_window_id(NewestWindow(run, branch).id());
  request.set_approve(approve);
  request.set_reason(kReason);
  run.Ask(std::move(request));
}

void OptOut(ScenarioRunner& run, const Words& words) {
  v1::OpenOptOutWindowRequest request;
  v1::OptOutWindow& window = *request.mutable_window();
  window.set_branch_id(words[0].empty() ? run.caller().branch_id : words[0]);
  window.set_reason(kReason);
  if (!words[1].empty()) *window.mutable_from_time() = TimestampOf(run.TimeOf(words[1]));
  if (!words[2].empty()) *window.mutable_to_time() = TimestampOf(run.TimeOf(words[2]));
  run.Ask(std::move(request));
}

void OptIn(ScenarioRunner& run, const Words&) {
  v1::CloseOptOutWindowRequest request;
  for (const auto& [key, fact] : run.directory().Facts()) {
    if (fact->opt_out_window().branch_id() == run.caller().branch_id &&
        fact->has_opt_out_window()) {
      request.set_window_id(fact->opt_out_window().id());
    }
  }
  run.Ask(std::move(request));
}

void ApproveOptOut(ScenarioRunner& run, const Words& words) { DecideOptOut(run, words[0], true); }

void RefuseOptOut(ScenarioRunner& run, const Words& words) { DecideOptOut(run, words[0], false); }

void DeclareCapacity(ScenarioRunner& run, const Words& words) {
  v1::DeclareCapacityRequest request;
  request.mutable_capacity()->set_branch_id(run.caller().branch_id);
  request.mutable_capacity()->set_weekly_minutes(std::stoi(words[0]));
  run.Ask(std::move(request));
}

void SuspendContract(ScenarioRunner& run, const Words& words) {
  v1::SuspendContractRequest request;
  request.set_contract_id(words[0]);
  if (!words[1].empty()) *request.mutable_from_time() = TimestampOf(run.TimeOf(words[1]));
  if (!words[2].empty()) *request.mutable_to_time() = TimestampOf(run.TimeOf(words[2]));
  request.set_reason(kReason);
  run.Ask(std::move(request));
}

void ResumeContract(ScenarioRunner& run, const Words& words) {
  v1::ResumeContractRequest request;
  request.set_contract_id(words[0]);
  request.set_reason(kReason);
  run.Ask(std::move(request));
}

void EndContract(ScenarioRunner& run, const Words& words) {
  v1::EndContractRequest request;
  request.set_contract_id(words[0]);
  request.set_to_date(run.DateOf(words[1]));
  request.set_reason(kReason);
  run.Ask(std::move(request));
}

void NovateContract(ScenarioRunner& run, const Words& words) {
  v1::NovateContractRequest request;
  request.mutable_novation()->set_contract_id(words[0]);
  request.mutable_novation()->set_new_provider_id(words[1]);
  request.mutable_novation()->set_date(run.DateOf(words[2]));
  request.set_reason(kReason);
  run.Ask(std::move(request));
}

void SuspendProvider(ScenarioRunner& run, const Words& words) {
  v1::SuspendProviderRequest request;
  request.set_provider_id(words[0]);
  request.set_postcode_area(words[1]);
  request.set_framework_id(words[2]);
  if (!words[3].empty()) *request.mutable_from_time() = TimestampOf(run.TimeOf(words[3]));
  if (!words[4].empty()) *request.mutable_to_time() = TimestampOf(run.TimeOf(words[4]));
  request.set_reason(kReason);
  run.Ask(std::move(request));
}

void ResumeProvider(ScenarioRunner& run, const Words& words) {
  v1::ResumeProviderRequest request;
  for (const auto& [key, fact] : run.directory().Facts()) {
    if (fact->has_suspension() && fact->suspension().provider_id() == words[0]) {
      request.set_suspension_id(fact->suspension().id());
    }
  }
  request.set_reason(kReason);
  run.Ask(std::move(request));
}

void CheckOptOut(ScenarioRunner& run, const Words& words) {
  const std::string found = v1::OptOutState_Name(NewestWindow(run, words[0]).state());
  const std::string expected = absl::StrCat("OPT_OUT_STATE_", absl::AsciiStrToUpper(words[1]));
  if (found != expected) run.Problem(absl::StrCat("expected ", expected, ", found ", found));
}

void CheckCapacity(ScenarioRunner& run, const Words& words) {
  const auto* fact = run.directory().Fact(CapacityKey(words[0]));
  const std::string found =
      fact == nullptr ? "nothing" : absl::StrCat(fact->capacity().weekly_minutes());
  if (found != words[1]) run.Problem(absl::StrCat("expected ", words[1], ", found ", found));
}

// The newest of a contract or a provider, by what is stored.
void CheckSuspension(ScenarioRunner& run, const Words& words) {
  std::string id;
  for (const auto& [key, fact] : run.directory().Facts()) {
    const v1::Suspension& one = fact->suspension();
    if (one.contract_id() == words[0] || one.provider_id() == words[0]) id = one.id();
  }
  if (id.empty()) return run.Problem("there is no suspension of " + words[0]);
  int64_t stopped = 0;
  run.driver().Figures()->ForEachRollup(
      SuspensionRollupKey(id),
      [&](const journal::v1::RollupRow& row) { stopped += row.stopped_packages(); });
  run.Expect(words[1], absl::StrCat(stopped));
}

}  // namespace

const PhraseTable& ClosurePhrases() {
  static const auto& kPhrases = *new PhraseTable{
      {
          {Phrase("opts out[ NAME][ from TIME][ until TIME]"), OptOut},
          {Phrase("opts in"), OptIn},
          {Phrase("approves the opt-out of NAME"), ApproveOptOut},
          {Phrase("refuses the opt-out of NAME"), RefuseOptOut},
          {Phrase("could take on N minutes"), DeclareCapacity},
          {Phrase("suspends contract NAME[ from TIME][ until TIME]"), SuspendContract},
          {Phrase("resumes contract NAME"), ResumeContract},
          {Phrase("ends contract NAME on DATE"), EndContract},
          {Phrase("novates contract NAME to NAME on DATE"), NovateContract},
          {Phrase("suspends provider NAME[ in area PACKAGE][ in framework NAME][ from TIME][ until "
                  "TIME]"),
           SuspendProvider},
          {Phrase("resumes provider NAME"), ResumeProvider},
      },
      {
          {Phrase("opt-out of NAME is WORD"), CheckOptOut},
          {Phrase("NAME could take on N minutes"), CheckCapacity},
          {Phrase("suspension of NAME stopped N package[s]"), CheckSuspension},
      }};
  return kPhrases;
}

}  // namespace brokerage::engine
