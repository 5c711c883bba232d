// What people do to the directory in a scenario: closures, coverage, contracts, framework files;
// and what a suspension stopped.
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/figures/tally.h"
#include "tests/scenarios/runner/runner.h"
#include "tests/scenarios/runner/values.h"

namespace brokerage::engine {

void ScenarioRunner::OptOut(const Words& words) {
  v1::OpenOptOutWindowRequest request;
  v1::OptOutWindow& window = *request.mutable_window();
  window.set_branch_id(words[0].empty() ? caller_.branch_id : words[0]);
  window.set_reason(kReason);
  if (!words[1].empty()) *window.mutable_from_time() = TimestampOf(TimeOf(words[1]));
  if (!words[2].empty()) *window.mutable_to_time() = TimestampOf(TimeOf(words[2]));
  Ask(std::move(request));
}

void ScenarioRunner::DecideOptOut(const std::string& branch, bool approve) {
  v1::DecideOptOutWindowRequest request;
  request.set_window_id(NewestWindow(branch).id());
  request.set_approve(approve);
  request.set_reason(kReason);
  Ask(std::move(request));
}

void ScenarioRunner::ApproveOptOut(const Words& words) { DecideOptOut(words[0], true); }
void ScenarioRunner::RefuseOptOut(const Words& words) { DecideOptOut(words[0], false); }

v1::OptOutWindow ScenarioRunner::NewestWindow(const std::string& branch) const {
  v1::OptOutWindow newest;
  for (const auto& [key, fact] : driver_->engine().directory().Facts()) {
    if (fact->opt_out_window().branch_id() == branch && fact->has_opt_out_window()) {
      newest = fact->opt_out_window();
    }
  }
  return newest;
}

void ScenarioRunner::DeclareCapacity(const Words& words) {
  v1::DeclareCapacityRequest request;
  request.mutable_capacity()->set_branch_id(caller_.branch_id);
  request.mutable_capacity()->set_weekly_minutes(std::stoi(words[0]));
  Ask(std::move(request));
}

void ScenarioRunner::OptIn(const Words&) {
  v1::CloseOptOutWindowRequest request;
  for (const auto& [key, fact] : driver_->engine().directory().Facts()) {
    if (fact->opt_out_window().branch_id() == caller_.branch_id && fact->has_opt_out_window()) {
      request.set_window_id(fact->opt_out_window().id());
    }
  }
  Ask(std::move(request));
}

// "add-one, ward Abbey, home_care, from 1 Jul, to 5 Jul, priority 2"; "area NG" in a ward's place.
v1::Coverage ScenarioRunner::LineOf(const std::string& text) {
  v1::Coverage line;
  line.set_priority(1);
  for (const std::string& item : SplitList(text)) {
    absl::string_view rest = item;
    int number = 0;
    if (absl::ConsumePrefix(&rest, "ward ")) {
      line.set_ward_code(WardCode(std::string(rest)));
    } else if (absl::ConsumePrefix(&rest, "area ")) {
      line.set_postcode_area(std::string(rest));
    } else if (absl::ConsumePrefix(&rest, "from ")) {
      line.set_from_date(DateOf(std::string(rest)));
    } else if (absl::ConsumePrefix(&rest, "to ")) {
      line.set_to_date(DateOf(std::string(rest)));
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

void ScenarioRunner::ChangeCoverage(const Words& words) {
  v1::ChangeCoverageRequest request;
  *request.mutable_coverage() = LineOf(words[0]);
  Ask(std::move(request));
}

void ScenarioRunner::ProposeCoverage(const Words& words) {
  v1::ProposeCoverageRequest request;
  *request.mutable_coverage() = LineOf(words[0]);
  if (request.coverage().branch_id().empty()) {
    request.mutable_coverage()->set_branch_id(caller_.branch_id);
  }
  Ask(std::move(request));
}

void ScenarioRunner::AcceptProposal(const Words& words) {
  v1::DecideCoverageRequest request;
  request.set_proposal_id(NewestProposal(words[0]).id());
  request.set_accept(true);
  Ask(std::move(request));
}

void ScenarioRunner::RejectProposal(const Words& words) {
  v1::DecideCoverageRequest request;
  request.set_proposal_id(NewestProposal(words[0]).id());
  request.set_reason(words[1]);
  Ask(std::move(request));
}

void ScenarioRunner::WithdrawProposal(const Words& words) {
  v1::WithdrawCoverageProposalRequest request;
  request.set_proposal_id(NewestProposal(words[0]).id());
  request.set_reason(words[1]);
  Ask(std::move(request));
}

void ScenarioRunner::SuspendContract(const Words& words) {
  v1::SuspendContractRequest request;
  request.set_contract_id(words[0]);
  if (!words[1].empty()) *request.mutable_from_time() = TimestampOf(TimeOf(words[1]));
  if (!words[2].empty()) *request.mutable_to_time() = TimestampOf(TimeOf(words[2]));
  request.set_reason(kReason);
  Ask(std::move(request));
}

void ScenarioRunner::ResumeContract(const Words& words) {
  v1::ResumeContractRequest request;
  request.set_contract_id(words[0]);
  request.set_reason(kReason);
  Ask(std::move(request));
}

void ScenarioRunner::EndContract(const Words& words) {
  v1::EndContractRequest request;
  request.set_contract_id(words[0]);
  request.set_to_date(DateOf(words[1]));
  request.set_reason(kReason);
  Ask(std::move(request));
}

void ScenarioRunner::NovateContract(const Words& words) {
  v1::NovateContractRequest request;
  request.mutable_novation()->set_contract_id(words[0]);
  request.mutable_novation()->set_new_provider_id(words[1]);
  request.mutable_novation()->set_date(DateOf(words[2]));
  request.set_reason(kReason);
  Ask(std::move(request));
}

void ScenarioRunner::SuspendProvider(const Words& words) {
  v1::SuspendProviderRequest request;
  request.set_provider_id(words[0]);
  request.set_postcode_area(words[1]);
  request.set_framework_id(words[2]);
  if (!words[3].empty()) *request.mutable_from_time() = TimestampOf(TimeOf(words[3]));
  if (!words[4].empty()) *request.mutable_to_time() = TimestampOf(TimeOf(words[4]));
  request.set_reason(kReason);
  Ask(std::move(request));
}

void ScenarioRunner::ResumeProvider(const Words& words) {
  v1::ResumeProviderRequest request;
  for (const auto& [key, fact] : driver_->engine().directory().Facts()) {
    if (fact->has_suspension() && fact->suspension().provider_id() == words[0]) {
      request.set_suspension_id(fact->suspension().id());
    }
  }
  request.set_reason(kReason);
  Ask(std::move(request));
}

// The newest of a contract or a provider, by what is stored.
void ScenarioRunner::CheckSuspension(const Words& words) {
  std::string id;
  for (const auto& [key, fact] : driver_->engine().directory().Facts()) {
    const v1::Suspension& one = fact->suspension();
    if (one.contract_id() == words[0] || one.provider_id() == words[0]) id = one.id();
  }
  if (id.empty()) return Problem("there is no suspension of " + words[0]);
  int64_t stopped = 0;
  driver_->Figures()->ForEachRollup(
      SuspensionRollupKey(id),
      [&](const journal::v1::RollupRow& row) { stopped += row.stopped_packages(); });
  Expect(words[1], absl::StrCat(stopped));
}

void ScenarioRunner::Apply(const google::protobuf::RepeatedPtrField<v1::FrameworkFile>& files) {
  v1::ApplyFrameworkRequest request;
  *request.mutable_files() = files;
  Ask(std::move(request));
}

void ScenarioRunner::ApplyFramework(const Words&) { Apply(files_); }

void ScenarioRunner::ApplyChangedFramework(const Words& words) {
  bool found = false;
  for (v1::FrameworkFile& file : files_) {
    if (file.name() != words[0] || !absl::StrContains(file.content(), words[2])) continue;
    file.set_content(absl::StrReplaceAll(file.content(), {{words[2], words[1]}}));
    if (!words[3].empty()) absl::StrAppend(file.mutable_content(), words[3], "\n");
    found = true;
  }
  if (!found) Problem("no such text in " + words[0]);
  Apply(files_);
}

void ScenarioRunner::ApplyFrameworkWithout(const Words& words) {
  for (v1::FrameworkFile& file : files_) {
    if (file.name() != words[0]) continue;
    std::string kept;
    for (absl::string_view line : absl::StrSplit(file.content(), '\n', absl::SkipEmpty())) {
      if (!absl::StrContains(line, words[1])) absl::StrAppend(&kept, line, "\n");
    }
    file.set_content(kept);
  }
  Apply(files_);
}

// A second framework beside the first, of another authority: its contracts are called
// "NAME/c-lead-north", all else is as it is in the first.
void ScenarioRunner::ApplyFrameworkAs(const Words& words) {
  google::protobuf::RepeatedPtrField<v1::FrameworkFile> files = files_;
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
  Apply(files);
}

std::string ScenarioRunner::FrameworkOfCaller() const {
  for (const journal::v1::FrameworkRow* row : driver_->engine().directory().Frameworks()) {
    if (Directory::AuthorityOf(row->rules(), caller_.authority_id) != nullptr)
      return row->framework_id();
  }
  return framework_id_;
}

}  // namespace brokerage::engine
