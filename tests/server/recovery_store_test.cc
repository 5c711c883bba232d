// The store on disk after a crash, and after damage.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <fstream>
#include <random>

#include "absl/strings/str_cat.h"
#include "storage/rocksdb_store.h"
#include "tests/fixtures/test_folder.h"

namespace brokerage::storage {
namespace {

namespace fs = std::filesystem;
using engine::Table;
using testing_support::TestFolder;

constexpr int kBatches = 40;
constexpr int kRecordsPerBatch = 3;

// Batch n holds three records, a row "count" with n, and a row of its own.
void WriteBatches(const std::string& directory, int batches) {
  auto store = RocksDbStore::Open(directory, OpenMode::kWrite);
  ASSERT_TRUE(store.ok()) << store.status();
  for (int n = 1; n <= batches; ++n) {
    Batch batch;
    for (int i = 0; i < kRecordsPerBatch; ++i) {
      batch.records.push_back(std::string(200, static_cast<char>('a' + n % 26)));
    }
    batch.writes = {{Table::kSystem, "count", std::to_string(n)},
                    {Table::kPackages, engine::PackageKey(n), std::string(100, 'p')}};
    batch.outcomes = {{"account", std::to_string(n), "hash", "reply", n}};
    ASSERT_TRUE((*store)->Append((*store)->epoch(), (*store)->Read()->head(), batch).ok());
  }
}

// A copy, as a crash would leave it: nothing of it was closed in order.
std::string CopyOf(const std::string& from, const std::string& to) {
  fs::remove_all(to);
  fs::copy(from, to, fs::copy_options::recursive);
  return to;
}

fs::path NewestWithExtension(const std::string& directory, const std::string& extension) {
  fs::path newest;
  for (const auto& file : fs::directory_iterator(directory)) {
    if (file.path().extension() == extension && file.path().filename() > newest.filename()) {
      newest = file.path();
    }
  }
  return newest;
}

void FlipByte(const fs::path& path, uint64_t offset) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  const char byte = static_cast<char>(file.get());
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(static_cast<char>(byte ^ 0x5a));
}

// Calls fn with a copy of a store in which one table's first block of rows is damaged, and with
// that table's file, for one table after the other.
template <typename Fn>
void ForEachDamagedTable(Fn fn) {
  TestFolder directory;
  WriteBatches(directory / "db", kBatches);
  { ASSERT_TRUE(RocksDbStore::Open(directory / "db", OpenMode::kWrite).ok()); }  // into tables
  for (const auto& file : fs::directory_iterator(directory / "db")) {
    if (file.path().extension() != ".sst") continue;
    const std::string table = file.path().filename().string();
    const std::string copy = CopyOf(directory / "db", directory / "damaged");
    FlipByte(fs::path(copy) / table, 20);
    fn(copy, table);
  }
}

// What is there is a prefix of the batches, each whole; the number of batches.
int ExpectWholeBatches(const RocksDbStore& store) {
  std::unique_ptr<View> view = store.Read();
  const uint64_t entries = view->head().sequence;
  EXPECT_EQ(entries % kRecordsPerBatch, 0u);
  const int batches = static_cast<int>(entries) / kRecordsPerBatch;
  uint64_t tailed = 0;
  EXPECT_TRUE(view->Tail(1,
                         [&](const journal::v1::JournalEntry&) {
                           ++tailed;
                           return true;
                         })
                  .ok());
  EXPECT_EQ(tailed, entries);
  EXPECT_EQ(view->Get(Table::kSystem, "count").value_or("0"), std::to_string(batches));
  for (int n = 1; n <= kBatches; ++n) {
    const bool there = n <= batches;
    EXPECT_EQ(view->Get(Table::kPackages, engine::PackageKey(n)).has_value(), there) << n;
    EXPECT_EQ(store.FindOutcome("account", std::to_string(n))->has_value(), there) << n;
  }
  EXPECT_TRUE(view->status().ok());
  return batches;
}

TEST(RecoveryStore, ATornTailIsCutToWholeBatches) {
  TestFolder directory;
  WriteBatches(directory / "db", kBatches);
  const uint64_t size = fs::file_size(NewestWithExtension(directory / "db", ".log"));
  std::mt19937_64 random(20180701);
  std::set<int> seen;
  for (int i = 0; i < 30; ++i) {
    const std::string copy = CopyOf(directory / "db", directory / "torn");
    fs::resize_file(NewestWithExtension(copy, ".log"), i == 0 ? size : random() % size);
    auto store = RocksDbStore::Open(copy, OpenMode::kWrite);
    ASSERT_TRUE(store.ok()) << store.status();
    const int batches = ExpectWholeBatches(**store);
    seen.insert(batches);
    if (i == 0) {
      EXPECT_EQ(batches, kBatches);
    }
    Batch next;
    next.records = {"goes on"};
    EXPECT_TRUE((*store)->Append((*store)->epoch(), (*store)->Read()->head(), next).ok());
  }
  EXPECT_GT(seen.size(), 10u) << "the cuts were not spread";
}

TEST(RecoveryStore, AStoreForReadingCutsATornTailToo) {
  TestFolder directory;
  WriteBatches(directory / "db", kBatches);
  const fs::path log = NewestWithExtension(directory / "db", ".log");
  fs::resize_file(log, fs::file_size(log) / 2);
  auto store = RocksDbStore::Open(directory / "db", OpenMode::kReadOnly);
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_LT(ExpectWholeBatches(**store), kBatches);
}

// A byte that changed is either noticed, or (where it makes the log look torn) what is before it is
// whole. Never less, never more.
TEST(RecoveryStore, ADamagedLogIsNeverReadAsIfItWereWhole) {
  TestFolder directory;
  WriteBatches(directory / "db", kBatches);
  const uint64_t size = fs::file_size(NewestWithExtension(directory / "db", ".log"));
  std::mt19937_64 random(7);
  int noticed = 0;
  constexpr int kTries = 30;
  for (int i = 0; i < kTries; ++i) {
    const std::string copy = CopyOf(directory / "db", directory / "damaged");
    const uint64_t offset = size / 10 + random() % (size * 8 / 10);
    FlipByte(NewestWithExtension(copy, ".log"), offset);
    auto store = RocksDbStore::Open(copy, OpenMode::kWrite);
    if (!store.ok()) {
      EXPECT_EQ(store.status().code(), absl::StatusCode::kDataLoss) << store.status();
      ++noticed;
    } else {
      EXPECT_LT(ExpectWholeBatches(**store), kBatches) << "at offset " << offset;
    }
  }
  EXPECT_GT(noticed, kTries * 9 / 10);
}

TEST(RecoveryStore, ADamagedTableIsDataLoss) {
  int damaged = 0;
  ForEachDamagedTable([&](const std::string& copy, const std::string&) {
    absl::StatusOr<std::unique_ptr<RocksDbStore>> store =
        RocksDbStore::Open(copy, OpenMode::kReadOnly);
    absl::Status status = store.status();
    if (store.ok()) {
      std::unique_ptr<View> view = (*store)->Read();
      for (int i = 0; i < engine::kTables; ++i) {
        view->Scan(static_cast<Table>(i), "", "",
                   [](absl::string_view, absl::string_view) { return true; });
      }
      status = view->status();
      for (int n = 1; n <= kBatches; ++n)
        status.Update((*store)->FindOutcome("account", std::to_string(n)).status());
    }
    if (!status.ok()) {
      EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
      ++damaged;
    }
  });
  EXPECT_GE(damaged, 4) << "journal, packages, system and meta at least";
}

TEST(RecoveryStore, AnOutcomeThatCannotBeReadIsNeverTakenForUnknownAndEndsNothing) {
  int damaged = 0;
  ForEachDamagedTable([&](const std::string& copy, const std::string& table) {
    absl::StatusOr<std::unique_ptr<RocksDbStore>> store =
        RocksDbStore::Open(copy, OpenMode::kReadOnly);
    if (!store.ok()) return;
    bool lost = false;
    for (int n = 1; n <= kBatches; ++n) {
      auto outcome = (*store)->FindOutcome("account", std::to_string(n));
      if (outcome.ok()) {
        EXPECT_TRUE(outcome->has_value()) << n << " would be done twice";
      } else {
        EXPECT_EQ(outcome.status().code(), absl::StatusCode::kDataLoss);
        EXPECT_NE(outcome.status().message().find(table), std::string::npos)
            << outcome.status() << " does not name the file";
        lost = true;
      }
    }
    if (!lost) return;
    ++damaged;
    // A store that is written to merges tables in the background, and stops where it comes upon the
    // damaged one.
    const auto merged = [&](const absl::Status& status) {
      return absl::IsDataLoss(status) && status.message().find(table) != std::string::npos;
    };
    store = RocksDbStore::Open(copy, OpenMode::kWrite);
    EXPECT_TRUE(store.ok() || merged(store.status())) << store.status();
    if (!store.ok()) return;
    Batch batch;
    batch.records = {"one more"};
    const std::unique_ptr<storage::View> view = (*store)->Read();
    const absl::Status next = (*store)->Append((*store)->epoch(), view->head(), batch);
    EXPECT_TRUE(next.ok() || merged(next)) << "others go on, and not: " << next;
  });
  EXPECT_EQ(damaged, 1) << "the table of outcomes";
}

TEST(RecoveryStore, EveryTableIsReadWhenADirectoryIsVerified) {
  ForEachDamagedTable([&](const std::string& copy, const std::string& table) {
    absl::StatusOr<std::unique_ptr<RocksDbStore>> store =
        RocksDbStore::Open(copy, OpenMode::kReadOnly);
    if (!store.ok()) return;  // refused with its name
    const absl::Status blocks = (*store)->CheckBlocks();
    EXPECT_EQ(blocks.code(), absl::StatusCode::kDataLoss) << table;
    EXPECT_NE(blocks.message().find(table), std::string::npos) << blocks;
  });
}

TEST(RecoveryStore, AMissingTableFileIsDataLoss) {
  TestFolder directory;
  WriteBatches(directory / "db", kBatches);
  { ASSERT_TRUE(RocksDbStore::Open(directory / "db", OpenMode::kWrite).ok()); }
  fs::remove(NewestWithExtension(directory / "db", ".sst"));
  EXPECT_EQ(RocksDbStore::Open(directory / "db", OpenMode::kWrite).status().code(),
            absl::StatusCode::kDataLoss);
}

TEST(RecoveryStore, WithoutCurrentNothingIsMadeAnew) {
  TestFolder directory;
  WriteBatches(directory / "db", kBatches);
  fs::remove(fs::path(directory / "db") / "CURRENT");
  absl::Status status = RocksDbStore::Open(directory / "db", OpenMode::kWrite).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("CURRENT"));
  EXPECT_FALSE(NewestWithExtension(directory / "db", ".log").empty());
}

