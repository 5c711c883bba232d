#include "engine/routing/adaptive_release.h"

#include <algorithm>
#include <set>

#include "engine/base/bounds.h"
#include "engine/figures/outcome.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::PackageRow;
using journal::v1::RollupRow;
using journal::v1::RoundRow;
using journal::v1::Verdict;

namespace {

struct Fill {
  int64_t filled = 0;
  int64_t packages = 0;
};

Fill NewestOf(const v1::AdaptiveRelease& rule, const RollupRow& row) {
  const int over = rule.over_packages() > 0 ? rule.over_packages() : limits::kAdaptivePackagesMin;
  Fill fill;
  for (int i = std::max(0, row.filled_size() - over); i < row.filled_size(); ++i) {
    ++fill.packages;
    if (row.filled(i)) ++fill.filled;
  }
  return fill;
}

bool Counts(v1::ResponseClass response_class) {
  switch (response_class) {
    case v1::RESPONSE_CLASS_ERROR_UPHELD:
    case v1::RESPONSE_CLASS_NOTICE_FAILED:
    case v1::RESPONSE_CLASS_CLOSED_UNANSWERED:
      return false;
    case v1::RESPONSE_CLASS_UNSPECIFIED:
    case v1::RESPONSE_CLASS_ACCEPTED:
    case v1::RESPONSE_CLASS_IN_PART:
    case v1::RESPONSE_CLASS_DECLINED:
    case v1::RESPONSE_CLASS_PENDING:
    case v1::RESPONSE_CLASS_LATE:
    case v1::RESPONSE_CLASS_SILENT:
    case v1::ResponseClass_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::ResponseClass_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return true;
}

// An acceptance in part fills nothing until the part is awarded.
bool Fills(const OfferRow& offer) {
  return AsPickUp(OutcomeOf(offer)).response_class == v1::RESPONSE_CLASS_ACCEPTED;
}

// Turns adaptive release on or off by the fill as it is now.
void Judge(const v1::AdaptiveRelease& rule, RollupRow* fill) {
  const Fill now = NewestOf(rule, *fill);
  const bool below = 100 * now.filled < rule.lower_percent() * now.packages;
  const bool above = 100 * now.filled >= rule.upper_percent() * now.packages;
  const bool stays = fill->adaptive_release_on() && !above;
  fill->set_adaptive_release_on(now.packages >= limits::kAdaptivePackagesMin && (below || stays));
}

bool WasCounted(const PackageRow& row, const std::string& tier_id, int32_t terms_version) {
  return std::any_of(row.rounds().begin(), row.rounds().end(), [&](const RoundRow& round) {
    const auto& tiers = round.fill_tier_ids();
    return round.terms_version() == terms_version &&
           std::find(tiers.begin(), tiers.end(), tier_id) != tiers.end();
  });
}

const RoundRow* RoundOf(const PackageAggregate& package, const OfferRow& offer) {
  const int32_t number = offer.round_number();
  return number >= 1 && number <= package.row.rounds_size() ? &package.row.rounds(number - 1)
                                                            : nullptr;
}

}  // namespace

RollupDimensions FillDimensions(absl::string_view framework_id, absl::string_view lot_id,
                                absl::string_view tier_id) {
  RollupDimensions of;
  of.kind = RollupRow::KIND_FILL;
  of.framework_id = framework_id;
  of.lot_id = lot_id;
  of.tier_id = tier_id;
  return of;
}

void AddToFill(const v1::AdaptiveRelease& rule, bool filled, RollupRow* fill) {
  auto* newest = fill->mutable_filled();
  newest->Add(filled);
  if (newest->size() > limits::kAdaptivePackagesMax) newest->erase(newest->begin());
  Judge(rule, fill);
}

void CountPartInFill(const v1::AdaptiveRelease& rule, const OfferRow& winner, bool awarded,
                     PackageAggregate* package, RollupTable* table) {
  const RoundRow* round = RoundOf(*package, winner);
  if (round == nullptr || !Lists(round->fill_tier_ids(), winner.tier_id())) return;
  // It came late; or the branch had accepted the whole in time, which filled.
  if (!Fills(winner) || ClassOf(winner) == v1::RESPONSE_CLASS_ACCEPTED) return;
  for (const OfferRow& offer : package->offers) {
    const bool beside = offer.round_number() == winner.round_number() &&
                        offer.tier_id() == winner.tier_id() && offer.ordinal() != winner.ordinal();
    if (beside && Fills(offer)) return;  // it is filled anyway
  }
  RollupRow* fill = table->Change(
      FillDimensions(package->row.framework_id(), LotOf(package->row, winner), winner.tier_id()));
  for (int i = fill->filled_size() - 1; i >= 0; --i) {
    if (fill->filled(i) == awarded) continue;
    fill->set_filled(i, awarded);
    return Judge(rule, fill);
  }
}

void CountFill(const v1::AdaptiveRelease& rule, int32_t round_number, PackageAggregate* package,
               RollupTable* table) {
  RoundRow& round = *package->row.mutable_rounds(round_number - 1);
  if (round.rule_number() == 0) return;  // a restart is put to a branch, not to a tier
  for (const std::string& tier_id : round.tier_ids()) {
    if (WasCounted(package->row, tier_id, round.terms_version())) continue;
    bool counts = false;
    bool filled = false;
    absl::string_view lot_id;  // one in a round
    for (const OfferRow& offer : package->offers) {
      if (offer.round_number() != round_number || offer.tier_id() != tier_id) continue;
      counts |= Counts(ClassOf(offer));
      lot_id = LotOf(package->row, offer);
      filled |= Fills(offer);
    }
    if (!counts) continue;
    round.add_fill_tier_ids(tier_id);
    AddToFill(rule, filled,
              table->Change(FillDimensions(package->row.framework_id(), lot_id, tier_id)));
  }
}

std::optional<v1::RoundBeside> ReasonForParallelRound(const v1::FrameworkRules& rules,
                                                      absl::string_view lot_id,
                                                      const std::vector<Verdict>& verdicts,
                                                      const RollupTable& table) {
  if (!rules.has_adaptive_release()) return std::nullopt;
  const v1::AdaptiveRelease& rule = rules.adaptive_release();
  v1::RoundBeside reason;
  reason.set_lower_percent(rule.lower_percent());
  reason.set_upper_percent(rule.upper_percent());
  std::set<std::string> seen;
  for (const Verdict& verdict : verdicts) {  // by tier order
    if (!verdict.offered() || !seen.insert(verdict.tier_id()).second) continue;
    const RollupRow* row = table.Find(
        RollupTable::KeyOf(FillDimensions(rules.framework_id(), lot_id, verdict.tier_id())));
    if (row == nullptr || !row->adaptive_release_on()) return std::nullopt;
    const Fill fill = NewestOf(rule, *row);
    v1::TierFill& told = *reason.add_tier_fills();
    told.set_tier_id(verdict.tier_id());
    told.set_filled(static_cast<int32_t>(fill.filled));
    told.set_packages(static_cast<int32_t>(fill.packages));
  }
  if (seen.empty()) return std::nullopt;
  return reason;
}

bool IsParallel(const PackageAggregate& package, const OfferRow& offer) {
  const RoundRow* round = RoundOf(package, offer);
  return round != nullptr && round->has_beside();
}

bool HasParallelRound(const PackageAggregate& package) {
  return std::any_of(package.offers.begin(), package.offers.end(), [&](const OfferRow& offer) {
    return offer.ordinal() > package.row.previous_issue_offers() && IsParallel(package, offer);
  });
}

bool AreParallel(const PackageAggregate& package, int32_t rule, int32_t other_rule) {
  return std::any_of(package.offers.begin(), package.offers.end(), [&](const OfferRow& offer) {
    if (offer.ordinal() <= package.row.previous_issue_offers()) return false;
    if (!IsParallel(package, offer)) return false;
    const RoundRow& later = *RoundOf(package, offer);
    const int32_t earlier_rule =
        package.row.rounds(later.beside().round_number() - 1).rule_number();
    return (later.rule_number() == rule && earlier_rule == other_rule) ||
           (later.rule_number() == other_rule && earlier_rule == rule);
  });
}

}  // namespace brokerage::engine
