// The operators' port over real sockets: what /healthz says, and that it goes on saying it.
#include "services/brokerd/admin_http.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/fixtures/server/programs.h"
#include "tests/fixtures/server/server_fixture.h"
#include "tests/fixtures/test_folder.h"

namespace brokerage::services::testing {
namespace {

using boost::asio::ip::tcp;
using ::testing::HasSubstr;

// A port of 127.0.0.1.
tcp::endpoint At(int port) {
  return {boost::asio::ip::address_v4::loopback(), static_cast<uint16_t>(port)};
}
int PortOf(const std::string& address) {
  int port = 0;
  EXPECT_TRUE(absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port)) << address;
  return port;
}

// The whole answer; empty where nobody listens.
std::string Get(int port, const std::string& target) {
  boost::asio::io_context context;
  boost::system::error_code error;
  tcp::socket socket(context);
  if (socket.connect(At(port), error)) return "";
  boost::asio::write(socket, boost::asio::buffer(absl::StrCat("GET ", target, " HTTP/1.1\r\n\r\n")),
                     error);
  std::string answer;
  boost::asio::read(socket, boost::asio::dynamic_buffer(answer), error);
  return answer;
}

class AdminHttpTest : public ServerFixture {
 protected:
  void StartAdmin(std::function<std::string()> serving_address) {
    AdminHttp::Options options;
    options.listen_address = "127.0.0.1:0";
    options.metrics = [] { return std::string("figures 1\n"); };
    options.serving_address = std::move(serving_address);
    options.patience = patience_;
    admin_ = std::make_unique<AdminHttp>(std::move(options));
    ASSERT_TRUE(admin_->Start().ok());
  }
  std::string ServerAddress() const { return absl::StrCat("127.0.0.1:", server()->port()); }

  std::string Get(const std::string& target) const { return testing::Get(admin_->port(), target); }

  boost::asio::io_context context_;
  std::chrono::milliseconds patience_{5000};
  std::unique_ptr<AdminHttp> admin_;
};

TEST_F(AdminHttpTest, HealthIsGoodWhereTheServerGreets) {
  StartAdmin([this] { return ServerAddress(); });
  EXPECT_THAT(Get("/healthz"), HasSubstr("HTTP/1.1 200 OK"));
  EXPECT_THAT(Get("/metrics"), HasSubstr("figures 1"));
  EXPECT_THAT(Get("/else"), HasSubstr("404"));
}

TEST_F(AdminHttpTest, HealthIsBadBeforeAndAfterTheServerServes) {
  bool serving = false;
  StartAdmin([&] { return serving ? ServerAddress() : std::string(); });
  EXPECT_THAT(Get("/healthz"), HasSubstr("503"));
  serving = true;
  EXPECT_THAT(Get("/healthz"), HasSubstr("200"));
  serving = false;
  EXPECT_THAT(Get("/healthz"), HasSubstr("503"));
}

TEST_F(AdminHttpTest, HealthIsBadWhereTheServersPortAcceptsNobodyAnyMore) {
  patience_ = std::chrono::milliseconds(20);
  // The system takes the connection, and no server ever says anything.
  tcp::acceptor deaf(context_, At(0));
  StartAdmin([&] { return absl::StrCat("127.0.0.1:", deaf.local_endpoint().port()); });
  EXPECT_THAT(Get("/healthz"), HasSubstr("503"));
  const int nobody = deaf.local_endpoint().port();
  deaf.close();
  StartAdmin([&] { return absl::StrCat("127.0.0.1:", nobody); });
  EXPECT_THAT(Get("/healthz"), HasSubstr("503"));
}

TEST_F(AdminHttpTest, ConnectionsThatAskNothingDoNotShutHealthOut) {
  StartAdmin([this] { return ServerAddress(); });
  std::vector<tcp::socket> silent;
  for (int i = 0; i < 200; ++i) {
    silent.emplace_back(context_).connect(At(admin_->port()));
    boost::asio::write(silent.back(), boost::asio::buffer("GET /he", 7));
  }
  EXPECT_THAT(Get("/healthz"), HasSubstr("200 OK"));
  EXPECT_THAT(Get("/metrics"), HasSubstr("figures 1"));
}

TEST(AdminHttp, AServerThatRanOutOfDescriptorsSaysThatItDoesNotServe) {
  const testing_support::TestFolder folder;
  BrokerdProgram brokerd(folder.path(), "2018-07-02T08:00:00Z");
  const int admin = PortOf(brokerd.admin_address());
  while (!absl::StrContains(Get(admin, "/healthz"), "200")) std::this_thread::yield();
  rlimit enough;
  ASSERT_EQ(prlimit(brokerd.process(), RLIMIT_NOFILE, nullptr, &enough), 0);
  const rlimit few = {64, enough.rlim_max};
  ASSERT_EQ(prlimit(brokerd.process(), RLIMIT_NOFILE, &few, nullptr), 0);
  boost::asio::io_context context;
  std::vector<tcp::socket> flood;
  for (int i = 0; i < 100; ++i) flood.emplace_back(context).connect(At(PortOf(brokerd.address())));
  EXPECT_THAT(Get(admin, "/healthz"), HasSubstr("503"));
  flood.clear();
  ASSERT_EQ(prlimit(brokerd.process(), RLIMIT_NOFILE, &enough, nullptr), 0);
  brokerd.Stop();  // with an error, if a file was to be opened meanwhile: see operations.md
}

}  // namespace
}  // namespace brokerage::services::testing
