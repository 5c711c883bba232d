// What the clock brings: contract changes, deadlines, evaluations, distributions and limits of
// interim services. One entry of the agenda a Tick.

#include <algorithm>
#include <set>

#include "engine/award/ranking.h"
#include "engine/base/check.h"
#include "engine/decide/decide.h"
#include "engine/routing/adaptive_release.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::PackageRow;
using journal::v1::RoundRow;

absl::Status Deciding::On(const Tick&) {
  const AgendaEntry* entry = FirstDue(state_, now_us());
  if (entry == nullptr) return absl::OkStatus();
  if (entry->phase == AgendaEntry::kContractChange) {
    ContractChange(*entry);
    return absl::OkStatus();
  }
  const PackageAggregate* package = state_.Package(entry->package_number);
  BROKERAGE_CHECK(package != nullptr);
  switch (entry->phase) {
    case AgendaEntry::kRoundDue: {
      journal::v1::RoundDue& due = *Add().mutable_round_due();
      due.set_package_number(entry->package_number);
      due.set_round_number(entry->round_number);
      break;
    }
    case AgendaEntry::kEvaluate:
      Evaluate(*package);
      break;
    case AgendaEntry::kRelease: {
      journal::v1::PackageReleased& released = *Add().mutable_package_released();
      released.set_package_number(entry->package_number);
      released.set_framework_revision(
          state_.directory.Framework(package->row.framework_id())->revision());
      if (!OpenRound(*package, 1, package->row.rounds_size(), package->row.offer_count())) {
        Add().mutable_package_unfilled()->set_package_number(entry->package_number);
      }
      break;
    }
    case AgendaEntry::kLimit:
      Add().mutable_limit_passed()->set_package_number(entry->package_number);
      break;
    case AgendaEntry::kContractChange:
      break;
  }
  return absl::OkStatus();
}

absl::Status Deciding::On(const ClockJump&) {
  if (!state_.system.clock_jumped()) Add().mutable_clock_judged()->set_jumped(true);
  return absl::OkStatus();
}

void Deciding::ContractChange(const AgendaEntry& entry) {
  const journal::v1::DirectoryFact* fact = state_.directory.Fact(entry.fact_key);
  BROKERAGE_CHECK(fact != nullptr);
  journal::v1::DirectoryFact done = *fact;
  done.clear_effective_time_us();
  *Add().mutable_directory_changed()->add_facts() = done;
  CloseOffersOf(*fact);
}

void Deciding::CloseOffersOf(const journal::v1::DirectoryFact& fact) {
  const bool novated = fact.has_novation();
  const std::string& contract = novated ? fact.novation().contract_id() : fact.contract().id();
  for (uint64_t number : state_.open_packages) {
    const PackageAggregate& package = *state_.Package(number);
    std::vector<int32_t> ordinals;
    int32_t rule_number = 0;
    for (const OfferRow& offer : package.offers) {
      if (offer.state() != v1::OFFER_STATE_OPEN || offer.contract_id() != contract) continue;
      if (novated && offer.provider_id() == fact.novation().new_provider_id()) continue;
      ordinals.push_back(offer.ordinal());
      rule_number = offer.rule_number();
    }
    if (ordinals.empty()) continue;
    journal::v1::OffersClosed& closed = *Add().mutable_offers_closed();
    closed.set_package_number(number);
    closed.mutable_ordinals()->Assign(ordinals.begin(), ordinals.end());
    closed.set_cause(novated ? v1::CLOSE_CAUSE_CONTRACT_NOVATED : v1::CLOSE_CAUSE_CONTRACT_ENDED);
    if (novated && rule_number > 0) ReofferNovated(package, fact, rule_number);
  }
}

// The successor gets what its predecessor had not answered, with a full window.
void Deciding::ReofferNovated(const PackageAggregate& package,
                              const journal::v1::DirectoryFact& fact, int32_t rule_number) {
  const v1::FrameworkRules& rules = RulesOf(state_, package.row);
  const std::string& successor = fact.novation().new_provider_id();
  for (const OfferRow& offer : package.offers) {
    const bool live = offer.state() == v1::OFFER_STATE_OPEN ||
                      offer.state() == v1::OFFER_STATE_ACCEPTED ||
                      offer.state() == v1::OFFER_STATE_DECLINED;
    const bool same_issue =
        offer.rule_number() == rule_number || AreParallel(package, offer.rule_number(), rule_number);
    if (live && same_issue && offer.provider_id() == successor &&
        offer.ordinal() > package.row.previous_issue_offers()) {
      return;  // it has the offer of this round, or of the one beside it, under another contract
    }
  }
  std::vector<journal::v1::Verdict> verdicts;
  bool offered = false;
  for (journal::v1::Verdict& verdict : RouteTo(package, rules, rule_number)) {
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
    plan.beside.reset();
    if (round.has_beside()) plan.beside = round.beside();
  }
  AddRound(package, std::move(plan));
}

