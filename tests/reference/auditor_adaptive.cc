#include "tests/reference/auditor_adaptive.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/reference/reference_classes.h"

namespace brokerage::engine::reference {

using journal::v1::Fact;
using journal::v1::OfferRow;
using journal::v1::Record;

namespace {

std::string LotAndTier(const std::string& lot_id, const std::string& tier_id) {
  return absl::StrCat(lot_id, " ", tier_id);
}

size_t Over(const v1::AdaptiveRelease& rule) {
  return rule.over_packages() == 0 ? 20 : static_cast<size_t>(rule.over_packages());
}

}  // namespace

void FillLog::Log(Course& course, const Record& record) {
  for (const Fact& fact : record.facts()) {
    if (fact.has_round_due()) LogRound(course, fact.round_due());
    if (fact.package_awarded().award().part()) LogPart(course, fact.package_awarded());
    if (fact.has_step_undone()) LogUndone(course, fact.step_undone());
    if (fact.has_round_due() || fact.has_package_awarded() || fact.has_step_undone()) {
      CheckFills(course);
    }
  }
}

void FillLog::LogRound(Course& course, const journal::v1::RoundDue& fact) {
  const uint64_t number = fact.package_number();
  const PackageAggregate& package = course.Package(number);
  const v1::FrameworkRules& rules = course.directory.Rules(package.row.framework_revision());
  if (!rules.has_adaptive_release()) return;
  std::map<std::string, bool> filled;  // by tier that was asked and might have answered
  int32_t terms = 0;
  std::string lot;
  for (const OfferRow& offer : package.offers) {
    if (offer.round_number() != fact.round_number() || offer.restart()) continue;
    const v1::ResponseClass is = ReferencePickUpClass(offer);
    if (is == v1::RESPONSE_CLASS_CLOSED_UNANSWERED || is == v1::RESPONSE_CLASS_ERROR_UPHELD) {
      continue;
    }
    filled[offer.tier_id()] |= is == v1::RESPONSE_CLASS_ACCEPTED;
    terms = offer.terms_version();
    lot = LotAsIssued(offer);
  }
  for (const auto& [tier, yes] : filled) {
    const std::string key = absl::StrCat(number, " ", terms, " ", tier);
    if (!counted_.emplace(key, fact.round_number()).second) continue;
    Fill& fill = fills_[LotAndTier(lot, tier)];
    const bool was_on = fill.on;
    fill.filled.push_back(yes);
    Judge(rules.adaptive_release(), &fill);
    if (was_on && !fill.on) course.tally("adaptive release ends");
  }
}

// The tier accepted the package after all; which of the tier's it was is not kept.
void FillLog::LogPart(Course& course, const journal::v1::PackageAwarded& fact) {
  const PackageAggregate& package = course.Package(fact.package_number());
  const v1::FrameworkRules& rules = course.directory.Rules(package.row.framework_revision());
  const OfferRow& won = package.offers[static_cast<size_t>(fact.award().offer_ordinal() - 1)];
  // In time, and of a part from the beginning.
  if (ReferencePickUpClass(won) != v1::RESPONSE_CLASS_ACCEPTED) return;
  if (ReferenceClass(won) == v1::RESPONSE_CLASS_ACCEPTED) return;
  const std::string key =
      absl::StrCat(package.row.number(), " ", won.terms_version(), " ", won.tier_id());
  const auto counted = counted_.find(key);
  if (counted == counted_.end() || counted->second != won.round_number()) return;
  for (const OfferRow& other : package.offers) {
    const bool same =
        other.round_number() == won.round_number() && other.tier_id() == won.tier_id();
    if (same && other.ordinal() != won.ordinal() &&
        ReferencePickUpClass(other) == v1::RESPONSE_CLASS_ACCEPTED) {
      return;  // it counts as filled
    }
  }
  Fill& fill = fills_[LotAndTier(LotAsIssued(won), won.tier_id())];
  for (auto one = fill.filled.rbegin(); one != fill.filled.rend(); ++one) {
    if (*one) continue;
    *one = true;
    course.tally("tier filled by a part");
    return Judge(rules.adaptive_release(), &fill);
  }
}

// What is kept of each fill, of which the newest are.
void FillLog::CheckFills(Course& course) const {
  for (const auto& [table_and_key, value] : course.rows) {
    journal::v1::RollupRow row;
    if (table_and_key.first != Table::kRollups || !row.ParseFromString(value)) continue;
    if (row.kind() != journal::v1::RollupRow::KIND_FILL) continue;
    const auto fill = fills_.find(LotAndTier(row.lot_id(), row.tier_id()));
    const size_t many = fill == fills_.end() ? 0 : fill->second.filled.size();
    const auto kept = static_cast<size_t>(row.filled_size());
    bool same = kept == std::min<size_t>(many, 200);
    for (size_t i = 0; same && i < kept; ++i) {
      same = row.filled(static_cast<int>(i)) == fill->second.filled[many - kept + i];
    }
    if (!same) course.Problem(absl::StrCat("another fill is kept: ", row.ShortDebugString()));
  }
}

// The tier has not accepted it after all; which of the tier's it was is not kept.
void FillLog::LogUndone(Course& course, const journal::v1::StepUndone& fact) {
  const journal::v1::AwardRow& award = course.before.at(fact.package_number()).award();
  if (fact.kind() != v1::STEP_KIND_AWARD || !award.part()) return;
  const PackageAggregate& package = course.Package(fact.package_number());
  const v1::FrameworkRules& rules = course.directory.Rules(package.row.framework_revision());
  const OfferRow& won = package.offers[static_cast<size_t>(award.offer_ordinal() - 1)];
  const std::string key =
      absl::StrCat(package.row.number(), " ", won.terms_version(), " ", won.tier_id());
  const auto counted = counted_.find(key);
  if (counted == counted_.end() || counted->second != won.round_number()) return;
  if (!IsPartInTime(won, ReferenceClass(won))) return;
  for (const OfferRow& offer : package.offers) {
    const bool beside = offer.round_number() == won.round_number() &&
                        offer.tier_id() == won.tier_id() && offer.ordinal() != won.ordinal();
    if (beside && ReferencePickUpClass(offer) == v1::RESPONSE_CLASS_ACCEPTED) return;
  }
  Fill& fill = fills_[LotAndTier(LotAsIssued(won), won.tier_id())];
  for (auto one = fill.filled.rbegin(); one != fill.filled.rend(); ++one) {
    if (!*one) continue;
    *one = false;
    return Judge(rules.adaptive_release(), &fill);
  }
}

v1::TierFill FillLog::NewestOf(const Fill& fill, const v1::AdaptiveRelease& rule) {
  v1::TierFill newest;
  const size_t end = fill.filled.size();
  for (size_t i = end > Over(rule) ? end - Over(rule) : 0; i < end; ++i) {
    newest.set_packages(newest.packages() + 1);
    newest.set_filled(newest.filled() + (fill.filled[i] ? 1 : 0));
  }
  return newest;
}

void FillLog::Judge(const v1::AdaptiveRelease& rule, Fill* fill) {
  const v1::TierFill newest = NewestOf(*fill, rule);
  const double percent = 100.0 * newest.filled() / newest.packages();  // exact enough for so few
  if (percent < rule.lower_percent() - 1e-9) fill->on = true;
  if (percent > rule.upper_percent() - 1e-9) fill->on = false;
  if (fill->filled.size() < 20) fill->on = false;
}

std::optional<v1::TierFill> FillLog::LowFill(const std::string& lot_id, const std::string& tier_id,
                                             const v1::AdaptiveRelease& rule) const {
  auto found = fills_.find(LotAndTier(lot_id, tier_id));
  if (found == fills_.end() || !found->second.on) return std::nullopt;
  v1::TierFill fill = NewestOf(found->second, rule);
  fill.set_tier_id(tier_id);
  return fill;
}

std::map<std::string, std::string> OfferedIn(const Course& course, uint64_t number, int32_t round) {
  std::map<std::string, std::string> offered;
  for (const OfferRow& offer : course.Package(number).offers) {
    if (offer.round_number() == round) offered.emplace(offer.provider_id(), offer.branch_id());
  }
  return offered;
}

void CheckParallel(Course& course, const FillLog& fills, const Record& record,
                   const journal::v1::RoundOpened& opened, ReferenceIssue issue) {
  const journal::v1::RoundRow& round = opened.round();
  const uint64_t number = opened.package_number();
  if (round.has_beside()) {
    course.tally("round beside another");
    for (const OfferRow& offer : opened.offers()) {
      if (issue.parallel.contains(offer.provider_id())) {
        course.Problem(absl::StrCat("two offers at once to ", offer.provider_id()));
      }
    }
    return;  // and no third
  }
  const v1::RoundBeside* parallel = nullptr;
  for (const Fact& fact : record.facts()) {
    const journal::v1::RoundOpened& other = fact.round_opened();
    if (other.package_number() == number &&
        other.round().beside().round_number() == round.number()) {
      parallel = &other.round().beside();
    }
  }
  std::map<std::string, v1::TierFill> low;
  bool every_tier = round.rule_number() > 0 && issue.rules.has_adaptive_release();
  for (const OfferRow& offer : opened.offers()) {
    if (!every_tier) break;
    const auto fill =
        fills.LowFill(LotAsIssued(offer), offer.tier_id(), issue.rules.adaptive_release());
    every_tier = fill.has_value();
    if (fill) low[offer.tier_id()] = *fill;
  }
  issue.parallel = OfferedIn(course, number, round.number());
  const bool expected =
      every_tier && ReferenceNextRule(course.directory, issue, course.before.at(number),
                                      round.rule_number() + 1) > 0;
  if (every_tier && !expected) course.tally("nobody to open beside");
  if (expected != (parallel != nullptr)) {
    return course.Problem(absl::StrCat("package ", number, ": a round ",
                                       expected ? "should" : "must not", " open beside round ",
                                       round.number()));
  }
  if (!expected) return;
  bool same = static_cast<int>(low.size()) == parallel->tier_fills_size();
  for (const v1::TierFill& fill : parallel->tier_fills()) {
    same &= low[fill.tier_id()].SerializeAsString() == fill.SerializeAsString();
  }
  if (!same) {
    course.Problem(
        absl::StrCat("package ", number, ": another fill: ", parallel->ShortDebugString()));
  }
}

}  // namespace brokerage::engine::reference
