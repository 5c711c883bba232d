#include "engine/figures/passed_over.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace brokerage::engine {

using journal::v1::PackageRow;
using journal::v1::PassedOverRound;
using journal::v1::RollupRow;
using journal::v1::RoundRow;
using journal::v1::Verdict;

namespace {

constexpr uint32_t Bit(v1::HardRule rule) { return 1u << rule; }

// How one contract came out of a round, over all branches of its provider.
struct Avoidance {
  const Verdict* any = nullptr;
  const Verdict* closed = nullptr;  // of a branch that failed nothing but its opt-out window
  bool could_be_offered = false;    // some branch was
  bool covered = false;             // some branch covers the ward

  bool Missed() const { return closed != nullptr && !could_be_offered; }
  bool Avoided() const { return Missed() || !covered; }
};

using Avoidances = std::map<std::string, Avoidance>;  // by contract: those that avoided it

template <typename Verdicts>
Avoidances AvoidancesOf(const Verdicts& verdicts) {
  constexpr uint32_t kNotItsChoice =
      Bit(v1::HARD_RULE_CONTRACT_ACTIVE) | Bit(v1::HARD_RULE_LOT_MATCHES_WARD) |
      Bit(v1::HARD_RULE_TIER_IN_ROUND) | Bit(v1::HARD_RULE_SERVICE_CONTRACTED);
  Avoidances by_contract;
  for (const Verdict& verdict : verdicts) {
    if ((verdict.failed_rules() & kNotItsChoice) != 0) continue;
    Avoidance& one = by_contract[verdict.contract_id()];
    if (one.any == nullptr) one.any = &verdict;
    const bool closed = verdict.failed_rules() == Bit(v1::HARD_RULE_BRANCH_TAKING_OFFERS);
    if (closed && one.closed == nullptr) one.closed = &verdict;
    one.could_be_offered |= verdict.offered();
    one.covered |= (verdict.failed_rules() & Bit(v1::HARD_RULE_BRANCH_COVERS_WARD)) == 0;
  }
  std::erase_if(by_contract, [](const auto& one) { return !one.second.Avoided(); });
  return by_contract;
}

// What the contract avoided in the month of the date.
RollupRow* AvoidedBy(absl::string_view contract_id, const PackageRow& row, DateNumber date,
                     RollupTable* table) {
  RollupDimensions of;
  of.kind = RollupRow::KIND_AVOIDED;
  of.framework_id = row.framework_id();
  of.month = MonthOf(date);
  of.contract_id = contract_id;
  of.urgency = row.urgency();
  return table->Change(of);
}

// A round that opened says of every contract what became of it, so that whatever comes after it
// under the same rule and terms adds nothing. One that was passed over says it only of those that
// it holds: the records of old held fewer.
template <typename Round>
void AddAvoided(const PackageRow& row, const Round& round, DateNumber date, RollupTable* table) {
  const auto repeats = [&round](const auto& earlier) {
    return earlier.rule_number() == round.rule_number() &&
           earlier.terms_version() == round.terms_version();
  };
  if (std::any_of(row.rounds().begin(), row.rounds().end(), repeats)) return;
  Avoidances avoidances = AvoidancesOf(round.verdicts());
  for (const PassedOverRound& earlier : row.passed_over_rounds()) {
    if (!repeats(earlier)) continue;
    for (const auto& [contract_id, one] : AvoidancesOf(earlier.verdicts())) {
      avoidances.erase(contract_id);
    }
  }
  for (const auto& [contract_id, one] : avoidances) {
    RollupRow* rollup = AvoidedBy(contract_id, row, date, table);
    if (one.Missed()) {
      rollup->set_missed_in_opt_out(rollup->missed_in_opt_out() + 1);
    } else {
      rollup->set_wards_not_covered(rollup->wards_not_covered() + 1);
    }
  }
}

}  // namespace

