#include "engine/decide/evaluation.h"

#include <algorithm>

#include "engine/decide/rounds.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::PackageRow;
using journal::v1::RoundRow;

namespace {

// Asks care navigation to confirm the award to the acceptance in that place of the ranking.
void Propose(const PackageAggregate& package, const Ranking& ranking, size_t place, Decision* out) {
  journal::v1::AwardProposed& proposed = *out->Add().mutable_award_proposed();
  proposed.set_package_number(package.row.number());
  proposed.set_ordinal(ranking.ordinals[place]);
  for (size_t i = ranking.valid; i < ranking.ordinals.size(); ++i) {
    journal::v1::VoidedOffer& voided = *proposed.add_voided();
    voided.set_ordinal(ranking.ordinals[i]);
    voided.set_rule(ranking.acceptances[i].void_rule());
  }
}

// REQUIRES: somebody accepted the whole.
void ProposeOrAward(const Context& in, const PackageAggregate& package, const Ranking& ranking,
                    Decision* out) {
  const PackageRow& row = package.row;
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  const OfferRow& best = package.offers[static_cast<size_t>(ranking.ordinals[ranking.best] - 1)];
  const int32_t rule = RuleOfAward(package, best);
  const bool automatic =
      rules.rounds(std::max(rule, 1) - 1).award_mode() == v1::AWARD_MODE_AUTOMATIC;
  if (automatic && !row.confirm_award() && !NeedsPriceException(rules, best)) {
    journal::v1::PackageAwarded& awarded = *out->Add().mutable_package_awarded();
    FillAward(package, ranking, ranking.best, &awarded);
    awarded.mutable_award()->set_time_us(in.now_us());
    awarded.set_award_date(in.Today(rules));
    return;
  }
  Propose(package, ranking, ranking.best, out);
}

// Whether anybody accepted since the package went out last.
bool AnyAccepted(const PackageAggregate& package) {
  return std::any_of(package.offers.begin(), package.offers.end(), [&](const OfferRow& offer) {
    return offer.ordinal() > package.row.previous_issue_offers() && !offer.placed() &&
           (offer.state() == v1::OFFER_STATE_ACCEPTED || offer.state() == v1::OFFER_STATE_VOID);
  });
}

}  // namespace

bool IsToBeClosed(const PackageAggregate& package, const RoundRow& round) {
  return round.closed_time_us() == 0 &&
         std::none_of(package.offers.begin(), package.offers.end(),
                      [&round](const OfferRow& offer) {
                        return offer.state() == v1::OFFER_STATE_OPEN &&
                               offer.round_number() == round.number();
                      });
}

void Evaluate(const Context& in, const PackageAggregate& package, Decision* out) {
  const PackageRow& row = package.row;
  const v1::FrameworkRules& rules = RulesOf(in.state, row);
  const AwardQuestion question{package, rules,           in.state.directory,     in.state.rollups,
                               in.now,  in.Today(rules), LinkedTo(in.state, row)};
  const Ranking ranking = RankAcceptances(question);
  const bool any_whole = ranking.best < ranking.valid;
  const OfferRow* best = any_whole ? &package.offers[ranking.ordinals[ranking.best] - 1] : nullptr;
  bool everyone_answered = true;  // of those for whom the best acceptance has to wait
  for (const OfferRow& offer : package.offers) {
    if (offer.state() != v1::OFFER_STATE_OPEN) continue;
    everyone_answered &= best != nullptr && ComesBefore(rules, package, *best, offer);
  }
  for (const RoundRow& round : row.rounds()) {
    if (!IsToBeClosed(package, round)) continue;
    journal::v1::RoundClosed& closed = *out->Add().mutable_round_closed();
    closed.set_package_number(row.number());
    closed.set_round_number(round.number());
  }
  if (best != nullptr && (everyone_answered || IsCertain(question, ranking))) {
    const int32_t rule = RuleOfAward(package, *best);
    const bool early_is_allowed =
        rule == 0 || rules.rounds(rule - 1).award_timing() == v1::AWARD_TIMING_AS_SOON_AS_CERTAIN;
    if (everyone_answered || early_is_allowed) return ProposeOrAward(in, package, ranking, out);
  }
  if (!everyone_answered || any_whole) {
    out->Add().mutable_round_evaluated()->set_package_number(row.number());
    return;
  }
  if (row.state() == v1::PACKAGE_STATE_OFFERED &&
      OpenRound(in, package, row.next_rule_number(), out)) {
    return;
  }
  // Nobody takes the whole, and nobody else is to be asked: whether a part is better than to wait
  // is care navigation's to say.
  if (ranking.valid > 0) return Propose(package, ranking, 0, out);
  journal::v1::PackageUnfilled& unfilled = *out->Add().mutable_package_unfilled();
  unfilled.set_package_number(row.number());
  unfilled.set_cause(AnyAccepted(package) ? v1::UNFILLED_CAUSE_ACCEPTANCES_FELL
                                          : v1::UNFILLED_CAUSE_NOBODY_ACCEPTED);
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
  award.set_weekly_minutes(package.row.terms().weekly_minutes());
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
    if (offer.state() == v1::OFFER_STATE_ACCEPTED && !ranked && !IsAsked(offer)) {
      awarded->add_voided()->set_ordinal(offer.ordinal());
    }
  }
}

}  // namespace brokerage::engine
