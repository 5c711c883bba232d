#include "engine/engine.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "engine/apply/applier.h"
#include "engine/apply/indexes.h"
#include "engine/award/acceptance_limits.h"
#include "engine/base/calendar.h"
#include "engine/base/check.h"
#include "engine/base/ids.h"
#include "engine/decide/decide.h"
#include "engine/model/fact_keys.h"

namespace brokerage::engine {

Engine::Engine(ZoneFinder zones) : zones_(std::move(zones)) {}

void Engine::LoadFramework(const journal::v1::FrameworkRow& row) {
  state_.directory.PutFramework(row);
}

void Engine::LoadFact(const journal::v1::DirectoryFact& fact) {
  state_.directory.Put(fact);
  EnterFact(&state_, fact);
}

void Engine::LoadAccount(const journal::v1::AccountRow& row) {
  state_.accounts[row.account().id()] = row;
}

void Engine::LoadSystem(const journal::v1::SystemRow& row) { state_.system = row; }

void Engine::LoadRollup(const journal::v1::RollupRow& row) { state_.rollups.Put(row); }

void Engine::LoadPackage(PackageAggregate package) {
  const uint64_t number = package.row.number();
  std::unique_ptr<PackageAggregate>& place = state_.packages[number];
  BROKERAGE_CHECK(place == nullptr);
  place = std::make_unique<PackageAggregate>(std::move(package));
  EnterPackage(&state_, number);
}

void Engine::FinishLoading(uint64_t last_sequence, int64_t last_time_us) {
  state_.last_sequence = last_sequence;
  state_.last_time_us = last_time_us;
  ++state_.directory_version;
}

std::vector<uint64_t> Engine::TouchedPackages(const Request& request) const {
  std::vector<uint64_t> touched;
  auto package = [&](const std::string& id) {
    if (auto parsed = ParsePackageId(id)) touched.push_back(parsed->number);
  };
  std::visit(
      [&](const auto& one) {
        using T = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<T, v1::ReleasePackagesRequest> ||
                      std::is_same_v<T, v1::TransferPackagesRequest>) {
          for (const std::string& id : one.package_ids()) package(id);
        } else if constexpr (std::is_same_v<T, v1::ExtendDeadlinesRequest>) {
          for (const std::string& id : one.closed_package_ids()) package(id);
        } else if constexpr (requires { one.package_id(); }) {
          package(one.package_id());
        } else if constexpr (requires { one.offer_id(); }) {
          if (auto parsed = ParseOfferId(one.offer_id())) touched.push_back(parsed->package.number);
        }
        if constexpr (requires { one.referral(); }) package(one.referral().follows_package_id());
      },
      request);
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  std::erase_if(touched, [this](uint64_t number) { return state_.Package(number) != nullptr; });
  return touched;
}

std::vector<std::string> Engine::MissingRollups(uint64_t package_number) const {
  const PackageAggregate* package = state_.Package(package_number);
  if (package == nullptr) return {};
  std::vector<std::string> keys = RollupKeysOf(*package);
  std::erase_if(keys,
                [this](const std::string& key) { return state_.rollups.Find(key) != nullptr; });
  return keys;
}

std::vector<std::string> Engine::MissingRollups(const Request& request) const {
  std::vector<std::string> keys;
  auto touch = [&](const std::string& offer_id, auto key_of) {
    const auto id = ParseOfferId(offer_id);
    const PackageAggregate* package = id ? state_.Package(id->package.number) : nullptr;
    if (package == nullptr || id->ordinal > static_cast<int32_t>(package->offers.size())) return;
    std::string key = key_of(*package, package->offers[static_cast<size_t>(id->ordinal - 1)]);
    if (state_.rollups.Find(key) == nullptr) keys.push_back(std::move(key));
  };
  if (const auto* accept = std::get_if<v1::AcceptOfferRequest>(&request)) {
    if (!accept->has_limit()) return keys;
    touch(accept->offer_id(), [&](const PackageAggregate&, const journal::v1::OfferRow& offer) {
      return LimitKey(offer.branch_id(), accept->limit().name());
    });
  } else if (const auto* move = std::get_if<v1::MoveOfferRequest>(&request)) {
    touch(move->offer_id(),
          [&](const PackageAggregate& package, const journal::v1::OfferRow& offer) {
            return OfferRollupKeyAt(package, offer, move->branch_id());
          });
  }
  return keys;
}

std::vector<std::string> Engine::MissingRollupsOfSuspensions() const {
  std::vector<std::string> keys;
  const std::string prefix = SuspensionKey("");
  const Directory::FactMap& facts = state_.directory.Facts();
  for (auto it = facts.lower_bound(prefix);
       it != facts.end() && absl::StartsWith(it->first, prefix); ++it) {
    const v1::Suspension& suspension = it->second->suspension();
    const bool over =
        suspension.has_to_time() && FromTimestamp(suspension.to_time()) <= state_.last_time_us;
    std::string key = SuspensionRollupKey(suspension.id());
    if (!over && state_.rollups.Find(key) == nullptr) keys.push_back(std::move(key));
  }
  return keys;
}

void Engine::EvictClosed() {
  for (uint64_t number : state_.closed_packages) state_.packages.Erase(number);
  state_.closed_packages.clear();
}

absl::StatusOr<Decision> Engine::Decide(const Command& command, absl::Time now) const {
  BROKERAGE_CHECK(absl::ToUnixMicros(now) > state_.last_time_us);
  return Deciding(state_, zones_, command, now).Run();
}

void Engine::Apply(const journal::v1::Record& record, uint64_t sequence,
                   const std::vector<journal::v1::TextRow>& texts, std::vector<RowWrite>* writes) {
  Applier(&state_, record, sequence, texts, writes).Run();
}

absl::Time Engine::NextDue() const {
  const int64_t next = NextDueMicros(state_);
  return next == std::numeric_limits<int64_t>::max() ? absl::InfiniteFuture()
                                                     : absl::FromUnixMicros(next);
}

}  // namespace brokerage::engine
