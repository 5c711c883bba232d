#include "tests/fuzz/records.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/text.h"
#include "engine/views/history.h"
#include "storage/journal.h"
#include "storage/loading.h"
#include "tests/fuzz/bytes.h"
#include "tests/fuzz/county.h"

namespace brokerage::fuzz {

namespace {

using engine::Table;
using journal::v1::JournalEntry;
using storage::Head;

// The county's store with one row that is not what was written.
class DamagedView : public storage::View {
 public:
  DamagedView(std::unique_ptr<storage::View> view, Table table, absl::string_view value)
      : view_(std::move(view)), table_(table), value_(value) {}

  std::optional<std::string> Get(Table table, absl::string_view key) const override {
    return table == table_ ? std::optional<std::string>(value_) : view_->Get(table, key);
  }
  void Scan(Table table, absl::string_view prefix, absl::string_view from,
            absl::FunctionRef<bool(absl::string_view, absl::string_view)> fn) const override {
    view_->Scan(table, prefix, from, [&](absl::string_view key, absl::string_view value) {
      return fn(key, table == table_ ? absl::string_view(value_) : value);
    });
  }
  absl::Status Tail(uint64_t from, absl::FunctionRef<bool(const JournalEntry&)> fn) const override {
    return view_->Tail(from, fn);
  }
  Head head() const override { return view_->head(); }

 private:
  const std::unique_ptr<storage::View> view_;
  const Table table_;
  const std::string value_;
};

void CheckRows(Bytes input) {
  constexpr Table kTables[] = {Table::kPackages, Table::kOffers, Table::kTexts, Table::kVerdicts};
  const Table table = kTables[input.Byte() % std::size(kTables)];
  const uint64_t number = 1 + input.Byte() % 10;
  const DamagedView view(CountyStore()->Read(), table, input.Rest());
  const auto package = storage::ReadPackage(view, number);
  if (!package.ok()) {
    BROKERAGE_CHECK(absl::IsDataLoss(package.status()));
    BROKERAGE_CHECK(package.status().message().find("the row ") == 0);
  } else {
    BROKERAGE_CHECK(package->has_value());
  }
  for (const absl::Status& status : {storage::ReadIndexedPackage(view, number).status(),
                                     storage::ReadIndexedOffer(view, number, 1).status()}) {
    BROKERAGE_CHECK(status.ok() || absl::IsDataLoss(status));
  }
}

Head Before(const JournalEntry& entry) { return {entry.sequence() - 1, entry.previous_hash()}; }

bool Same(const JournalEntry& a, const JournalEntry& b) {
  return a.sequence() == b.sequence() && a.epoch() == b.epoch() &&
         a.previous_hash() == b.previous_hash() && a.record() == b.record() && a.hash() == b.hash();
}

// The entry, with the byte at the place another, follows what went before only if it says the same.
void CheckDamage(const JournalEntry& entry, size_t place, uint8_t difference) {
  std::string bytes = entry.SerializeAsString();
  bytes[place % bytes.size()] = static_cast<char>(bytes[place % bytes.size()] ^ difference);
  JournalEntry damaged;
  if (!damaged.ParseFromString(bytes) || !storage::EntryFollows(damaged, Before(entry))) return;
  BROKERAGE_CHECK(Same(damaged, entry));
}

// What every account is told of the record.
void Tell(const journal::v1::Record& record) {
  static const County& county = *new County(CountyStore(), CountyTime(), /*kept=*/false);
  const auto package = [&](uint64_t number) -> std::shared_ptr<const engine::PackageAggregate> {
    const auto found = storage::ReadPackage(*CountyStore()->Read(), number);
    BROKERAGE_CHECK(found.ok());
    if (!found->has_value()) return nullptr;
    return std::make_shared<engine::PackageAggregate>(**found);
  };
  for (const engine::Caller& caller : Callers()) {
    for (const v1::HistoryEvent& event :
         engine::ToHistory(record, 1, caller, package, county.engine().directory())) {
      BROKERAGE_CHECK(!event.kind().empty() && engine::IsUtf8(event.text()));
    }
  }
}

void CheckEntry(Bytes input) {
  const size_t place = input.Byte();
  const uint8_t difference = input.Byte();
  JournalEntry entry;
  if (!entry.ParseFromArray(input.Rest().data(), static_cast<int>(input.Rest().size()))) return;
  if (storage::EntryFollows(entry, Before(entry))) {
    BROKERAGE_CHECK(Same(entry, storage::MakeEntry(Before(entry), entry.epoch(), entry.record())));
  }
  const JournalEntry made = storage::MakeEntry(Before(entry), entry.epoch(), entry.record());
  BROKERAGE_CHECK(storage::EntryFollows(made, Before(entry)));
  if (difference != 0) CheckDamage(made, place, difference);
  journal::v1::Record record;
  if (record.ParseFromString(entry.record()) && record.time_us() > 0) Tell(record);
}

}  // namespace

int FuzzRecords(const uint8_t* data, size_t size) {
  Bytes input(data, size);
  if (input.Byte() % 2 == 0) {
    CheckEntry(input);
  } else {
    CheckRows(input);
  }
  return 0;
}

}  // namespace brokerage::fuzz
