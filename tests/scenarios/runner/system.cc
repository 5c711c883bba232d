#include "tests/scenarios/runner/system.h"

#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/base/ids.h"
#include "tests/scenarios/runner/runner.h"
#include "tests/scenarios/runner/values.h"

namespace brokerage::engine {

namespace {

void CreateAccount(ScenarioRunner& run, const Words& words) {
  v1::CreateAccountRequest request;
  request.mutable_account()->set_id(words[0]);
  request.mutable_account()->set_role(v1::ROLE_CARE_NAVIGATOR);
  request.mutable_account()->set_authority_id(run.authorities().front());
  request.set_token_sha256(Sha256().Add(absl::StrCat("token ", run.driver().records())).Finish());
  run.Ask(std::move(request));
}

void Extend(ScenarioRunner& run, const Words& words) {
  v1::ExtendDeadlinesRequest request;
  *request.mutable_from_time() = TimestampOf(run.TimeOf(words[0]));
  *request.mutable_to_time() = TimestampOf(run.TimeOf(words[1]));
  request.set_reason(kReason);
  // As the services find them: here, every one.
  for (const auto& [label, number] : run.labels()) {
    request.add_closed_package_ids(
        FormatPackageId({run.driver().Package(number).row.year(), number}));
  }
  run.Ask(std::move(request));
}

void ConfirmClock(ScenarioRunner& run, const Words&) { run.Ask(v1::ConfirmClockRequest()); }

void Jump(ScenarioRunner& run, const Words&) {
  run.SetCaller({});
  run.Ask(ClockJump{});
}

void Restart(ScenarioRunner& run, const Words&) { run.driver().Restart(); }

void CheckNothingChanged(ScenarioRunner& run, const Words&) {
  if (run.changed()) run.Problem("something changed");
}

}  // namespace

const PhraseTable& SystemPhrases() {
  static const auto& kPhrases =
      *new PhraseTable{{
                           {Phrase("creates account NAME"), CreateAccount},
                           {Phrase("extends deadlines for an outage from TIME to TIME"), Extend},
                           {Phrase("confirms the clock"), ConfirmClock},
                           {Phrase("jumps"), Jump},
                           {Phrase("restarts the server"), Restart},
                       },
                       {
                           {Phrase("nothing changed"), CheckNothingChanged},
                       }};
  return kPhrases;
}

}  // namespace brokerage::engine
