#include "engine/decide/rounds.h"

#include <algorithm>
#include <utility>

#include "engine/base/calendar.h"
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

// Adds the rule's round, whose verdicts offer the package to nobody, where any of them counts
// (VerdictsThatCount).
void NotePassedOver(const Context& in, const PackageAggregate& package, int32_t rule_number,
                    const std::vector<Verdict>& verdicts,
                    journal::v1::RoundsPassedOver* passed_over) {
  journal::v1::PassedOverRound round;
  *round.mutable_verdicts() = VerdictsThatCount(verdicts);
  if (round.verdicts().empty()) return;
  round.set_rule_number(rule_number);
  round.set_terms_version(package.row.terms_version());
  round.set_date(in.Today(RulesOf(in.state, package.row)));
  passed_over->set_package_number(package.row.number());
  *passed_over->add_rounds() = std::move(round);
}

// Opens the next round with anybody to offer, if there is one, parallel to the one that `opened`
// plans. One further round and no more: that one's own fill is asked when a round of its own would
// open.
void OpenParallelRound(const Context& in, const PackageAggregate& package, const RoundPlan& opened,
                       const v1::RoundBeside& why, journal::v1::RoundsPassedOver* passed_over,
                       Decision* out) {
  const v1::FrameworkRules& rules = RulesOf(in.state, package.row);
  journal::v1::RoundsPassedOver skipped;  // only when another opens: otherwise they are to come
  RoundPlan plan;
  plan.rounds_before = opened.rounds_before + 1;
  plan.offers_before = opened.offers_before;
  plan.parallel = why;
  plan.parallel->set_round_number(plan.rounds_before);
  for (const Verdict& verdict : opened.verdicts) plan.offers_before += verdict.offered() ? 1 : 0;
  for (int32_t rule = opened.next_rule; rule <= rules.rounds_size(); ++rule) {
    plan.rule_number = rule;
    plan.next_rule = rule + 1;
    plan.verdicts = RouteTo(in, package, rules, rule, &opened.verdicts);
    if (AnybodyOffered(plan.verdicts)) {
      passed_over->MergeFrom(skipped);
      return AddRound(in, package, std::move(plan), out);
    }
    NotePassedOver(in, package, rule, plan.verdicts, &skipped);
  }
}

// The framework's window for packages of which so few days are left; null where there is none.
const v1::Window* ShortenedWindowOf(const v1::FrameworkRules& rules, const PackageRow& row,
                                    DateNumber today) {
  const auto start = ParseDate(row.terms().start_by_date());
  if (!start) return nullptr;
  const int64_t days_left = FromDateNumber(*start) - FromDateNumber(today);
  for (const v1::ShortenedWindow& shortened : rules.shortened_windows()) {
    if (days_left <= shortened.days_left_max()) return &shortened.window();
  }
  return nullptr;
}

}  // namespace

RoundWindow WindowOf(const Context& in, const PackageAggregate& package,
                     const v1::FrameworkRules& rules, int32_t rule_number, absl::Time from) {
  const PackageRow& row = package.row;
  const bool urgent = row.urgency() == v1::URGENCY_URGENT;
  const auto of = [urgent](const auto& rule) -> const v1::Window& {
    return urgent ? rule.urgent_window() : rule.standard_window();
  };
  const v1::Window& window =
      rule_number == 0 ? of(rules.restart()) : of(rules.rounds(rule_number - 1));
  // From the whole second: what goes out together is due together, and not in the order in which it
  // was written down.
  from = absl::FromUnixSeconds(absl::ToUnixSeconds(from));
  const absl::TimeZone& zone = in.ZoneOf(rules);
  const Holidays& holidays = in.state.directory.HolidaysOf(row.framework_id());
  RoundWindow found = {WindowEnd(window, from, zone, holidays)};
  const v1::Window* shortened = ShortenedWindowOf(rules, row, LocalDate(from, zone));
  if (shortened == nullptr) return found;
  const absl::Time end = WindowEnd(*shortened, from, zone, holidays);
  return end < found.end ? RoundWindow{end, true} : found;
}

bool OpenRound(const Context& in, const PackageAggregate& package, int32_t first_rule,
               Decision* out) {
  const v1::FrameworkRules& rules = RulesOf(in.state, package.row);
  RoundPlan plan;
  plan.rounds_before = package.row.rounds_size();
  plan.offers_before = package.row.offer_count();
  if (first_rule == 1 && RestartIsDue(package, rules)) {  // first, or never
    plan.next_rule = first_rule;
    plan.verdicts = RouteTo(in, package, rules, 0);
    if (AnybodyOffered(plan.verdicts)) {
      AddRound(in, package, std::move(plan), out);
      return true;
    }
  }
  journal::v1::RoundsPassedOver passed_over;
  bool opened = false;
  for (int32_t rule = first_rule; rule <= rules.rounds_size() && !opened; ++rule) {
    plan.rule_number = rule;
    plan.next_rule = rule + 1;
    plan.verdicts = RouteTo(in, package, rules, rule);
    opened = AnybodyOffered(plan.verdicts);
    if (!opened) NotePassedOver(in, package, rule, plan.verdicts, &passed_over);
  }
  if (opened) {
    const auto parallel = ReasonForParallelRound(rules, LotNow(in.state.directory, package.row),
                                                 plan.verdicts, in.state.rollups);
    if (parallel) {
      AddRound(in, package, plan, out);
      OpenParallelRound(in, package, plan, *parallel, &passed_over, out);
    } else {
      AddRound(in, package, std::move(plan), out);
    }
  }
  if (!passed_over.rounds().empty())
    *out->Add().mutable_rounds_passed_over() = std::move(passed_over);
  return opened;
}

