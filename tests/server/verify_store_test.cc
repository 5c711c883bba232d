// What is stored is what the journal says, and verification sees it where it is not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "storage/backup.h"
#include "storage/digest.h"
#include "storage/loading.h"
#include "storage/rocksdb_store.h"
#include "storage/verify.h"
#include "tests/fixtures/memory_store.h"
#include "tests/fixtures/store_fixture.h"
#include "tests/fixtures/test_folder.h"

namespace brokerage::storage {
namespace {

using engine::Table;
using testing::HasSubstr;
using testing_support::StoreFixture;
using testing_support::TestFolder;
using testing_support::Zones;

VerifyReport Verified(const View& view, const std::optional<Head>& expect_head = std::nullopt) {
  TestFolder directory;
  absl::StatusOr<VerifyReport> report = Verify(view, Zones(), expect_head, directory / "scratch");
  EXPECT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(std::filesystem::exists(directory / "scratch"));
  return report.ok() ? *std::move(report) : VerifyReport();
}

// Two weeks of work, done once for all tests.
const MemoryStore& TwoWeeks() {
  static const MemoryStore* const kStore = [] {
    auto* store = new MemoryStore();
    StoreFixture fixture(store, 3);
    fixture.ApplyFramework();
    fixture.Work(7);
    fixture.EndAContract();
    fixture.Work(7);
    return store;
  }();
  return *kStore;
}

// A copy that may be spoilt.
std::unique_ptr<MemoryStore> Copy() {
  TwoWeeks();
  return const_cast<MemoryStore&>(TwoWeeks()).Reopen(MemoryStore::Crash::kKeepsUnsynced);
}

uint64_t RowsOf(const View& view, Table table) {
  uint64_t rows = 0;
  view.Scan(table, "", "", [&](absl::string_view, absl::string_view) { return ++rows; });
  return rows;
}

TEST(VerifyStore, WhatWasDoneVerifies) {
  std::unique_ptr<View> view = TwoWeeks().Read();
  for (int i = 0; i < engine::kTables; ++i) {
    if (static_cast<Table>(i) == Table::kAccounts) continue;
    EXPECT_GT(RowsOf(*view, static_cast<Table>(i)), 0u)
        << "nothing in " << engine::TableName(static_cast<Table>(i)) << ": the test shows little";
  }
  VerifyReport report = Verified(*view, view->head());
  EXPECT_THAT(report.problems, testing::IsEmpty());
  EXPECT_TRUE(report.ok());
  EXPECT_EQ(report.head, view->head());
  EXPECT_EQ(report.records, view->head().sequence);
  EXPECT_GT(report.records, 200u);
  EXPECT_EQ(report.digest, DigestOf(*view));
}

TEST(VerifyStore, ARestartInTheMiddleMakesNoDifference) {
  std::string digests[2];
  for (int restarts : {0, 1}) {
    MemoryStore store;
    auto fixture = std::make_unique<StoreFixture>(&store, 5);
    fixture->ApplyFramework();
    fixture->Work(4);
    if (restarts == 1) {
      std::unique_ptr<View> view = store.Read();
      engine::Engine again(Zones());
      ASSERT_TRUE(LoadEngine(*view, fixture->now(), &again).ok());
      const engine::State& before = fixture->engine().state();
      EXPECT_EQ(again.state().open_packages, before.open_packages);
      EXPECT_EQ(again.state().agenda, before.agenda);
      EXPECT_EQ(again.state().last_sequence, before.last_sequence);
      EXPECT_EQ(again.state().last_time_us, before.last_time_us);
      EXPECT_EQ(again.NextDue(), fixture->engine().NextDue());
    }
    digests[restarts] = DigestOf(*store.Read());
  }
  EXPECT_EQ(digests[0], digests[1]);
}

TEST(VerifyStore, WorkGoesOnAfterARestartAndVerifies) {
  TestFolder directory;
  for (uint64_t seed : {11, 12, 13}) {
    auto store = RocksDbStore::Open(directory / "db", OpenMode::kWrite);
    ASSERT_TRUE(store.ok()) << store.status();
    StoreFixture fixture(store->get(), seed);
    if (seed == 11) fixture.ApplyFramework();
    fixture.Work(2);
    EXPECT_GT(fixture.accepted_commands(), 10);
  }
  auto store = RocksDbStore::Open(directory / "db", OpenMode::kReadOnly);
  ASSERT_TRUE(store.ok()) << store.status();
  VerifyReport report = Verified(*(*store)->Read());
  EXPECT_THAT(report.problems, testing::IsEmpty());
}

TEST(VerifyStore, ARowThatWasChangedIsNamed) {
  std::unique_ptr<MemoryStore> store = Copy();
  journal::v1::PackageRow row;
  ASSERT_TRUE(row.ParseFromString(*store->Read()->Get(Table::kPackages, engine::PackageKey(3))));
  row.mutable_terms()->set_weekly_minutes(row.terms().weekly_minutes() + 15);
  store->Tamper({Table::kPackages, engine::PackageKey(3), row.SerializeAsString()});
  VerifyReport report = Verified(*store->Read());
  EXPECT_THAT(report.problems, testing::ElementsAre("packages 3: not what the journal makes it"));
}

TEST(VerifyStore, ARowThatIsMissingOrTooManyIsNamedInEveryTable) {
  std::unique_ptr<View> good = TwoWeeks().Read();
  ForEachDigestedTable([&](Table table) {
    std::string first;
    good->Scan(table, "", "", [&](absl::string_view key, absl::string_view) {
      first = std::string(key);
      return false;
    });
    std::unique_ptr<MemoryStore> store = Copy();
    store->Tamper({table, first + "more", ""});
    if (!first.empty()) store->Tamper({table, first, std::nullopt});
    VerifyReport report = Verified(*store->Read());
    EXPECT_EQ(report.problem_count, first.empty() ? 1u : 2u) << engine::TableName(table);
    for (const std::string& problem : report.problems) {
      EXPECT_THAT(problem, HasSubstr(engine::TableName(table)));
    }
  });
}

// The first package that was erased, or was not.
uint64_t FirstPackage(const View& view, bool erased) {
  uint64_t number = 0;
  view.Scan(Table::kPackages, "", "", [&](absl::string_view key, absl::string_view value) {
    journal::v1::PackageRow row;
    EXPECT_TRUE(row.ParseFromArray(value.data(), static_cast<int>(value.size())));
    if (row.erased() == erased) number = row.number();
    return number == 0;
  });
  EXPECT_GT(number, 0u) << "no such package: choose another seed";
  return number;
}

TEST(VerifyStore, ATextThatWasChangedOrIsMissingIsNamedButNotShown) {
  std::unique_ptr<MemoryStore> store = Copy();
  const uint64_t number = FirstPackage(*store->Read(), false);
  journal::v1::TextRow row;
  const std::string summary = engine::TextKey(number, "summary");
  ASSERT_TRUE(row.ParseFromString(*store->Read()->Get(Table::kTexts, summary)));
  row.set_text("SECRET");
  store->Tamper({Table::kTexts, summary, row.SerializeAsString()});
  store->Tamper({Table::kTexts, engine::TextKey(number, "details"), std::nullopt});
  VerifyReport report = Verified(*store->Read());
  const std::string of = "texts " + std::to_string(number);
  EXPECT_THAT(report.problems,
              testing::UnorderedElementsAre(of + "/summary: not a text that the journal names",
                                            of + "/summary: missing", of + "/details: missing"));
}

TEST(VerifyStore, AnErasedPackageHasNoTextsAndATextThatCameBackIsNamed) {
  std::unique_ptr<MemoryStore> store = Copy();
  const uint64_t number = FirstPackage(*store->Read(), true);
  store->Read()->Scan(Table::kTexts, engine::PackageKey(number), "",
                      [&](absl::string_view key, absl::string_view) {
                        ADD_FAILURE() << "left: " << key.substr(8);
                        return true;
                      });
  journal::v1::TextRow row;
  row.set_package_number(number);
  row.set_name("summary");
  row.set_text("Needs help with washing and dressing, and with meals.");
  store->Tamper({Table::kTexts, engine::TextKey(number, "summary"), row.SerializeAsString()});
  EXPECT_EQ(Verified(*store->Read()).problem_count, 1u);
}

TEST(VerifyStore, AtMostFiftyProblemsAreListed) {
  std::unique_ptr<MemoryStore> store = Copy();
  for (int i = 0; i < 80; ++i) {
    store->Tamper({Table::kAccounts, "nobody-" + std::to_string(i), "x"});
  }
  VerifyReport report = Verified(*store->Read());
  EXPECT_EQ(report.problems.size(), 50u);
  EXPECT_EQ(report.problem_count, 80u);
}

TEST(VerifyStore, AMissingTailIsFoundByTheExpectedHead) {
  std::unique_ptr<View> view = TwoWeeks().Read();
  Head later = view->head();
  ++later.sequence;
  EXPECT_THAT(Verified(*view, later).problems, testing::ElementsAre(HasSubstr("is missing")));
  Head other = view->head();
  other.hash[0] ^= 1;
  EXPECT_THAT(Verified(*view, other).problems, testing::ElementsAre(HasSubstr("not the expected")));
}

TEST(VerifyStore, AHeadIsReadAsItIsWritten) {
  const Head head = TwoWeeks().Read()->head();
  absl::StatusOr<Head> read = ParseHead(head.ToString());
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, head);
  for (const char* bad : {"", "7", "7:", "7:abc", ":", "x:y"}) {
    EXPECT_FALSE(ParseHead(bad).ok()) << bad;
  }
  EXPECT_FALSE(ParseHead("7:" + std::string(64, 'g')).ok());
}

TEST(VerifyStore, TheLiveDigestTakesMemoryBeforeDisk) {
  std::unique_ptr<View> view = TwoWeeks().Read();
  auto nothing = [](Table, absl::string_view) { return std::optional<std::string>(); };
  EXPECT_EQ(DigestOf(*view, nothing), DigestOf(*view));
  auto other = [](Table table, absl::string_view) {
    return table == Table::kSystem ? std::optional<std::string>("other") : std::nullopt;
  };
  EXPECT_NE(DigestOf(*view, other), DigestOf(*view));
}

class BackupTest : public testing::Test {
 protected:
  void SetUp() override {
    auto store = RocksDbStore::Open(directory_ / "db", OpenMode::kWrite);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    fixture_ = std::make_unique<StoreFixture>(store_.get(), 3);
    fixture_->ApplyFramework();
    fixture_->Work(1);
  }
  std::string DigestIn(const std::string& directory) {
    auto store = RocksDbStore::Open(directory, OpenMode::kReadOnly);
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? DigestOf(*(*store)->Read()) : "";
  }

