// What became of packages: those moved in, those of a transfer, interim stays, and prices.

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "brokerage/v1/directory_service.pb.h"
#include "brokerage/v1/package_service.pb.h"
#include "demo/tables.h"
#include "services/client/text/table.h"
#include "services/client/text/transfer_report.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::PrintTransfer;
using client::SayDuration;
using client::SayTime;
using client::ShortName;
using client::Spaced;
using client::Table;
using client::TimeOf;

namespace {

constexpr size_t kStaysShown = 8;
constexpr size_t kExceptionsShown = 8;
constexpr size_t kGivenUpShown = 8;

// All packages in these states (none: in any), as a list has them: without offers.
absl::StatusOr<std::vector<v1::Package>> AllPackages(const World& world,
                                                     const std::vector<v1::PackageState>& states) {
  std::vector<v1::Package> packages;
  v1::ListPackagesRequest request;
  for (v1::PackageState state : states) request.add_states(state);
  request.set_framework_id(world.framework().id());
  request.set_page_size(1000);
  for (const std::string& authority_id : world.authority_ids()) {
    request.clear_page_token();
    do {
      auto page = world.navigator(authority_id)
                      .Call<v1::ListPackagesResponse>("PackageService/ListPackages", request);
      if (!page.ok()) return page.status();
      for (v1::Package& package : *page->mutable_packages()) {
        packages.push_back(std::move(package));
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
  }
  return packages;
}

// The tier of every contract, by its name.
absl::StatusOr<std::map<std::string, std::string>> TierNames(const World& world) {
  v1::ListContractsRequest request;
  request.set_framework_id(world.framework().id());
  request.set_page_size(1000);
  auto page = world.commissioner().Call<v1::ListContractsResponse>("DirectoryService/ListContracts",
                                                                   request);
  if (!page.ok()) return page.status();
  std::map<std::string, std::string> tiers;
  for (const v1::Contract& contract : page->contracts()) {
    tiers[contract.id()] = world.names().Tier(contract.tier_id());
  }
  return tiers;
}

// Of the packages of one lot that were moved in.
struct Moved {
  std::map<std::string, int> by_tier;
  int count = 0;
  int64_t minutes = 0;
  int running = 0;
};

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

std::string StayOf(const v1::Package& package, absl::Time now) {
  const absl::Time end = package.has_end_time() ? TimeOf(package.end_time()) : now;
  return SayDuration(end - TimeOf(package.start_time()));
}

}  // namespace

absl::StatusOr<v1::Package> GetPackage(const World& world, const PlayedPackage& played) {
  v1::GetPackageRequest request;
  request.set_package_id(played.id);
  auto response = world.navigator(played.authority_id)
                      .Call<v1::GetPackageResponse>("PackageService/GetPackage", request);
  if (!response.ok()) return response.status();
  return std::move(*response->mutable_package());
}

absl::Status PrintStock(const World& world, const std::vector<MovedPackage>& stock) {
  auto tiers = TierNames(world);
  if (!tiers.ok()) return tiers.status();
  std::map<std::string, Moved> lots;
  std::set<std::string> tier_names;
  int offers = 0;
  for (const MovedPackage& moved_in : stock) {
    auto package = GetPackage(world, moved_in.package);
    if (!package.ok()) return package.status();
    Moved& moved = lots[package->lot_id()];
    const std::string& tier = (*tiers)[moved_in.contract_id];
    tier_names.insert(tier);
    ++moved.by_tier[tier];
    ++moved.count;
    moved.minutes += package->terms().weekly_minutes();
    moved.running += package->state() == v1::PACKAGE_STATE_STARTED;
    offers += package->offers_size();
  }
  printf("\nMoved onto the contracts at their start: packages that ran before\n\n");
  std::vector<std::string> headings = {"lot", "packages"};
  for (auto tier = tier_names.rbegin(); tier != tier_names.rend(); ++tier)
    headings.push_back(absl::StrCat("with ", *tier));
  headings.insert(headings.end(), {"hours a week", "still run"});
  Table table(headings);
  for (auto& [lot, moved] : lots) {
    std::vector<std::string> cells = {world.names().Lot(lot), absl::StrCat(moved.count)};
    for (auto tier = tier_names.rbegin(); tier != tier_names.rend(); ++tier)
      cells.push_back(absl::StrCat(moved.by_tier[*tier]));
    cells.push_back(absl::StrCat(moved.minutes / 60));
    cells.push_back(absl::StrCat(moved.running));
    table.Add(std::move(cells));
  }
  fputs(table.Text(2).c_str(), stdout);
  printf("\n  offers made of them: %d\n", offers);
  return absl::OkStatus();
}

absl::Status PrintTransfers(const World& world, const std::vector<PlayedPackage>& transfers) {
  for (const PlayedPackage& transfer : transfers) {
    v1::GetTransferRequest request;
    request.set_transfer_id(transfer.id);
    auto report = world.navigator(transfer.authority_id)
                      .Call<v1::GetTransferResponse>("PackageService/GetTransfer", request);
    if (!report.ok()) return report.status();
    printf("\n");
    PrintTransfer(*report);
    const auto lost = std::count_if(
        report->successors().begin(), report->successors().end(),
        [](const v1::Package& package) { return package.state() == v1::PACKAGE_STATE_CANCELLED; });
    printf("of %d packages that were taken from it, %d go on; %d of those given up\n",
           report->transfer().package_ids_size(), report->successors_size(),
           static_cast<int>(lost));
  }
  return absl::OkStatus();
}

absl::Status PrintGivenUp(const World& world, const std::vector<GivenUp>& given_up) {
  printf("\nReturned before the start, and handed back after it, the latest first\n\n");
  Table table({"package", "at", "was", "by", "whose cause", "reason", "then"});
  const size_t shown = std::min(given_up.size(), kGivenUpShown);
  for (size_t i = 0; i < shown; ++i) {
    const GivenUp& given = given_up[given_up.size() - 1 - i];
    auto package = GetPackage(world, given.package);
    if (!package.ok()) return package.status();
    std::string then = "put out again: ";
    if (given.handed_back) {
      then = absl::StrCat("followed by ", package->successor_package_id(), ": ");
      package = GetPackage(world, {package->successor_package_id(), package->authority_id()});
      if (!package.ok()) return package.status();
    }
    absl::StrAppend(&then, "now ", Spaced(ShortName(package->state())));
    if (package->has_award())
      absl::StrAppend(&then, ", ", world.names().Branch(package->award().branch_id()));
    table.Add({given.package.id, SayTime(given.time),
               given.handed_back ? "handed back" : "returned",
               world.names().Branch(given.branch_id), Spaced(ShortName(given.cause)), given.reason,
               then});
  }
  fputs(table.empty() ? "  nothing was given up\n" : table.Text(2).c_str(), stdout);
  if (shown < given_up.size()) printf("  and %zu more\n", given_up.size() - shown);
  return absl::OkStatus();
}

absl::Status PrintInterim(const World& world) {
  auto packages = AllPackages(world, {v1::PACKAGE_STATE_STARTED, v1::PACKAGE_STATE_CEASED});
  if (!packages.ok()) return packages.status();
  std::erase_if(*packages, [](const v1::Package& one) { return !one.has_limit_due_time(); });
  std::stable_sort(packages->begin(), packages->end(),
                   [](const v1::Package& a, const v1::Package& b) {
                     return TimeOf(a.start_time()) > TimeOf(b.start_time());
                   });
  printf("\nInterim service, limit %d days: stays, the latest first\n\n",
         world.framework().rules().interim().limit_days());
  Table table({"package", "started", "stay", "limit", "it passed", "left with", "followed by"});
  int passed = 0, there = 0, less = 0;
  for (size_t i = 0; i < packages->size(); ++i) {
    const v1::Package& package = (*packages)[i];
    passed += package.limit_passed();
    there += package.state() == v1::PACKAGE_STATE_STARTED;
    less += package.leaving_outcome() == v1::LEAVING_OUTCOME_LESS_CARE ||
            package.leaving_outcome() == v1::LEAVING_OUTCOME_NO_CARE;
    if (i >= kStaysShown) continue;
    table.Add({package.id(), SayTime(package.start_time()), StayOf(package, world.now()),
               SayTime(package.limit_due_time()), package.limit_passed() ? "yes" : "no",
               package.state() == v1::PACKAGE_STATE_STARTED
                   ? "still there"
                   : Spaced(ShortName(package.leaving_outcome())),
               package.successor_package_id()});
  }
  table.DropEmptyColumns();
  fputs(table.empty() ? "  nobody was in it\n" : table.Text(2).c_str(), stdout);
  if (packages->size() > kStaysShown) printf("  and %zu more\n", packages->size() - kStaysShown);
  if (table.empty()) return absl::OkStatus();
  const int stays = static_cast<int>(packages->size());
  printf(
      "\n  %d %s: %d past the limit, %d left, of them %d with less care or none, %d still there\n",
      stays, stays == 1 ? "stay" : "stays", passed, stays - there, less, there);
  return absl::OkStatus();
}

absl::Status PrintPrices(const World& world) {
  auto packages = AllPackages(world, {});
  if (!packages.ok()) return packages.status();
  const v1::FrameworkRules& rules = world.framework().rules();
  std::map<v1::PriceLevel, Prices> levels;
  HighDependency high;
  Table exceptions({"package", "branch", "tier", "level", "price", "recorded reason"});
  size_t exceptional = 0;
  for (const v1::Package& listed : *packages) {
    auto package = GetPackage(world, {listed.id(), listed.authority_id()});
    if (!package.ok()) return package.status();
    high.Add(*package, rules);
    const v1::Offer* won = package->has_award() ? WonOffer(*package) : nullptr;
    if (won == nullptr) continue;
    const v1::PriceLevel level = world.price_levels().at(package->ward_code());
    levels[level].Add(won->price_pence(), rules,
                      package->award().decided_by() == v1::AWARD_CRITERION_PRICE);
    const std::string& reason = package->award().price_exception_reason();
    if (reason.empty() || ++exceptional > kExceptionsShown) continue;
    exceptions.Add({package->id(), world.names().Branch(won->branch_id()),
                    world.names().Tier(won->tier_id()), ShortName(level),
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
