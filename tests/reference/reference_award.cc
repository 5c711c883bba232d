#include "tests/reference/reference_award.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "tests/reference/reference_award_figures.h"
#include "tests/reference/reference_classes.h"
#include "tests/reference/reference_routing.h"

namespace brokerage::engine::reference {

namespace {

using journal::v1::AnswerRow;
using journal::v1::OfferRow;

constexpr int64_t kLast = std::numeric_limits<int64_t>::max();

const AnswerRow* LastAnswer(const OfferRow& offer) {
  const AnswerRow* last = nullptr;
  for (const AnswerRow& answer : offer.answers()) {
    if (!answer.remark()) last = &answer;
  }
  return last;
}

bool Counts(const OfferRow& offer, absl::Time time) {
  if (offer.state() != v1::OFFER_STATE_ACCEPTED || IsAsked(offer)) return false;
  const int64_t until = LastAnswer(offer)->valid_until_us();
  return until == 0 || absl::ToUnixMicros(time) <= until;
}

bool LimitIsUsedUp(const ReferenceAwardQuestion& question, const OfferRow& offer) {
  const v1::AcceptanceLimit& named = LastAnswer(offer)->limit();
  if (named.name().empty()) return false;
  const ReferenceLimit limit = LimitNamed(question.history, offer.branch_id(), named.name());
  const int64_t minutes = limit.weekly_minutes + ReferenceMinutes(question.package.row, offer);
  return (limit.newest.packages_max() > 0 && limit.packages + 1 > limit.newest.packages_max()) ||
         (limit.newest.weekly_minutes_max() > 0 && minutes > limit.newest.weekly_minutes_max());
}

// Sets the values of one criterion for all acceptances that can win.
class Values {
 public:
  Values(const ReferenceAwardQuestion& question, std::vector<const OfferRow*> offers)
      : question_(question),
        offers_(std::move(offers)),
        today_(question.history.directory->Today(question.time)) {}

  ReferenceCriterionValue Of(v1::AwardCriterion criterion, const OfferRow& offer) const {
    ReferenceCriterionValue value;
    value.criterion = criterion;
    if (criterion == v1::AWARD_CRITERION_WEIGHTED_SCORE) {
      SetScore(offer, &value);
    } else {
      value.numerator = Whole(criterion, offer);
    }
    return value;
  }

 private:
  int64_t Whole(v1::AwardCriterion criterion, const OfferRow& offer) const {
    const v1::Tier* tier = TierOf(offer);
    switch (criterion) {
      case v1::AWARD_CRITERION_IN_TIME:
        return LastAnswer(offer)->late() ? 1 : 0;
      case v1::AWARD_CRITERION_WITHIN_PRICE_LIMITS:
        return IsOutsidePriceLimits(question_.rules, offer) ? 1 : 0;
      case v1::AWARD_CRITERION_EARLIER_ROUND:
        return IsOfLaterRound(question_.package, offer) ? 1 : 0;
      case v1::AWARD_CRITERION_LINKED:
        return HasOrTakesLinked(offer.branch_id()) ? 0 : 1;
      case v1::AWARD_CRITERION_WHOLE:
        return AcceptsInPart(offer) ? 1 : 0;
      case v1::AWARD_CRITERION_TIER:
        return tier->order();
      case v1::AWARD_CRITERION_RANK: {
        const int rank = question_.history.directory->Contract(offer.contract_id())->rank();
        return rank == 0 ? kLast : rank;
      }
      case v1::AWARD_CRITERION_CONTRACTED_SHORTFALL:
        return -Shortfall(offer);
      case v1::AWARD_CRITERION_SHARE_SHORTFALL: {
        if (tier->target_share_percent() == 0) return 0;
        const ReferenceShares shares = SharesOfTier(question_.history, question_.rules,
                                                    LotAsIssued(offer), offer.tier_id(), today_);
        return 100 * shares.tier_awards - tier->target_share_percent() * shares.lot_awards;
      }
      case v1::AWARD_CRITERION_FEWEST_RECENT_HOURS:
        return Minutes(offer);
      case v1::AWARD_CRITERION_PRICE:
        return offer.price_pence() == 0 ? kLast : offer.price_pence();
      case v1::AWARD_CRITERION_PREFERRED_BY_PERSON: {
        const auto& named = question_.package.row.preferred_provider_ids();
        return std::find(named.begin(), named.end(), offer.provider_id()) - named.begin();
      }
      case v1::AWARD_CRITERION_EARLIEST_START:
        return std::max(LastAnswer(offer)->possible_start_date(),
                        *ParseDate(question_.package.row.terms().start_by_date()));
      case v1::AWARD_CRITERION_EARLIEST_ANSWER:
        return LastAnswer(offer)->time_us();
      case v1::AWARD_CRITERION_TIE_BREAK:
        return ReferenceTieBreak(question_.package.row.number(), offer.branch_id());
      case v1::AWARD_CRITERION_UNSPECIFIED:
      case v1::AWARD_CRITERION_WEIGHTED_SCORE:  // a fraction, see SetScore
      case v1::AwardCriterion_INT_MIN_SENTINEL_DO_NOT_USE_:
      case v1::AwardCriterion_INT_MAX_SENTINEL_DO_NOT_USE_:
        break;
    }
    std::abort();
  }

