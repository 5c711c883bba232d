// A store of an earlier program is made anew from its journal, whatever its rows and tables were;
// and so is one whose rows are damaged.
#include "storage/upgrade.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/digest.h"
#include "storage/encoding.h"
#include "storage/head_note.h"
#include "storage/rocksdb_database.h"
#include "storage/rocksdb_store.h"
#include "storage/rocksdb_view.h"
#include "storage/schema.h"
#include "tests/fixtures/store_fixture.h"
#include "tests/fixtures/test_folder.h"

namespace brokerage::storage {
namespace {

using testing::HasSubstr;
using testing_support::StoreFixture;
using testing_support::TestFolder;
using testing_support::Zones;

class UpgradeTest : public testing::Test {
 protected:
  void SetUp() override { Fill(1); }

  // Up to so many records at least.
  void Fill(uint64_t records) {
    const std::unique_ptr<RocksDbStore> store = Open();
    ASSERT_TRUE(store->MarkSimulation().ok());
    StoreFixture fixture(store.get(), 11);
    if (store->Read()->head().sequence == 0) fixture.ApplyFramework();
    do fixture.Work(1);
    while (store->Read()->head().sequence < records);
    Batch batch;
    batch.outcomes.push_back({"account", "request", std::string(32, 'h'), "reply", 7});
    ASSERT_TRUE(store->Append(store->epoch(), store->Read()->head(), batch).ok());
    ASSERT_TRUE(store->PutPostcodes({kPlace}).ok());
    ASSERT_TRUE(store->SyncPostcodes().ok());
    head_ = store->Read()->head();
    digest_ = DigestOf(*store->Read());
    ASSERT_TRUE(store->NoteHead().ok());
  }

  std::unique_ptr<RocksDbStore> Open() const {
    auto store = RocksDbStore::Open(directory_, OpenMode::kWrite);
    EXPECT_TRUE(store.ok()) << store.status();
    return store.ok() ? *std::move(store) : nullptr;
  }
  std::shared_ptr<RocksDatabase> OpenRaw(const std::string& directory) const {
    auto database = RocksDatabase::Open(directory, RocksDatabase::Mode::kEarlier);
    EXPECT_TRUE(database.ok()) << database.status();
    return *std::move(database);
  }
  void SetVersion(uint64_t version) const {
    const auto raw = OpenRaw(directory_);
    ASSERT_TRUE(
        raw->db()
            ->Put(rocksdb::WriteOptions(), raw->meta(), schema::kMetaVersion, EncodeNumber(version))
            .ok());
  }
  // As a program may have written it whose rows were others: a table that is gone, one that is new,
  // rows that nobody can read.
  void MakeEarlier() const {
    SetVersion(0);
    const auto raw = OpenRaw(directory_);
    const rocksdb::WriteOptions write;
    rocksdb::ColumnFamilyHandle* older = nullptr;
    ASSERT_TRUE(raw->db()->CreateColumnFamily({}, "rows_of_old", &older).ok());
    ASSERT_TRUE(raw->db()->Put(write, older, "key", "row").ok());
    ASSERT_TRUE(raw->db()->DestroyColumnFamilyHandle(older).ok());
    ASSERT_TRUE(raw->db()->DropColumnFamily(raw->table(engine::Table::kPackagesByState)).ok());
    ASSERT_TRUE(raw->db()->Put(write, raw->table(engine::Table::kPackages), "no key", "?").ok());
  }
  absl::StatusOr<Upgraded> Run(const UpgradeOptions& options = {}) const {
    return Upgrade(directory_ + "/", Zones(), options, [](uint64_t, uint64_t) {});
  }
  void ExpectAllIsThere() const {
    const std::unique_ptr<RocksDbStore> store = Open();
    ASSERT_NE(store, nullptr);
    EXPECT_EQ(store->Read()->head().ToString(), head_.ToString());
    EXPECT_EQ(DigestOf(*store->Read()), digest_);
    EXPECT_TRUE(store->simulation());
    EXPECT_EQ(store->FindPostcode(kPlace.key), kPlace);
    auto outcome = store->FindOutcome("account", "request");
    ASSERT_TRUE(outcome.ok() && outcome->has_value());
    EXPECT_EQ((*outcome)->reply, "reply");
    StoreFixture goes_on(store.get(), 12);
    goes_on.Work(1);
  }

