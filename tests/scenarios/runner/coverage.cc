#include "tests/scenarios/runner/coverage.h"

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "engine/model/fact_keys.h"
#include "tests/scenarios/runner/runner.h"
#include "tests/scenarios/runner/values.h"

namespace brokerage::engine {

namespace {

// "add-one, ward Abbey, home_care, from 1 Jul, to 5 Jul, priority 2"; "area NG" in a ward's place.
v1::Coverage LineOf(ScenarioRunner& run, const std::string& text) {
  v1::Coverage line;
  line.set_priority(1);
  for (const std::string& item : SplitList(text)) {
    absl::string_view rest = item;
    int number = 0;
    if (absl::ConsumePrefix(&rest, "ward ")) {
      line.set_ward_code(run.WardCode(std::string(rest)));
    } else if (absl::ConsumePrefix(&rest, "area ")) {
      line.set_postcode_area(std::string(rest));
    } else if (absl::ConsumePrefix(&rest, "from ")) {
      line.set_from_date(run.DateOf(std::string(rest)));
    } else if (absl::ConsumePrefix(&rest, "to ")) {
      line.set_to_date(run.DateOf(std::string(rest)));
    } else if (absl::ConsumePrefix(&rest, "priority ") && absl::SimpleAtoi(rest, &number)) {
      line.set_priority(number);
    } else if (const v1::ServiceType service = ServiceOf(item)) {
      line.set_service_type(service);
    } else {
      line.set_branch_id(item);
    }
  }
  return line;
}

v1::CoverageProposal NewestProposal(ScenarioRunner& run, const std::string& branch) {
  v1::CoverageProposal newest;
  for (const auto& [key, fact] : run.directory().Facts()) {
    const v1::CoverageProposal& one = fact->coverage_proposal();
    if (one.coverage().branch_id() == branch) newest = one;
  }
  return newest;
}

void ChangeCoverage(ScenarioRunner& run, const Words& words) {
  v1::ChangeCoverageRequest request;
  *request.mutable_coverage() = LineOf(run, words[0]);
  run.Ask(std::move(request));
}

void ProposeCoverage(ScenarioRunner& run, const Words& words) {
  v1::ProposeCoverageRequest request;
  *request.mutable_coverage() = LineOf(run, words[0]);
  if (request.coverage().branch_id().empty()) {
    request.mutable_coverage()->set_branch_id(run.caller().branch_id);
  }
  run.Ask(std::move(request));
}

void AcceptProposal(ScenarioRunner& run, const Words& words) {
  v1::DecideCoverageRequest request;
  request.set_proposal_id(NewestProposal(run, words[0]).id());
  request.set_accept(true);
  run.Ask(std::move(request));
}

void RejectProposal(ScenarioRunner& run, const Words& words) {
  v1::DecideCoverageRequest request;
  request.set_proposal_id(NewestProposal(run, words[0]).id());
  request.set_reason(words[1]);
  run.Ask(std::move(request));
}

void WithdrawProposal(ScenarioRunner& run, const Words& words) {
  v1::WithdrawCoverageProposalRequest request;
  request.set_proposal_id(NewestProposal(run, words[0]).id());
  request.set_reason(words[1]);
  run.Ask(std::move(request));
}

void CheckProposal(ScenarioRunner& run, const Words& words) {
  run.Expect(words[1], InLowerCase(v1::ProposalState_Name(NewestProposal(run, words[0]).state()),
                                   "PROPOSAL_STATE_"));
}

void CheckLine(ScenarioRunner& run, const Words& words) {
  v1::Coverage expected = LineOf(run, words[0]);
  if (!expected.postcode_area().empty()) expected.set_framework_id(run.framework_id());
  const auto* found = run.directory().Fact(CoverageKey(expected));
  if (found == nullptr) return run.Problem("there is no such line");
  run.Expect(expected.ShortDebugString(), found->coverage().ShortDebugString());
}

}  // namespace

const PhraseTable& CoveragePhrases() {
  static const auto& kPhrases = *new PhraseTable{
      {
          {Phrase("changes coverage: REST"), ChangeCoverage},
          {Phrase("proposes coverage: REST"), ProposeCoverage},
          {Phrase("accepts the proposal of NAME"), AcceptProposal},
          {Phrase("rejects the proposal of NAME[ because TEXT]"), RejectProposal},
          {Phrase("withdraws the proposal of NAME[ because TEXT]"), WithdrawProposal},
      },
      {
          {Phrase("proposal of NAME is WORD"), CheckProposal},
          {Phrase("there is the line REST"), CheckLine},
      }};
  return kPhrases;
}

}  // namespace brokerage::engine