  // Whether the branch has a linked package, or takes all of one that waits.
  bool HasOrTakesLinked(const std::string& branch_id) const {
    for (const auto& link : question_.package.row.links()) {
      const PackageAggregate& other = question_.history.Package(link.number());
      const journal::v1::PackageRow& row = other.row;
      const bool waits =
          row.state() == v1::PACKAGE_STATE_OFFERED || row.state() == v1::PACKAGE_STATE_UNFILLED;
      const bool is_had = row.state() == v1::PACKAGE_STATE_AWARDED ||
                          row.state() == v1::PACKAGE_STATE_STARTED ||
                          row.state() == v1::PACKAGE_STATE_PAUSED;
      if (is_had && row.imported() && row.running_branch_id() == branch_id) return true;
      for (const OfferRow& one : other.offers) {
        if (one.branch_id() != branch_id) continue;
        if (is_had && !row.imported() && one.ordinal() == row.award().offer_ordinal()) return true;
        if (waits && !AcceptsInPart(one) && Counts(one, question_.time)) return true;
      }
    }
    return false;
  }

  const v1::Tier* TierOf(const OfferRow& offer) const {
    for (const v1::Tier& tier : question_.rules.tiers()) {
      if (tier.id() == offer.tier_id()) return &tier;
    }
    return nullptr;
  }

  int64_t Shortfall(const OfferRow& offer) const {
    const ReferenceContractFigures figures =
        FiguresOfContract(question_.history, question_.rules, offer.contract_id(), today_,
                          question_.package.row.number());
    const int64_t contracted = (offer.minimum_pickup_percent() * figures.due + 99) / 100;
    return std::min(figures.accepted_and_lost, std::max<int64_t>(0, contracted - figures.won));
  }

  // Began within the fairness period.
  bool IsJoiner(const std::string& provider_id) const {
    return question_.history.directory->JoinedOn(provider_id) >=
           FairnessBegins(question_.rules, today_);
  }

  // A joiner has at least the (lower) median of the acceptors that are none.
  int64_t Minutes(const OfferRow& offer) const {
    const int64_t own =
        MinutesOfProvider(question_.history, question_.rules, offer.provider_id(), today_);
    if (!IsJoiner(offer.provider_id())) return own;
    std::map<std::string, int64_t> others;
    for (const OfferRow* other : offers_) {
      if (IsJoiner(other->provider_id())) continue;
      others[other->provider_id()] =
          MinutesOfProvider(question_.history, question_.rules, other->provider_id(), today_);
    }
    if (others.empty()) return own;
    std::vector<int64_t> sorted;
    sorted.reserve(others.size());
    for (const auto& [id, minutes] : others) sorted.push_back(minutes);
    std::sort(sorted.begin(), sorted.end());
    return std::max(own, sorted[(sorted.size() - 1) / 2]);
  }

  // quality x weight + lowest / price x 100 x (1 - weight), times 100, larger first.
  void SetScore(const OfferRow& offer, ReferenceCriterionValue* value) const {
    int64_t lowest = kLast;
    for (const OfferRow* other : offers_) {
      if (other->price_pence() > 0) lowest = std::min<int64_t>(lowest, other->price_pence());
    }
    const int64_t weight = question_.rules.quality_weight_percent();
    const int64_t quality =
        question_.history.directory->Contract(offer.contract_id())->quality_score() * weight;
    if (offer.price_pence() == 0) {
      value->numerator = -quality;
      return;
    }
    value->denominator = offer.price_pence();
    value->numerator = -(static_cast<__int128>(quality) * offer.price_pence() +
                         static_cast<__int128>(lowest) * 100 * (100 - weight));
  }

