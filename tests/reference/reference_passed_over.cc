#include "tests/reference/reference_passed_over.h"

#include <algorithm>
#include <set>
#include <utility>

#include "tests/reference/reference_suspensions.h"

namespace brokerage::engine::reference {

namespace {

struct Turn {
  absl::Time time;
  int32_t rule_number = 0;
  int32_t terms_version = 0;
  bool opened = false;
  std::vector<ReferenceVerdict> verdicts;
};

// Of a round that opened: held equal to the reference verdicts when it did.
std::vector<ReferenceVerdict> VerdictsOf(const journal::v1::RoundRow& round) {
  std::vector<ReferenceVerdict> verdicts;
  for (const journal::v1::Verdict& from : round.verdicts()) {
    ReferenceVerdict& verdict = verdicts.emplace_back();
    verdict.contract_id = from.contract_id();
    verdict.offered = from.offered();
    for (int rule = 1; rule < 32; ++rule) {
      if (from.failed_rules() >> rule & 1) verdict.failed.insert(rule);
    }
  }
  return verdicts;
}

std::vector<Turn> TurnsOf(const ReferenceHistory& history, const PackageAggregate& package) {
  std::vector<Turn> turns;
  for (const journal::v1::RoundRow& round : package.row.rounds()) {
    if (round.rule_number() == 0) continue;  // a restart asks one branch only
    turns.push_back({absl::FromUnixMicros(round.opened_time_us()), round.rule_number(),
                     round.terms_version(), true, VerdictsOf(round)});
  }
  for (const ReferencePassedOver& passed_over : *history.passed_over) {
    if (passed_over.package_number != package.row.number()) continue;
    turns.push_back({passed_over.time, passed_over.rule_number, passed_over.terms_version, false,
                     passed_over.verdicts});
  }
  std::stable_sort(turns.begin(), turns.end(),
                   [](const Turn& a, const Turn& b) { return a.time < b.time; });
  return turns;
}

}  // namespace

std::map<std::string, ReferenceAvoidance> AvoidancesOf(
    const std::vector<ReferenceVerdict>& verdicts) {
  struct Branches {
    int all = 0, not_covering = 0, opted_out_only = 0, offered = 0;
  };
  std::map<std::string, Branches> by_contract;
  for (const ReferenceVerdict& verdict : verdicts) {
    // Its turn, in force, and for the service; or the contract avoids nothing.
    if (verdict.failed.contains(v1::HARD_RULE_TIER_IN_ROUND) ||
        verdict.failed.contains(v1::HARD_RULE_CONTRACT_ACTIVE) ||
        verdict.failed.contains(v1::HARD_RULE_SERVICE_CONTRACTED)) {
      continue;
    }
    Branches& branches = by_contract[verdict.contract_id];
    ++branches.all;
    branches.offered += verdict.offered;
    branches.not_covering += verdict.failed.contains(v1::HARD_RULE_BRANCH_COVERS_WARD);
    branches.opted_out_only += verdict.failed == std::set<int>{v1::HARD_RULE_BRANCH_TAKING_OFFERS};
  }
  std::map<std::string, ReferenceAvoidance> avoidances;
  for (const auto& [contract, branches] : by_contract) {
    if (branches.not_covering == branches.all) {
      avoidances[contract] = ReferenceAvoidance::kWardNotCovered;
    } else if (branches.opted_out_only > 0 && branches.offered == 0) {
      avoidances[contract] = ReferenceAvoidance::kMissedInOptOut;
    }
  }
  return avoidances;
}

std::map<std::tuple<std::string, int32_t, v1::Urgency>, ReferenceAvoided> ReferenceAvoidances(
    const ReferenceHistory& history) {
  std::map<std::tuple<std::string, int32_t, v1::Urgency>, ReferenceAvoided> avoided;
  for (const PackageAggregate* package : history.packages) {
    std::set<std::pair<int, int>> opened;  // rule of the framework, terms version
    std::set<std::tuple<std::string, int, int>> counted;
    for (const Turn& turn : TurnsOf(history, *package)) {
      if (opened.contains({turn.rule_number, turn.terms_version})) continue;
      if (turn.opened) opened.emplace(turn.rule_number, turn.terms_version);
      for (const auto& [contract, how] : AvoidancesOf(turn.verdicts)) {
        if (!counted.emplace(contract, turn.rule_number, turn.terms_version).second) continue;
        ReferenceAvoided& sum = avoided[{contract, MonthOf(history.directory->Today(turn.time)),
                                         package->row.urgency()}];
        how == ReferenceAvoidance::kWardNotCovered ? ++sum.wards_not_covered
                                                   : ++sum.missed_in_opt_out;
      }
    }
  }
  AddStopped(history, &avoided);
  return avoided;
}

}  // namespace brokerage::engine::reference
