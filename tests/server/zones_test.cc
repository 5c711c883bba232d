#include "services/core/zones.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace brokerage::services {
namespace {

TEST(HostZonesTest, FindsAZoneOnceForAll) {
  const absl::TimeZone* london = HostZones()("Europe/London");
  ASSERT_NE(london, nullptr);
  EXPECT_EQ(london->name(), "Europe/London");
  std::vector<const absl::TimeZone*> found(8);
  std::vector<std::thread> threads;
  for (auto& zone : found) threads.emplace_back([&zone] { zone = HostZones()("Europe/London"); });
  for (std::thread& thread : threads) thread.join();
  for (const absl::TimeZone* zone : found) EXPECT_EQ(zone, london);
}

TEST(HostZonesTest, ANameNeverLeadsOutOfTheZoneData) {
  for (const char* name : {"", "Europe/Atlantis", "../../etc/passwd", "/etc/localtime", "localtime",
                           "Europe/../Europe/London", "Fixed/UTC+01:00:00"}) {
    EXPECT_EQ(HostZones()(name), nullptr) << name;
  }
}

}  // namespace
}  // namespace brokerage::services
