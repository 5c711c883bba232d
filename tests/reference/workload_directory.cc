#include "tests/reference/workload_directory.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/model/fact_keys.h"
#include "tests/reference/workload.h"

namespace brokerage::engine::reference {

namespace {

void SetTime(google::protobuf::Timestamp* stamp, absl::Time time) {
  stamp->set_seconds(absl::ToUnixSeconds(time));
}

v1::Coverage RandomLine(Workload& work, const std::string& from) {
  v1::Coverage line;
  line.set_branch_id(work.dice().Of(work.framework().branches));
  if (work.framework().by_area && work.dice().Percent(60)) {
    line.set_postcode_area(work.dice().Of(kAreas));
  } else {
    line.set_ward_code(work.dice().Of(work.framework().wards));
  }
  line.set_service_type(v1::SERVICE_TYPE_HOME_CARE);
  line.set_from_date(from);
  if (work.dice().Percent(30)) line.set_to_date("2030-01-01");
  line.set_priority(work.dice().Between(1, 3));
  return line;
}

// A branch proposes, and care navigation decides about half of what waits.
void ProposeCoverage(Workload& work, const std::string& from) {
  v1::ProposeCoverageRequest request;
  *request.mutable_coverage() = RandomLine(work, from);
  Caller branch;
  branch.account_id = branch.branch_id = request.coverage().branch_id();
  branch.role = v1::ROLE_PROVIDER_BRANCH;
  branch.provider_id = work.directory().Branch(branch.branch_id)->provider_id();
  work.Ask(branch, std::move(request));
  std::vector<std::string> waiting;
  for (const auto& fact : work.directory().facts) {
    const v1::CoverageProposal& proposal = fact.coverage_proposal();
    if (proposal.state() == v1::PROPOSAL_STATE_OPEN) waiting.push_back(proposal.id());
  }
  for (const std::string& id : waiting) {
    if (work.dice().Percent(50)) continue;
    v1::DecideCoverageRequest decide;
    decide.set_proposal_id(id);
    decide.set_accept(work.dice().Percent(80));
    decide.set_reason("so it is");
    work.Ask(NavigatorOf(work.framework().authorities.front()), std::move(decide));
  }
}

void ChangeDirectory(Workload& work) {
  Caller caller;
  caller.account_id = "commissioner";
  caller.role = v1::ROLE_COMMISSIONER;
  caller.authority_id = work.dice().Of(work.framework().authorities);
  const std::string provider = work.dice().Of(work.framework().providers);
  const std::string date = FormatDate(
      ToDateNumber(FromDateNumber(work.directory().Today(work.now())) + work.dice().Between(0, 8)));
  auto say = [&](auto request) {
    if constexpr (requires { request.set_reason(""); }) request.set_reason("so it is");
    work.Ask(caller, std::move(request));
  };
  const int64_t what = work.dice().Below(8);
  if (what < 2) {
    v1::SuspendProviderRequest request;
    request.set_provider_id(provider);
    if (work.dice().Percent(60)) request.set_postcode_area(work.dice().Percent(50) ? "NG" : "DN");
    SetTime(request.mutable_to_time(), work.now() + absl::Hours(work.dice().Between(3, 150)));
    return say(std::move(request));
  }
  if (what < 4 && !work.framework().branches.empty()) {
    v1::OpenOptOutWindowRequest request;
    v1::OptOutWindow& window = *request.mutable_window();
    window.set_branch_id(work.dice().Of(work.framework().branches));
    window.set_reason("full");
    SetTime(window.mutable_from_time(),
            absl::Ceil(work.now() - absl::UnixEpoch(), absl::Seconds(1)) + absl::UnixEpoch() +
                absl::Hours(work.dice().Between(0, 30)));
    SetTime(window.mutable_to_time(), work.now() + absl::Hours(work.dice().Between(31, 150)));
    return say(std::move(request));
  }
  if (what == 4 && !work.framework().branches.empty()) {
    if (work.dice().Percent(50)) return ProposeCoverage(work, date);
    v1::ChangeCoverageRequest request;
    *request.mutable_coverage() = RandomLine(work, work.dice().Percent(70) ? "2018-01-01" : date);
    return say(std::move(request));
  }
  if (work.framework().contracts.empty()) return;
  const std::string contract = work.dice().Of(work.framework().contracts);
  if (what == 5) {
    v1::SuspendContractRequest request;
    request.set_contract_id(contract);
    return say(std::move(request));
  }
  if (what == 6) {
    for (const auto& fact : work.directory().facts) {
      if (!fact.has_suspension() || fact.suspension().contract_id().empty()) continue;
      v1::ResumeContractRequest request;
      request.set_contract_id(fact.suspension().contract_id());
      return say(std::move(request));
    }
    return;
  }
  if (work.dice().Percent(75)) {
    v1::NovateContractRequest request;
    request.mutable_novation()->set_contract_id(contract);
    request.mutable_novation()->set_new_provider_id(provider);
    request.mutable_novation()->set_date(date);
    return say(std::move(request));
  }
  v1::EndContractRequest request;
  request.set_contract_id(contract);
  request.set_to_date(date);
  say(std::move(request));
}

// To a lot that may be the one it is in.
void MoveWard(Workload& work, journal::v1::DirectoryChanged* changed) {
  const std::string ward = work.dice().Of(work.framework().wards);
  std::vector<std::string> lots;
  journal::v1::DirectoryFact before;
  for (const journal::v1::DirectoryFact& fact : work.directory().facts) {
    if (fact.has_lot()) lots.push_back(fact.lot().id());
    if (fact.has_lot_ward() && fact.lot_ward().ward_code() == ward && !fact.ended()) before = fact;
  }
  journal::v1::DirectoryFact after = before;
  before.set_ended(true);
  after.mutable_lot_ward()->set_lot_id(work.dice().Of(lots));
  after.set_key(LotWardKey(after.framework_id(), after.lot_ward().lot_id(), ward));
  *changed->add_facts() = before;
  *changed->add_facts() = after;
  work.Tally("ward moved");
}

// The same tiers and rounds with other criteria, as a council would apply them in its files.
void NewRevision(Workload& work) {
  if (!work.dice().Percent(8)) return;
  journal::v1::Record record;
  record.set_time_us(absl::ToUnixMicros(work.Stamp()));
  auto& row = *record.add_facts()->mutable_framework_applied()->mutable_framework();
  row = work.directory().frameworks.back();
  row.set_revision(row.revision() + 1);
  row.set_applied_time_us(record.time_us());
  auto& criteria = *row.mutable_rules()->mutable_award_criteria();
  if (criteria.size() > 1) criteria.SwapElements(0, criteria.size() - 1);
  for (v1::RoundRule& round : *row.mutable_rules()->mutable_rounds()) {
    round.set_award_timing(work.dice().Percent(50) ? v1::AWARD_TIMING_AS_SOON_AS_CERTAIN
                                                   : v1::AWARD_TIMING_AT_CLOSE);
  }
  if (work.dice().Percent(50)) MoveWard(work, record.add_facts()->mutable_directory_changed());
  work.Commit(record, {});
}

}  // namespace

const std::vector<WorkloadAct>& DirectoryActs() {
  static const auto& kActs = *new std::vector<WorkloadAct>{{1, ChangeDirectory}, {1, NewRevision}};
  return kActs;
}

}  // namespace brokerage::engine::reference
