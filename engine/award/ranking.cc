#include "engine/award/ranking.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "absl/numeric/int128.h"
#include "engine/award/acceptance_limits.h"
#include "engine/base/hash.h"
#include "engine/base/ids.h"
#include "engine/routing/adaptive_release.h"

namespace brokerage::engine {

using journal::v1::AnswerRow;
using journal::v1::OfferRow;

namespace {

constexpr int64_t kLast =
    std::numeric_limits<int32_t>::max();  // ranks after every value that is given

const AnswerRow* LastAnswer(const OfferRow& offer) {
  return offer.answers_size() == 0 ? nullptr : &offer.answers(offer.answers_size() - 1);
}

// As far as the award goes: who accepts again after the deadline is late.
bool AcceptedInTime(const OfferRow& offer) {
  const AnswerRow* answer = LastAnswer(offer);
  return answer != nullptr && answer->answer() == v1::ANSWER_ACCEPT && !answer->late();
}

bool CountsAsAcceptance(const OfferRow& offer, absl::Time now) {
  const AnswerRow* answer = LastAnswer(offer);
  if (offer.state() != v1::OFFER_STATE_ACCEPTED || answer == nullptr) return false;
  if (answer->answer() != v1::ANSWER_ACCEPT) return false;
  return answer->valid_until_us() == 0 || absl::FromUnixMicros(answer->valid_until_us()) >= now;
}

std::optional<v1::HardRule> FailsAt(const AwardQuestion& question, const OfferRow& offer,
                                    absl::Time time) {
  const std::optional<v1::HardRule> rule = FailsAtAward(
      {question.package, question.rules, question.directory, time, question.date, {}}, offer);
  if (rule || WithinLimit(question.rollups, question.package, offer)) return rule;
  return v1::HARD_RULE_WITHIN_ACCEPTANCE_LIMIT;  // the last of the rules
}

// Values of offers for each criterion, given who else accepts.
class Valuer {
 public:
  Valuer(const AwardQuestion& question, std::vector<const OfferRow*> valid)
      : question_(question), valid_(std::move(valid)) {
    for (const OfferRow* offer : valid_) {
      const int64_t price = offer->price_pence();
      if (price > 0 && (lowest_price_ == 0 || price < lowest_price_)) lowest_price_ = price;
    }
  }

  // 0 if no acceptance has a price.
  int64_t lowest_price() const { return lowest_price_; }

  int64_t ValueOf(v1::AwardCriterion criterion, const OfferRow& offer) const {
    const AnswerRow* answer = LastAnswer(offer);
    switch (criterion) {
      case v1::AWARD_CRITERION_IN_TIME:
        return answer != nullptr && answer->late() ? 1 : 0;
      case v1::AWARD_CRITERION_EARLIER_ROUND:
        return IsBeside(question_.package, offer) ? 1 : 0;
      case v1::AWARD_CRITERION_TIER: {
        const v1::Tier* tier = Directory::TierOf(question_.rules, offer.tier_id());
        return tier == nullptr ? kLast : tier->order();
      }
      case v1::AWARD_CRITERION_RANK: {
        const v1::Contract* contract = question_.directory.Contract(offer.contract_id());
        return contract == nullptr || contract->rank() == 0 ? kLast : contract->rank();
      }
      case v1::AWARD_CRITERION_CONTRACTED_SHORTFALL:
        return -ContractedShortfall(offer);
      case v1::AWARD_CRITERION_SHARE_SHORTFALL:
        return AboveShare(offer);
      case v1::AWARD_CRITERION_FEWEST_RECENT_HOURS:
        return Minutes(offer.provider_id());
      case v1::AWARD_CRITERION_PRICE:
        return offer.price_pence() == 0 ? kLast : offer.price_pence();
      case v1::AWARD_CRITERION_WEIGHTED_SCORE:
        return -WeightedScore(offer);
      case v1::AWARD_CRITERION_PREFERRED_BY_PERSON: {
        const auto& preferred = question_.package.row.preferred_provider_ids();
        return std::find(preferred.begin(), preferred.end(), offer.provider_id()) -
               preferred.begin();
      }
      case v1::AWARD_CRITERION_EARLIEST_START:
        return answer == nullptr ? 0 : DaysLate(answer->possible_start_date());
      case v1::AWARD_CRITERION_EARLIEST_ANSWER:
        return answer == nullptr ? std::numeric_limits<int64_t>::max() : answer->time_us();
      case v1::AWARD_CRITERION_TIE_BREAK:
        return TieBreak(question_.package.row.number(), offer.branch_id());
      default:
        return 0;
    }
  }