  const PostcodePlace kPlace = {"NG181AA", "E05000001", 450000, 360000};
  const TestFolder folder_;
  const std::string directory_ = folder_ / "data";
  Head head_;
  std::string digest_;
};

TEST_F(UpgradeTest, AStoreOfOtherRowsAndTablesBecomesThisProgramsAndItsCopyIsKept) {
  MakeEarlier();
  const absl::Status refused = RocksDbStore::Open(directory_, OpenMode::kWrite).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("brokerd upgrade --data " + directory_));
  std::string finished;
  UpgradeOptions options;
  options.finish = [&finished](const std::string& made) {
    finished = made;
    return absl::OkStatus();
  };
  absl::StatusOr<Upgraded> upgraded = Run(options);
  ASSERT_TRUE(upgraded.ok()) << upgraded.status();
  EXPECT_TRUE(upgraded->needed);
  EXPECT_EQ(upgraded->replayed, head_.sequence);
  EXPECT_TRUE(upgraded->report.ok());
  EXPECT_EQ(upgraded->report.digest, digest_);
  EXPECT_EQ(finished, directory_ + ".upgrade");
  EXPECT_FALSE(std::filesystem::exists(directory_ + ".upgrade"));
  const auto kept = OpenRaw(upgraded->kept);
  EXPECT_EQ(kept->Get(kept->meta(), schema::kMetaVersion, nullptr), EncodeNumber(0));
  upgraded = Run();
  ASSERT_TRUE(upgraded.ok()) << upgraded.status();
  EXPECT_FALSE(upgraded->needed);
  ExpectAllIsThere();
}

TEST_F(UpgradeTest, WhatARunThatWasCutShortHasDoneIsGoneOnWith) {
  Fill(700);  // more than is written at once
  MakeEarlier();
  std::string entry;
  const std::string late = EncodeNumber(head_.sequence - 5);
  {
    const auto raw = OpenRaw(directory_);
    entry = *raw->Get(raw->journal(), late, nullptr);
    ASSERT_TRUE(raw->db()->Put(rocksdb::WriteOptions(), raw->journal(), late, "?").ok());
  }
  EXPECT_TRUE(absl::IsDataLoss(Run().status())) << "short of its end";
  const uint64_t done = ReadDatabase(OpenRaw(directory_ + ".upgrade"))->head().sequence;
  EXPECT_GT(done, 0u);
  EXPECT_LT(done, head_.sequence);
  {
    const auto raw = OpenRaw(directory_);
    ASSERT_TRUE(raw->db()->Put(rocksdb::WriteOptions(), raw->journal(), late, entry).ok());
  }
  const absl::StatusOr<Upgraded> upgraded = Run();
  ASSERT_TRUE(upgraded.ok()) << upgraded.status();
  EXPECT_EQ(upgraded->replayed, head_.sequence - done);
  ExpectAllIsThere();
}

TEST_F(UpgradeTest, WhatAnotherJournalOrAnotherVersionLeftIsNotGoneOnWith) {
  const std::string left = directory_ + ".upgrade";
  {
    auto other = RocksDbStore::Open(left, OpenMode::kWrite);
    ASSERT_TRUE(other.ok());
    StoreFixture fixture(other->get(), 99);
    fixture.ApplyFramework();
    fixture.Work(1);
  }
  MakeEarlier();
  const absl::Status in_the_way = Run().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(in_the_way)) << "nobody knows what it is";
  std::ofstream(left + "/UPGRADE") << schema::kVersion;
  absl::StatusOr<Upgraded> upgraded = Run();
  ASSERT_TRUE(upgraded.ok()) << upgraded.status();
  EXPECT_EQ(upgraded->replayed, head_.sequence);
  ExpectAllIsThere();
  std::filesystem::rename(upgraded->kept, left);
  std::ofstream(left + "/UPGRADE") << schema::kVersion + 1;
  upgraded = Run({.anew = true});
  ASSERT_TRUE(upgraded.ok()) << upgraded.status();
  EXPECT_GE(upgraded->replayed, head_.sequence);
}