void TallyAvoided(const PackageAggregate& package, const RoundRow& round, DateNumber date,
                  RollupTable* table) {
  if (round.rule_number() == 0) return;  // a restart's own round asks one branch only
  AddAvoided(package.row, round, date, table);
}

google::protobuf::RepeatedPtrField<Verdict> VerdictsThatCount(
    const std::vector<Verdict>& verdicts) {
  const Avoidances avoidances = AvoidancesOf(verdicts);
  google::protobuf::RepeatedPtrField<Verdict> kept;
  for (const Verdict& verdict : verdicts) {
    if (!verdict.suspension_ids().empty()) *kept.Add() = verdict;
    const auto found = avoidances.find(verdict.contract_id());
    if (found == avoidances.end()) continue;
    const bool missed = found->second.Missed();
    if (&verdict != (missed ? found->second.closed : found->second.any)) continue;
    Verdict& one = *kept.Add();
    one.set_provider_id(verdict.provider_id());
    one.set_contract_id(verdict.contract_id());
    one.set_failed_rules(
        Bit(missed ? v1::HARD_RULE_BRANCH_TAKING_OFFERS : v1::HARD_RULE_BRANCH_COVERS_WARD));
    if (missed) one.set_branch_id(verdict.branch_id());
  }
  return kept;
}

void TallyPassedOver(const PackageAggregate& package, const PassedOverRound& round,
                     RollupTable* table) {
  AddAvoided(package.row, round, round.date(), table);
  TallySuspended(package, round.terms_version(), round.verdicts(), round.date(), table);
}

namespace {

using Verdicts = google::protobuf::RepeatedPtrField<Verdict>;

// What suspensions alone kept out, in some verdicts on a package.
struct KeptOut {
  std::set<absl::string_view> contract_ids;  // under these terms
  std::set<absl::string_view> suspension_ids;

  void Add(const Verdicts& verdicts, bool same_terms) {
    for (const Verdict& verdict : verdicts) {
      if (verdict.suspension_ids().empty()) continue;
      if (same_terms) contract_ids.insert(verdict.contract_id());
      suspension_ids.insert(verdict.suspension_ids().begin(), verdict.suspension_ids().end());
    }
  }
};

RollupDimensions SuspensionDimensions(absl::string_view suspension_id) {
  RollupDimensions of;
  of.kind = RollupRow::KIND_SUSPENSION;
  of.suspension_id = suspension_id;
  return of;
}

}  // namespace

std::string SuspensionRollupKey(absl::string_view suspension_id) {
  return RollupTable::KeyOf(SuspensionDimensions(suspension_id));
}

void TallySuspended(const PackageAggregate& package, int32_t terms_version,
                    const Verdicts& verdicts, DateNumber date, RollupTable* table) {
  KeptOut now;
  now.Add(verdicts, true);
  if (now.contract_ids.empty()) return;
  const PackageRow& row = package.row;
  KeptOut before;
  for (const RoundRow& round : row.rounds()) {
    if (round.rule_number() == 0) continue;  // a restart's own round counts nowhere
    before.Add(round.verdicts(), round.terms_version() == terms_version);
  }
  for (const PassedOverRound& round : row.passed_over_rounds()) {
    before.Add(round.verdicts(), round.terms_version() == terms_version);
  }
  for (absl::string_view contract_id : now.contract_ids) {
    if (before.contract_ids.contains(contract_id)) continue;
    RollupRow* rollup = AvoidedBy(contract_id, row, date, table);
    rollup->set_stopped_by_suspension(rollup->stopped_by_suspension() + 1);
  }
  for (absl::string_view suspension_id : now.suspension_ids) {
    if (before.suspension_ids.contains(suspension_id)) continue;
    RollupRow* rollup = table->Change(SuspensionDimensions(suspension_id));
    rollup->set_stopped_packages(rollup->stopped_packages() + 1);
  }
}

}  // namespace brokerage::engine
