// A row that must be there and is lost stops the start with its name: it is never taken for a row
// that never was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/hash.h"
#include "storage/loading.h"
#include "tests/fixtures/memory_store.h"
#include "tests/fixtures/store_fixture.h"

namespace brokerage::storage {
namespace {

using engine::Table;
using testing::HasSubstr;
using testing_support::StoreFixture;
using testing_support::Zones;

absl::Status Loaded(const MemoryStore& store) {
  engine::Engine engine(Zones());
  return LoadEngine(*store.Read(), store.LastAlive().time, &engine);
}

void ExpectLost(const MemoryStore& store, const std::string& row) {
  const absl::Status status = Loaded(store);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("the row " + row + " is missing"));
}

std::vector<std::string> KeysOf(const MemoryStore& store, Table table) {
  std::vector<std::string> keys;
  store.Read()->Scan(table, "", "", [&](absl::string_view key, absl::string_view) {
    keys.emplace_back(key);
    return true;
  });
  return keys;
}

class LostRows : public testing::Test {
 protected:
  void SetUp() override {
    StoreFixture fixture(&store_, 7);
    fixture.ApplyFramework();
    fixture.Work(1);
    ASSERT_TRUE(Loaded(store_).ok());
  }
  void Lose(Table table, const std::string& key) {
    ASSERT_TRUE(store_.Read()->Get(table, key).has_value());
    store_.Tamper({table, key, std::nullopt});
  }
  MemoryStore store_;
};

TEST_F(LostRows, TheSystems) {
  Lose(Table::kSystem, engine::kSystemKey);
  ExpectLost(store_, "system system");
}

TEST_F(LostRows, TheSystemsOfAnEarlierDayIsNotTheOneThatCountsThePackages) {
  journal::v1::SystemRow row;
  ASSERT_TRUE(row.ParseFromString(*store_.Read()->Get(Table::kSystem, engine::kSystemKey)));
  row.set_last_package_number(row.last_package_number() - 1);
  store_.Tamper({Table::kSystem, engine::kSystemKey, row.SerializeAsString()});
  EXPECT_THAT(std::string(Loaded(store_).message()),
              HasSubstr("system system does not know all that is stored"));
}

TEST_F(LostRows, TheNewestPackages) {
  Lose(Table::kPackages, KeysOf(store_, Table::kPackages).back());
  EXPECT_THAT(std::string(Loaded(store_).message()), HasSubstr("the row packages "));
  EXPECT_EQ(Loaded(store_).code(), absl::StatusCode::kDataLoss);
}

TEST_F(LostRows, TheOnlyRevisionOfAFramework) {
  ASSERT_EQ(KeysOf(store_, Table::kFrameworks).size(), 1u);
  Lose(Table::kFrameworks, KeysOf(store_, Table::kFrameworks)[0]);
  EXPECT_EQ(Loaded(store_).code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(Loaded(store_).message()), HasSubstr("the row frameworks "));
}

TEST_F(LostRows, ARevisionBetweenTwoOthers) {
  const std::string first = KeysOf(store_, Table::kFrameworks)[0];
  journal::v1::FrameworkRow row;
  ASSERT_TRUE(row.ParseFromString(*store_.Read()->Get(Table::kFrameworks, first)));
  row.set_revision(3);
  store_.Tamper(
      {Table::kFrameworks, engine::FrameworkKey(row.framework_id(), 3), row.SerializeAsString()});
  EXPECT_EQ(Loaded(store_).code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(Loaded(store_).message()), HasSubstr("\\x02 is missing"));
}

TEST(LostRowsOfAccounts, AllOfThemAreNotAStoreWithoutAccounts) {
  MemoryStore store;
  StoreFixture fixture(&store, 7);
  ASSERT_TRUE(fixture.Run({}, engine::Bootstrap{"admin", engine::HashOf("token")}).ok());
  fixture.ApplyFramework();
  ASSERT_TRUE(Loaded(store).ok());
  store.Tamper({Table::kAccounts, "admin", std::nullopt});
  ExpectLost(store, "accounts admin");
}

}  // namespace
}  // namespace brokerage::storage
