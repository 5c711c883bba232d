#include "demo/council/changes.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "brokerage/v1/directory_service.pb.h"
#include "brokerage/v1/package_service.pb.h"
#include "engine/base/calendar.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::London;
using client::TimeOf;

namespace {

constexpr size_t kToldOneByOne = 8;

using Contracts = std::map<std::string, v1::Contract>;

absl::StatusOr<Contracts> ContractsOn(const Council& council, absl::CivilDay day) {
  v1::ListContractsRequest request;
  request.set_framework_id(council.framework().id());
  request.set_as_of_date(engine::FormatDate(engine::ToDateNumber(day)));
  request.set_page_size(1000);
  Contracts contracts;
  do {
    auto page = council.commissioner().Call<v1::ListContractsResponse>(
        "DirectoryService/ListContracts", request);
    if (!page.ok()) return page.status();
    for (v1::Contract& contract : *page->mutable_contracts()) {
      contracts[contract.id()] = std::move(contract);
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return contracts;
}

bool IsActive(const v1::Contract& contract) {
  return contract.status() == v1::CONTRACT_STATUS_ACTIVE;
}
bool Begins(const ContractChange& change) {
  return !IsActive(change.before) && IsActive(change.after);
}
bool Ends(const ContractChange& change) {
  return IsActive(change.before) && !IsActive(change.after);
}
bool Passes(const ContractChange& change) {
  return IsActive(change.after) && IsActive(change.before) &&
         change.before.provider_id() != change.after.provider_id();
}

std::string ProviderAndTier(const Council& council, const v1::Contract& contract,
                            const char* does) {
  return absl::StrCat(council.names().Lot(contract.lot_id()), ": ",
                      council.names().Provider(contract.provider_id()), " ", does, " as ",
                      council.names().Tier(contract.tier_id()));
}

// The same provider's contract in another tier of the lot that begins as this one ends.
const ContractChange* MoveOf(const ContractChange& end,
                             const std::vector<ContractChange>& changes) {
  for (const ContractChange& other : changes) {
    if (Begins(other) && other.after.provider_id() == end.before.provider_id() &&
        other.after.lot_id() == end.before.lot_id() &&
        other.after.tier_id() != end.before.tier_id()) {
      return &other;
    }
  }
  return nullptr;
}

std::string AllThatBegin(const Council& council, const std::vector<ContractChange>& changes) {
  std::set<std::string> lots;
  int count = 0;
  for (const ContractChange& change : changes) {
    if (!Begins(change)) continue;
    ++count;
    lots.insert(council.names().Lot(change.after.lot_id()));
  }
  return absl::StrCat(count, " contracts begin in ", absl::StrJoin(lots, ", "));
}

}  // namespace

absl::StatusOr<std::vector<ContractChange>> ChangesOn(const Council& council, absl::CivilDay day) {
  auto before = ContractsOn(council, day - 1);
  if (!before.ok()) return before.status();
  auto after = ContractsOn(council, day);
  if (!after.ok()) return after.status();
  std::vector<ContractChange> changes;
  for (const auto& [id, contract] : *after) {
    ContractChange change{(*before)[id], contract};
    if (Begins(change) || Ends(change) || Passes(change)) changes.push_back(std::move(change));
  }
  return changes;
}

std::vector<std::string> ChangesInWords(const Council& council,
                                        const std::vector<ContractChange>& changes) {
  std::vector<std::string> words;
  std::set<std::string> told;
  for (const ContractChange& change : changes) {
    if (Passes(change)) {
      words.push_back(absl::StrCat(council.names().Lot(change.after.lot_id()), ": contract ",
                                   change.after.id(), " passes from ",
                                   council.names().Provider(change.before.provider_id()), " to ",
                                   council.names().Provider(change.after.provider_id())));
    }
    if (!Ends(change)) continue;
    const ContractChange* move = MoveOf(change, changes);
    if (move == nullptr) {
      words.push_back(ProviderAndTier(council, change.before, "ends"));
      continue;
    }
    told.insert(move->after.id());
    words.push_back(absl::StrCat(council.names().Lot(change.before.lot_id()), ": ",
                                 council.names().Provider(change.before.provider_id()),
                                 " moves from ", council.names().Tier(change.before.tier_id()),
                                 " to ", council.names().Tier(move->after.tier_id())));
  }
  const auto begin = std::count_if(changes.begin(), changes.end(), Begins);
  if (begin > static_cast<int64_t>(kToldOneByOne)) {
    words.push_back(AllThatBegin(council, changes));
    return words;
  }
  for (const ContractChange& change : changes) {
    if (Begins(change) && !told.contains(change.after.id()))
      words.push_back(ProviderAndTier(council, change.after, "begins"));
  }
  return words;
}

absl::StatusOr<std::vector<OwnedPackage>> OutAcross(const Council& council, absl::CivilDay day,
                                                    const std::vector<ContractChange>& changes) {
  std::set<std::string> lots;
  for (const ContractChange& change : changes) lots.insert(change.after.lot_id());
  std::vector<OwnedPackage> out;
  v1::ListPackagesRequest request;
  request.add_states(v1::PACKAGE_STATE_OFFERED);
  request.add_states(v1::PACKAGE_STATE_UNFILLED);
  request.set_framework_id(council.framework().id());
  request.set_page_size(1000);
  for (const std::string& authority_id : council.authority_ids()) {
    auto page = council.navigator(authority_id)
                    .Call<v1::ListPackagesResponse>("PackageService/ListPackages", request);
    if (!page.ok()) return page.status();
    for (const v1::Package& package : page->packages()) {
      const bool waits = package.state() == v1::PACKAGE_STATE_UNFILLED && package.rounds().empty();
      const bool crosses =
          package.state() == v1::PACKAGE_STATE_OFFERED && !package.rounds().empty() &&
          TimeOf(package.rounds().rbegin()->deadline_time()) >= engine::StartOfDay(day, London());
      if ((waits || crosses) && lots.contains(package.lot_id()))
        out.push_back({package.id(), authority_id});
    }
  }
  return out;
}

}  // namespace brokerage::demo
