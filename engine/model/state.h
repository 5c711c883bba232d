// The engine's state in memory: the directory, accounts, the packages that are open or were loaded,
// and roll-ups.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "brokerage/journal/v1/record.pb.h"
#include "engine/model/agenda.h"
#include "engine/model/directory.h"
#include "engine/model/package.h"
#include "engine/model/rollup_table.h"
#include "engine/model/tables.h"

namespace brokerage::engine {

// Whether care has neither started nor been given up in this state.
bool WaitsOrIsAwarded(v1::PackageState state);
// Whether a package in this state, with these rounds, must be in memory: somebody still waits for
// something, or it runs and the award of another to which it is linked may ask who has it.
bool IsOpenPackage(const journal::v1::PackageRow& row);
// Whether it started as an interim service, by the rules of that moment.
bool IsInterim(const journal::v1::PackageRow& row);
// Whether it is an interim service that runs and whose limit has not passed yet; or has.
bool AwaitsLimit(const journal::v1::PackageRow& row);
bool IsOverLimit(const journal::v1::PackageRow& row);
// Whether nothing of it goes out or is awarded: its person was said to have died.
bool IsStopped(const journal::v1::PackageRow& row);
// Whether somebody cares for the person, if only the care rests: it is STARTED or PAUSED.
bool Runs(v1::PackageState state);
// Whether it has not ended: it waits, is awarded or runs.
bool HasNotEnded(v1::PackageState state);
// Whether it runs, until the last day of a notice.
bool IsUnderNotice(const journal::v1::PackageRow& row);
// Of a package that follows another: the other's end, or its notice, made it. Else a referral did.
bool IsOfAnEnd(const journal::v1::PackageRow& row);
// Where start-up finds the open packages in kPackagesByState: every open package is listed there
// under PACKAGE_STATE_UNSPECIFIED, too.
const std::vector<v1::PackageState>& StatesOfOpenPackages();

// A hash map that can be asked, never iterated: its order decides nothing.
template <typename Key, typename Value>
class LookupMap {
 public:
  const Value* Find(const Key& key) const {
    auto it = map_.find(key);
    return it == map_.end() ? nullptr : &it->second;
  }
  Value& operator[](const Key& key) { return map_[key]; }
  void Erase(const Key& key) { map_.erase(key); }
  void Clear() { map_.clear(); }
  size_t size() const { return map_.size(); }

 private:
  absl::flat_hash_map<Key, Value> map_;
};

// What records changed of a package, since its rows were last taken.
struct UnwrittenPackage {
  bool existed = false;
  bool open = false;
  bool over_limit = false;
  v1::PackageState state = v1::PACKAGE_STATE_UNSPECIFIED;
  int32_t offers = 0;  // those it had: later ones are new
  int32_t rounds = 0;  // likewise
  bool row_changed = false;
  std::vector<int32_t> changed_offers;  // some twice
};

// Likewise of everything; changed roll-ups are known to their table.
struct Unwritten {
  std::map<uint64_t, UnwrittenPackage> packages;
  std::vector<RowWrite> others;  // whole rows, in order
  bool system = false;
};

struct State {
  Directory directory;
  uint64_t directory_version = 0;
  std::map<std::string, journal::v1::AccountRow, std::less<>> accounts;
  journal::v1::SystemRow system;
  RollupTable rollups;
  // By number; pointers stay good until eviction.
  LookupMap<uint64_t, std::unique_ptr<PackageAggregate>> packages;
  std::set<uint64_t> open_packages;  // those of `packages` that are open, in order
  // Those that were only loaded for a command, or have closed since.
  std::set<uint64_t> closed_packages;
  std::set<AgendaEntry> agenda;
  // PersonPrefix -> the person's packages that are in memory.
  LookupMap<std::string, std::set<uint64_t>> by_person;
  // PersonPrefix -> the person's number, of those whom the command names and storage knows.
  LookupMap<std::string, uint64_t> known_persons;
  // LimitKey -> packages that wait with an acceptance under the limit.
  LookupMap<std::string, std::set<uint64_t>> waiting_by_limit;
  Unwritten unwritten;
  int64_t last_time_us = 0;
  uint64_t last_sequence = 0;

  // Null if it is not in memory.
  const PackageAggregate* Package(uint64_t number) const {
    const std::unique_ptr<PackageAggregate>* found = packages.Find(number);
    return found != nullptr ? found->get() : nullptr;
  }
};

// The rules that a package follows: of its own revision, or the newest before its first release.
const v1::FrameworkRules& RulesOf(const State& state, const journal::v1::PackageRow& row);

// Whether the package that follows stays where care goes on: it waits or is awarded, and a referral
// made it.
bool KeepsFollower(const State& state, const journal::v1::PackageRow& row);

// The packages to which the package is linked, as far as they have not ended.
std::vector<const PackageAggregate*> LinkedTo(const State& state,
                                              const journal::v1::PackageRow& row);

// Whether an award of the package's last round may come before its deadline. REQUIRES: it has one.
bool AwardsBeforeClose(const v1::FrameworkRules& rules, const journal::v1::PackageRow& row);

// The first entry of the agenda that is due, by phase and then in the agenda's order; null if none
// is. Deadlines and limits pass by the clock, and are passed over while it is in doubt; what else
// is due has its turn as of the next record's time.
const AgendaEntry* FirstDue(const State& state, int64_t now_us, int64_t clock_us);
// When the next entry is due; the largest value if none waits.
int64_t NextDueMicros(const State& state);

}  // namespace brokerage::engine
