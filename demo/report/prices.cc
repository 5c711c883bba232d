#include "demo/report/prices.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "brokerage/v1/package.pb.h"
#include "demo/council/packages.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::ShortName;
using client::Table;

namespace {

constexpr size_t kExceptionsShown = 8;

std::string Pounds(int64_t pence) { return absl::StrFormat("£%d.%02d", pence / 100, pence % 100); }

// Of the awards at one price level.
struct Prices {
  int awards = 0;
  int without_price = 0;
  int64_t lowest = 0, highest = 0, sum = 0;
  int below = 0, above = 0;
  int by_price = 0;

  void Add(int64_t pence, const v1::FrameworkRules& rules, bool by_price_here) {
    ++awards;
    if (pence == 0) {
      ++without_price;
      return;
    }
    lowest = lowest == 0 ? pence : std::min(lowest, pence);
    highest = std::max(highest, pence);
    sum += pence;
    below += pence < rules.price_floor_pence();
    above += pence > rules.price_ceiling_pence();
    by_price += by_price_here;
  }
};

const v1::Offer* WonOffer(const v1::Package& package) {
  for (const v1::Offer& offer : package.offers()) {
    if (offer.id() == package.award().offer_id()) return &offer;
  }
  return nullptr;
}

// Packages that need high dependency and nothing else that could keep a branch out.
struct HighDependency {
  int packages = 0;
  int offers = 0;
  int kept_out = 0;

  void Add(const v1::Package& package, const v1::FrameworkRules& rules) {
    bool needs = false;
    for (const v1::Need& need : package.needs()) {
      needs |= need.kind() == v1::NEED_KIND_HIGH_DEPENDENCY;
      const auto& filtering = rules.filtering_needs();
      if (need.kind() != v1::NEED_KIND_HIGH_DEPENDENCY &&
          std::find(filtering.begin(), filtering.end(), need.kind()) != filtering.end()) {
        return;
      }
    }
    if (!needs) return;
    ++packages;
    offers += package.offers_size();
    for (const v1::Round& round : package.rounds()) {
      for (const v1::BranchVerdict& verdict : round.verdicts()) {
        for (const v1::RuleVerdict& rule : verdict.rules()) {
          kept_out += rule.rule() == v1::HARD_RULE_MEETS_NEEDS && !rule.passed();
        }
      }
    }
  }
};

void PrintPriceLevels(const std::map<v1::PriceLevel, Prices>& levels,
                      const v1::FrameworkRules& rules) {
  printf("\nAwards by price level; the floor is %s an hour, the ceiling %s\n\n",
         Pounds(rules.price_floor_pence()).c_str(), Pounds(rules.price_ceiling_pence()).c_str());
  Table table({"price level", "awards", "lowest", "mean", "highest", "decided by price",
               "below the floor", "above the ceiling"});
  for (const auto& [level, prices] : levels) {
    const int priced = prices.awards - prices.without_price;
    table.Add(
        {ShortName(level), absl::StrCat(prices.awards), priced > 0 ? Pounds(prices.lowest) : "",
         priced > 0 ? Pounds(prices.sum / priced) : "", priced > 0 ? Pounds(prices.highest) : "",
         absl::StrCat(prices.by_price), absl::StrCat(prices.below), absl::StrCat(prices.above)});
  }
  fputs(table.empty() ? "  nothing was awarded\n" : table.Text(2).c_str(), stdout);
}

}  // namespace

absl::Status PrintPrices(const Council& council) {
  auto packages = AllPackages(council, {});
  if (!packages.ok()) return packages.status();
  const v1::FrameworkRules& rules = council.framework().rules();
  std::map<v1::PriceLevel, Prices> levels;
  HighDependency high;
  Table exceptions({"package", "branch", "tier", "level", "price", "recorded reason"});
  size_t exceptional = 0;
  for (const v1::Package& listed : *packages) {
    auto package = GetPackage(council, {listed.id(), listed.authority_id()});
    if (!package.ok()) return package.status();
    high.Add(*package, rules);
    const v1::Offer* won = package->has_award() ? WonOffer(*package) : nullptr;
    if (won == nullptr) continue;
    const v1::PriceLevel level = council.price_levels().at(package->ward_code());
    levels[level].Add(won->price_pence(), rules,
                      package->award().decided_by() == v1::AWARD_CRITERION_PRICE);
    const std::string& reason = package->award().price_exception_reason();
    if (reason.empty() || ++exceptional > kExceptionsShown) continue;
    exceptions.Add({package->id(), council.names().Branch(won->branch_id()),
                    council.names().Tier(won->tier_id()), ShortName(level),
                    Pounds(won->price_pence()), reason});
  }
  PrintPriceLevels(levels, rules);
  printf("\nAwards outside floor and ceiling, each with its recorded exception\n\n");
  fputs(exceptions.empty() ? "  none\n" : exceptions.Text(2).c_str(), stdout);
  if (exceptional > kExceptionsShown) printf("  and %zu more\n", exceptional - kExceptionsShown);
  printf(
      "\nHigh dependency: %d packages need it and no continuing healthcare; they had %d offers, "
      "and that need kept %d branches out\n",
      high.packages, high.offers, high.kept_out);
  return absl::OkStatus();
}

}  // namespace brokerage::demo
