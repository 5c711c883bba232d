#include "services/brokerd/admin_http.h"

#include <gtest/gtest.h>

namespace brokerage::services {
namespace {

TEST(ListenAddress, IsLoopbackOrPrivate) {
  for (const char* good :
       {"127.0.0.1:7443", "localhost:0", "[::1]:7443", "10.0.0.1:1", "172.16.0.1:1",
        "172.31.255.255:1", "192.168.1.1:65535", "[fd00::1]:7443"}) {
    EXPECT_TRUE(CheckPrivateAddress(good).ok()) << good;
  }
}

TEST(ListenAddress, IsNeverPublic) {
  for (const char* wrong : {"0.0.0.0:7443", "[::]:7443", "8.8.8.8:7443", "172.32.0.1:1",
                            "192.169.0.1:1", "[2001:db8::1]:1", "[::ffff:8.8.8.8]:1"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(CheckPrivateAddress(wrong))) << wrong;
  }
}

TEST(ListenAddress, HasAnAddressAndAPort) {
  for (const char* wrong : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x",
                            ":7443", "example.org:1"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(CheckPrivateAddress(wrong))) << wrong;
  }
}

}  // namespace
}  // namespace brokerage::services
