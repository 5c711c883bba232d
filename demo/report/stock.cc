#include "demo/report/stock.h"

#include <cstdio>
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "brokerage/v1/directory_service.pb.h"
#include "demo/council/packages.h"
#include "services/client/text/table.h"

namespace brokerage::demo {

using client::Table;

namespace {

// The tier of every contract, by its name.
absl::StatusOr<std::map<std::string, std::string>> TierNames(const Council& council) {
  v1::ListContractsRequest request;
  request.set_framework_id(council.framework().id());
  request.set_page_size(1000);
  auto page = council.commissioner().Call<v1::ListContractsResponse>(
      "DirectoryService/ListContracts", request);
  if (!page.ok()) return page.status();
  std::map<std::string, std::string> tiers;
  for (const v1::Contract& contract : page->contracts()) {
    tiers[contract.id()] = council.names().Tier(contract.tier_id());
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

}  // namespace

absl::Status PrintStock(const Council& council, const std::vector<MovedPackage>& stock) {
  auto tiers = TierNames(council);
  if (!tiers.ok()) return tiers.status();
  std::map<std::string, Moved> lots;
  std::set<std::string> tier_names;
  int offers = 0;
  for (const MovedPackage& moved_in : stock) {
    auto package = GetPackage(council, moved_in.package);
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
    std::vector<std::string> cells = {council.names().Lot(lot), absl::StrCat(moved.count)};
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

}  // namespace brokerage::demo