void PutOut(const Context& in, const PackageAggregate& package, Decision* out) {
  if (OpenRound(in, package, 1, out)) return;
  journal::v1::PackageUnfilled& unfilled = *out->Add().mutable_package_unfilled();
  unfilled.set_package_number(package.row.number());
  unfilled.set_cause(v1::UNFILLED_CAUSE_NOBODY_ASKED);
}

void Release(const Context& in, const PackageAggregate& package, Decision* out) {
  const PackageRow& row = package.row;
  journal::v1::PackageReleased& released = *out->Add().mutable_package_released();
  released.set_package_number(row.number());
  released.set_framework_revision(in.state.directory.Framework(row.framework_id())->revision());
  PutOut(in, package, out);
}

void AddRound(const Context& in, const PackageAggregate& package, RoundPlan plan, Decision* out) {
  const PackageRow& row = package.row;
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  const bool restart = plan.rule_number == 0;
  journal::v1::RoundOpened& opened = *out->Add().mutable_round_opened();
  opened.set_package_number(row.number());
  opened.set_next_rule_number(plan.next_rule);
  opened.set_restart(restart);
  const std::string lot = LotNow(in.state.directory, row);
  if (lot != row.lot_id()) opened.set_lot_id(lot);
  RoundRow& round = *opened.mutable_round();
  round.set_number(plan.rounds_before + 1);
  round.set_rule_number(plan.rule_number);
  if (!restart) *round.mutable_tier_ids() = rules.rounds(plan.rule_number - 1).tier_ids();
  if (plan.parallel) *round.mutable_beside() = *std::move(plan.parallel);
  round.set_opened_time_us(in.now_us());
  const RoundWindow window = WindowOf(in, package, rules, plan.rule_number, in.now);
  round.set_deadline_us(absl::ToUnixMicros(window.end));
  round.set_shortened(window.shortened);
  round.set_terms_version(row.terms_version());
  for (Verdict& verdict : plan.verdicts) {
    if (verdict.offered()) {
      const v1::Contract* contract = in.state.directory.Contract(verdict.contract_id());
      OfferRow& offer = *opened.add_offers();
      offer = OfferUnder(in, rules, row, *contract, verdict.provider_id(), verdict.branch_id());
      offer.set_ordinal(plan.offers_before + opened.offers_size());
      offer.set_round_number(round.number());
      offer.set_rule_number(plan.rule_number);
      offer.set_state(v1::OFFER_STATE_OPEN);
      offer.set_restart(restart);
      offer.set_deadline_us(round.deadline_us());
      offer.set_lot_id(opened.lot_id());
      offer.set_shortened(window.shortened);
    }
    *round.add_verdicts() = std::move(verdict);
  }
}

OfferRow OfferUnder(const Context& in, const v1::FrameworkRules& rules, const PackageRow& row,
                    const v1::Contract& contract, const std::string& provider_id,
                    const std::string& branch_id) {
  OfferRow offer;
  offer.set_package_number(row.number());
  offer.set_provider_id(provider_id);
  offer.set_branch_id(branch_id);
  offer.set_contract_id(contract.id());
  offer.set_tier_id(contract.tier_id());
  offer.set_issued_time_us(in.now_us());
  offer.set_issued_date(in.Today(rules));
  offer.set_price_pence(in.state.directory.PriceOf(contract, row.ward_code()));
  offer.set_terms_version(row.terms_version());
  offer.set_service_type(row.terms().service_type());
  offer.set_minimum_pickup_percent(contract.minimum_pickup_percent());
  return offer;
}

bool RestartIsDue(const PackageAggregate& package, const v1::FrameworkRules& rules) {
  const PackageRow& row = package.row;
  return rules.has_restart() && !row.previous_branch_id().empty() && !row.restart_done() &&
         !row.previous_handed_back();
}

std::vector<Verdict> RouteTo(const Context& in, const PackageAggregate& package,
                             const v1::FrameworkRules& rules, int32_t rule_number,
                             const std::vector<Verdict>* parallel_to) {
  RoutingQuestion question{.package = package,
                           .rules = rules,
                           .directory = in.state.directory,
                           .time = in.now,
                           .date = in.Today(rules),
                           .tier_ids = {},
                           .restart = rule_number == 0,
                           .beside = parallel_to};
  if (rule_number == 0) {
    for (const v1::Tier& tier : rules.tiers()) question.tier_ids.push_back(tier.id());
  } else {
    const auto& tiers = rules.rounds(rule_number - 1).tier_ids();
    question.tier_ids.assign(tiers.begin(), tiers.end());
  }
  return Route(question);
}

}  // namespace brokerage::engine
