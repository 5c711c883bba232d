#include "storage/loading.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "engine/needs.h"
#include "storage/encoding.h"

namespace brokerage::storage {

namespace {

using engine::Table;
using journal::v1::OfferRow;
using journal::v1::PackageRow;
using journal::v1::RollupRow;

// One more than the 13 that figures need: the local month may be one behind the month in UTC.
constexpr int kMonthsBefore = 13;

absl::Status Damaged(Table table, absl::string_view key, absl::string_view what) {
  return absl::DataLossError(absl::StrCat("the row ", DescribeKey(table, key), " ", what));
}

absl::Status Missing(Table table, absl::string_view key) {
  return Damaged(table, key, "is missing, but is in an index");
}

template <typename Row>
absl::Status Parse(Table table, absl::string_view key, absl::string_view value, Row* row) {
  if (row->ParseFromArray(value.data(), static_cast<int>(value.size()))) return absl::OkStatus();
  return Damaged(table, key, "cannot be read");
}

template <typename Row>
absl::StatusOr<std::optional<Row>> ReadRow(const View& view, Table table, const std::string& key) {
  std::optional<std::string> value = view.Get(table, key);
  if (absl::Status status = view.status(); !status.ok()) return status;
  if (!value.has_value()) return std::optional<Row>();
  Row row;
  if (absl::Status status = Parse(table, key, *value, &row); !status.ok()) return status;
  return std::optional<Row>(std::move(row));
}

template <typename Row>
absl::StatusOr<Row> ReadIndexed(const View& view, Table table, const std::string& key) {
  absl::StatusOr<std::optional<Row>> row = ReadRow<Row>(view, table, key);
  if (!row.ok()) return row.status();
  if (!row->has_value()) return Missing(table, key);
  return **std::move(row);
}

// Calls take(row) for every row with the prefix.
template <typename Row, typename Take>
absl::Status EachRow(const View& view, Table table, absl::string_view prefix, Take take) {
  absl::Status status;
  view.Scan(table, prefix, "", [&](absl::string_view key, absl::string_view value) {
    Row row;
    status = Parse(table, key, value, &row);
    if (status.ok()) take(std::move(row));
    return status.ok();
  });
  return status.ok() ? view.status() : status;
}

// Puts what was found of everyone considered back into the rounds of a package's row.
absl::Status ReadVerdicts(const View& view, PackageRow* row) {
  int rounds = 0;
  absl::Status status = EachRow<journal::v1::RoundVerdicts>(
      view, Table::kVerdicts, engine::PackageKey(row->number()),
      [&](journal::v1::RoundVerdicts kept) {
        if (kept.round_number() != rounds + 1 || rounds == row->rounds_size()) return;
        row->mutable_rounds(rounds++)->mutable_verdicts()->Swap(kept.mutable_verdicts());
      });
  if (status.ok() && rounds < row->rounds_size()) {
    status =
        Damaged(Table::kVerdicts, engine::VerdictsKey(row->number(), rounds + 1), "is missing");
  }
  return status;
}

// Revisions follow each other from 1.
absl::Status LoadFrameworks(const View& view, engine::Engine* engine) {
  std::string framework_id;
  int32_t revision = 0;
  absl::Status gap;
  absl::Status status =
      EachRow<journal::v1::FrameworkRow>(view, Table::kFrameworks, "", [&](const auto& row) {
        revision = row.framework_id() == framework_id ? revision + 1 : 1;
        framework_id = row.framework_id();
        if (row.revision() != revision) {
          gap.Update(Damaged(Table::kFrameworks, engine::FrameworkKey(framework_id, revision),
                             "is missing"));
          revision = row.revision();
        }
        engine->LoadFramework(row);
      });
  status.Update(gap);
  return status;
}

// The first account comes before anything that an account asks for, and is kept for good.
absl::Status CheckNoAccountIsLost(const View& view) {
  std::string lost;
  absl::Status status = view.Tail(1, [&](const journal::v1::JournalEntry& entry) {
    journal::v1::Record record;
    if (!record.ParseFromString(entry.record())) return false;
    for (const journal::v1::Fact& fact : record.facts()) {
      if (fact.has_account_changed()) lost = fact.account_changed().account().account().id();
    }
    return lost.empty() && record.account_id().empty();
  });
  if (status.ok() && !lost.empty()) status = Damaged(Table::kAccounts, lost, "is missing");
  return status;
}

// The system's row counts the packages, and the facts that have a number.
absl::Status LoadSystem(const View& view, bool any_numbered_fact, engine::Engine* engine) {
  absl::StatusOr<std::optional<journal::v1::SystemRow>> row =
      ReadRow<journal::v1::SystemRow>(view, Table::kSystem, engine::kSystemKey);
  if (!row.ok()) return row.status();
  const journal::v1::SystemRow system = row->value_or(journal::v1::SystemRow());
  const uint64_t last = system.last_package_number();
  std::string beyond;
  view.Scan(Table::kPackages, "", engine::PackageKey(last + 1),
            [&](absl::string_view key, absl::string_view) {
              beyond = std::string(key);
              return false;
            });
  if (!beyond.empty() || (any_numbered_fact && system.last_fact_number() == 0)) {
    return Damaged(Table::kSystem, engine::kSystemKey,
                   row->has_value() ? "does not know all that is stored"
                                    : "is missing, but there is what it counts");
  }
  if (last > 0) {
    absl::StatusOr<std::optional<PackageRow>> package =
        ReadRow<PackageRow>(view, Table::kPackages, engine::PackageKey(last));
    if (!package.ok()) return package.status();
    if (!package->has_value()) {
      return Damaged(Table::kPackages, engine::PackageKey(last), "is missing");
    }
  }
  engine->LoadSystem(system);
  return view.status();
}

absl::Status LoadDirectory(const View& view, engine::Engine* engine) {
  if (absl::Status status = LoadFrameworks(view, engine); !status.ok()) return status;
  bool any_numbered_fact = false;
  absl::Status status =
      EachRow<journal::v1::DirectoryFact>(view, Table::kDirectory, "", [&](const auto& fact) {
        any_numbered_fact |= fact.has_opt_out_window() || fact.has_suspension() ||
                             fact.has_coverage_proposal() || fact.has_transfer();
        engine->LoadFact(fact);
      });
  if (!status.ok()) return status;
  bool any_account = false;
  status = EachRow<journal::v1::AccountRow>(view, Table::kAccounts, "", [&](const auto& row) {
    any_account = true;
    engine->LoadAccount(row);
  });
  if (status.ok() && !any_account) status = CheckNoAccountIsLost(view);
  if (!status.ok()) return status;
  return LoadSystem(view, any_numbered_fact, engine);
}

// Every open package stands in the index under each authority with one of the states of
// StatesOfOpenPackages.
std::vector<uint64_t> NumbersOfOpenPackages(const View& view) {
  std::vector<uint64_t> numbers;
  std::string from;
  for (;;) {
    std::optional<std::string> authority;  // the next that has packages at all
    view.Scan(Table::kPackagesByState, "", from, [&](absl::string_view key, absl::string_view) {
      authority = std::string(key.substr(0, key.find('\0')));
      return false;
    });
    if (!authority.has_value()) return numbers;
    for (v1::PackageState state : engine::StatesOfOpenPackages()) {
      view.Scan(Table::kPackagesByState, engine::PackageStatePrefix(*authority, state), "",
                [&](absl::string_view key, absl::string_view) {
                  numbers.push_back(engine::TrailingNumber(key));
                  return true;
                });
    }
    from = *authority + '\x01';
  }
}

absl::Status LoadOpenPackages(const View& view, engine::Engine* engine) {
  for (uint64_t number : NumbersOfOpenPackages(view)) {
    absl::StatusOr<std::optional<engine::PackageAggregate>> package = ReadPackage(view, number);
    if (!package.ok()) return package.status();
    if (!package->has_value()) return Missing(Table::kPackages, engine::PackageKey(number));
    const PackageRow& row = (*package)->row;
    // 0 until its first release: the newest counts.
    const int32_t revision = std::max(row.framework_revision(), 1);
    if (engine->directory().Framework(row.framework_id(), revision) == nullptr) {
      return Damaged(Table::kFrameworks, engine::FrameworkKey(row.framework_id(), revision),
                     "is missing");
    }
    if (engine::IsOpenPackage(row)) engine->LoadPackage(**std::move(package));
  }
  return view.status();
}

// Calls fn(package's number, person's number) for each of the person's packages, until it says no.
void EachOfPerson(const View& view, const std::string& person_prefix,
                  absl::FunctionRef<bool(uint64_t, uint64_t)> fn) {
  view.Scan(Table::kPersons, person_prefix, "",
            [&](absl::string_view key, absl::string_view value) {
              // A reference may hold a zero byte: what begins alike may be another's.
              if (key.size() != person_prefix.size() + 8) return true;
              return fn(engine::TrailingNumber(key), engine::TrailingNumber(value));
            });
}

absl::Status LoadRollups(const View& view, const std::vector<std::string>& keys,
                         engine::Engine* engine) {
  for (const std::string& key : keys) {
    absl::StatusOr<std::optional<RollupRow>> row = ReadRow<RollupRow>(view, Table::kRollups, key);
    if (!row.ok()) return row.status();
    if (row->has_value()) engine->LoadRollup(**row);  // else never counted
  }
  return absl::OkStatus();
}

// The package with what a change of it touches; nothing where there is none: the engine refuses an
// id that it does not know.
absl::Status LoadOne(const View& view, uint64_t number, engine::Engine* engine) {
  absl::StatusOr<std::optional<engine::PackageAggregate>> package = ReadPackage(view, number);
  if (!package.ok()) return package.status();
  if (!package->has_value()) return absl::OkStatus();
  engine->LoadPackage(**std::move(package));
  return LoadRollups(view, engine::MissingRollups(engine->state(), number), engine);
}

absl::Status LoadPerson(const View& view, const engine::PersonNeed& person,
                        engine::Engine* engine) {
  absl::Status status;
  EachOfPerson(view, person.prefix, [&](uint64_t number, uint64_t person_number) {
    if (!person.packages) {
      engine->LoadPerson(person.prefix, person_number);
      return false;
    }
    if (engine->state().Package(number) == nullptr) status = LoadOne(view, number, engine);
    return status.ok();
  });
  return status.ok() ? view.status() : status;
}

// When the last record was written; 0 in an empty journal.
absl::StatusOr<int64_t> TimeOfLastRecord(const View& view, uint64_t sequence) {
  if (sequence == 0) return 0;
  journal::v1::Record record;
  bool readable = false;
  absl::Status status = view.Tail(sequence, [&](const journal::v1::JournalEntry& entry) {
    readable = record.ParseFromString(entry.record());
    return false;
  });
  if (!status.ok()) return status;
  if (!readable) {
    return absl::DataLossError(
        absl::StrCat("the record of journal entry ", sequence, " cannot be read"));
  }
  return record.time_us();
}

}  // namespace

absl::Status LoadRecentRollups(const View& view, absl::Time now, engine::Engine* engine) {
  const absl::CivilMonth month = absl::ToCivilMonth(now, absl::UTCTimeZone()) - kMonthsBefore;
  const int32_t floor = static_cast<int32_t>(month.year()) * 100 + month.month();
  for (const journal::v1::FrameworkRow* framework : engine->directory().Frameworks()) {
    for (int kind = RollupRow::Kind_MIN; kind <= RollupRow::Kind_MAX; ++kind) {
      if (!RollupRow::Kind_IsValid(kind) || kind == RollupRow::KIND_UNSPECIFIED) continue;
      const auto of = static_cast<RollupRow::Kind>(kind);
      const int32_t from = of == RollupRow::KIND_FILL ? 0 : floor;  // a fill is of no month
      absl::Status status;
      view.Scan(Table::kRollups, engine::RollupTable::Prefix(of, framework->framework_id()),
                engine::RollupTable::Prefix(of, framework->framework_id(), from),
                [&](absl::string_view key, absl::string_view value) {
                  RollupRow row;
                  status = Parse(Table::kRollups, key, value, &row);
                  if (status.ok()) engine->LoadRollup(row);
                  return status.ok();
                });
      if (!status.ok()) return status;
    }
  }
  return view.status();
}

absl::Status LoadAllRollups(const View& view, engine::Engine* engine) {
  return EachRow<RollupRow>(view, Table::kRollups, "",
                            [&](const RollupRow& row) { engine->LoadRollup(row); });
}

absl::Status LoadEngine(const View& view, absl::Time now, engine::Engine* engine) {
  if (absl::Status status = LoadDirectory(view, engine); !status.ok()) return status;
  if (absl::Status status = LoadRecentRollups(view, now, engine); !status.ok()) return status;
  if (absl::Status status = LoadOpenPackages(view, engine); !status.ok()) return status;
  const uint64_t last_sequence = view.head().sequence;
  absl::StatusOr<int64_t> last_time_us = TimeOfLastRecord(view, last_sequence);
  if (!last_time_us.ok()) return last_time_us.status();
  engine->FinishLoading(last_sequence, *last_time_us);
  if (absl::Status status =
          LoadRollups(view, engine::MissingRollupsOfSuspensions(engine->state()), engine);
      !status.ok()) {
    return status;
  }
  for (uint64_t number : engine->state().open_packages) {
    absl::Status status =
        LoadRollups(view, engine::MissingRollups(engine->state(), number), engine);
    if (!status.ok()) return status;
  }
  return view.status();
}

absl::StatusOr<std::optional<engine::PackageAggregate>> ReadPackage(const View& view,
                                                                    uint64_t number) {
  absl::StatusOr<std::optional<PackageRow>> row =
      ReadRow<PackageRow>(view, Table::kPackages, engine::PackageKey(number));
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<engine::PackageAggregate>();
  const std::string key = engine::PackageKey(number);
  engine::PackageAggregate package;
  package.row = **std::move(row);
  absl::Status status = EachRow<journal::v1::OfferRow>(
      view, Table::kOffers, key, [&](auto row) { package.offers.push_back(std::move(row)); });
  if (!status.ok()) return status;
  for (size_t i = 0; i < package.offers.size(); ++i) {
    const int32_t ordinal = static_cast<int32_t>(i + 1);
    if (package.offers[i].ordinal() != ordinal) {
      return Damaged(Table::kOffers, engine::OfferKey(number, ordinal), "is missing");
    }
  }
  if (status = ReadVerdicts(view, &package.row); !status.ok()) return status;
  auto texts = ReadTexts(view, number);
  if (!texts.ok()) return texts.status();
  package.texts = *std::move(texts);
  return package;
}

absl::StatusOr<std::vector<journal::v1::TextRow>> ReadTexts(const View& view, uint64_t number) {
  std::vector<journal::v1::TextRow> texts;
  absl::Status status =
      EachRow<journal::v1::TextRow>(view, Table::kTexts, engine::PackageKey(number),
                                    [&](auto row) { texts.push_back(std::move(row)); });
  if (!status.ok()) return status;
  return texts;
}

absl::StatusOr<PackageRow> ReadIndexedPackage(const View& view, uint64_t number) {
  return ReadIndexed<PackageRow>(view, Table::kPackages, engine::PackageKey(number));
}

absl::StatusOr<OfferRow> ReadIndexedOffer(const View& view, uint64_t number, int32_t ordinal) {
  return ReadIndexed<OfferRow>(view, Table::kOffers, engine::OfferKey(number, ordinal));
}

absl::Time LastKnownTime(const Store& store) {
  const std::unique_ptr<View> view = store.Read();
  const uint64_t last_sequence = view->head().sequence;
  const absl::Time alive = store.LastAlive().time;
  if (last_sequence == 0) return alive > absl::UnixEpoch() ? alive : absl::InfinitePast();
  const absl::StatusOr<int64_t> last_time_us = TimeOfLastRecord(*view, last_sequence);
  if (!last_time_us.ok()) return alive;
  return std::max(alive, absl::FromUnixMicros(*last_time_us));
}

std::vector<uint64_t> PackagesOfPerson(const View& view, const std::string& person_prefix) {
  std::vector<uint64_t> numbers;
  EachOfPerson(view, person_prefix, [&](uint64_t number, uint64_t) {
    numbers.push_back(number);
    return true;
  });
  return numbers;
}

absl::Status LoadNeeded(const Store& store, const engine::Caller& caller,
                        const engine::Request& request, engine::Engine* engine) {
  const engine::State& state = engine->state();
  std::unique_ptr<View> view;
  for (uint64_t number : engine::MissingPackages(state, request)) {
    if (view == nullptr) view = store.Read();
    if (absl::Status status = LoadOne(*view, number, engine); !status.ok()) return status;
  }
  for (uint64_t number : engine::MissingNeighbours(state, request)) {
    if (view == nullptr) view = store.Read();
    if (absl::Status status = LoadOne(*view, number, engine); !status.ok()) return status;
  }
  if (const auto person = engine::PersonOf(state, caller, request)) {
    if (view == nullptr) view = store.Read();
    if (absl::Status status = LoadPerson(*view, *person, engine); !status.ok()) return status;
  }
  const std::vector<std::string> keys = engine::MissingRollups(state, request);
  if (keys.empty()) return absl::OkStatus();
  if (view == nullptr) view = store.Read();
  return LoadRollups(*view, keys, engine);
}

}  // namespace brokerage::storage
