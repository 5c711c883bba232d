// Which round opens next, and the offers in it.

#include <algorithm>
#include <utility>

#include "engine/award/ranking.h"
#include "engine/base/bounds.h"
#include "engine/decide/decide.h"
#include "engine/figures/passed_over.h"
#include "engine/routing/adaptive_release.h"
#include "engine/routing/routing.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::PackageRow;
using journal::v1::RoundRow;
using journal::v1::Verdict;

namespace {

bool AnybodyOffered(const std::vector<Verdict>& verdicts) {
  return std::any_of(verdicts.begin(), verdicts.end(),
                     [](const Verdict& verdict) { return verdict.offered(); });
}

}  // namespace

bool Deciding::RestartIsDue(const PackageAggregate& package,
                            const v1::FrameworkRules& rules) const {
  const PackageRow& row = package.row;
  return rules.has_restart() && !row.previous_branch_id().empty() && !row.restart_done() &&
         !row.previous_handed_back();
}

std::vector<Verdict> Deciding::RouteTo(const PackageAggregate& package,
                                       const v1::FrameworkRules& rules, int32_t rule_number,
                                       const std::vector<Verdict>* beside) const {
  RoutingQuestion question{.package = package,
                           .rules = rules,
                           .directory = state_.directory,
                           .time = now_,
                           .date = Today(rules),
                           .tier_ids = {},
                           .restart = rule_number == 0,
                           .beside = beside};
  if (rule_number == 0) {
    for (const v1::Tier& tier : rules.tiers()) question.tier_ids.push_back(tier.id());
  } else {
    const auto& tiers = rules.rounds(rule_number - 1).tier_ids();
    question.tier_ids.assign(tiers.begin(), tiers.end());
  }
  return Route(question);
}

bool Deciding::OpenRound(const PackageAggregate& package, int32_t first_rule, int32_t rounds_before,
                         int32_t offers_before) {
  const v1::FrameworkRules& rules = RulesOf(state_, package.row);
  RoundPlan plan;
  plan.rounds_before = rounds_before;
  plan.offers_before = offers_before;
  if (first_rule == 1 && RestartIsDue(package, rules)) {  // first, or never
    plan.next_rule = first_rule;
    plan.verdicts = RouteTo(package, rules, 0);
    if (AnybodyOffered(plan.verdicts)) {
      AddRound(package, std::move(plan));
      return true;
    }
  }
  journal::v1::RoundsPassedOver passed_over;
  bool opened = false;
  for (int32_t rule = first_rule; rule <= rules.rounds_size() && !opened; ++rule) {
    plan.rule_number = rule;
    plan.next_rule = rule + 1;
    plan.verdicts = RouteTo(package, rules, rule);
    opened = AnybodyOffered(plan.verdicts);
    if (!opened) NotePassedOver(package, rule, plan.verdicts, &passed_over);
  }
  if (opened) {
    const auto beside =
        ReasonForParallelRound(rules, LotNow(state_.directory, package.row), plan.verdicts, state_.rollups);
    if (beside) {
      AddRound(package, plan);
      OpenRoundBeside(package, plan, *beside, &passed_over);
    } else {
      AddRound(package, std::move(plan));
    }
  }
  if (!passed_over.rounds().empty()) *Add().mutable_rounds_passed_over() = std::move(passed_over);
  return opened;
}

void Deciding::NotePassedOver(const PackageAggregate& package, int32_t rule_number,
                              const std::vector<Verdict>& verdicts,
                              journal::v1::RoundsPassedOver* passed_over) const {
  journal::v1::PassedOverRound round;
  *round.mutable_verdicts() = VerdictsThatCount(verdicts);
  if (round.verdicts().empty()) return;
  round.set_rule_number(rule_number);
  round.set_terms_version(package.row.terms_version());
  round.set_date(Today(RulesOf(state_, package.row)));
  passed_over->set_package_number(package.row.number());
  *passed_over->add_rounds() = std::move(round);
}

