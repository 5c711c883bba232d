// A journal whose end is lost leaves no trace in the database: the head that was noted beside it
// tells.
#include "storage/head_note.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "storage/backup.h"
#include "storage/rocksdb_store.h"
#include "storage/verify.h"
#include "tests/fixtures/server/programs.h"
#include "tests/fixtures/store_fixture.h"
#include "tests/fixtures/test_folder.h"

namespace brokerage::storage {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing_support::TestFolder;
using testing_support::Zones;

absl::Status Append(RocksDbStore* store, const std::string& record) {
  Batch batch;
  batch.records = {record};
  return store->Append(store->epoch(), store->Read()->head(), batch);
}

std::unique_ptr<RocksDbStore> Opened(const std::string& directory) {
  auto store = RocksDbStore::Open(directory, OpenMode::kWrite);
  EXPECT_TRUE(store.ok()) << store.status();
  return store.ok() ? *std::move(store) : nullptr;
}

std::string WordsOf(const absl::Status& status) { return std::string(status.message()); }

fs::path NewestLog(const std::string& directory) {
  fs::path newest;
  for (const auto& file : fs::directory_iterator(directory)) {
    if (file.path().extension() == ".log" && file.path() > newest) newest = file.path();
  }
  return newest;
}

// Three records; the head was noted after the second.
class HeadNote : public testing::Test {
 protected:
  void SetUp() override {
    auto store = Opened(db_);
    for (const char* record : {"one", "two", "three"}) {
      ASSERT_TRUE(Append(store.get(), record).ok());
      heads_.push_back(store->Read()->head());
      sizes_.push_back(fs::file_size(NewestLog(db_)));
      if (heads_.size() == 2) ASSERT_TRUE(store->NoteHead().ok());
    }
  }
  // Both ways of opening refuse it, with both heads and what to do; nothing is changed by that.
  void ExpectRefused(const Head& ends, const std::string& noted) {
    for (OpenMode mode : {OpenMode::kReadOnly, OpenMode::kWrite, OpenMode::kWrite}) {
      const absl::Status status = RocksDbStore::Open(db_, mode).status();
      EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
      EXPECT_THAT(WordsOf(status), HasSubstr("ends at " + ends.ToString()));
      EXPECT_THAT(WordsOf(status), HasSubstr(noted));
      EXPECT_THAT(WordsOf(status), HasSubstr("--accept-loss " + ends.ToString()));
    }
    EXPECT_EQ(VerifyDirectory(db_, Zones(), std::nullopt, db_ + ".scratch").status().code(),
              absl::StatusCode::kDataLoss);
  }

  TestFolder folder_;
  const std::string db_ = folder_ / "db";
  std::vector<Head> heads_;      // after each record
  std::vector<uint64_t> sizes_;  // of the log then
};

TEST_F(HeadNote, ALogThatWasCutCleanlyBelowItIsRefused) {
  fs::resize_file(NewestLog(db_), sizes_[0]);
  ExpectRefused(heads_[0], heads_[1].ToString());
}

TEST_F(HeadNote, ALogThatIsMissingIsRefused) {
  fs::remove(NewestLog(db_));
  ExpectRefused(Head(), heads_[1].ToString());
}

TEST_F(HeadNote, ALengthThatGrewIsRefusedThoughRocksDbTakesItForATornTail) {
  std::fstream log(NewestLog(db_), std::ios::in | std::ios::out | std::ios::binary);
  log.seekp(static_cast<std::streamoff>(sizes_[0] + 5));  // the second record's length, high byte
  log.put('\x40');
  log.close();
  ExpectRefused(heads_[0], heads_[1].ToString());
}

TEST_F(HeadNote, WhatCameAfterItMayBeMissing) {
  fs::resize_file(NewestLog(db_), sizes_[1]);
  EXPECT_EQ(Opened(db_)->Read()->head(), heads_[1]);
}

TEST_F(HeadNote, AnotherRecordInItsPlaceIsRefused) {
  fs::remove_all(db_);
  Head head;
  {
    auto store = Opened(db_);
    for (const char* record : {"one", "another", "three"}) {
      ASSERT_TRUE(Append(store.get(), record).ok());
    }
    head = store->Read()->head();
    ASSERT_TRUE(WriteHeadNote(rocksdb::FileSystem::Default().get(), db_, heads_[1]).ok());
  }
  ExpectRefused(head, heads_[1].ToString());
}

TEST_F(HeadNote, ItselfMissingOrDamagedIsRefused) {
  const fs::path note = fs::path(db_) / kHeadNote;
  const uint64_t size = fs::file_size(note);
  for (uint64_t at = 0; at < size; at += 7) {
    std::fstream file(note, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const char byte = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(at)).put(static_cast<char>(byte ^ 0x11));
    file.close();
    EXPECT_THAT(WordsOf(RocksDbStore::Open(db_, OpenMode::kReadOnly).status()),
                HasSubstr("HEAD is damaged"))
        << at;
    file.open(note, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at)).put(byte);
  }
  ASSERT_TRUE(RocksDbStore::Open(db_, OpenMode::kReadOnly).ok());
  fs::remove(note);
  ExpectRefused(heads_[2], "HEAD is missing");
}

