#include "tests/reference/workload.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/rejection.h"
#include "tests/reference/auditor_figures.h"
#include "tests/reference/workload_acts.h"
#include "tests/reference/workload_endings.h"

namespace brokerage::engine::reference {

using journal::v1::Record;

Workload::Workload(uint64_t seed, bool adaptive, WorkloadTally* tally)
    : course_(seed, adaptive, tally), auditor_(course_) {
  Record record;
  record.set_time_us(absl::ToUnixMicros(Stamp()));
  auto& applied = *record.add_facts()->mutable_framework_applied()->mutable_framework();
  applied.set_framework_id(framework().rules.framework_id());
  applied.set_revision(1);
  *applied.mutable_rules() = framework().rules;
  auto& changed = *record.add_facts()->mutable_directory_changed();
  for (const auto& fact : framework().facts) *changed.add_facts() = fact;
  Commit(record, {});
}

std::vector<std::string> Workload::Run(int packages) {
  wanted_packages_ = packages;
  while (!failed() && WantsMore()) {
    Act();
    if (dice().Percent(85)) AdvanceTo(now() + absl::Minutes(dice().Between(1, 130)));
    if (dice().Below(150) == 0) CheckFigures(course_);
  }
  // What is under way comes to some end.
  for (int i = 0; i < packages * 4 && !failed(); ++i) {
    Act();
    AdvanceTo(now() + absl::Minutes(dice().Between(1, 200)));
  }
  if (!failed()) CheckFigures(course_);
  if (!failed()) CheckReplay(course_);
  return course_.problems;
}

std::vector<std::string> Workload::RunToTheEnd(int packages) {
  auditor_.properties().AddUpAlways();
  Run(packages);
  if (!failed()) EndEverything(*this);
  if (!failed()) auditor_.properties().CheckAllEnded();
  if (!failed()) auditor_.properties().CheckSums();
  return course_.problems;
}

std::vector<std::string> Workload::Race(int acts) {
  wanted_packages_ = 1;
  while (!failed() && WantsMore()) Act();
  for (int i = 0; i < acts && !failed(); ++i) {
    Act();
    if (dice().Percent(40)) AdvanceTo(now() + absl::Minutes(dice().Between(1, 400)));
  }
  if (!failed()) auditor_.properties().CheckSums();
  if (!failed()) CheckReplay(course_);
  return course_.problems;
}

void Workload::Act() {
  int64_t lot = dice().Below(ActLots());
  for (const WorkloadAct& act : AllActs()) {
    if (lot < act.lots) return act.act(*this);
    lot -= act.lots;
  }
}

std::string Workload::NextPerson() { return absl::StrCat("person-", ++persons_); }

const PackageAggregate* Workload::RandomPackage() {
  const uint64_t last = course_.LastPackage();
  if (last == 0) return nullptr;
  const int64_t span = course_.dice.Percent(75) ? std::min<int64_t>(static_cast<int64_t>(last), 15)
                                                : static_cast<int64_t>(last);
  return course_.engine.state().Package(last - static_cast<uint64_t>(course_.dice.Below(span)));
}

bool Workload::Ask(const Caller& caller, Request request) {
  Command command{caller, std::move(request),
                  std::string(16, static_cast<char>('a' + course_.sequence % 26))};
  absl::StatusOr<Decision> decision = course_.engine.Decide(command, Stamp());
  if (!decision.ok()) {
    Refused(decision.status());
    return false;
  }
  if (!decision->record.facts().empty()) Commit(decision->record, decision->texts);
  AdvanceTo(course_.now);
  return true;
}

void Workload::AdvanceTo(absl::Time time) {
  while (!failed() && course_.engine.NextDue() <= time) {
    course_.now = std::max(course_.now, course_.engine.NextDue());
    Command command;
    command.request = Tick{};
    absl::StatusOr<Decision> decision = course_.engine.Decide(command, Stamp());
    if (!decision.ok() || decision->record.facts().empty()) {
      return Problem(
          absl::StrCat("a tick that is due brings nothing: ", decision.status().ToString()));
    }
    Tally("tick");
    Commit(decision->record, decision->texts);
  }
  course_.now = std::max(course_.now, time);
}

void Workload::Commit(const Record& record, const std::vector<journal::v1::TextRow>& texts) {
  course_.now = TimeOf(record);
  auditor_.Before(record);
  std::vector<RowWrite> writes;
  ++course_.sequence;
  course_.engine.Apply(record, course_.sequence, texts);
  course_.engine.TakeRows(&writes);
  course_.last_time_us = record.time_us();
  for (const RowWrite& write : writes) {
    if (write.value) {
      course_.rows[{write.table, write.key}] = *write.value;
    } else {
      course_.rows.erase({write.table, write.key});
    }
  }
  course_.records.push_back(record);
  course_.texts.push_back(texts);
  auditor_.After(record);
}

void Workload::Refused(const absl::Status& status) {
  const v1::Rejection rejection = RejectionOf(status);
  if (rejection.reason() == v1::REJECTION_REASON_UNSPECIFIED) {
    return Problem(absl::StrCat("command refused without a reason: ", status.ToString()));
  }
  refusal_ = status.ToString();
  Tally(absl::StrCat("refused ", ReasonName(rejection.reason()), " ", rejection.field()));
}

Caller NavigatorOf(const std::string& authority, bool second) {
  Caller caller;
  caller.account_id = absl::StrCat(authority, second ? "-second" : "-first");
  caller.role = v1::ROLE_CARE_NAVIGATOR;
  caller.authority_id = authority;
  return caller;
}

Caller BranchOf(const journal::v1::OfferRow& offer) {
  Caller caller;
  caller.account_id = offer.branch_id();
  caller.role = v1::ROLE_PROVIDER_BRANCH;
  caller.provider_id = offer.provider_id();
  caller.branch_id = offer.branch_id();
  return caller;
}

}  // namespace brokerage::engine::reference