void Deciding::Evaluate(const PackageAggregate& package) {
  const PackageRow& row = package.row;
  const v1::FrameworkRules& rules = RulesOf(state_, row);
  const AwardQuestion question{package,        rules, state_.directory,
                               state_.rollups, now_,  Today(rules)};
  const Ranking ranking = RankAcceptances(question);
  const OfferRow* best = ranking.valid == 0 ? nullptr : &package.offers[ranking.ordinals[0] - 1];
  std::set<int32_t> rounds_with_open_offers;
  bool everyone_answered = true;  // of those for whom the best acceptance has to wait
  for (const OfferRow& offer : package.offers) {
    if (offer.state() != v1::OFFER_STATE_OPEN) continue;
    rounds_with_open_offers.insert(offer.round_number());
    everyone_answered &= best != nullptr && ComesBefore(package, *best, offer);
  }
  for (const RoundRow& round : row.rounds()) {
    if (round.closed_time_us() != 0 || rounds_with_open_offers.contains(round.number())) continue;
    journal::v1::RoundClosed& closed = *Add().mutable_round_closed();
    closed.set_package_number(row.number());
    closed.set_round_number(round.number());
  }
  if (best != nullptr && (everyone_answered || IsCertain(question, ranking))) {
    const int32_t rule = RuleOfAward(package, *best);
    const bool early_is_allowed =
        rule == 0 || rules.rounds(rule - 1).award_timing() == v1::AWARD_TIMING_AS_SOON_AS_CERTAIN;
    if (everyone_answered || early_is_allowed) return ProposeOrAward(package, ranking);
  }
  if (!everyone_answered || ranking.valid > 0) {
    Add().mutable_round_evaluated()->set_package_number(row.number());
    return;
  }
  if (row.state() == v1::PACKAGE_STATE_OFFERED &&
      OpenRound(package, row.next_rule_number(), row.rounds_size(), row.offer_count())) {
    return;
  }
  journal::v1::PackageUnfilled& unfilled = *Add().mutable_package_unfilled();
  unfilled.set_package_number(row.number());
  for (size_t i = 0; i < ranking.ordinals.size(); ++i) {
    journal::v1::VoidedOffer& voided = *unfilled.add_voided();
    voided.set_ordinal(ranking.ordinals[i]);
    voided.set_rule(ranking.acceptances[i].void_rule());
  }
}

void FillAward(const PackageAggregate& package, const Ranking& ranking, size_t winner,
               journal::v1::PackageAwarded* awarded) {
  journal::v1::AwardRow& award = *awarded->mutable_award();
  awarded->set_package_number(package.row.number());
  award.set_offer_ordinal(ranking.ordinals[winner]);
  if (winner == 0) award.set_decided_by(ranking.decided_by);  // else it was no criterion
  for (size_t i = 0; i < ranking.ordinals.size(); ++i) {
    *award.add_ranking() = ranking.acceptances[i];
    if (i == winner) continue;
    if (i < ranking.valid) {
      journal::v1::LostOffer& lost = *awarded->add_lost();
      lost.set_ordinal(ranking.ordinals[i]);
      // Those that ranked before the winner lost by care navigation's choice, not by a criterion.
      if (i > winner) {
        lost.set_lost_by(DecidedBy(ranking.acceptances[winner], ranking.acceptances[i]));
      }
    } else {
      journal::v1::VoidedOffer& voided = *awarded->add_voided();
      voided.set_ordinal(ranking.ordinals[i]);
      voided.set_rule(ranking.acceptances[i].void_rule());
    }
  }
  for (const OfferRow& offer : package.offers) {  // held until a time that has passed
    const bool ranked = std::find(ranking.ordinals.begin(), ranking.ordinals.end(),
                                  offer.ordinal()) != ranking.ordinals.end();
    if (offer.state() == v1::OFFER_STATE_ACCEPTED && !ranked) {
      awarded->add_voided()->set_ordinal(offer.ordinal());
    }
  }
}

void Deciding::ProposeOrAward(const PackageAggregate& package, const Ranking& ranking) {
  const PackageRow& row = package.row;
  const v1::FrameworkRules& rules = RulesOf(state_, row);
  const OfferRow& best = package.offers[static_cast<size_t>(ranking.ordinals[0] - 1)];
  const int32_t rule = RuleOfAward(package, best);
  const bool automatic =
      rules.rounds(std::max(rule, 1) - 1).award_mode() == v1::AWARD_MODE_AUTOMATIC;
  if (automatic && !NeedsPriceException(rules, best)) {
    journal::v1::PackageAwarded& awarded = *Add().mutable_package_awarded();
    FillAward(package, ranking, 0, &awarded);
    awarded.mutable_award()->set_time_us(now_us());
    awarded.set_award_date(Today(rules));
    return;
  }
  journal::v1::AwardProposed& proposed = *Add().mutable_award_proposed();
  proposed.set_package_number(row.number());
  proposed.set_ordinal(ranking.ordinals[0]);
  for (size_t i = ranking.valid; i < ranking.ordinals.size(); ++i) {
    journal::v1::VoidedOffer& voided = *proposed.add_voided();
    voided.set_ordinal(ranking.ordinals[i]);
    voided.set_rule(ranking.acceptances[i].void_rule());
  }
}

}  // namespace brokerage::engine