// Changes rows behind the store's back.
class Surgeon {
 public:
  explicit Surgeon(const std::string& directory) {
    std::vector<std::string> names;
    EXPECT_TRUE(rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(), directory, &names).ok());
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const std::string& name : names) {
      families.emplace_back(name, rocksdb::ColumnFamilyOptions());
    }
    rocksdb::DB* db = nullptr;
    rocksdb::Status status =
        rocksdb::DB::Open(rocksdb::DBOptions(), directory, families, &handles_, &db);
    EXPECT_TRUE(status.ok()) << status.ToString();
    db_.reset(db);
  }
  ~Surgeon() {
    for (rocksdb::ColumnFamilyHandle* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
  }
  rocksdb::ColumnFamilyHandle* Family(const std::string& name) {
    for (rocksdb::ColumnFamilyHandle* handle : handles_) {
      if (handle->GetName() == name) return handle;
    }
    return nullptr;
  }
  rocksdb::DB* operator->() { return db_.get(); }

 private:
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

TEST(RecoveryStore, AJournalEntryThatWasChangedIsNamed) {
  TestFolder directory;
  WriteBatches(directory / "db", kBatches);
  {
    Surgeon surgeon(directory / "db");
    std::string value;
    ASSERT_TRUE(surgeon->Get({}, surgeon.Family("journal"), engine::PackageKey(50), &value).ok());
    value[value.size() / 2] ^= 1;
    ASSERT_TRUE(surgeon->Put({}, surgeon.Family("journal"), engine::PackageKey(50), value).ok());
  }
  absl::Status status = RocksDbStore::Open(directory / "db", OpenMode::kWrite).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("journal entry 50 "));
}

