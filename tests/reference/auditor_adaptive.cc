#include "tests/reference/auditor_adaptive.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

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
    if (!fact.has_round_due()) continue;
    const uint64_t number = fact.round_due().package_number();
    const PackageAggregate& package = course.Package(number);
    const v1::FrameworkRules& rules = course.directory.Rules(package.row.framework_revision());
    if (!rules.has_adaptive_release()) continue;
    std::map<std::string, bool> filled;  // by tier that was asked and might have answered
    int32_t terms = 0;
    std::string lot;
    for (const OfferRow& offer : package.offers) {
      if (offer.round_number() != fact.round_due().round_number() || offer.restart()) continue;
      const v1::ResponseClass is = ReferenceClass(offer);
      if (is == v1::RESPONSE_CLASS_CLOSED_UNANSWERED || is == v1::RESPONSE_CLASS_ERROR_UPHELD) {
        continue;
      }
      filled[offer.tier_id()] |= is == v1::RESPONSE_CLASS_ACCEPTED;
      terms = offer.terms_version();
      lot = LotAsIssued(offer);
    }
    for (const auto& [tier, yes] : filled) {
      if (!counted_.insert(absl::StrCat(number, " ", terms, " ", tier)).second) continue;
      const v1::AdaptiveRelease& rule = rules.adaptive_release();
      const bool was_on = LowFill(lot, tier, rule).has_value();
      fills_[LotAndTier(lot, tier)].push_back({yes, rule});
      if (was_on && !LowFill(lot, tier, rule)) course.tally("adaptive release ends");
    }
  }
}

std::optional<v1::TierFill> FillLog::LowFill(const std::string& lot_id, const std::string& tier_id,
                                             const v1::AdaptiveRelease& rule) const {
  auto found = fills_.find(LotAndTier(lot_id, tier_id));
  if (found == fills_.end()) return std::nullopt;
  const std::vector<Settled>& settled = found->second;
  auto newest = [&settled](size_t end, size_t over) {
    v1::TierFill fill;
    for (size_t i = end > over ? end - over : 0; i < end; ++i) {
      fill.set_packages(fill.packages() + 1);
      fill.set_filled(fill.filled() + (settled[i].filled ? 1 : 0));
    }
    return fill;
  };
  bool on = false;
  for (size_t end = 1; end <= settled.size(); ++end) {
    const v1::AdaptiveRelease& then = settled[end - 1].rule;
    const v1::TierFill fill = newest(end, Over(then));
    const double percent = 100.0 * fill.filled() / fill.packages();  // exact enough for so few
    if (percent < then.lower_percent() - 1e-9) on = true;
    if (percent > then.upper_percent() - 1e-9) on = false;
    if (end < 20) on = false;
  }
  if (!on) return std::nullopt;
  v1::TierFill fill = newest(settled.size(), Over(rule));
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
