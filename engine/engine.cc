#include "engine/engine.h"

#include <limits>
#include <utility>
#include <variant>

#include "engine/apply/applier.h"
#include "engine/apply/indexes.h"
#include "engine/apply/rows.h"
#include "engine/award/acceptance_limits.h"
#include "engine/base/calendar.h"
#include "engine/base/check.h"
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

// What is in memory may be newer than what was stored.
void Engine::LoadRollup(const journal::v1::RollupRow& row) {
  if (state_.rollups.Find(RollupTable::KeyOf(row)) == nullptr) state_.rollups.Put(row);
}

void Engine::LoadPackage(PackageAggregate package) {
  const uint64_t number = package.row.number();
  std::unique_ptr<PackageAggregate>& place = state_.packages[number];
  BROKERAGE_CHECK(place == nullptr);
  place = std::make_unique<PackageAggregate>(std::move(package));
  place->found_by = {};  // whoever found it before
  IndexPackage(&state_, place.get());
}

void Engine::FinishLoading(uint64_t last_sequence, int64_t last_time_us) {
  state_.last_sequence = last_sequence;
  state_.last_time_us = last_time_us;
  ++state_.directory_version;
}

void Engine::LoadPerson(const std::string& prefix, uint64_t person_number) {
  state_.known_persons[prefix] = person_number;
}

void Engine::EvictClosed() {
  state_.known_persons.Clear();
  BROKERAGE_CHECK(state_.unwritten.packages.empty());
  for (uint64_t number : state_.closed_packages) {
    ForgetPackage(&state_, *state_.Package(number));
    state_.packages.Erase(number);
  }
  state_.closed_packages.clear();
}

absl::StatusOr<Decision> Engine::Decide(const Command& command, absl::Time now) const {
  BROKERAGE_CHECK(absl::ToUnixMicros(now) > state_.last_time_us ||
                  std::holds_alternative<v1::ConfirmClockRequest>(command.request));
  return engine::Decide(state_, zones_, command, now);
}

void Engine::Apply(const journal::v1::Record& record, uint64_t sequence,
                   const std::vector<journal::v1::TextRow>& texts) {
  Applier(&state_, record, sequence, texts).Run();
}

void Engine::TakeRows(std::vector<RowWrite>* writes) { engine::TakeRows(&state_, writes); }

void Engine::ForgetRows() { engine::ForgetRows(&state_); }

std::unique_ptr<google::protobuf::Message> Engine::Reply(const Command& command,
                                                         const Decision& decision) const {
  return engine::Reply(state_, zones_, command, decision);
}

absl::Time Engine::NextDue() const {
  const int64_t next = NextDueMicros(state_);
  return next == std::numeric_limits<int64_t>::max() ? absl::InfiniteFuture()
                                                     : absl::FromUnixMicros(next);
}

bool Engine::IsDue(absl::Time time, absl::Time clock) const {
  return FirstDue(state_, absl::ToUnixMicros(time), absl::ToUnixMicros(clock)) != nullptr;
}

}  // namespace brokerage::engine