 private:
  // In pick-up units.
  int64_t ContractedShortfall(const OfferRow& offer) const {
    const ContractFigures figures = FiguresOf(
        question_.rollups, question_.rules, offer.contract_id(), question_.date, question_.package);
    const int64_t contracted = (offer.minimum_pickup_percent() * figures.due + 99) / 100;
    return std::min(figures.accepted_and_lost, std::max<int64_t>(0, contracted - figures.won));
  }

  // How far the tier's awards lie above its target share of the lot's, in hundredths of an award;
  // negative below; 0 without a target, which nothing can lie above or below. All acceptances are
  // of one lot, so that the values compare without dividing by the lot's awards.
  int64_t AboveShare(const OfferRow& offer) const {
    const v1::Tier* tier = Directory::TierOf(question_.rules, offer.tier_id());
    const int64_t target = tier == nullptr ? 0 : tier->target_share_percent();
    if (target == 0) return 0;
    const ShareFigures shares =
        SharesOf(question_.rollups, question_.rules, LotOf(question_.package.row, offer),
                 offer.tier_id(), question_.date);
    return shares.tier_awards * 100 - target * shares.lot_awards;
  }

  int64_t RecordedMinutes(const std::string& provider_id) const {
    return RecentMinutes(question_.rollups, question_.rules, provider_id, question_.date);
  }

  // A provider all of whose contracts in the framework began within the fairness period.
  bool IsJoiner(const std::string& provider_id) const {
    const int months =
        question_.rules.fairness_months() > 0 ? question_.rules.fairness_months() : 3;
    const DateNumber since =
        question_.directory.HoldsContractsSince(provider_id, question_.package.row.framework_id());
    return MonthOf(since) >= AddMonths(MonthOf(question_.date), 1 - months);
  }

  // Weekly minutes. A joiner starts at the lower median of those of the acceptors that are none,
  // and stays there until it was awarded more: its first award does not put it before everybody.
  int64_t Minutes(const std::string& provider_id) const {
    const int64_t recorded = RecordedMinutes(provider_id);
    if (!IsJoiner(provider_id)) return recorded;
    std::set<std::string> others;
    for (const OfferRow* offer : valid_) others.insert(offer->provider_id());
    std::vector<int64_t> minutes;
    for (const std::string& other : others) {
      if (!IsJoiner(other)) minutes.push_back(RecordedMinutes(other));
    }
    if (minutes.empty()) return recorded;
    std::sort(minutes.begin(), minutes.end());
    return std::max(recorded, minutes[(minutes.size() - 1) / 2]);
  }

  // Of 100 points, in hundred-millionths of one: quality x weight + (lowest price / this price x
  // 100) x (1 - weight). The quotient is rounded down there, so that prices compare exactly unless
  // their points differ by less than 10^-8. An offer without a price gets no points for it.
  int64_t WeightedScore(const OfferRow& offer) const {
    constexpr int64_t kScale = 1'000'000;
    const v1::Contract* contract = question_.directory.Contract(offer.contract_id());
    const int64_t quality = contract == nullptr ? 0 : contract->quality_score();
    const int64_t weight = question_.rules.quality_weight_percent();
    int64_t score = quality * weight * kScale;
    if (offer.price_pence() > 0) {
      const absl::uint128 points = absl::uint128(lowest_price_) * 100 * (100 - weight) * kScale;
      score += static_cast<int64_t>(points / offer.price_pence());
    }
    return score;
  }

