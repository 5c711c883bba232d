// The store on disk, while nothing goes wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/digest.h"
#include "storage/rocksdb_store.h"
#include "tests/fixtures/test_folder.h"

namespace brokerage::storage {
namespace {

using engine::Table;
using testing_support::TestFolder;

std::unique_ptr<RocksDbStore> Open(const std::string& directory, OpenMode mode = OpenMode::kWrite) {
  absl::StatusOr<std::unique_ptr<RocksDbStore>> store = RocksDbStore::Open(directory, mode);
  EXPECT_TRUE(store.ok()) << store.status();
  return store.ok() ? *std::move(store) : nullptr;
}

absl::Status Append(RocksDbStore* store, const Batch& batch) {
  return store->Append(store->epoch(), store->Read()->head(), batch);
}

Batch RowsOf(Table table, const std::vector<std::string>& keys) {
  Batch batch;
  batch.records = {"record"};
  for (const std::string& key : keys) batch.writes.push_back({table, key, "value of " + key});
  return batch;
}

std::vector<std::string> KeysOf(const View& view, Table table, absl::string_view prefix,
                                absl::string_view from) {
  std::vector<std::string> keys;
  view.Scan(table, prefix, from, [&](absl::string_view key, absl::string_view) {
    keys.emplace_back(key);
    return true;
  });
  return keys;
}

TEST(RocksDbStore, EverythingOfABatchIsReadBackAfterReopening) {
  TestFolder directory;
  Head head;
  {
    auto store = Open(directory / "db");
    Batch batch;
    for (int i = 0; i < engine::kTables; ++i) {
      const Table table = static_cast<Table>(i);
      batch.writes.push_back({table, "key", engine::TableName(table)});
    }
    batch.records = {"first", "second"};
    batch.outcomes = {{"account", "request", std::string(32, 'h'), "reply", 123}};
    ASSERT_TRUE(Append(store.get(), batch).ok());
    head = store->Read()->head();
    EXPECT_EQ(head.sequence, 2u);
  }
  auto store = Open(directory / "db");
  std::unique_ptr<View> view = store->Read();
  EXPECT_EQ(view->head(), head);
  for (int i = 0; i < engine::kTables; ++i) {
    const Table table = static_cast<Table>(i);
    EXPECT_EQ(view->Get(table, "key"), engine::TableName(table));
    EXPECT_EQ(view->Get(table, "other"), std::nullopt);
  }
  std::vector<std::string> records;
  EXPECT_TRUE(view->Tail(1,
                         [&](const journal::v1::JournalEntry& entry) {
                           records.push_back(entry.record());
                           return true;
                         })
                  .ok());
  EXPECT_THAT(records, testing::ElementsAre("first", "second"));
  std::optional<RequestOutcome> outcome = *store->FindOutcome("account", "request");
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->content_hash, std::string(32, 'h'));
  EXPECT_EQ(outcome->reply, "reply");
  EXPECT_EQ(outcome->time_us, 123);
  EXPECT_TRUE(view->status().ok());
}

TEST(RocksDbStore, TheLastOfSeveralWritesOfARowWins) {
  TestFolder directory;
  auto store = Open(directory / "db");
  Batch batch;
  batch.writes = {{Table::kOffers, "a", "1"},          {Table::kOffers, "a", "2"},
                  {Table::kOffers, "b", "1"},          {Table::kOffers, "b", std::nullopt},
                  {Table::kOffers, "c", std::nullopt}, {Table::kOffers, "c", "3"}};
  ASSERT_TRUE(Append(store.get(), batch).ok());
  EXPECT_EQ(store->Read()->Get(Table::kOffers, "a"), "2");
  EXPECT_EQ(store->Read()->Get(Table::kOffers, "b"), std::nullopt);
  EXPECT_EQ(store->Read()->Get(Table::kOffers, "c"), "3");
}

TEST(RocksDbStore, AScanKeepsToPrefixAndStart) {
  TestFolder directory;
  auto store = Open(directory / "db");
  const std::string high(1, '\xff');
  ASSERT_TRUE(Append(store.get(),
                     RowsOf(Table::kHistory,
                            {"a", "b", "b1", "b2", "b3", "b" + high + "x", "c", high, high + high}))
                  .ok());
  std::unique_ptr<View> view = store->Read();
  using testing::ElementsAre;
  EXPECT_THAT(KeysOf(*view, Table::kHistory, "b", ""),
              ElementsAre("b", "b1", "b2", "b3", "b" + high + "x"));
  EXPECT_THAT(KeysOf(*view, Table::kHistory, "b", "b2"), ElementsAre("b2", "b3", "b" + high + "x"));
  EXPECT_THAT(KeysOf(*view, Table::kHistory, "b", "a"), testing::SizeIs(5));
  EXPECT_THAT(KeysOf(*view, Table::kHistory, "b", "c"), testing::IsEmpty());
  EXPECT_THAT(KeysOf(*view, Table::kHistory, high, ""), ElementsAre(high, high + high));
  EXPECT_THAT(KeysOf(*view, Table::kHistory, "", ""), testing::SizeIs(9));
  EXPECT_THAT(KeysOf(*view, Table::kOffers, "", ""), testing::IsEmpty());
  int seen = 0;
  view->Scan(Table::kHistory, "", "",
             [&](absl::string_view, absl::string_view) { return ++seen < 3; });
  EXPECT_EQ(seen, 3);
}

TEST(RocksDbStore, AViewStaysAsItWas) {
  TestFolder directory;
  auto store = Open(directory / "db");
  ASSERT_TRUE(Append(store.get(), RowsOf(Table::kAccounts, {"a"})).ok());
  std::unique_ptr<View> before = store->Read();
  ASSERT_TRUE(Append(store.get(), RowsOf(Table::kAccounts, {"b"})).ok());
  EXPECT_EQ(before->head().sequence, 1u);
  EXPECT_EQ(KeysOf(*before, Table::kAccounts, "", "").size(), 1u);
  EXPECT_EQ(KeysOf(*store->Read(), Table::kAccounts, "", "").size(), 2u);
}

TEST(RocksDbStore, ATailBeginsWhereItIsAskedAndEndsWhenToldTo) {
  TestFolder directory;
  auto store = Open(directory / "db");
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Append(store.get(), RowsOf(Table::kOffers, {})).ok());
  for (uint64_t from : {0, 1, 3, 5, 6, 9}) {
    uint64_t expected = std::max<uint64_t>(from, 1);
    EXPECT_TRUE(store->Read()
                    ->Tail(from,
                           [&](const journal::v1::JournalEntry& entry) {
                             EXPECT_EQ(entry.sequence(), expected++);
                             return true;
                           })
                    .ok());
    EXPECT_EQ(expected, std::max<uint64_t>(from, 6));
  }
  int seen = 0;
  EXPECT_TRUE(
      store->Read()->Tail(2, [&](const journal::v1::JournalEntry&) { return ++seen < 2; }).ok());
  EXPECT_EQ(seen, 2);
}

