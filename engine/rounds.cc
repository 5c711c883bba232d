// Which round opens next, and the offers in it.

#include <algorithm>
#include <utility>

#include "engine/award.h"
#include "engine/decide.h"
#include "engine/limits.h"
#include "engine/routing.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::PackageRow;
using journal::v1::RoundRow;
using journal::v1::Verdict;

bool Deciding::RestartIsDue(const PackageAggregate& package,
                            const v1::FrameworkRules& rules) const {
  const PackageRow& row = package.row;
  return rules.has_restart() && !row.previous_branch_id().empty() && !row.restart_done() &&
         !row.previous_handed_back();
}

std::vector<Verdict> Deciding::RouteTo(const PackageAggregate& package,
                                       const v1::FrameworkRules& rules, int32_t rule_number,
                                       bool restart) const {
  RoutingQuestion question{.package = package,
                           .rules = rules,
                           .directory = state_.directory,
                           .time = now_,
                           .date = Today(rules),
                           .tier_ids = {},
                           .restart = restart};
  if (restart) {
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
  auto anybody = [](const std::vector<Verdict>& verdicts) {
    return std::any_of(verdicts.begin(), verdicts.end(),
                       [](const Verdict& verdict) { return verdict.offered(); });
  };
  if (first_rule == 1 && RestartIsDue(package, rules)) {  // first, or never
    std::vector<Verdict> verdicts = RouteTo(package, rules, 0, true);
    if (anybody(verdicts)) {
      AddRound(package, 0, first_rule, std::move(verdicts), rounds_before, offers_before);
      return true;
    }
  }
  for (int32_t rule = first_rule; rule <= rules.rounds_size(); ++rule) {
    std::vector<Verdict> verdicts = RouteTo(package, rules, rule, false);
    if (!anybody(verdicts)) continue;
    AddRound(package, rule, rule + 1, std::move(verdicts), rounds_before, offers_before);
    return true;
  }
  return false;
}

void Deciding::AddRound(const PackageAggregate& package, int32_t rule_number, int32_t next_rule,
                        std::vector<Verdict> verdicts, int32_t rounds_before,
                        int32_t offers_before) {
  const PackageRow& row = package.row;
  const v1::FrameworkRules& rules = RulesOf(state_, row);
  const bool urgent = row.urgency() == v1::URGENCY_URGENT;
  const bool restart = rule_number == 0;
  const v1::Window* window;
  if (restart) {
    window = urgent ? &rules.restart().urgent_window() : &rules.restart().standard_window();
  } else {
    const v1::RoundRule& rule = rules.rounds(rule_number - 1);
    window = urgent ? &rule.urgent_window() : &rule.standard_window();
  }
  journal::v1::RoundOpened& opened = *Add().mutable_round_opened();
  opened.set_package_number(row.number());
  opened.set_next_rule_number(next_rule);
  opened.set_restart(restart);
  RoundRow& round = *opened.mutable_round();
  round.set_number(rounds_before + 1);
  round.set_rule_number(rule_number);
  if (!restart) *round.mutable_tier_ids() = rules.rounds(rule_number - 1).tier_ids();
  round.set_opened_time_us(now_us());
  // From the whole second: what goes out together is due together, and not in the order in which it
  // was written down.
  const absl::Time from = absl::FromUnixSeconds(absl::ToUnixSeconds(now_));
  round.set_deadline_us(absl::ToUnixMicros(
      WindowEnd(*window, from, ZoneOf(rules), state_.directory.HolidaysOf(row.framework_id()))));
  round.set_terms_version(row.terms_version());
  for (Verdict& verdict : verdicts) {
    if (verdict.offered()) {
      const v1::Contract* contract = state_.directory.Contract(verdict.contract_id());
      OfferRow& offer = *opened.add_offers();
      offer.set_package_number(row.number());
      offer.set_ordinal(offers_before + opened.offers_size());
      offer.set_round_number(round.number());
      offer.set_rule_number(rule_number);
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
    }
    *round.add_verdicts() = std::move(verdict);
  }
}

}  // namespace brokerage::engine