TEST(RecoveryStore, AJournalEntryThatIsMissingIsNamed) {
  TestFolder directory;
  WriteBatches(directory / "db", kBatches);
  {
    Surgeon surgeon(directory / "db");
    ASSERT_TRUE(surgeon->Delete({}, surgeon.Family("journal"), engine::PackageKey(77)).ok());
  }
  absl::Status status = RocksDbStore::Open(directory / "db", OpenMode::kWrite).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("journal entry 77 "));
}

TEST(RecoveryStore, AJournalThatEndsBeforeItsHeadIsDataLoss) {
  TestFolder directory;
  WriteBatches(directory / "db", kBatches);
  {
    Surgeon surgeon(directory / "db");
    ASSERT_TRUE(surgeon
                    ->Delete({}, surgeon.Family("journal"),
                             engine::PackageKey(uint64_t{kBatches} * kRecordsPerBatch))
                    .ok());
  }
  absl::Status status = RocksDbStore::Open(directory / "db", OpenMode::kWrite).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("ends at 119"));
}

TEST(RecoveryStore, ARowOfMetaThatIsMissingIsNamedAndNotTakenForANewStore) {
  for (const char* row : {"schema_version", "epoch"}) {
    TestFolder directory;
    WriteBatches(directory / "db", 1);
    {
      Surgeon surgeon(directory / "db");
      ASSERT_TRUE(surgeon->Delete({}, surgeon.Family("meta"), row).ok());
    }
    const absl::Status status = RocksDbStore::Open(directory / "db", OpenMode::kWrite).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr(absl::StrCat("the row ", row)));
  }
}

TEST(RecoveryStore, ANewerProgramsStoreIsRefused) {
  TestFolder directory;
  WriteBatches(directory / "version", 1);
  WriteBatches(directory / "table", 1);
  {
    Surgeon surgeon(directory / "version");
    ASSERT_TRUE(
        surgeon->Put({}, surgeon.Family("meta"), "schema_version", engine::PackageKey(99)).ok());
  }
  absl::Status status = RocksDbStore::Open(directory / "version", OpenMode::kWrite).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("schema version 99"));
  {
    Surgeon surgeon(directory / "table");
    rocksdb::ColumnFamilyHandle* handle = nullptr;
    ASSERT_TRUE(surgeon->CreateColumnFamily({}, "invoices", &handle).ok());
    surgeon->DestroyColumnFamilyHandle(handle);
  }
  status = RocksDbStore::Open(directory / "table", OpenMode::kWrite).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), testing::HasSubstr("the table invoices"));
}

}  // namespace
}  // namespace brokerage::storage