  const ReferenceAwardQuestion& question_;
  const std::vector<const OfferRow*> offers_;
  const DateNumber today_;
};

int Compare(const ReferenceCriterionValue& a, const ReferenceCriterionValue& b) {
  const __int128 left = a.numerator * b.denominator, right = b.numerator * a.denominator;
  return left < right ? -1 : left > right ? 1 : 0;
}

bool Better(const ReferenceAcceptance& a, const ReferenceAcceptance& b) {
  for (size_t i = 0; i < a.values.size(); ++i) {
    if (int order = Compare(a.values[i], b.values[i]); order != 0) return order < 0;
  }
  return a.ordinal < b.ordinal;
}

// Whether the package was put out to two rounds at once, this time.
bool PutOutTwice(const PackageAggregate& package) {
  for (const OfferRow& offer : package.offers) {
    const bool of_before = offer.ordinal() <= package.row.previous_issue_offers();
    if (!of_before && IsOfLaterRound(package, offer)) return true;
  }
  return false;
}

std::vector<v1::AwardCriterion> CriteriaOf(const ReferenceAwardQuestion& question) {
  std::vector<v1::AwardCriterion> criteria;
  for (const OfferRow& offer : question.package.offers) {
    if (offer.state() != v1::OFFER_STATE_ACCEPTED || !AcceptsInPart(offer)) continue;
    criteria.push_back(v1::AWARD_CRITERION_WHOLE);
    break;
  }
  if (question.rules.price_floor_pence() != 0 || question.rules.price_ceiling_pence() != 0) {
    criteria.push_back(v1::AWARD_CRITERION_WITHIN_PRICE_LIMITS);
  }
  criteria.push_back(v1::AWARD_CRITERION_IN_TIME);
  if (PutOutTwice(question.package)) criteria.push_back(v1::AWARD_CRITERION_EARLIER_ROUND);
  for (const auto& rule : question.rules.award_criteria()) criteria.push_back(rule.criterion());
  criteria.push_back(v1::AWARD_CRITERION_TIE_BREAK);
  return criteria;
}

PackageAggregate Suppose(const PackageAggregate& package, const std::map<int32_t, bool>& answers,
                         absl::Time time) {
  PackageAggregate supposed = package;
  for (const auto& [ordinal, accept] : answers) {
    OfferRow& offer = supposed.offers[static_cast<size_t>(ordinal - 1)];
    offer.set_state(accept ? v1::OFFER_STATE_ACCEPTED : v1::OFFER_STATE_DECLINED);
    AnswerRow* answer = offer.add_answers();
    answer->set_answer(accept ? v1::ANSWER_ACCEPT : v1::ANSWER_DECLINE);
    answer->set_time_us(absl::ToUnixMicros(time));
  }
  return supposed;
}

std::vector<int32_t> OpenOffers(const PackageAggregate& package) {
  std::vector<int32_t> open;
  for (const OfferRow& offer : package.offers) {
    if (offer.state() == v1::OFFER_STATE_OPEN) open.push_back(offer.ordinal());
  }
  return open;
}

// Whether anybody may still answer for a linked package.
bool LinkedAreOut(const ReferenceAwardQuestion& question) {
  for (const auto& link : question.package.row.links()) {
    const PackageAggregate& other = question.history.Package(link.number());
    if (!OpenOffers(other).empty()) return true;
  }
  return false;
}

}  // namespace

int64_t ReferenceMinutes(const journal::v1::PackageRow& package, const OfferRow& offer) {
  if (!AcceptsInPart(offer)) return package.terms().weekly_minutes();
  int64_t minutes = 0;
  for (const int number : LastAnswer(offer)->visits()) {
    const v1::Visit& visit = package.terms().visits(number - 1);
    const int carers = visit.carers() == 0 ? package.terms().carers_per_visit() : visit.carers();
    minutes += visit.days_of_week_size() * carers * visit.minutes();
  }
  return minutes;
}

bool IsOutsidePriceLimits(const v1::FrameworkRules& rules, const OfferRow& offer) {
  const int32_t price = offer.price_pence();
  if (price == 0) return false;
  return price < rules.price_floor_pence() ||
         (rules.price_ceiling_pence() != 0 && price > rules.price_ceiling_pence());
}

bool IsOfLaterRound(const PackageAggregate& package, const OfferRow& offer) {
  if (offer.placed()) return false;
  return offer.round_number() > 0 && package.row.rounds(offer.round_number() - 1).has_beside();
}

bool HasToWait(const PackageAggregate& package, const v1::FrameworkRules& rules, int32_t winner) {
  const OfferRow& won = package.offers[static_cast<size_t>(winner - 1)];
  const bool wins_by_round = !IsOfLaterRound(package, won) && !LastAnswer(won)->late();
  for (int32_t ordinal : OpenOffers(package)) {
    const OfferRow& open = package.offers[static_cast<size_t>(ordinal - 1)];
    if (!wins_by_round || !IsOfLaterRound(package, open)) return true;
    if (IsOutsidePriceLimits(rules, won) && !IsOutsidePriceLimits(rules, open)) return true;
  }
  return false;
}

int32_t ReferenceRuleOfAward(const PackageAggregate& package, int32_t winner) {
  const OfferRow& won = package.offers[static_cast<size_t>(winner - 1)];
  if (PutOutTwice(package) && !LastAnswer(won)->late()) return won.rule_number();
  return package.row.rounds(package.row.rounds_size() - 1).rule_number();
}

v1::AwardCriterion FirstDifference(const ReferenceAcceptance& a, const ReferenceAcceptance& b) {
  for (size_t i = 0; i < a.values.size(); ++i) {
    if (Compare(a.values[i], b.values[i]) != 0) return a.values[i].criterion;
  }
  return v1::AWARD_CRITERION_UNSPECIFIED;
}

v1::AwardCriterion FirstBetter(const ReferenceAcceptance& winner,
                               const ReferenceAcceptance& loser) {
  for (size_t i = 0; i < winner.values.size(); ++i) {
    if (Compare(winner.values[i], loser.values[i]) < 0) return winner.values[i].criterion;
  }
  return v1::AWARD_CRITERION_UNSPECIFIED;
}

ReferenceLimit LimitNamed(const ReferenceHistory& history, const std::string& branch_id,
                          const std::string& name) {
  ReferenceLimit limit;
  int64_t newest_us = 0;
  for (const PackageAggregate* package : history.packages) {
    for (const OfferRow& offer : package->offers) {
      if (offer.branch_id() != branch_id) continue;
      for (const AnswerRow& answer : offer.answers()) {
        if (answer.remark() || answer.limit().name() != name || answer.time_us() < newest_us) {
          continue;
        }
        newest_us = answer.time_us();
        limit.newest = answer.limit();
      }
    }
  }
  for (const ReferenceAward& award : history.awards) {
    const OfferRow& won =
        history.Package(award.package_number).offers[static_cast<size_t>(award.ordinal - 1)];
    if (award.placed || award.given_back || won.branch_id() != branch_id) continue;
    if (LastAnswer(won)->limit().name() != name) continue;
    ++limit.packages;
    limit.weekly_minutes += award.weekly_minutes;
  }
  return limit;
}

ReferenceRanking ReferenceRank(const ReferenceAwardQuestion& question) {
  ReferenceRanking ranking;
  std::vector<const OfferRow*> offers;
  for (const OfferRow& offer : question.package.offers) {
    if (!Counts(offer, question.time)) continue;
    ReferenceAcceptance acceptance;
    acceptance.ordinal = offer.ordinal();
    acceptance.part = AcceptsInPart(offer);
    acceptance.failed = ReferenceFailuresAtAward(*question.history.directory, question.package.row,
                                                 question.rules, offer, question.time);
    if (LimitIsUsedUp(question, offer)) {
      acceptance.failed.insert(v1::HARD_RULE_WITHIN_ACCEPTANCE_LIMIT);
    }
    if (acceptance.failed.empty()) {
      offers.push_back(&offer);
      ranking.valid.push_back(acceptance);
    } else {
      ranking.voided.push_back(acceptance);
    }
  }
  for (size_t i = 0; i < offers.size(); ++i) {
    std::vector<const OfferRow*> rivals;  // of the same of two rounds; of the whole, or of parts
    for (const OfferRow* other : offers) {
      if (IsOfLaterRound(question.package, *other) ==
              IsOfLaterRound(question.package, *offers[i]) &&
          AcceptsInPart(*other) == AcceptsInPart(*offers[i])) {
        rivals.push_back(other);
      }
    }
    const Values values(question, rivals);
    for (v1::AwardCriterion criterion : CriteriaOf(question)) {
      ranking.valid[i].values.push_back(values.Of(criterion, *offers[i]));
    }
  }
  std::sort(ranking.valid.begin(), ranking.valid.end(), Better);
  return ranking;
}

std::map<int32_t, bool> AnswersThatChangeTheWinner(const ReferenceAwardQuestion& question) {
  const int32_t winner = ReferenceRank(question).BestWhole()->ordinal;
  std::vector<int32_t> open = OpenOffers(question.package);
  std::vector<std::map<int32_t, bool>> trials;
  if (open.size() <= 5) {
    for (size_t mask = 0; mask < size_t{1} << open.size(); ++mask) {
      for (size_t i = 0; i < open.size(); ++i) {
        if (i == 0) trials.emplace_back();
        trials.back()[open[i]] = (mask >> i & 1) != 0;
      }
    }
  } else {
    for (int32_t alone : open) {
      std::map<int32_t, bool>& trial = trials.emplace_back();
      for (int32_t ordinal : open) trial[ordinal] = ordinal == alone;
    }
    std::map<int32_t, bool>& all = trials.emplace_back();
    for (int32_t ordinal : open) all[ordinal] = true;
  }
  for (const std::map<int32_t, bool>& trial : trials) {
    const PackageAggregate supposed = Suppose(question.package, trial, question.time);
    const ReferenceRanking ranking =
        ReferenceRank({question.history, supposed, question.rules, question.time});
    const ReferenceAcceptance* best = ranking.BestWhole();
    if (best == nullptr || best->ordinal != winner) return trial;
  }
  return {};
}

bool SurelyCertain(const ReferenceAwardQuestion& question) {
  const std::vector<int32_t> open = OpenOffers(question.package);
  const ReferenceRanking ranking = ReferenceRank(question);
  const int32_t winner = ranking.BestWhole()->ordinal;
  if (!HasToWait(question.package, question.rules, winner)) return true;
  for (v1::AwardCriterion criterion : CriteriaOf(question)) {
    // One more acceptance may turn the order of the others: the lowest price, a joiner's median.
    if (ranking.valid.size() > 1 && (criterion == v1::AWARD_CRITERION_WEIGHTED_SCORE ||
                                     criterion == v1::AWARD_CRITERION_FEWEST_RECENT_HOURS)) {
      return false;
    }
    if (criterion == v1::AWARD_CRITERION_LINKED && LinkedAreOut(question)) return false;
  }
  std::map<int32_t, bool> all;
  for (int32_t ordinal : open) all[ordinal] = true;
  const PackageAggregate supposed = Suppose(question.package, all, question.time);
  std::vector<const OfferRow*> accepted;
  for (const OfferRow& offer : supposed.offers) {
    if (Counts(offer, question.time)) accepted.push_back(&offer);
  }
  const ReferenceAwardQuestion supposing{question.history, supposed, question.rules, question.time};
  const Values values(supposing, accepted);
  const OfferRow& best = supposed.offers[static_cast<size_t>(winner - 1)];
  for (int32_t ordinal : open) {
    const OfferRow& offer = supposed.offers[static_cast<size_t>(ordinal - 1)];
    int order = 0;
    for (v1::AwardCriterion criterion : CriteriaOf(question)) {
      switch (criterion) {
        case v1::AWARD_CRITERION_CONTRACTED_SHORTFALL:
        case v1::AWARD_CRITERION_SHARE_SHORTFALL:
        case v1::AWARD_CRITERION_FEWEST_RECENT_HOURS:
        case v1::AWARD_CRITERION_EARLIEST_START:
        case v1::AWARD_CRITERION_EARLIEST_ANSWER:
        case v1::AWARD_CRITERION_WEIGHTED_SCORE:
          return false;  // the definition need not know it
        case v1::AWARD_CRITERION_UNSPECIFIED:
        case v1::AWARD_CRITERION_TIER:
        case v1::AWARD_CRITERION_RANK:
        case v1::AWARD_CRITERION_PRICE:
        case v1::AWARD_CRITERION_PREFERRED_BY_PERSON:
        case v1::AWARD_CRITERION_IN_TIME:
        case v1::AWARD_CRITERION_TIE_BREAK:
        case v1::AWARD_CRITERION_EARLIER_ROUND:
        case v1::AWARD_CRITERION_WITHIN_PRICE_LIMITS:
        case v1::AWARD_CRITERION_WHOLE:
        case v1::AWARD_CRITERION_LINKED:
        case v1::AwardCriterion_INT_MIN_SENTINEL_DO_NOT_USE_:
        case v1::AwardCriterion_INT_MAX_SENTINEL_DO_NOT_USE_:
          order = Compare(values.Of(criterion, best), values.Of(criterion, offer));
      }
      if (order != 0) break;
    }
    if (order >= 0) return false;
  }
  return true;
}

}  // namespace brokerage::engine::reference
