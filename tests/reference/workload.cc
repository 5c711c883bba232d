#include "tests/reference/workload.h"

#include "absl/strings/str_cat.h"

namespace brokerage::engine::reference {

using journal::v1::Fact;
using journal::v1::Record;

namespace {

const absl::TimeZone* FindZone(const std::string& name) {
  static const absl::TimeZone london = [] {
    absl::TimeZone zone;
    absl::LoadTimeZone("Europe/London", &zone);
    return zone;
  }();
  return name == "Europe/London" ? &london : nullptr;
}

}  // namespace

Workload::Workload(uint64_t seed, bool adaptive, WorkloadTally* tally)
    : seed_(seed),
      tally_(*tally),
      framework_(MakeRandomFramework(seed, adaptive)),
      dice_(seed + 1000003),
      engine_(FindZone),
      now_(framework_.start) {
  directory_.zone = framework_.zone;
  engine_.FinishLoading(0, 0);
  Record record;
  record.set_time_us(absl::ToUnixMicros(Stamp()));
  auto& framework = *record.add_facts()->mutable_framework_applied()->mutable_framework();
  framework.set_framework_id(framework_.rules.framework_id());
  framework.set_revision(1);
  *framework.mutable_rules() = framework_.rules;
  auto& changed = *record.add_facts()->mutable_directory_changed();
  for (const auto& fact : framework_.facts) *changed.add_facts() = fact;
  Commit(record, {});
}

std::vector<std::string> Workload::Run(int packages) {
  wanted_packages_ = packages;
  while (problems_.empty() && persons_ < static_cast<uint64_t>(packages)) {
    OneThing();
    if (dice_.Percent(85)) AdvanceTo(now_ + absl::Minutes(dice_.Between(1, 130)));
    if (dice_.Below(150) == 0) CheckFigures();
  }
  // What is under way comes to some end.
  for (int i = 0; i < packages * 4 && problems_.empty(); ++i) {
    OneThing();
    AdvanceTo(now_ + absl::Minutes(dice_.Between(1, 200)));
  }
  if (problems_.empty()) CheckFigures();
  if (problems_.empty()) CheckReplay();
  return problems_;
}

std::vector<std::string> Workload::RunToTheEnd(int packages) {
  to_the_end_ = true;
  Run(packages);
  if (problems_.empty()) Finish();
  if (problems_.empty()) CheckSumsBySlice();
  return problems_;
}

void Workload::Problem(const std::string& text) {
  if (problems_.size() < 5) {
    problems_.push_back(absl::StrCat("seed ", seed_, ", record ", sequence_ + 1, ", ",
                                     absl::FormatTime(now_, framework_.zone), ": ", text));
  }
}

absl::Time Workload::Stamp() const {
  return std::max(now_, absl::FromUnixMicros(last_time_us_ + 1));
}

bool Workload::Do(const Caller& caller, Request request) {
  Command command{caller, std::move(request),
                  std::string(16, static_cast<char>('a' + sequence_ % 26))};
  absl::StatusOr<Decision> decision = engine_.Decide(command, Stamp());
  if (!decision.ok()) {
    Refused("command", decision.status());
    return false;
  }
  if (!decision->record.facts().empty()) Commit(decision->record, decision->texts);
  AdvanceTo(now_);
  return true;
}

void Workload::AdvanceTo(absl::Time time) {
  while (problems_.empty() && engine_.NextDue() <= time) {
    now_ = std::max(now_, engine_.NextDue());
    Command command;
    command.request = Tick{};
    absl::StatusOr<Decision> decision = engine_.Decide(command, Stamp());
    if (!decision.ok() || decision->record.facts().empty()) {
      return Problem(
          absl::StrCat("a tick that is due brings nothing: ", decision.status().ToString()));
    }
    tally_("tick");
    Commit(decision->record, decision->texts);
  }
  now_ = std::max(now_, time);
}

void Workload::Commit(const Record& record, const std::vector<journal::v1::TextRow>& texts) {
  CheckBefore(record);
  std::vector<RowWrite> writes;
  ++sequence_;
  engine_.Apply(record, sequence_, texts, &writes);
  last_time_us_ = record.time_us();
  for (const RowWrite& write : writes) {
    if (write.value) {
      rows_[{write.table, write.key}] = *write.value;
    } else {
      rows_.erase({write.table, write.key});
    }
  }
  records_.push_back(record);
  texts_.push_back(texts);
  LogAwards(record);
  LogFills(record);
  for (const Fact& fact : record.facts()) {
    if (fact.has_framework_applied()) {
      directory_.frameworks.push_back(fact.framework_applied().framework());
    }
    for (const auto& changed : fact.directory_changed().facts()) directory_.Put(changed);
    tally_(Fact::descriptor()->FindFieldByNumber(fact.fact_case())->name());
  }
  CheckAfter(record);
  CheckProperties(record);
}

void Workload::LogAwards(const Record& record) {
  for (const Fact& fact : record.facts()) {
    if (fact.has_package_awarded()) {
      const auto& awarded = fact.package_awarded();
      const PackageAggregate& package = *engine_.state().Package(awarded.package_number());
      awards_.push_back({awarded.package_number(), awarded.award().offer_ordinal(),
                         directory_.Today(absl::FromUnixMicros(record.time_us())),
                         package.row.terms().weekly_minutes(), false, false});
    }
    uint64_t given_back = 0;
    bool keeps_minutes = false;
    if (fact.has_package_returned()) {
      given_back = fact.package_returned().package_number();
      keeps_minutes = fact.package_returned().cause() == v1::CAUSE_PROVIDER;
    }
    if (fact.has_package_cancelled() &&
        before_.at(fact.package_cancelled().package_number()).state() ==
            v1::PACKAGE_STATE_AWARDED) {
      given_back = fact.package_cancelled().package_number();
    }
    ReferenceAward* last = nullptr;
    for (ReferenceAward& award : awards_) {
      if (award.package_number == given_back) last = &award;
    }
    if (last == nullptr) continue;
    last->given_back = true;
    last->undone = !keeps_minutes;
  }
}

Caller Workload::Navigator(const std::string& authority, bool second) const {
  Caller caller;
  caller.account_id = absl::StrCat(authority, second ? "-second" : "-first");
  caller.role = v1::ROLE_CARE_NAVIGATOR;
  caller.authority_id = authority;
  return caller;
}

Caller Workload::OfBranch(const journal::v1::OfferRow& offer) const {
  Caller caller;
  caller.account_id = offer.branch_id();
  caller.role = v1::ROLE_PROVIDER_BRANCH;
  caller.provider_id = offer.provider_id();
  caller.branch_id = offer.branch_id();
  return caller;
}

}  // namespace brokerage::engine::reference
