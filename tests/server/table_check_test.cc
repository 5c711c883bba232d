// The one flipped bit of a table over which RocksDB would end the process is damage like any other.
#include "storage/table_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "storage/rocksdb_database.h"
#include "storage/rocksdb_store.h"
#include "tests/fixtures/test_folder.h"

namespace brokerage::storage {
namespace {

using testing::HasSubstr;

std::string BytesOf(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

void Put(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

TEST(TableCheck, TheBitThatRocksDbDoesNotSurviveIsFoundBeforeItLooks) {
  const testing_support::TestFolder folder;
  const std::string directory = folder / "data";
  {
    auto store = RocksDbStore::Open(directory, OpenMode::kWrite);
    ASSERT_TRUE(store.ok()) << store.status();
    ASSERT_TRUE((*store)->PutPostcodes({{"NG181AA", "E05000001", 1, 2}}).ok());
    ASSERT_TRUE((*store)->SyncPostcodes().ok());
    ASSERT_TRUE((*store)->database().db()->Flush(rocksdb::FlushOptions()).ok());
  }
  rocksdb::FileSystem* const files = rocksdb::FileSystem::Default().get();
  ASSERT_TRUE(CheckTables(files, directory).ok());
  int tables = 0;
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    if (file.path().extension() != ".sst" || ++tables > 1) continue;
    const std::string whole = BytesOf(file.path());
    int found = 0;
    for (size_t i = 0; i < whole.size(); ++i) {
      std::string flipped = whole;
      flipped[i] = static_cast<char>(flipped[i] ^ 0x80);
      Put(file.path(), flipped);
      if (CheckTables(files, directory).ok()) continue;
      ++found;
      const absl::Status opened = RocksDbStore::Open(directory, OpenMode::kReadOnly).status();
      EXPECT_TRUE(absl::IsDataLoss(opened)) << opened;
      EXPECT_THAT(std::string(opened.message()), HasSubstr(file.path().filename().string()));
    }
    EXPECT_EQ(found, 1) << file.path();
    Put(file.path(), whole);
  }
  EXPECT_GT(tables, 0);
  EXPECT_TRUE(RocksDbStore::Open(directory, OpenMode::kReadOnly).ok());
}

}  // namespace
}  // namespace brokerage::storage
