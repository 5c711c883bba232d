#include "engine/needs.h"

#include <algorithm>
#include <set>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "engine/award/acceptance_limits.h"
#include "engine/base/calendar.h"
#include "engine/base/ids.h"
#include "engine/figures/passed_over.h"
#include "engine/figures/tally.h"
#include "engine/model/fact_keys.h"
#include "engine/model/tables.h"

namespace brokerage::engine {

using journal::v1::OfferRow;
using journal::v1::RollupRow;

namespace {

std::string KeyOf(RollupDimensions of, RollupRow::Kind kind) {
  of.kind = kind;
  return RollupTable::KeyOf(of);
}

// Of the roll-up that the offer would count in if the branch had it.
std::string OfferRollupKeyAt(const PackageAggregate& package, const OfferRow& offer,
                             absl::string_view branch_id) {
  RollupDimensions of = OfferDimensions(package, offer);
  of.branch_id = branch_id;
  return KeyOf(of, RollupRow::KIND_OFFER);
}

using Changes = google::protobuf::RepeatedPtrField<journal::v1::TermsChangeRow>;

// The award's local date is not kept; with every time zone it lies in the month of one of two. What
// the terms changed by since counts in months of its own.
void AddHoursKeys(const PackageAggregate& package, const journal::v1::AwardRow& award,
                  const Changes& changes, std::set<std::string>* keys) {
  const int32_t winner = award.offer_ordinal();
  if (winner <= 0 || winner > static_cast<int32_t>(package.offers.size())) return;
  const OfferRow& offer = package.offers[static_cast<size_t>(winner - 1)];
  const absl::Time awarded = absl::FromUnixMicros(award.time_us());
  for (absl::Duration shift : {-absl::Hours(12), absl::Hours(14)}) {
    const int32_t month = MonthOf(LocalDate(awarded + shift, absl::UTCTimeZone()));
    keys->insert(RollupTable::KeyOf(HoursDimensions(package, offer, month)));
  }
  for (const journal::v1::TermsChangeRow& change : changes) {
    const int32_t month = MonthOf(change.from_date());
    keys->insert(RollupTable::KeyOf(HoursDimensions(package, offer, month)));
  }
  if (const OfferRow* asked = AskedOf(package)) {
    const int32_t month = MonthOf(asked->from_date());
    keys->insert(RollupTable::KeyOf(HoursDimensions(package, offer, month)));
  }
}

}  // namespace

std::vector<uint64_t> MissingPackages(const State& state, const Request& request) {
  std::vector<uint64_t> missing;
  auto package = [&](const std::string& id) {
    if (auto parsed = ParsePackageId(id)) missing.push_back(parsed->number);
  };
  std::visit(
      [&](const auto& one) {
        using T = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<T, EraseTexts>) {
          missing = one.package_numbers;
        } else if constexpr (std::is_same_v<T, v1::PlacePackagesRequest>) {
          for (const v1::Placing& placing : one.placings()) package(placing.package_id());
        } else if constexpr (std::is_same_v<T, v1::ReleasePackagesRequest> ||
                             std::is_same_v<T, v1::LinkPackagesRequest> ||
                             std::is_same_v<T, v1::TransferPackagesRequest>) {
          for (const std::string& id : one.package_ids()) package(id);
        } else if constexpr (std::is_same_v<T, v1::ExtendDeadlinesRequest>) {
          for (const std::string& id : one.closed_package_ids()) package(id);
        } else if constexpr (requires { one.package_id(); }) {
          package(one.package_id());
        }
        if constexpr (requires { one.offer_id(); }) {
          if (auto parsed = ParseOfferId(one.offer_id())) missing.push_back(parsed->package.number);
        }
        if constexpr (requires { one.referral(); }) package(one.referral().follows_package_id());
      },
      request);
  std::sort(missing.begin(), missing.end());
  missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
  std::erase_if(missing, [&](uint64_t number) { return state.Package(number) != nullptr; });
  return missing;
}

std::vector<uint64_t> MissingNeighbours(const State& state, const Request& request) {
  const auto* undo = std::get_if<v1::UndoPackageRequest>(&request);
  const auto id = undo == nullptr ? std::nullopt : ParsePackageId(undo->package_id());
  const PackageAggregate* package = id ? state.Package(id->number) : nullptr;
  if (package == nullptr) return {};
  const journal::v1::PackageRow& row = package->row;
  std::vector<uint64_t> missing = {row.predecessor_number(), row.successor_number(),
                                   row.last_step().rest().number()};
  std::erase_if(missing,
                [&](uint64_t number) { return number == 0 || state.Package(number) != nullptr; });
  return missing;
}