TEST_F(UpgradeTest, ARunThatWasCutShortBetweenItsLastStepsIsBroughtToItsEnd) {
  MakeEarlier();
  absl::StatusOr<Upgraded> upgraded = Run();
  ASSERT_TRUE(upgraded.ok()) << upgraded.status();
  std::filesystem::rename(upgraded->kept, directory_ + ".upgrade");
  std::ofstream(directory_ + "/UPGRADE") << schema::kVersion;
  for (const bool anew : {true, false}) {
    ASSERT_TRUE(anew ? Run({.anew = true}).ok() : Run().ok());
    EXPECT_TRUE(std::filesystem::exists(upgraded->kept));
    EXPECT_FALSE(std::filesystem::exists(directory_ + ".upgrade"));
    EXPECT_FALSE(std::filesystem::exists(directory_ + "/UPGRADE"));
    if (anew) std::ofstream(directory_ + "/UPGRADE") << schema::kVersion;
  }
  ExpectAllIsThere();
}

TEST_F(UpgradeTest, DamagedRowsAreMadeAnewWhereTheJournalIsWhole) {
  {
    const auto raw = OpenRaw(directory_);
    rocksdb::ColumnFamilyHandle* packages = raw->table(engine::Table::kPackages);
    ASSERT_TRUE(raw->db()->Put(rocksdb::WriteOptions(), packages, "no key", "?").ok());
  }
  const absl::StatusOr<Upgraded> not_asked = Run();
  ASSERT_TRUE(not_asked.ok());
  EXPECT_FALSE(not_asked->needed);
  const absl::StatusOr<Upgraded> upgraded = Run({.anew = true});
  ASSERT_TRUE(upgraded.ok()) << upgraded.status();
  ExpectAllIsThere();
}

TEST_F(UpgradeTest, IsRefusedWhereItWouldLoseSomething) {
  {
    const auto writer = Open();
    EXPECT_TRUE(absl::IsFailedPrecondition(Run({.anew = true}).status())) << "somebody has it open";
  }
  SetVersion(schema::kVersion + 1);
  EXPECT_TRUE(absl::IsFailedPrecondition(Run().status())) << "a newer program's";
  SetVersion(0);
  std::filesystem::create_directory(directory_ + ".before-upgrade");
  const absl::Status in_the_way = Run().status();
  EXPECT_TRUE(absl::IsFailedPrecondition(in_the_way));
  EXPECT_THAT(std::string(in_the_way.message()), HasSubstr(".before-upgrade is in the way"));
  std::filesystem::remove(directory_ + ".before-upgrade");
  Head beyond = head_;
  ++beyond.sequence;
  ASSERT_TRUE(WriteHeadNote(rocksdb::FileSystem::Default().get(), directory_, beyond).ok());
  EXPECT_TRUE(absl::IsDataLoss(Run().status())) << "the journal's end is lost";
  std::filesystem::remove(directory_ + "/HEAD");
  EXPECT_TRUE(absl::IsDataLoss(Run().status())) << "and so is the note";
  ASSERT_TRUE(WriteHeadNote(rocksdb::FileSystem::Default().get(), directory_, head_).ok());
  {
    const auto raw = OpenRaw(directory_);
    ASSERT_TRUE(raw->db()->Delete(rocksdb::WriteOptions(), raw->meta(), schema::kMetaHead).ok());
  }
  EXPECT_TRUE(absl::IsDataLoss(Run().status())) << "the head is lost";
  EXPECT_TRUE(
      absl::IsNotFound(Upgrade(folder_ / "none", Zones(), {}, [](uint64_t, uint64_t) {}).status()));
  EXPECT_FALSE(std::filesystem::exists(directory_ + ".before-upgrade"));
}

}  // namespace
}  // namespace brokerage::storage
