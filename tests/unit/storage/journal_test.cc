#include <gtest/gtest.h>

#include "storage/store.h"
#include "tests/fixtures/memory_store.h"

namespace brokerage::storage {
namespace {

using engine::Table;

TEST(Journal, AnEntryFollowsItsHead) {
  Head head;
  for (int i = 1; i <= 5; ++i) {
    journal::v1::JournalEntry entry = MakeEntry(head, 3, "record " + std::to_string(i));
    EXPECT_EQ(entry.sequence(), static_cast<uint64_t>(i));
    EXPECT_EQ(entry.previous_hash(), head.hash);
    EXPECT_TRUE(EntryFollows(entry, head));
    head = {entry.sequence(), entry.hash()};
  }
}

TEST(Journal, AnyChangeBreaksTheChain) {
  const journal::v1::JournalEntry good = MakeEntry(Head(), 1, "record");
  auto broken = [&](auto change) {
    journal::v1::JournalEntry entry = good;
    change(&entry);
    return !EntryFollows(entry, Head());
  };
  EXPECT_TRUE(broken([](auto* e) { e->set_record("recorD"); }));
  EXPECT_TRUE(broken([](auto* e) { e->set_epoch(2); }));
  EXPECT_TRUE(broken([](auto* e) { e->set_sequence(2); }));
  EXPECT_TRUE(broken([](auto* e) { (*e->mutable_hash())[31] ^= 1; }));
  EXPECT_TRUE(broken([](auto* e) { (*e->mutable_previous_hash())[0] ^= 1; }));
  EXPECT_FALSE(EntryFollows(good, {1, good.hash()}));
}

TEST(Journal, AHeadIsWrittenAsSequenceAndHash) {
  EXPECT_EQ(Head().ToString(), "0:" + std::string(64, '0'));
}

Batch OneRow(const std::string& value) {
  Batch batch;
  batch.records = {"record " + value};
  batch.writes = {{Table::kAccounts, "account", value}};
  batch.outcomes = {{"account", "request-" + value, "hash", "reply " + value, 1000}};
  return batch;
}

TEST(MemoryStore, AViewStaysAsItWas) {
  MemoryStore store;
  ASSERT_TRUE(store.Append(1, Head(), OneRow("old")).ok());
  std::unique_ptr<View> before = store.Read();
  ASSERT_TRUE(store.Append(1, before->head(), OneRow("new")).ok());
  EXPECT_EQ(before->Get(Table::kAccounts, "account"), "old");
  EXPECT_EQ(before->head().sequence, 1u);
  EXPECT_EQ(store.Read()->Get(Table::kAccounts, "account"), "new");
  EXPECT_EQ(store.Read()->head().sequence, 2u);
}

TEST(MemoryStore, AScanKeepsToPrefixAndStart) {
  MemoryStore store;
  Batch batch;
  for (const char* key : {"a", "b1", "b2", "b3", "c"}) {
    batch.writes.push_back({Table::kAccounts, key, ""});
  }
  ASSERT_TRUE(store.Append(1, Head(), batch).ok());
  std::string seen;
  store.Read()->Scan(Table::kAccounts, "b", "b2", [&](absl::string_view key, absl::string_view) {
    seen += std::string(key);
    return true;
  });
  EXPECT_EQ(seen, "b2b3");
}

TEST(MemoryStore, OfAFailedAppendEverythingOrNothingSurvives) {
  for (MemoryStore::Crash crash :
       {MemoryStore::Crash::kKeepsUnsynced, MemoryStore::Crash::kLosesUnsynced}) {
    MemoryStore store;
    ASSERT_TRUE(store.Append(1, Head(), OneRow("first")).ok());
    store.FailNextAppend();
    EXPECT_FALSE(store.Append(1, store.Read()->head(), OneRow("second")).ok());
    EXPECT_FALSE(store.Append(1, store.Read()->head(), OneRow("third")).ok()) << "must refuse";
    std::unique_ptr<MemoryStore> next = store.Reopen(crash);
    const bool kept = crash == MemoryStore::Crash::kKeepsUnsynced;
    EXPECT_EQ(next->Read()->Get(Table::kAccounts, "account"), kept ? "second" : "first");
    EXPECT_EQ(next->FindOutcome("account", "request-second")->has_value(), kept);
    EXPECT_EQ(next->Read()->head().sequence, kept ? 2u : 1u);
    EXPECT_TRUE(next->Append(2, next->Read()->head(), OneRow("fourth")).ok());
  }
}

TEST(MemoryStore, AnOlderEpochIsFenced) {
  MemoryStore store;
  std::unique_ptr<MemoryStore> next = store.Reopen(MemoryStore::Crash::kKeepsUnsynced);
  EXPECT_EQ(next->epoch(), 2u);
  EXPECT_FALSE(store.Append(1, Head(), OneRow("late")).ok());
  EXPECT_EQ(next->Append(1, Head(), OneRow("late")).code(), absl::StatusCode::kFailedPrecondition);
}

TEST(MemoryStore, ABatchThatFollowsAnotherHeadIsRefused) {
  MemoryStore store;
  ASSERT_TRUE(store.Append(1, Head(), OneRow("first")).ok());
  EXPECT_EQ(store.Append(1, Head(), OneRow("again")).code(), absl::StatusCode::kFailedPrecondition);
}

TEST(MemoryStore, ATailBeginsWhereItIsAsked) {
  MemoryStore store;
  for (const char* value : {"1", "2", "3"}) {
    ASSERT_TRUE(store.Append(1, store.Read()->head(), OneRow(value)).ok());
  }
  for (uint64_t from : {0, 1, 2, 3, 4, 9}) {
    uint64_t expected = std::max<uint64_t>(from, 1);
    ASSERT_TRUE(store.Read()
                    ->Tail(from,
                           [&](const journal::v1::JournalEntry& entry) {
                             EXPECT_EQ(entry.sequence(), expected++);
                             return true;
                           })
                    .ok());
    EXPECT_EQ(expected, std::max<uint64_t>(from, 4));
  }
}

TEST(MemoryStore, OutcomesArePurgedByTime) {
  MemoryStore store;
  ASSERT_TRUE(store.Append(1, Head(), OneRow("first")).ok());
  ASSERT_TRUE(store.PurgeOutcomes(absl::FromUnixMicros(1000)).ok());
  EXPECT_TRUE(store.FindOutcome("account", "request-first")->has_value());
  ASSERT_TRUE(store.PurgeOutcomes(absl::FromUnixMicros(1001)).ok());
  EXPECT_FALSE(store.FindOutcome("account", "request-first")->has_value());
}

}  // namespace
}  // namespace brokerage::storage