  TestFolder directory_;
  std::unique_ptr<RocksDbStore> store_;
  std::unique_ptr<StoreFixture> fixture_;
};

TEST_F(BackupTest, EachBackupIsRestoredAsItWas) {
  const std::string first_digest = DigestOf(*store_->Read());
  absl::StatusOr<Backup> first = CreateBackup(*store_, directory_ / "backups");
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->number, 1);
  EXPECT_EQ(first->head, store_->Read()->head());
  fixture_->Work(1);
  absl::StatusOr<Backup> second = CreateBackup(*store_, directory_ / "backups");
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->number, 2);
  EXPECT_EQ(ListBackups(directory_ / "backups")->size(), 2u);

  auto restored = RestoreBackup(directory_ / "backups", 1, directory_ / "one/", Zones());
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(restored->head, first->head);
  EXPECT_EQ(DigestIn(directory_ / "one"), first_digest);
  restored = RestoreBackup(directory_ / "backups", 0, directory_ / "newest", Zones());
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(DigestIn(directory_ / "newest"), DigestOf(*store_->Read()));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "newest.tmp"));
  auto again = RocksDbStore::Open(directory_ / "newest", OpenMode::kWrite);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_GT((*again)->epoch(), store_->epoch());
}

TEST_F(BackupTest, ARestoredCopyIsFinishedBeforeItGetsItsName) {
  ASSERT_TRUE(CreateBackup(*store_, directory_ / "backups").ok());
  const std::filesystem::path target = directory_ / "finished";
  auto restored = RestoreBackup(directory_ / "backups", 1, target, Zones(),
                                [&](const std::string& copy) -> absl::Status {
                                  EXPECT_TRUE(std::filesystem::exists(copy));
                                  EXPECT_FALSE(std::filesystem::exists(target));
                                  return absl::UnavailableError("the disk is full");
                                });
  EXPECT_EQ(restored.status().message(), "the disk is full");
  EXPECT_FALSE(std::filesystem::exists(target)) << "nobody finds what is not finished";
  restored = RestoreBackup(directory_ / "backups", 1, target, Zones(), [](const std::string& copy) {
    std::ofstream(std::filesystem::path(copy) / "MARK") << "marked";
    return absl::OkStatus();
  });
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_TRUE(std::filesystem::exists(target / "MARK"));
}

