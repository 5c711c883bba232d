#include "tests/common/engine_driver.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/rollups.h"
#include "storage/loading.h"

namespace brokerage::engine {

namespace {

using journal::v1::RollupRow;

// Every so many commands closed packages are forgotten.
constexpr uint64_t kCommandsBetweenEvictions = 3;
constexpr int kTicksAfterReload = 200;

using Rows = std::map<std::pair<Table, std::string>, std::string>;

Rows RowsOf(const storage::View& view) {
  Rows rows;
  for (int table = 0; table < kTables; ++table) {
    const auto of = static_cast<Table>(table);
    if (of == Table::kTexts) continue;
    view.Scan(of, "", "", [&](absl::string_view key, absl::string_view value) {
      rows[{of, std::string(key)}] = std::string(value);
      return true;
    });
  }
  return rows;
}

std::string NameOf(const std::pair<Table, std::string>& key) {
  std::string name = absl::StrCat(TableName(key.first), "/");
  for (unsigned char c : key.second) {
    if (c >= ' ' && c < 127) {
      name += static_cast<char>(c);
    } else {
      absl::StrAppend(&name, "\\", static_cast<int>(c));
    }
  }
  return name;
}

// What differs first, for a message.
std::string Difference(const Rows& have, const Rows& want) {
  for (const auto& [key, value] : want) {
    auto it = have.find(key);
    if (it == have.end()) return NameOf(key) + " is missing";
    if (it->second != value) return NameOf(key) + " differs";
  }
  for (const auto& [key, value] : have) {
    if (!want.contains(key)) return NameOf(key) + " is too much";
  }
  return "";
}

class StoredFigures : public FigureSource {
 public:
  explicit StoredFigures(std::unique_ptr<storage::View> view) : view_(std::move(view)) {}

  void ForEachRollup(absl::string_view prefix,
                     absl::FunctionRef<void(const RollupRow&)> visit) const override {
    view_->Scan(Table::kRollups, prefix, "", [&](absl::string_view, absl::string_view value) {
      RollupRow row;
      if (!row.ParseFromString(std::string(value))) std::abort();
      visit(row);
      return true;
    });
  }

  void ForEachOfferFact(
      absl::string_view framework_id, DateNumber from, DateNumber to,
      absl::FunctionRef<void(const journal::v1::OfferFact&)> visit) const override {
    view_->Scan(Table::kOfferFacts, OfferFactPrefix(framework_id, 0),
                OfferFactPrefix(framework_id, from),
                [&](absl::string_view, absl::string_view value) {
                  journal::v1::OfferFact fact;
                  if (!fact.ParseFromString(std::string(value))) std::abort();
                  if (to != 0 && fact.issued_date() >= to) return false;
                  visit(fact);
                  return true;
                });
  }

  void ForEachOfferFactOfPackage(
      uint64_t package_number,
      absl::FunctionRef<void(const journal::v1::OfferFact&)> visit) const override {
    journal::v1::PackageRow row;
    row.ParseFromString(*view_->Get(Table::kPackages, PackageKey(package_number)));
    view_->Scan(Table::kOffers, PackageKey(package_number), "",
                [&](absl::string_view, absl::string_view value) {
                  journal::v1::OfferRow offer;
                  if (!offer.ParseFromString(std::string(value))) std::abort();
                  visit(FactOf(row, offer));
                  return true;
                });
  }

  int64_t sequence() const override { return static_cast<int64_t>(view_->head().sequence); }

