#include "engine/award/ranking.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "engine/award/acceptance_limits.h"
#include "engine/model/parts.h"
#include "engine/routing/adaptive_release.h"
#include "engine/routing/routing.h"

namespace brokerage::engine {

using journal::v1::AnswerRow;
using journal::v1::OfferRow;

namespace {

// As far as the award goes: who accepts again after the deadline is late.
bool AcceptedInTime(const OfferRow& offer) {
  const AnswerRow* answer = LastAnswer(offer, Remarks::kCount);
  return answer != nullptr && answer->answer() == v1::ANSWER_ACCEPT && !answer->late();
}

bool CountsAsAcceptance(const OfferRow& offer, absl::Time now) {
  const AnswerRow* answer = LastAnswer(offer, Remarks::kCount);
  if (offer.state() != v1::OFFER_STATE_ACCEPTED || answer == nullptr) return false;
  if (IsAsked(offer)) return false;
  if (answer->answer() != v1::ANSWER_ACCEPT) return false;
  return answer->valid_until_us() == 0 || absl::FromUnixMicros(answer->valid_until_us()) >= now;
}

std::optional<v1::HardRule> FailsAt(const AwardQuestion& question, const OfferRow& offer,
                                    absl::Time time) {
  return AwardFailure(
      {question.package, question.rules, question.directory, time, question.date, {}}, offer,
      WithinLimit(question.rollups, question.package, offer));
}

std::vector<v1::AwardCriterion> CriteriaOf(const AwardQuestion& question) {
  std::vector<v1::AwardCriterion> criteria;
  const auto& offers = question.package.offers;
  if (std::any_of(offers.begin(), offers.end(), StandsInPart)) {
    criteria.push_back(v1::AWARD_CRITERION_WHOLE);
  }
  if (question.rules.price_floor_pence() > 0 || question.rules.price_ceiling_pence() > 0) {
    criteria.push_back(v1::AWARD_CRITERION_WITHIN_PRICE_LIMITS);
  }
  criteria.push_back(v1::AWARD_CRITERION_IN_TIME);
  if (HasParallelRound(question.package)) criteria.push_back(v1::AWARD_CRITERION_EARLIER_ROUND);
  for (const v1::CriterionRule& rule : question.rules.award_criteria()) {
    criteria.push_back(rule.criterion());
  }
  criteria.push_back(v1::AWARD_CRITERION_TIE_BREAK);
  return criteria;
}

v1::RankedAcceptance Ranked(const AwardQuestion& question, const OfferRow& offer) {
  v1::RankedAcceptance acceptance;
  acceptance.set_offer_id(OfferIdOf(question.package.row, offer.ordinal()));
  acceptance.set_branch_id(offer.branch_id());
  return acceptance;
}

// Negative if a comes first, 0 if they tie.
int Compare(const v1::RankedAcceptance& a, const v1::RankedAcceptance& b) {
  for (int i = 0; i < a.values_size() && i < b.values_size(); ++i) {
    const int64_t left = a.values(i).rank_value();
    const int64_t right = b.values(i).rank_value();
    if (left != right) return left < right ? -1 : 1;
  }
  return 0;
}

// One that fails a rule now counts if it would pass at its deadline: an opt-out or a suspension may
// end by then.
bool MayBeAwarded(const AwardQuestion& question, const OfferRow& open) {
  return !FailsAt(question, open, question.time) ||
         !FailsAt(question, open, absl::FromUnixMicros(open.deadline_us()));
}

// Offers that may still be accepted and then awarded, and do not come after `best` by their round
// alone.
std::vector<const OfferRow*> StillPossible(const AwardQuestion& question, const OfferRow& best) {
  std::vector<const OfferRow*> possible;
  for (const OfferRow& offer : question.package.offers) {
    if (offer.state() != v1::OFFER_STATE_OPEN) continue;
    if (ComesBefore(question.rules, question.package, best, offer)) continue;
    if (MayBeAwarded(question, offer)) possible.push_back(&offer);
  }
  return possible;
}

bool MayMove(const Criterion& criterion, const CriterionValues& values,
             const std::vector<const OfferRow*>& possible) {
  return criterion.moved_by_others != nullptr && criterion.moved_by_others(values, possible);
}

// Which acceptances one is compared with: those of rounds that were opened beside another, or of
// all other rounds; those of the whole, or of parts.
size_t GroupOf(const AwardQuestion& question, const OfferRow& offer) {
  return (IsParallel(question.package, offer) ? 1 : 0) + (AcceptedVisits(offer) != nullptr ? 2 : 0);
}

std::vector<const OfferRow*> OfGroup(const AwardQuestion& question,
                                     std::vector<const OfferRow*> offers, size_t group) {
  std::erase_if(offers, [&](const OfferRow* offer) { return GroupOf(question, *offer) != group; });
  return offers;
}

}  // namespace

Ranking RankAcceptances(const AwardQuestion& question) {
  Ranking ranking;
  std::vector<const OfferRow*> valid;
  std::vector<std::pair<v1::RankedAcceptance, int32_t>> passing, voided;  // with ordinals
  for (const OfferRow& offer : question.package.offers) {
    if (!CountsAsAcceptance(offer, question.time)) continue;
    v1::RankedAcceptance acceptance = Ranked(question, offer);
    if (std::optional<v1::HardRule> rule = FailsAt(question, offer, question.time)) {
      acceptance.set_void_rule(*rule);
      voided.emplace_back(std::move(acceptance), offer.ordinal());
    } else {
      valid.push_back(&offer);
      passing.emplace_back(std::move(acceptance), offer.ordinal());
    }
  }
  const auto of_group = [&](size_t group) {
    return CriterionValues(question, OfGroup(question, valid, group));
  };
  const std::array<CriterionValues, 4> of_groups = {of_group(0), of_group(1), of_group(2),
                                                    of_group(3)};
  const std::vector<v1::AwardCriterion> criteria = CriteriaOf(question);
  for (size_t i = 0; i < valid.size(); ++i) {
    const CriterionValues& values = of_groups[GroupOf(question, *valid[i])];
    for (v1::AwardCriterion criterion : criteria) {
      v1::CriterionValue* value = passing[i].first.add_values();
      value->set_criterion(criterion);
      value->set_rank_value(values.Of(criterion, *valid[i]));
    }
  }
  // Two offers to one branch tie on everything: they stay in the order of their ordinals.
  std::stable_sort(passing.begin(), passing.end(),
                   [](const auto& a, const auto& b) { return Compare(a.first, b.first) < 0; });
  ranking.valid = passing.size();
  for (auto* group : {&passing, &voided}) {
    for (auto& [acceptance, ordinal] : *group) {
      if (group == &passing)
        acceptance.set_place(static_cast<int32_t>(ranking.ordinals.size()) + 1);
      ranking.acceptances.push_back(std::move(acceptance));
      ranking.ordinals.push_back(ordinal);
    }
  }
  const bool any_whole =
      ranking.valid > 0 && StandsWhole(question.package.offers[ranking.ordinals[0] - 1]);
  ranking.best = any_whole ? 0 : ranking.valid;
  if (ranking.valid > 1)
    ranking.decided_by = DecidedBy(ranking.acceptances[0], ranking.acceptances[1]);
  return ranking;
}

v1::AwardCriterion DecidedBy(const v1::RankedAcceptance& better,
                             const v1::RankedAcceptance& worse) {
  for (int i = 0; i < better.values_size() && i < worse.values_size(); ++i) {
    if (better.values(i).rank_value() < worse.values(i).rank_value()) {
      return better.values(i).criterion();
    }
  }
  return v1::AWARD_CRITERION_UNSPECIFIED;
}

bool IsCertain(const AwardQuestion& question, const Ranking& ranking) {
  const OfferRow& winner = question.package.offers[ranking.ordinals[ranking.best] - 1];
  const std::vector<const OfferRow*> possible = StillPossible(question, winner);
  if (possible.empty()) return true;
  std::vector<const OfferRow*> valid;
  for (size_t i = 0; i < ranking.valid; ++i) {
    valid.push_back(&question.package.offers[ranking.ordinals[i] - 1]);
  }
  // An offer of the other round differs in EARLIER_ROUND, before any value that hangs on who
  // accepts.
  const CriterionValues values(question, OfGroup(question, valid, GroupOf(question, winner)));
  const v1::RankedAcceptance& best = ranking.acceptances[ranking.best];
  auto may_outrank = [&](const OfferRow& offer) {
    for (const v1::CriterionValue& value : best.values()) {
      const Criterion& criterion = *FindCriterion(value.criterion());
      if (!criterion.known_without_answer) return true;
      if (MayMove(criterion, values, possible)) return true;
      const int64_t hoped = criterion.value(values, offer);
      if (hoped != value.rank_value()) return hoped < value.rank_value();
    }
    return true;  // the same branch again: no reason to hurry
  };
  if (std::any_of(possible.begin(), possible.end(),
                  [&](const OfferRow* offer) { return may_outrank(*offer); })) {
    return false;
  }
  // One that cannot win itself may still turn the order of those that have accepted.
  for (size_t i = 0; i < ranking.valid; ++i) {
    if (i == ranking.best) continue;
    for (int c = 0; c < best.values_size(); ++c) {
      if (MayMove(*FindCriterion(best.values(c).criterion()), values, possible)) return false;
      if (best.values(c).rank_value() != ranking.acceptances[i].values(c).rank_value()) break;
    }
  }
  return true;
}

bool AwardWaits(const AwardQuestion& question, const OfferRow& answered, bool accepted) {
  const PackageAggregate& package = question.package;
  const CriterionValues values(question, {});
  const std::vector<v1::AwardCriterion> criteria = CriteriaOf(question);
  const auto outranks = [&](const OfferRow& open, const OfferRow& acceptance) {
    for (const v1::AwardCriterion one : criteria) {
      const Criterion& criterion = *FindCriterion(one);
      if (!criterion.known_without_answer) return true;
      if (criterion.moved_by_others != nullptr) return false;  // it is not known here
      if (one == v1::AWARD_CRITERION_WHOLE) continue;          // none of these is of a part
      const bool late = one == v1::AWARD_CRITERION_IN_TIME && &acceptance == &answered;
      const int64_t value =
          late ? (answered.settled() ? 1 : 0) : criterion.value(values, acceptance);
      const int64_t hoped = criterion.value(values, open);
      if (hoped != value) return hoped < value;
    }
    return true;  // the same branch again
  };
  const auto waits_for = [&](const OfferRow& open) {
    if (open.state() != v1::OFFER_STATE_OPEN || &open == &answered) return false;
    if (open.round_number() != answered.round_number()) return false;
    for (const OfferRow& offer : package.offers) {
      const bool stands = &offer == &answered ? accepted : StandsWhole(offer);
      if (stands && !outranks(open, offer)) return false;
    }
    return MayBeAwarded(question, open);
  };
  return std::any_of(package.offers.begin(), package.offers.end(), waits_for);
}

bool ComesBefore(const v1::FrameworkRules& rules, const PackageAggregate& package,
                 const OfferRow& first, const OfferRow& other) {
  if (NeedsPriceException(rules, first) && !NeedsPriceException(rules, other)) return false;
  return IsParallel(package, other) && !IsParallel(package, first) && AcceptedInTime(first);
}

int32_t RuleOfAward(const PackageAggregate& package, const OfferRow& best) {
  if (HasParallelRound(package) && AcceptedInTime(best)) return best.rule_number();
  return package.row.rounds(package.row.rounds_size() - 1).rule_number();
}

}  // namespace brokerage::engine
