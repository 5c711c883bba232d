#include "demo/changes.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "brokerage/v1/directory_service.pb.h"
#include "brokerage/v1/package_service.pb.h"
#include "engine/base/calendar.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::London;
using client::SayTime;
using client::ShortName;
using client::Spaced;
using client::Table;
using client::TimeOf;

namespace {

constexpr size_t kToldOneByOne = 8;

using Contracts = std::map<std::string, v1::Contract>;

absl::StatusOr<Contracts> ContractsOn(const World& world, absl::CivilDay day) {
  v1::ListContractsRequest request;
  request.set_framework_id(world.framework().id());
  request.set_as_of_date(engine::FormatDate(engine::ToDateNumber(day)));
  request.set_page_size(1000);
  Contracts contracts;
  do {
    auto page = world.commissioner().Call<v1::ListContractsResponse>(
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

std::string ProviderAndTier(const World& world, const v1::Contract& contract, const char* does) {
  return absl::StrCat(world.names().Lot(contract.lot_id()), ": ",
                      world.names().Provider(contract.provider_id()), " ", does, " as ",
                      world.names().Tier(contract.tier_id()));
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

std::string AllThatBegin(const World& world, const std::vector<ContractChange>& changes) {
  std::set<std::string> lots;
  int count = 0;
  for (const ContractChange& change : changes) {
    if (!Begins(change)) continue;
    ++count;
    lots.insert(world.names().Lot(change.after.lot_id()));
  }
  return absl::StrCat(count, " contracts begin in ", absl::StrJoin(lots, ", "));
}

// What the change did to one package that was out: its offers by what became of them.
struct Fate {
  int offers = 0;    // that would still have been open at the change without answer or award
  int before = 0;    // of them, first answered before it
  int answered = 0;  // of them, first answered after it
  int closed = 0;    // of them, closed by it
  std::string anew;  // who was asked because of it
};

Fate FateOf(const World& world, const v1::Package& package, absl::Time change) {
  Fate fate;
  std::vector<std::string> anew;
  for (const v1::Offer& offer : package.offers()) {
    const absl::Time issued = TimeOf(offer.issue_time());
    if (issued >= change && issued < change + absl::Hours(1)) {
      anew.push_back(world.names().Branch(offer.branch_id()));
    }
    if (issued >= change) continue;
    if (TimeOf(offer.deadline_time()) < change) continue;
    ++fate.offers;
    fate.closed += offer.close_cause() == v1::CLOSE_CAUSE_CONTRACT_ENDED ||
                   offer.close_cause() == v1::CLOSE_CAUSE_CONTRACT_NOVATED;
    if (offer.answers().empty()) continue;
    ++(TimeOf(offer.answers(0).answer_time()) < change ? fate.before : fate.answered);
  }
  fate.anew = absl::StrJoin(anew, ", ");
  return fate;
}

absl::Status PrintOut(const World& world, const DayOfChange& day) {
  Table table({"package", "out since", "offers", "answered before", "closed by the change",
               "answered after it", "asked anew", "first asked", "now", "with"});
  const absl::Time change = engine::StartOfDay(day.date, London());
  for (const PlayedPackage& played : day.out) {
    v1::GetPackageRequest request;
    request.set_package_id(played.id);
    auto response = world.navigator(played.authority_id)
                        .Call<v1::GetPackageResponse>("PackageService/GetPackage", request);
    if (!response.ok()) return response.status();
    const v1::Package& package = response->package();
    const Fate fate = FateOf(world, package, change);
    const bool waited = package.rounds().empty() || TimeOf(package.rounds(0).open_time()) >= change;
    table.Add({package.id(), waited ? "nobody could be asked" : SayTime(package.release_time()),
               absl::StrCat(fate.offers), absl::StrCat(fate.before), absl::StrCat(fate.closed),
               absl::StrCat(fate.answered), fate.anew,
               waited && !package.rounds().empty() ? SayTime(package.rounds(0).open_time()) : "",
               Spaced(ShortName(package.state())),
               package.has_award() ? world.names().Branch(package.award().branch_id()) : ""});
  }
  table.DropEmptyColumns();
  fputs(table.empty() ? "    no package of those lots was out or waited for it\n"
                      : table.Text(4).c_str(),
        stdout);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<ContractChange>> ChangesOn(const World& world, absl::CivilDay day) {
  auto before = ContractsOn(world, day - 1);
  if (!before.ok()) return before.status();
  auto after = ContractsOn(world, day);
  if (!after.ok()) return after.status();
  std::vector<ContractChange> changes;
  for (const auto& [id, contract] : *after) {
    ContractChange change{(*before)[id], contract};
    if (Begins(change) || Ends(change) || Passes(change)) changes.push_back(std::move(change));
  }
  return changes;
}

std::vector<std::string> ChangesInWords(const World& world,
                                        const std::vector<ContractChange>& changes) {
  std::vector<std::string> words;
  std::set<std::string> told;
  for (const ContractChange& change : changes) {
    if (Passes(change)) {
      words.push_back(absl::StrCat(world.names().Lot(change.after.lot_id()), ": contract ",
                                   change.after.id(), " passes from ",
                                   world.names().Provider(change.before.provider_id()), " to ",
                                   world.names().Provider(change.after.provider_id())));
    }
    if (!Ends(change)) continue;
    const ContractChange* move = MoveOf(change, changes);
    if (move == nullptr) {
      words.push_back(ProviderAndTier(world, change.before, "ends"));
      continue;
    }
    told.insert(move->after.id());
    words.push_back(absl::StrCat(world.names().Lot(change.before.lot_id()), ": ",
                                 world.names().Provider(change.before.provider_id()),
                                 " moves from ", world.names().Tier(change.before.tier_id()),
                                 " to ", world.names().Tier(move->after.tier_id())));
  }
  const auto begin = std::count_if(changes.begin(), changes.end(), Begins);
  if (begin > static_cast<int64_t>(kToldOneByOne)) {
    words.push_back(AllThatBegin(world, changes));
    return words;
  }
  for (const ContractChange& change : changes) {
    if (Begins(change) && !told.contains(change.after.id()))
      words.push_back(ProviderAndTier(world, change.after, "begins"));
  }
  return words;
}

absl::StatusOr<std::vector<PlayedPackage>> OutAcross(const World& world, absl::CivilDay day,
                                                     const std::vector<ContractChange>& changes) {
  std::set<std::string> lots;
  for (const ContractChange& change : changes) lots.insert(change.after.lot_id());
  std::vector<PlayedPackage> out;
  v1::ListPackagesRequest request;
  request.add_states(v1::PACKAGE_STATE_OFFERED);
  request.add_states(v1::PACKAGE_STATE_UNFILLED);
  request.set_framework_id(world.framework().id());
  request.set_page_size(1000);
  for (const std::string& authority_id : world.authority_ids()) {
    auto page = world.navigator(authority_id)
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

absl::Status PrintChanges(const World& world, const std::vector<DayOfChange>& days) {
  if (days.empty()) return absl::OkStatus();
  printf("\nContracts that changed, and the packages that were out across the change\n");
  for (const DayOfChange& day : days) {
    printf(
        "\n  %s\n",
        absl::FormatTime("%a %-d %b %Y", engine::StartOfDay(day.date, London()), London()).c_str());
    for (const std::string& words : ChangesInWords(world, day.changes))
      printf("    %s\n", words.c_str());
    if (absl::Status status = PrintOut(world, day); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace brokerage::demo