TEST_F(BackupTest, ARestoreNeverOverwrites) {
  ASSERT_TRUE(CreateBackup(*store_, directory_ / "backups").ok());
  EXPECT_EQ(RestoreBackup(directory_ / "backups", 1, directory_ / "db", Zones()).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(RestoreBackup(directory_ / "backups", 9, directory_ / "x", Zones()).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(RestoreBackup(directory_ / "none", 1, directory_ / "x", Zones()).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(directory_ / "x"));
}

TEST_F(BackupTest, ABackupThatDoesNotVerifyDoesNotCount) {
  // A row that no record makes: the backup is whole for RocksDB, yet not in order.
  Batch batch;
  batch.writes = {{Table::kAccounts, "intruder", "row"}};
  ASSERT_TRUE(store_->Append(store_->epoch(), store_->Read()->head(), batch).ok());
  ASSERT_TRUE(CreateBackup(*store_, directory_ / "backups").ok());
  absl::Status status =
      RestoreBackup(directory_ / "backups", 1, directory_ / "restored", Zones()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("accounts intruder"));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "restored"));
}

TEST_F(BackupTest, ACheckpointOfARunningStoreVerifies) {
  ASSERT_TRUE(CreateCheckpoint(*store_, directory_ / "checkpoint").ok());
  const std::string digest = DigestOf(*store_->Read());
  fixture_->Work(1);
  auto checkpoint = RocksDbStore::Open(directory_ / "checkpoint", OpenMode::kReadOnly);
  ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
  VerifyReport report = Verified(*(*checkpoint)->Read());
  EXPECT_THAT(report.problems, testing::IsEmpty());
  EXPECT_EQ(report.digest, digest);
}

}  // namespace
}  // namespace brokerage::storage