TEST(RocksDbStore, ASecondOpenerIsRefusedInPlainWords) {
  TestFolder directory;
  auto store = Open(directory / "db");
  absl::Status status = RocksDbStore::Open(directory / "db", OpenMode::kWrite).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), "another brokerd has " + (directory / "db") + " open");
}

TEST(RocksDbStore, TheEpochGrowsWithEveryOpeningForWriting) {
  TestFolder directory;
  for (uint64_t epoch : {1, 2, 3}) {
    EXPECT_EQ(Open(directory / "db")->epoch(), epoch);
    EXPECT_EQ(Open(directory / "db", OpenMode::kReadOnly)->epoch(), epoch);
  }
}

TEST(RocksDbStore, ABatchOfAnotherEpochOrHeadIsRefusedAndChangesNothing) {
  TestFolder directory;
  auto store = Open(directory / "db");
  const Batch batch = RowsOf(Table::kAccounts, {"a"});
  EXPECT_EQ(store->Append(store->epoch() + 1, Head(), batch).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(store->Append(store->epoch(), {1, std::string(32, 'x')}, batch).code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(store->Read()->head(), Head());
  EXPECT_TRUE(store->Append(store->epoch(), Head(), batch).ok());
}

TEST(RocksDbStore, AStoreForReadingCannotBeWritten) {
  TestFolder directory;
  EXPECT_EQ(RocksDbStore::Open(directory / "none", OpenMode::kReadOnly).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(directory / "none"));
  { ASSERT_TRUE(Append(Open(directory / "db").get(), RowsOf(Table::kAccounts, {"a"})).ok()); }
  auto store = Open(directory / "db", OpenMode::kReadOnly);
  EXPECT_TRUE(store->Read()->Get(Table::kAccounts, "a").has_value());
  EXPECT_FALSE(Append(store.get(), RowsOf(Table::kAccounts, {"b"})).ok());
  EXPECT_FALSE(store->SetLastAlive({absl::UnixEpoch()}).ok());
  EXPECT_FALSE(store->PurgeOutcomes(absl::InfiniteFuture()).ok());
}

TEST(RocksDbStore, OutcomesArePurgedByTime) {
  TestFolder directory;
  auto store = Open(directory / "db");
  for (int i = 0; i < 3000; ++i) {
    Batch batch;
    for (int end = i + 1000; i < end; ++i) {
      batch.outcomes.push_back({"account", "request-" + std::to_string(i), "hash", "reply", i});
    }
    ASSERT_TRUE(Append(store.get(), batch).ok());
  }
  ASSERT_TRUE(store->PurgeOutcomes(absl::FromUnixMicros(2500)).ok());
  EXPECT_FALSE(store->FindOutcome("account", "request-0")->has_value());
  EXPECT_FALSE(store->FindOutcome("account", "request-2499")->has_value());
  EXPECT_TRUE(store->FindOutcome("account", "request-2500")->has_value());
  EXPECT_FALSE(store->FindOutcome("other", "request-2500")->has_value());
}

TEST(RocksDbStore, AnOutcomeThatWasStoredAnewOutlivesItsFirstTime) {
  TestFolder directory;
  auto store = Open(directory / "db");
  for (int64_t time : {100, 200}) {
    Batch batch;
    batch.outcomes = {{"account", "request", "hash", "reply", time}};
    ASSERT_TRUE(Append(store.get(), batch).ok());
  }
  ASSERT_TRUE(store->PurgeOutcomes(absl::FromUnixMicros(150)).ok());
  EXPECT_TRUE(store->FindOutcome("account", "request")->has_value());
  ASSERT_TRUE(store->PurgeOutcomes(absl::FromUnixMicros(250)).ok());
  EXPECT_FALSE(store->FindOutcome("account", "request")->has_value());
}

TEST(RocksDbStore, OutcomesFromBeforeALaterPurgeArePurgedWhereTimeWentBack) {
  TestFolder directory;
  auto store = Open(directory / "db");
  ASSERT_TRUE(store->PurgeOutcomes(absl::FromUnixMicros(1000)).ok());
  Batch batch;
  batch.outcomes = {{"account", "request", "hash", "reply", 100}};
  ASSERT_TRUE(Append(store.get(), batch).ok());
  ASSERT_TRUE(store->PurgeOutcomes(absl::FromUnixMicros(150)).ok());
  EXPECT_FALSE(store->FindOutcome("account", "request")->has_value());
}

TEST(RocksDbStore, TheLastMomentAliveIsKept) {
  TestFolder directory;
  {
    auto store = Open(directory / "db");
    EXPECT_EQ(store->LastAlive().time, absl::InfinitePast());
    ASSERT_TRUE(
        store->SetLastAlive({absl::FromUnixSeconds(1700000000), "boot", absl::Hours(3)}).ok());
  }
  const storage::SignOfLife sign = Open(directory / "db")->LastAlive();
  EXPECT_EQ(sign.time, absl::FromUnixSeconds(1700000000));
  EXPECT_EQ(sign.boot, "boot");
  EXPECT_EQ(sign.uptime, absl::Hours(3));
}

TEST(RocksDbStore, PostcodesLieBesideTheJournal) {
  TestFolder directory;
  const PostcodePlace place{"NG181JY", "E05000001", 453900, 361100};
  {
    auto store = Open(directory / "db");
    ASSERT_TRUE(Append(store.get(), RowsOf(Table::kPackages, {"a"})).ok());
    const std::string digest = DigestOf(*store->Read());
    const Head head = store->Read()->head();
    EXPECT_FALSE(store->FindPostcode("NG181JY").has_value());
    ASSERT_TRUE(
        store->PutPostcodes({{"NG181JY", "E05000009", 0, 0}, {"M11AE", "E05000002", 0, 0}}).ok());
    ASSERT_TRUE(store->PutPostcodes({place}).ok());
    EXPECT_EQ(store->FindPostcode("NG181JY"), place) << "seen at once, the newer one";
    ASSERT_TRUE(store->SyncPostcodes().ok());
    EXPECT_EQ(store->Read()->head(), head);
    EXPECT_EQ(DigestOf(*store->Read()), digest);
  }
  auto reader = Open(directory / "db", OpenMode::kReadOnly);
  EXPECT_EQ(reader->FindPostcode("NG181JY"), place);
  EXPECT_FALSE(reader->FindPostcode("NG181J").has_value());
  EXPECT_EQ(reader->PutPostcodes({place}).code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace brokerage::storage