  // Days by which a start would be later than asked for; a date that is not said counts as in time.
  int64_t DaysLate(DateNumber possible_start) const {
    const std::optional<DateNumber> start_by =
        ParseDate(question_.package.row.terms().start_by_date());
    if (possible_start == 0 || !start_by || possible_start <= *start_by) return 0;
    return FromDateNumber(possible_start) - FromDateNumber(*start_by);
  }

  const AwardQuestion& question_;
  std::vector<const OfferRow*> valid_;
  int64_t lowest_price_ = 0;
};

std::vector<v1::AwardCriterion> CriteriaOf(const AwardQuestion& question) {
  std::vector<v1::AwardCriterion> criteria = {v1::AWARD_CRITERION_IN_TIME};
  if (AnyBeside(question.package)) criteria.push_back(v1::AWARD_CRITERION_EARLIER_ROUND);
  for (const v1::CriterionRule& rule : question.rules.award_criteria()) {
    criteria.push_back(rule.criterion());
  }
  criteria.push_back(v1::AWARD_CRITERION_TIE_BREAK);
  return criteria;
}

v1::RankedAcceptance Ranked(const AwardQuestion& question, const OfferRow& offer) {
  v1::RankedAcceptance acceptance;
  const auto& row = question.package.row;
  acceptance.set_offer_id(FormatOfferId({{row.year(), row.number()}, offer.ordinal()}));
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

// Whether the criterion's value of an offer that is not answered yet is known, the answer being an
// acceptance in time.
bool KnownWithoutAnswer(v1::AwardCriterion criterion) {
  switch (criterion) {
    case v1::AWARD_CRITERION_IN_TIME:
    case v1::AWARD_CRITERION_EARLIER_ROUND:
    case v1::AWARD_CRITERION_TIER:
    case v1::AWARD_CRITERION_RANK:
    case v1::AWARD_CRITERION_PRICE:
    case v1::AWARD_CRITERION_WEIGHTED_SCORE:
    case v1::AWARD_CRITERION_PREFERRED_BY_PERSON:
    case v1::AWARD_CRITERION_TIE_BREAK:
      return true;
    default:
      return false;
  }
}

// Offers that may still be accepted and then awarded, and do not come after `best` by their round
// alone. One that fails a rule now counts if it would pass at its deadline: an opt-out or a
// suspension may end by then.
std::vector<const OfferRow*> StillPossible(const AwardQuestion& question, const OfferRow& best) {
  std::vector<const OfferRow*> possible;
  for (const OfferRow& offer : question.package.offers) {
    if (offer.state() != v1::OFFER_STATE_OPEN) continue;
    if (ComesBefore(question.package, best, offer)) continue;
    const absl::Time deadline = absl::FromUnixMicros(offer.deadline_us());
    if (!FailsAt(question, offer, question.time) || !FailsAt(question, offer, deadline)) {
      possible.push_back(&offer);
    }
  }
  return possible;
}

// Whether an acceptance of an offer in `possible` would change the values of those that have
// accepted.
bool MayShift(v1::AwardCriterion criterion, const Valuer& valuer,
              const std::vector<const OfferRow*>& possible) {
  if (criterion == v1::AWARD_CRITERION_FEWEST_RECENT_HOURS) return true;  // a joiner's median
  if (criterion != v1::AWARD_CRITERION_WEIGHTED_SCORE) return false;
  return std::any_of(possible.begin(), possible.end(), [&](const OfferRow* offer) {
    const int64_t lowest = valuer.lowest_price();
    return offer->price_pence() > 0 && (lowest == 0 || offer->price_pence() < lowest);
  });
}

// Those of rounds that were opened beside another, or of all other rounds.
std::vector<const OfferRow*> OfRound(const AwardQuestion& question,
                                     std::vector<const OfferRow*> offers, bool beside) {
  std::erase_if(
      offers, [&](const OfferRow* offer) { return IsBeside(question.package, *offer) != beside; });
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
  const std::array<Valuer, 2> valuers = {Valuer(question, OfRound(question, valid, false)),
                                         Valuer(question, OfRound(question, valid, true))};
  const std::vector<v1::AwardCriterion> criteria = CriteriaOf(question);
  for (size_t i = 0; i < valid.size(); ++i) {
    const Valuer& valuer = valuers[IsBeside(question.package, *valid[i]) ? 1 : 0];
    for (v1::AwardCriterion criterion : criteria) {
      v1::CriterionValue* value = passing[i].first.add_values();
      value->set_criterion(criterion);
      value->set_rank_value(valuer.ValueOf(criterion, *valid[i]));
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
  const OfferRow& winner = question.package.offers[ranking.ordinals[0] - 1];
  const std::vector<const OfferRow*> possible = StillPossible(question, winner);
  if (possible.empty()) return true;
  std::vector<const OfferRow*> valid;
  for (size_t i = 0; i < ranking.valid; ++i) {
    valid.push_back(&question.package.offers[ranking.ordinals[i] - 1]);
  }
  // An offer of the other round differs in EARLIER_ROUND, before any value that hangs on who
  // accepts.
  const Valuer valuer(question, OfRound(question, valid, IsBeside(question.package, winner)));
  const v1::RankedAcceptance& best = ranking.acceptances[0];
  auto may_outrank = [&](const OfferRow& offer) {
    for (const v1::CriterionValue& value : best.values()) {
      if (!KnownWithoutAnswer(value.criterion())) return true;
      if (MayShift(value.criterion(), valuer, possible)) return true;
      const int64_t hoped = valuer.ValueOf(value.criterion(), offer);
      if (hoped != value.rank_value()) return hoped < value.rank_value();
    }
    return true;  // the same branch again: no reason to hurry
  };
  if (std::any_of(possible.begin(), possible.end(),
                  [&](const OfferRow* offer) { return may_outrank(*offer); })) {
    return false;
  }
  // One that cannot win itself may still turn the order of those that have accepted.
  for (size_t i = 1; i < ranking.valid; ++i) {
    for (int c = 0; c < best.values_size(); ++c) {
      if (MayShift(best.values(c).criterion(), valuer, possible)) return false;
      if (best.values(c).rank_value() != ranking.acceptances[i].values(c).rank_value()) break;
    }
  }
  return true;
}

bool ComesBefore(const PackageAggregate& package, const OfferRow& first, const OfferRow& other) {
  return IsBeside(package, other) && !IsBeside(package, first) && AcceptedInTime(first);
}

int32_t RuleOfAward(const PackageAggregate& package, const OfferRow& best) {
  if (AnyBeside(package) && AcceptedInTime(best)) return best.rule_number();
  return package.row.rounds(package.row.rounds_size() - 1).rule_number();
}

// The first eight bytes, big endian and without the top bit, of the SHA-256 of the package's number
// (eight bytes, big endian) and the branch's id: nobody can choose an id that wins.
int64_t TieBreak(uint64_t package_number, absl::string_view branch_id) {
  const std::string hash = Sha256().AddBigEndian64(package_number).Add(branch_id).Finish();
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(hash[i]);
  return static_cast<int64_t>(value & (~uint64_t{0} >> 1));
}

bool NeedsPriceException(const v1::FrameworkRules& rules, const OfferRow& offer) {
  const int32_t price = offer.price_pence();
  if (price == 0) return false;
  const bool below = rules.price_floor_pence() > 0 && price < rules.price_floor_pence();
  const bool above = rules.price_ceiling_pence() > 0 && price > rules.price_ceiling_pence();
  return below || above;
}

}  // namespace brokerage::engine