 private:
  std::unique_ptr<storage::View> view_;
};

bool SumsHold(const v1::Counts& counts) {
  return counts.issued() == counts.error_upheld() + counts.notice_failed() + counts.accepted() +
                                counts.declined() + counts.closed_unanswered() + counts.pending() +
                                counts.late() + counts.silent() &&
         counts.accepted() == counts.won() + counts.lost() + counts.void_() + counts.undecided();
}

bool NoneBelowZero(const google::protobuf::Message& counts) {
  const auto* reflection = counts.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(counts, &fields);
  return std::all_of(fields.begin(), fields.end(),
                     [&](const auto* field) { return reflection->GetInt64(counts, field) >= 0; });
}

}  // namespace

ZoneFinder HostZones() {
  return [](const std::string& name) -> const absl::TimeZone* {
    static std::map<std::string, absl::TimeZone>& zones =
        *new std::map<std::string, absl::TimeZone>;
    auto it = zones.find(name);
    if (it != zones.end()) return &it->second;
    absl::TimeZone zone;
    if (!absl::LoadTimeZone(name, &zone)) return nullptr;
    return &zones.emplace(name, zone).first->second;
  };
}

EngineDriver::EngineDriver(absl::Time start)
    : now_(start), engine_(std::make_unique<Engine>(HostZones())) {}

absl::Time EngineDriver::Stamp() const {
  return std::max(now_, absl::FromUnixMicros(last_time_us_ + 1));
}

bool EngineDriver::RunOneDue() {
  absl::StatusOr<Decision> decision = engine_->Decide({{}, Tick{}, ""}, Stamp());
  if (!decision.ok() || decision->record.facts_size() == 0) {
    Problem(absl::StrCat("a tick brings nothing: ", decision.status().ToString()));
    return false;
  }
  Commit(*decision);
  return true;
}

void EngineDriver::AdvanceTo(absl::Time to) {
  // Commands of one moment are microseconds apart, and so is what they make due.
  while (engine_->NextDue() < to + absl::Seconds(1)) {
    now_ = std::max(now_, engine_->NextDue());
    if (!RunOneDue()) break;
  }
  now_ = to;
}

void EngineDriver::Restart() {
  engine_ = std::make_unique<Engine>(HostZones());
  absl::Status status = storage::LoadEngine(*store_.Read(), now_, engine_.get());
  if (!status.ok()) Problem(status.ToString());
}

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> EngineDriver::Do(const Caller& caller,
                                                                            Request request) {
  if (++commands_ % kCommandsBetweenEvictions == 0) engine_->EvictClosed();
  absl::Status loaded = storage::LoadTouched(*store_.Read(), request, engine_.get());
  if (!loaded.ok()) Problem(loaded.ToString());
  std::string salt = absl::StrCat("salt of ", commands_);
  salt.resize(16, ' ');
  const Command command{caller, std::move(request), salt};
  absl::StatusOr<Decision> decision = engine_->Decide(command, Stamp());
  if (!decision.ok()) return decision.status();
  if (decision->record.facts_size() == 0) return std::move(decision->reply);
  Commit(*decision);
  std::unique_ptr<google::protobuf::Message> reply = engine_->Respond(command, *decision);
  if (reply == nullptr) reply = std::move(decision->reply);
  RunDue();
  return reply;
}

void EngineDriver::Commit(const Decision& decision) {
  std::vector<RowWrite> writes;
  engine_->Apply(decision.record, last_sequence_ + 1, decision.texts, &writes);
  Append(decision.record, std::move(writes));
  watch_.Watch(decision.record, [this](uint64_t number) { return Package(number); });
}

void EngineDriver::Append(const journal::v1::Record& record, std::vector<RowWrite> writes) {
  storage::Batch batch;
  batch.records.push_back(record.SerializeAsString());
  batch.writes = std::move(writes);
  absl::Status status = store_.Append(store_.epoch(), head_, batch);
  if (!status.ok()) Problem(status.ToString());
  head_ = store_.Read()->head();
  last_sequence_ = head_.sequence;
  last_time_us_ = record.time_us();
}

PackageAggregate EngineDriver::Package(uint64_t number) const {
  absl::StatusOr<std::optional<PackageAggregate>> package =
      storage::ReadPackage(*store_.Read(), number);
  if (!package.ok() || !package->has_value()) std::abort();
  return **std::move(package);
}

bool EngineDriver::OverLimit(uint64_t number) const {
  const std::string authority = Package(number).row.authority_id();
  return store_.Read()
      ->Get(Table::kPackagesByState, PackageStateKey(authority, kOverLimit, number))
      .has_value();
}

std::unique_ptr<FigureSource> EngineDriver::Figures() const {
  return std::make_unique<StoredFigures>(store_.Read());
}

std::vector<std::string> EngineDriver::FinalProblems() {
  for (const std::string& problem : watch_.problems()) Problem(problem);
  CheckSums();
  CheckMemory();
  CheckReplay();
  CheckReload();
  CheckSums();
  return std::move(problems_);
}

void EngineDriver::CheckReplay() {
  Engine engine(HostZones());
  Rows rows;
  absl::Status status = store_.Read()->Tail(1, [&](const journal::v1::JournalEntry& entry) {
    journal::v1::Record record;
    if (!record.ParseFromString(entry.record())) std::abort();
    std::vector<RowWrite> writes;
    engine.Apply(record, entry.sequence(), {}, &writes);
    for (RowWrite& write : writes) {
      if (write.table == Table::kTexts) continue;
      if (write.value) {
        rows[{write.table, write.key}] = *std::move(write.value);
      } else {
        rows.erase({write.table, write.key});
      }
    }
    return true;
  });
  if (!status.ok()) Problem(status.ToString());
  std::string difference = Difference(rows, RowsOf(*store_.Read()));
  if (!difference.empty()) Problem("replaying the journal gives other rows: " + difference);
  if (engine.NextDue() != engine_->NextDue()) Problem("replaying gives another time when due next");
}

// What is in memory is what is stored.
void EngineDriver::CheckMemory() {
  for (uint64_t number : engine_->state().open_packages) {
    const PackageAggregate& package = *engine_->state().Package(number);
    const PackageAggregate stored = Package(number);
    bool same = package.row.SerializeAsString() == stored.row.SerializeAsString() &&
                package.offers.size() == stored.offers.size();
    for (size_t i = 0; same && i < package.offers.size(); ++i) {
      same = package.offers[i].SerializeAsString() == stored.offers[i].SerializeAsString();
    }
    if (!same) Problem(absl::StrCat("package ", number, " is not stored as it is in memory"));
  }
}

// Goes on from the rows beside the engine that made them, as long as anything is due.
void EngineDriver::CheckReload() {
  Engine reloaded(HostZones());
  absl::Status status = storage::LoadEngine(*store_.Read(), now_, &reloaded);
  if (!status.ok()) return Problem(status.ToString());
  for (int i = 0; i < kTicksAfterReload; ++i) {
    const absl::Time due = engine_->NextDue();
    if (reloaded.NextDue() != due) return Problem("reloading gives another time when due next");
    if (due == absl::InfiniteFuture()) return;
    now_ = std::max(now_, due);
    const absl::Time stamp = Stamp();
    absl::StatusOr<Decision> here = engine_->Decide({{}, Tick{}, ""}, stamp);
    absl::StatusOr<Decision> there = reloaded.Decide({{}, Tick{}, ""}, stamp);
    if (!here.ok() || !there.ok() || here->record.facts_size() == 0) {
      return Problem("a tick after reloading brings nothing");
    }
    if (here->record.SerializeAsString() != there->record.SerializeAsString()) {
      return Problem(absl::StrCat("reloading decides otherwise: ", here->record.ShortDebugString(),
                                  " AGAINST ", there->record.ShortDebugString()));
    }
    std::vector<RowWrite> writes, writes_there;
    engine_->Apply(here->record, last_sequence_ + 1, {}, &writes);
    reloaded.Apply(there->record, last_sequence_ + 1, {}, &writes_there);
    bool same = writes.size() == writes_there.size();
    for (size_t w = 0; same && w < writes.size(); ++w) {
      same = writes[w].table == writes_there[w].table && writes[w].key == writes_there[w].key &&
             writes[w].value == writes_there[w].value;
    }
    if (!same) return Problem("reloading gives other rows after a further tick");
    Append(here->record, std::move(writes));
  }
  Problem("something is due for ever");
}

void EngineDriver::CheckSums() {
  store_.Read()->Scan(Table::kRollups, "", "", [&](absl::string_view key, absl::string_view value) {
    RollupRow row;
    if (!row.ParseFromString(std::string(value))) std::abort();
    const v1::PackageCounts& packages = row.packages();
    const bool holds =
        SumsHold(row.live()) && SumsHold(row.settled()) && NoneBelowZero(row.live()) &&
        NoneBelowZero(row.settled()) && row.live().issued() >= row.settled().issued() &&
        packages.referred() == packages.sourced() + packages.waiting() + packages.cancelled() &&
        NoneBelowZero(packages) && row.minutes() >= 0 && row.awards() >= 0;
    if (!holds) Problem(absl::StrCat("the sums do not hold: ", row.ShortDebugString()));
    return true;
  });
}

}  // namespace brokerage::engine