TEST_F(HeadNote, ALossThatIsAcceptedIsAcceptedAsItWasSeenAndOnce) {
  fs::resize_file(NewestLog(db_), sizes_[0]);
  EXPECT_FALSE(RocksDbStore::Open(db_, OpenMode::kWrite, {.accept_head = heads_[1]}).ok());
  {
    auto store = RocksDbStore::Open(db_, OpenMode::kWrite, {.accept_head = heads_[0]});
    ASSERT_TRUE(store.ok()) << store.status();
    EXPECT_EQ((*store)->Read()->head(), heads_[0]);
    EXPECT_THAT((*store)->opening().accepted_loss, HasSubstr(heads_[1].ToString()));
    ASSERT_TRUE(Append(store->get(), "goes on").ok());
  }
  // Left on the command line it does no harm.
  auto again = RocksDbStore::Open(db_, OpenMode::kWrite, {.accept_head = heads_[0]});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ((*again)->opening().accepted_loss, "");
}

TEST_F(HeadNote, ATornTailIsToldWithItsFileAndBytes) {
  EXPECT_TRUE((*RocksDbStore::Open(db_, OpenMode::kReadOnly))->opening().torn_tails.empty());
  fs::resize_file(NewestLog(db_), sizes_[2] - 5);
  for (OpenMode mode : {OpenMode::kReadOnly, OpenMode::kWrite}) {
    auto store = RocksDbStore::Open(db_, mode);
    ASSERT_TRUE(store.ok()) << store.status();
    ASSERT_EQ((*store)->opening().torn_tails.size(), 1u);
    EXPECT_THAT((*store)->opening().torn_tails[0].file, testing::EndsWith(".log"));
    EXPECT_EQ((*store)->opening().torn_tails[0].bytes, sizes_[2] - 5 - sizes_[1]);
  }
}

// A record that crosses blocks has parts; only the last ends it.
TEST_F(HeadNote, ALogOfManyBlocksIsTornOnlyWhereItsLastRecordIsNotWhole) {
  uint64_t before = 0;
  {
    auto store = Opened(db_);
    for (int i = 0; i < 20; ++i) {
      before = fs::file_size(NewestLog(db_));
      ASSERT_TRUE(Append(store.get(), std::string(30000 + i, 'r')).ok());
    }
  }
  const auto torn = [&] { return *FindTornTails(rocksdb::FileSystem::Default().get(), db_); };
  EXPECT_TRUE(torn().empty());
  const fs::path log = NewestLog(db_);
  for (uint64_t size = fs::file_size(log) - 1; size > before; size = (size + before) / 2) {
    fs::resize_file(log, size);
    ASSERT_EQ(torn().size(), 1u) << size;
    EXPECT_EQ(torn()[0].bytes, size - before);
  }
}

TEST(HeadNoteOfCopies, RestoredBackupsAndCheckpointsHaveOne) {
  TestFolder folder;
  auto store = Opened(folder / "db");
  testing_support::StoreFixture fixture(store.get(), 3);
  fixture.ApplyFramework();
  const Head head = store->Read()->head();
  ASSERT_TRUE(CreateBackup(*store, folder / "backups").ok());
  ASSERT_TRUE(CreateCheckpoint(*store, folder / "checkpoint").ok());
  auto restored = RestoreBackup(folder / "backups", 1, folder / "restored", Zones());
  ASSERT_TRUE(restored.ok()) << restored.status();
  for (const std::string& copy : {folder / "restored", folder / "checkpoint"}) {
    auto noted = ReadHeadNote(rocksdb::FileSystem::Default().get(), copy);
    ASSERT_TRUE(noted.ok()) << noted.status();
    EXPECT_EQ(*noted, head) << copy;
    EXPECT_TRUE(RocksDbStore::Open(copy, OpenMode::kReadOnly).ok());
    fs::remove(fs::path(copy) / kHeadNote);
    EXPECT_FALSE(RocksDbStore::Open(copy, OpenMode::kReadOnly).ok()) << copy;
  }
}

// The way of a person: the server says why it does not start, and what to type.
TEST(HeadNoteOfCopies, ThePrograms) {
  TestFolder folder;
  const std::string brokerd = BINARY_DIR "/services/brokerd ";
  const std::string data = " --data " + folder / "store";
  const std::string simulation = " --simulation 2018-07-02T08:00:00Z";
  const std::string none = absl::StrCat("0:", std::string(64, '0'));
  const Ran made = Shell(absl::StrCat(brokerd, "bootstrap --account admin --token-file ",
                                      folder / "token", data, simulation));
  ASSERT_EQ(made.exit_code, 0) << made.output;
  fs::remove(NewestLog(folder / "store"));
  for (const std::string& command :
       {std::string("verify"), "backup --backup-dir " + folder / "backups", "serve" + simulation}) {
    const Ran ran = Shell(absl::StrCat(brokerd, command, data));
    EXPECT_EQ(ran.exit_code, 1) << ran.output;
    EXPECT_THAT(ran.output, HasSubstr("ends at " + none));
    EXPECT_THAT(ran.output, HasSubstr("the head 1:"));
    EXPECT_THAT(ran.output, HasSubstr("--accept-loss " + none));
  }
  const Ran wrong = Shell(absl::StrCat(brokerd, "serve --accept-loss 12", data, simulation));
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.output, HasSubstr("--accept-loss: \"12\": a head is written SEQUENCE:HASH"));
}

}  // namespace
}  // namespace brokerage::storage
