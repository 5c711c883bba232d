#include "engine/award/criteria.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <utility>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/check.h"
#include "engine/figures/award_figures.h"
#include "engine/model/parts.h"
#include "engine/model/state.h"
#include "engine/routing/adaptive_release.h"
#include "engine/routing/routing.h"

namespace brokerage::engine {

using journal::v1::AnswerRow;
using journal::v1::OfferRow;

namespace {

// Ranks after every value that is given.
constexpr int64_t kLast = std::numeric_limits<int32_t>::max();
// Above every price and place; what is shown of a value beyond it is that there is none.
constexpr int64_t kShownMax = 1'000'000;

int64_t Late(const CriterionValues& given, const OfferRow& offer) {
  if (offer.state() == v1::OFFER_STATE_OPEN)
    return 0;  // whatever it said before it was opened again
  const AnswerRow* answer = LastAnswer(offer, Remarks::kCount);
  return answer != nullptr && answer->late() ? 1 : 0;
}

int64_t OutsidePriceLimits(const CriterionValues& given, const OfferRow& offer) {
  return NeedsPriceException(given.question().rules, offer) ? 1 : 0;
}

int64_t LaterRound(const CriterionValues& given, const OfferRow& offer) {
  return IsParallel(given.question().package, offer) ? 1 : 0;
}

int64_t TierOrder(const CriterionValues& given, const OfferRow& offer) {
  const v1::Tier* tier = Directory::TierOf(given.question().rules, offer.tier_id());
  return tier == nullptr ? kLast : tier->order();
}

int64_t Rank(const CriterionValues& given, const OfferRow& offer) {
  const v1::Contract* contract = given.question().directory.Contract(offer.contract_id());
  return contract == nullptr || contract->rank() == 0 ? kLast : contract->rank();
}

// Below 0, in pick-up units: what the contract still lacks to its minimum, as far as it accepted
// and lost.
int64_t ContractedShortfall(const CriterionValues& given, const OfferRow& offer) {
  const AwardQuestion& question = given.question();
  const ContractFigures figures = ContractFiguresOf(
      question.rollups, question.rules, offer.contract_id(), question.date, question.package);
  const int64_t contracted = (offer.minimum_pickup_percent() * figures.due + 99) / 100;
  return -std::min(figures.accepted_and_lost, std::max<int64_t>(0, contracted - figures.won));
}

// How far the tier's awards lie above its target share of the lot's, in hundredths of an award;
// negative below; 0 without a target, which nothing can lie above or below. All acceptances are of
// one lot, so that the values compare without dividing by the lot's awards.
int64_t AboveShare(const CriterionValues& given, const OfferRow& offer) {
  const AwardQuestion& question = given.question();
  const v1::Tier* tier = Directory::TierOf(question.rules, offer.tier_id());
  const int64_t target = tier == nullptr ? 0 : tier->target_share_percent();
  if (target == 0) return 0;
  const ShareFigures shares =
      SharesOf(question.rollups, question.rules, LotOf(question.package.row, offer),
               offer.tier_id(), question.date);
  return shares.tier_awards * 100 - target * shares.lot_awards;
}

int64_t RecordedMinutes(const AwardQuestion& question, const std::string& provider_id) {
  return RecentMinutes(question.rollups, question.rules, provider_id, question.date);
}

// A provider all of whose contracts in the framework began within the fairness period.
bool IsJoiner(const AwardQuestion& question, const std::string& provider_id) {
  const DateNumber since =
      question.directory.HoldsContractsSince(provider_id, question.package.row.framework_id());
  return MonthOf(since) >= AddMonths(MonthOf(question.date), 1 - FairnessMonths(question.rules));
}

// Weekly minutes. A joiner starts at the lower median of those of the acceptors that are none, and
// stays there until it was awarded more: its first award does not put it before everybody.
int64_t Minutes(const CriterionValues& given, const OfferRow& offer) {
  const AwardQuestion& question = given.question();
  const int64_t recorded = RecordedMinutes(question, offer.provider_id());
  if (!IsJoiner(question, offer.provider_id())) return recorded;
  std::set<std::string> others;
  for (const OfferRow* one : given.acceptances()) others.insert(one->provider_id());
  std::vector<int64_t> minutes;
  for (const std::string& other : others) {
    if (!IsJoiner(question, other)) minutes.push_back(RecordedMinutes(question, other));
  }
  if (minutes.empty()) return recorded;
  std::sort(minutes.begin(), minutes.end());
  return std::max(recorded, minutes[(minutes.size() - 1) / 2]);
}

int64_t Price(const CriterionValues& given, const OfferRow& offer) {
  return offer.price_pence() == 0 ? kLast : offer.price_pence();
}

// Below 0, in hundred-millionths of a point out of 100: quality x weight + (lowest price / this
// price x 100) x (1 - weight). The quotient is rounded down there, so that prices compare exactly
// unless their points differ by less than 10^-8. An offer without a price gets no points for it.
int64_t WeightedScore(const CriterionValues& given, const OfferRow& offer) {
  constexpr int64_t kScale = 1'000'000;
  const AwardQuestion& question = given.question();
  const v1::Contract* contract = question.directory.Contract(offer.contract_id());
  const int64_t quality = contract == nullptr ? 0 : contract->quality_score();
  const int64_t weight = question.rules.quality_weight_percent();
  int64_t score = quality * weight * kScale;
  if (offer.price_pence() > 0) {
    const absl::uint128 points =
        absl::uint128(given.lowest_price()) * 100 * (100 - weight) * kScale;
    score += static_cast<int64_t>(points / offer.price_pence());
  }
  return -score;
}

// The place among those that the person named; after them all if it is none.
int64_t PlaceInPreference(const CriterionValues& given, const OfferRow& offer) {
  const auto& preferred = given.question().package.row.preferred_provider_ids();
  return std::find(preferred.begin(), preferred.end(), offer.provider_id()) - preferred.begin();
}

// Days by which a start would be later than asked for; a date that is not said counts as in time.
int64_t DaysLate(const CriterionValues& given, const OfferRow& offer) {
  const AnswerRow* answer = LastAnswer(offer, Remarks::kCount);
  if (answer == nullptr) return 0;
  const DateNumber possible_start = answer->possible_start_date();
  const std::optional<DateNumber> start_by =
      ParseDate(given.question().package.row.terms().start_by_date());
  if (possible_start == 0 || !start_by || possible_start <= *start_by) return 0;
  return FromDateNumber(possible_start) - FromDateNumber(*start_by);
}

int64_t AnswerTime(const CriterionValues& given, const OfferRow& offer) {
  const AnswerRow* answer = LastAnswer(offer, Remarks::kCount);
  return answer == nullptr ? std::numeric_limits<int64_t>::max() : answer->time_us();
}

int64_t FixedHash(const CriterionValues& given, const OfferRow& offer) {
  return TieBreak(given.question().package.row.number(), offer.branch_id());
}

// The branch that has the package; empty where nobody does.
absl::string_view BranchThatHas(const PackageAggregate& package) {
  const journal::v1::PackageRow& row = package.row;
  if (row.state() != v1::PACKAGE_STATE_AWARDED && !Runs(row.state())) return "";
  if (row.imported()) return row.running_branch_id();
  return package.offers[static_cast<size_t>(row.award().offer_ordinal() - 1)].branch_id();
}

// Whether the branch has accepted all of the package, which still waits.
bool HasAccepted(const PackageAggregate& package, absl::string_view branch_id, absl::Time time) {
  if (!StillWaits(package.row)) return false;
  return std::any_of(package.offers.begin(), package.offers.end(), [&](const OfferRow& offer) {
    if (offer.branch_id() != branch_id || !StandsWhole(offer)) return false;
    const int64_t until_us = LastAnswer(offer, Remarks::kSkip)->valid_until_us();
    return until_us == 0 || absl::FromUnixMicros(until_us) >= time;
  });
}

int64_t NotLinked(const CriterionValues& given, const OfferRow& offer) {
  const AwardQuestion& question = given.question();
  for (const PackageAggregate* package : question.linked) {
    if (BranchThatHas(*package) == offer.branch_id() ||
        HasAccepted(*package, offer.branch_id(), question.time)) {
      return 0;
    }
  }
  return 1;
}

int64_t OfAPart(const CriterionValues& given, const OfferRow& offer) {
  return AcceptedVisits(offer) == nullptr ? 0 : 1;
}

// Who is asked for a linked package may still accept it, or win it.
bool LinkedAreOpen(const CriterionValues& given, const std::vector<const OfferRow*>& possible) {
  const auto is_open = [](const OfferRow& offer) { return offer.state() == v1::OFFER_STATE_OPEN; };
  const auto& linked = given.question().linked;
  return std::any_of(linked.begin(), linked.end(), [&](const PackageAggregate* package) {
    return StillWaits(package->row) &&
           std::any_of(package->offers.begin(), package->offers.end(), is_open);
  });
}

// One more acceptor may move the joiners' median.
bool MedianMoves(const CriterionValues& given, const std::vector<const OfferRow*>& possible) {
  return true;
}

bool LowestPriceMoves(const CriterionValues& given, const std::vector<const OfferRow*>& possible) {
  const int64_t lowest = given.lowest_price();
  return std::any_of(possible.begin(), possible.end(), [lowest](const OfferRow* offer) {
    return offer->price_pence() > 0 && (lowest == 0 || offer->price_pence() < lowest);
  });
}

std::string Number(int64_t value) { return absl::StrCat(value); }
std::string Amount(int64_t value) { return absl::StrCat(value < 0 ? -value : value); }
std::string Place(int64_t value) { return value > kShownMax ? "none" : absl::StrCat(value); }
std::string YesOrLate(int64_t value) { return value == 0 ? "yes" : "late"; }
std::string YesOrNo(int64_t value) { return value == 0 ? "yes" : "no"; }
std::string Hours(int64_t value) { return absl::StrFormat("%d h %02d", value / 60, value % 60); }
std::string Pounds(int64_t value) {
  return value > kShownMax ? "none" : absl::StrFormat("£%d.%02d", value / 100, value % 100);
}
std::string HashStart(int64_t value) {
  return absl::StrFormat("%04x", (static_cast<uint64_t>(value) >> 47) & 0xffff);
}

// In the order of the list, so that a row is found by its number.
constexpr Criterion kCriteria[] = {
    {.criterion = v1::AWARD_CRITERION_TIER,
     .value = TierOrder,
     .known_without_answer = true,
     .moved_by_others = nullptr,
     .show = Number,
     .sentence = "tier: the higher tier comes first, whatever the order of answers"},
    {.criterion = v1::AWARD_CRITERION_RANK,
     .value = Rank,
     .known_without_answer = true,
     .moved_by_others = nullptr,
     .show = Place,
     .sentence = "the contracts' fixed rank"},
    {.criterion = v1::AWARD_CRITERION_CONTRACTED_SHORTFALL,
     .value = ContractedShortfall,
     .known_without_answer = false,
     .moved_by_others = nullptr,
     .show = Amount,
     .sentence = "contracted shortfall: it accepts, and has had fewer packages than contracted"},
    {.criterion = v1::AWARD_CRITERION_SHARE_SHORTFALL,
     .value = AboveShare,
     .known_without_answer = false,
     .moved_by_others = nullptr,
     .show = Amount,
     .sentence = "share shortfall: it is furthest below its target share"},
    {.criterion = v1::AWARD_CRITERION_FEWEST_RECENT_HOURS,
     .value = Minutes,
     .known_without_answer = false,
     .moved_by_others = MedianMoves,
     .show = Hours,
     .sentence = "fewest recent hours"},
    {.criterion = v1::AWARD_CRITERION_PRICE,
     .value = Price,
     .known_without_answer = true,
     .moved_by_others = nullptr,
     .show = Pounds,
     .sentence = "price"},
    {.criterion = v1::AWARD_CRITERION_WEIGHTED_SCORE,
     .value = WeightedScore,
     .known_without_answer = true,
     .moved_by_others = LowestPriceMoves,
     .show = Amount,
     .sentence = "the weighted score of quality and price"},
    {.criterion = v1::AWARD_CRITERION_PREFERRED_BY_PERSON,
     .value = PlaceInPreference,
     .known_without_answer = true,
     .moved_by_others = nullptr,
     .show = Place,
     .sentence = "the person's own preference"},
    {.criterion = v1::AWARD_CRITERION_EARLIEST_START,
     .value = DaysLate,
     .known_without_answer = false,
     .moved_by_others = nullptr,
     .show = Number,
     .sentence = "the earliest start"},
    {.criterion = v1::AWARD_CRITERION_EARLIEST_ANSWER,
     .value = AnswerTime,
     .known_without_answer = false,
     .moved_by_others = nullptr,
     .show = Number,
     .sentence = "the order of answers"},
    {.criterion = v1::AWARD_CRITERION_IN_TIME,
     .value = Late,
     .known_without_answer = true,
     .moved_by_others = nullptr,
     .show = YesOrLate,
     .sentence = "answering in time"},
    {.criterion = v1::AWARD_CRITERION_TIE_BREAK,
     .value = FixedHash,
     .known_without_answer = true,
     .moved_by_others = nullptr,
     .show = HashStart,
     .sentence = "the fixed tie-break: all else was equal"},
    {.criterion = v1::AWARD_CRITERION_EARLIER_ROUND,
     .value = LaterRound,
     .known_without_answer = true,
     .moved_by_others = nullptr,
     .show = YesOrNo,
     .sentence = "the earlier of two rounds opened together comes first"},
    {.criterion = v1::AWARD_CRITERION_WITHIN_PRICE_LIMITS,
     .value = OutsidePriceLimits,
     .known_without_answer = true,
     .moved_by_others = nullptr,
     .show = YesOrNo,
     .sentence = "a price within the framework's floor and ceiling"},
    {.criterion = v1::AWARD_CRITERION_LINKED,
     .value = NotLinked,
     .known_without_answer = true,
     .moved_by_others = LinkedAreOpen,
     .show = YesOrNo,
     .sentence = "having, or having accepted, a linked package"},
    {.criterion = v1::AWARD_CRITERION_WHOLE,
     .value = OfAPart,
     .known_without_answer = true,
     .moved_by_others = nullptr,
     .show = YesOrNo,
     .sentence = "accepting all of the package"},
};

constexpr bool EachInItsPlace() {
  for (size_t i = 0; i < std::size(kCriteria); ++i) {
    if (kCriteria[i].criterion != static_cast<int>(i) + 1) return false;
  }
  return true;
}
static_assert(std::size(kCriteria) == v1::AwardCriterion_ARRAYSIZE - 1, "a criterion has no row");
static_assert(EachInItsPlace());

}  // namespace

const Criterion* FindCriterion(v1::AwardCriterion criterion) {
  const bool known = v1::AwardCriterion_IsValid(criterion) && criterion != 0;
  return known ? &kCriteria[criterion - 1] : nullptr;
}

bool NeedsPriceException(const v1::FrameworkRules& rules, const OfferRow& offer) {
  const int32_t price = offer.price_pence();
  if (price == 0) return false;
  const bool below = rules.price_floor_pence() > 0 && price < rules.price_floor_pence();
  const bool above = rules.price_ceiling_pence() > 0 && price > rules.price_ceiling_pence();
  return below || above;
}

CriterionValues::CriterionValues(const AwardQuestion& question,
                                 std::vector<const OfferRow*> acceptances)
    : question_(question), acceptances_(std::move(acceptances)) {
  for (const OfferRow* offer : acceptances_) {
    const int64_t price = offer->price_pence();
    if (price > 0 && (lowest_price_ == 0 || price < lowest_price_)) lowest_price_ = price;
  }
}

int64_t CriterionValues::Of(v1::AwardCriterion criterion, const OfferRow& offer) const {
  const Criterion* row = FindCriterion(criterion);
  BROKERAGE_CHECK(row != nullptr);
  return row->value(*this, offer);
}

}  // namespace brokerage::engine