// One further round and no more: that one's own fill is asked when a round of its own would open.
void Deciding::OpenRoundBeside(const PackageAggregate& package, const RoundPlan& opened,
                               const v1::RoundBeside& why,
                               journal::v1::RoundsPassedOver* passed_over) {
  const v1::FrameworkRules& rules = RulesOf(state_, package.row);
  journal::v1::RoundsPassedOver skipped;  // only when another opens: otherwise they are to come
  RoundPlan plan;
  plan.rounds_before = opened.rounds_before + 1;
  plan.offers_before = opened.offers_before;
  plan.beside = why;
  plan.beside->set_round_number(plan.rounds_before);
  for (const Verdict& verdict : opened.verdicts) plan.offers_before += verdict.offered() ? 1 : 0;
  for (int32_t rule = opened.next_rule; rule <= rules.rounds_size(); ++rule) {
    plan.rule_number = rule;
    plan.next_rule = rule + 1;
    plan.verdicts = RouteTo(package, rules, rule, &opened.verdicts);
    if (AnybodyOffered(plan.verdicts)) {
      passed_over->MergeFrom(skipped);
      return AddRound(package, std::move(plan));
    }
    NotePassedOver(package, rule, plan.verdicts, &skipped);
  }
}

void Deciding::AddRound(const PackageAggregate& package, RoundPlan plan) {
  const PackageRow& row = package.row;
  const v1::FrameworkRules& rules = RulesOf(state_, row);
  const bool urgent = row.urgency() == v1::URGENCY_URGENT;
  const bool restart = plan.rule_number == 0;
  const v1::Window* window;
  if (restart) {
    window = urgent ? &rules.restart().urgent_window() : &rules.restart().standard_window();
  } else {
    const v1::RoundRule& rule = rules.rounds(plan.rule_number - 1);
    window = urgent ? &rule.urgent_window() : &rule.standard_window();
  }
  journal::v1::RoundOpened& opened = *Add().mutable_round_opened();
  opened.set_package_number(row.number());
  opened.set_next_rule_number(plan.next_rule);
  opened.set_restart(restart);
  const std::string lot = LotNow(state_.directory, row);
  if (lot != row.lot_id()) opened.set_lot_id(lot);
  RoundRow& round = *opened.mutable_round();
  round.set_number(plan.rounds_before + 1);
  round.set_rule_number(plan.rule_number);
  if (!restart) *round.mutable_tier_ids() = rules.rounds(plan.rule_number - 1).tier_ids();
  if (plan.beside) *round.mutable_beside() = *std::move(plan.beside);
  round.set_opened_time_us(now_us());
  // From the whole second: what goes out together is due together, and not in the order in which it
  // was written down.
  const absl::Time from = absl::FromUnixSeconds(absl::ToUnixSeconds(now_));
  round.set_deadline_us(absl::ToUnixMicros(
      WindowEnd(*window, from, ZoneOf(rules), state_.directory.HolidaysOf(row.framework_id()))));
  round.set_terms_version(row.terms_version());
  for (Verdict& verdict : plan.verdicts) {
    if (verdict.offered()) {
      const v1::Contract* contract = state_.directory.Contract(verdict.contract_id());
      OfferRow& offer = *opened.add_offers();
      offer.set_package_number(row.number());
      offer.set_ordinal(plan.offers_before + opened.offers_size());
      offer.set_round_number(round.number());
      offer.set_rule_number(plan.rule_number);
      offer.set_state(v1::OFFER_STATE_OPEN);
      offer.set_provider_id(verdict.provider_id());
      offer.set_branch_id(verdict.branch_id());
      offer.set_contract_id(verdict.contract_id());
      offer.set_tier_id(verdict.tier_id());
      offer.set_issued_time_us(now_us());
      offer.set_issued_date(Today(rules));
      offer.set_restart(restart);
      offer.set_price_pence(state_.directory.PriceOf(*contract, row.ward_code()));
      offer.set_terms_version(row.terms_version());
      offer.set_service_type(row.terms().service_type());
      offer.set_minimum_pickup_percent(contract->minimum_pickup_percent());
      offer.set_deadline_us(round.deadline_us());
      offer.set_lot_id(opened.lot_id());
    }
    *round.add_verdicts() = std::move(verdict);
  }
}

}  // namespace brokerage::engine