std::optional<PersonNeed> PersonOf(const State& state, const Caller& caller,
                                   const Request& request) {
  std::optional<PersonNeed> need;
  const auto others = [&](const PackageAggregate& package) {
    const std::string& reference = package.Text(kPersonReference);
    if (!reference.empty()) need = {PersonPrefix(package.row.authority_id(), reference), true};
  };
  const auto find = [&](const std::string& package_id) {
    const auto id = ParsePackageId(package_id);
    return id ? state.Package(id->number) : nullptr;
  };
  const auto died = [&](const auto& one, const std::string& package_id) {
    const PackageAggregate* package = find(package_id);
    if (one.end_reason() == v1::END_REASON_DIED && package != nullptr) others(*package);
  };
  if (const auto* submit = std::get_if<v1::SubmitPackageRequest>(&request)) {
    const v1::PackageReferral& referral = submit->referral();
    std::string prefix = PersonPrefix(referral.authority_id(), referral.person_reference());
    const bool in_memory = state.by_person.Find(prefix) != nullptr;
    if (!in_memory) need = {std::move(prefix), false};
  } else if (const auto* correct = std::get_if<v1::CorrectPackageRequest>(&request)) {
    const std::string& reference = correct->changes().person_reference();
    if (!reference.empty()) need = {PersonPrefix(caller.authority_id, reference), false};
  } else if (const auto* erase = std::get_if<v1::ErasePersonRequest>(&request)) {
    need = {PersonPrefix(caller.authority_id, erase->person_reference()), true};
  } else if (const auto* cancel = std::get_if<v1::CancelPackageRequest>(&request)) {
    died(*cancel, cancel->package_id());
  } else if (const auto* cease = std::get_if<v1::CeasePackageRequest>(&request)) {
    died(*cease, cease->package_id());
  } else if (const auto* notice = std::get_if<v1::GiveNoticeRequest>(&request)) {
    died(*notice, notice->package_id());
  } else if (const auto* undo = std::get_if<v1::UndoPackageRequest>(&request)) {
    const PackageAggregate* package = find(undo->package_id());
    const bool had_died =
        package != nullptr && package->row.ending().reason() == v1::END_REASON_DIED;
    if (had_died) others(*package);
  } else if (const auto* withdraw = std::get_if<v1::WithdrawNoticeRequest>(&request)) {
    const PackageAggregate* package = find(withdraw->package_id());
    const bool had_died =
        package != nullptr && package->row.notice().reason() == v1::END_REASON_DIED;
    if (had_died) others(*package);
  }
  return need;
}

std::vector<std::string> MissingRollups(const State& state, uint64_t package_number) {
  const PackageAggregate* package = state.Package(package_number);
  if (package == nullptr) return {};
  std::vector<std::string> keys = RollupKeysOf(*package);
  std::erase_if(keys, [&](const std::string& key) { return state.rollups.Find(key) != nullptr; });
  return keys;
}

std::vector<std::string> MissingRollups(const State& state, const Request& request) {
  std::vector<std::string> keys;
  auto touch = [&](const std::string& offer_id, auto key_of) {
    const auto id = ParseOfferId(offer_id);
    const PackageAggregate* package = id ? state.Package(id->package.number) : nullptr;
    if (package == nullptr || id->ordinal > static_cast<int32_t>(package->offers.size())) return;
    std::string key = key_of(*package, package->offers[static_cast<size_t>(id->ordinal - 1)]);
    if (state.rollups.Find(key) == nullptr) keys.push_back(std::move(key));
  };
  if (const auto* accept = std::get_if<v1::AcceptOfferRequest>(&request)) {
    if (!accept->has_limit()) return keys;
    touch(accept->offer_id(), [&](const PackageAggregate&, const OfferRow& offer) {
      return LimitKey(offer.branch_id(), accept->limit().name());
    });
  } else if (const auto* move = std::get_if<v1::MoveOfferRequest>(&request)) {
    touch(move->offer_id(), [&](const PackageAggregate& package, const OfferRow& offer) {
      return OfferRollupKeyAt(package, offer, move->branch_id());
    });
  }
  return keys;
}

std::vector<std::string> MissingRollupsOfSuspensions(const State& state) {
  std::vector<std::string> keys;
  const std::string prefix = SuspensionKey("");
  const Directory::FactMap& facts = state.directory.Facts();
  for (auto it = facts.lower_bound(prefix);
       it != facts.end() && absl::StartsWith(it->first, prefix); ++it) {
    // Those that are over, too: a clock that was wrong may be set back.
    std::string key = SuspensionRollupKey(it->second->suspension().id());
    if (state.rollups.Find(key) == nullptr) keys.push_back(std::move(key));
  }
  return keys;
}

std::vector<std::string> RollupKeysOf(const PackageAggregate& package) {
  std::set<std::string> keys;
  // A reissue may change the service type, which moves the package to another row of its old month.
  RollupDimensions of = PackageDimensions(package);
  for (int type = v1::ServiceType_MIN; type <= v1::ServiceType_MAX; ++type) {
    of.service_type = static_cast<v1::ServiceType>(type);
    keys.insert(RollupTable::KeyOf(of));
  }
  std::set<std::pair<absl::string_view, int32_t>> pick_ups, opportunities;
  for (const OfferRow& offer : package.offers) {
    if (const v1::AcceptanceLimit* limit = LimitOf(offer)) {
      keys.insert(LimitKey(offer.branch_id(), limit->name()));
    }
    if (offer.restart()) continue;
    of = OfferDimensions(package, offer);
    keys.insert(KeyOf(of, RollupRow::KIND_OFFER));
    keys.insert(KeyOf(of, RollupRow::KIND_WARD));
    if (offer.placed()) continue;
    if (pick_ups.emplace(offer.contract_id(), offer.terms_version()).second) {
      keys.insert(KeyOf(of, RollupRow::KIND_PICK_UP));
    }
    if (opportunities.emplace(offer.provider_id(), offer.round_number()).second) {
      keys.insert(KeyOf(of, RollupRow::KIND_OPPORTUNITY));
    }
  }
  if (package.row.left_date() != 0) {
    keys.insert(RollupTable::KeyOf(InterimDimensions(package.row)));
  }
  AddHoursKeys(package, package.row.award(), package.row.terms_changes(), &keys);
  const journal::v1::StepRow& last = package.row.last_step();
  AddHoursKeys(package, last.award(), last.terms_changes(), &keys);  // a return may be undone
  return {keys.begin(), keys.end()};
}

}  // namespace brokerage::engine
