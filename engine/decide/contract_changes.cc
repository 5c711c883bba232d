#include "engine/decide/contract_changes.h"

#include <vector>

#include "engine/base/check.h"
#include "engine/decide/rounds.h"
#include "engine/routing/adaptive_release.h"
#include "engine/routing/hard_rules.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::RoundRow;

namespace {

// The successor gets what its predecessor had not answered, with a full window.
void ReofferNovated(const Context& in, const PackageAggregate& package,
                    const journal::v1::DirectoryFact& fact, int32_t rule_number, Decision* out) {
  const v1::FrameworkRules& rules = RulesOf(in.state, package.row);
  const std::string& successor = fact.novation().new_provider_id();
  for (const OfferRow& offer : package.offers) {
    const bool live = offer.state() == v1::OFFER_STATE_OPEN ||
                      offer.state() == v1::OFFER_STATE_ACCEPTED ||
                      offer.state() == v1::OFFER_STATE_DECLINED;
    const bool same_issue = offer.rule_number() == rule_number ||
                            AreParallel(package, offer.rule_number(), rule_number);
    if (live && same_issue && offer.provider_id() == successor &&
        offer.ordinal() > package.row.previous_issue_offers()) {
      return;  // it has the offer of this round, or of its parallel one, under another contract
    }
  }
  std::vector<journal::v1::Verdict> verdicts;
  bool offered = false;
  for (journal::v1::Verdict& verdict : RouteTo(in, package, rules, rule_number)) {
    if (verdict.contract_id() != fact.novation().contract_id()) continue;
    offered |= verdict.offered();
    verdicts.push_back(std::move(verdict));
  }
  if (!offered) return;
  RoundPlan plan;
  plan.rule_number = rule_number;
  plan.next_rule = package.row.next_rule_number();
  plan.verdicts = std::move(verdicts);
  plan.rounds_before = package.row.rounds_size();
  plan.offers_before = package.row.offer_count();
  for (const RoundRow& round : package.row.rounds()) {  // the last of the rule is of this issue
    if (round.rule_number() != rule_number) continue;
    plan.parallel.reset();
    if (round.has_beside()) plan.parallel = round.beside();
  }
  AddRound(in, package, std::move(plan), out);
}

// The rule of the round that is open and in which nobody was asked under the contract, because it
// would have another holder when care starts; 0 if there is none.
int32_t RuleThatAwaited(const PackageAggregate& package, const std::string& contract_id) {
  if (package.row.state() != v1::PACKAGE_STATE_OFFERED) return 0;
  for (const RoundRow& round : package.row.rounds()) {
    if (round.closed_time_us() != 0) continue;
    for (const journal::v1::Verdict& verdict : round.verdicts()) {
      if (verdict.contract_id() == contract_id &&
          (verdict.rules_failed_at_start() & RuleBit(v1::HARD_RULE_CONTRACT_ACTIVE)) != 0) {
        return round.rule_number();
      }
    }
  }
  return 0;
}

void CloseOffersOf(const Context& in, const journal::v1::DirectoryFact& fact, Decision* out) {
  const bool novated = fact.has_novation();
  const std::string& contract = novated ? fact.novation().contract_id() : fact.contract().id();
  for (uint64_t number : in.state.open_packages) {
    const PackageAggregate& package = *in.state.Package(number);
    std::vector<int32_t> ordinals;
    int32_t rule_number = 0;
    for (const OfferRow& offer : package.offers) {
      if (offer.state() != v1::OFFER_STATE_OPEN || offer.contract_id() != contract) continue;
      if (novated && offer.provider_id() == fact.novation().new_provider_id()) continue;
      ordinals.push_back(offer.ordinal());
      rule_number = offer.rule_number();
    }
    if (!ordinals.empty()) {
      journal::v1::OffersClosed& closed = *out->Add().mutable_offers_closed();
      closed.set_package_number(number);
      closed.mutable_ordinals()->Assign(ordinals.begin(), ordinals.end());
      closed.set_cause(novated ? v1::CLOSE_CAUSE_CONTRACT_NOVATED : v1::CLOSE_CAUSE_CONTRACT_ENDED);
    } else if (novated) {
      rule_number = RuleThatAwaited(package, contract);
    }
    if (novated && rule_number > 0 && !IsStopped(package.row))
      ReofferNovated(in, package, fact, rule_number, out);
  }
}

}  // namespace

void ChangeContract(const Context& in, const AgendaEntry& entry, Decision* out) {
  const journal::v1::DirectoryFact* fact = in.state.directory.Fact(entry.fact_key);
  BROKERAGE_CHECK(fact != nullptr);
  journal::v1::DirectoryFact done = *fact;
  done.clear_effective_time_us();
  *out->Add().mutable_directory_changed()->add_facts() = done;
  CloseOffersOf(in, *fact, out);
}

}  // namespace brokerage::engine
