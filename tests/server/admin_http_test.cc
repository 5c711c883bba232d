// The operators' port over real sockets: what /healthz says, and that it goes on saying it.
#include "services/brokerd/admin_http.h"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/fixtures/server/server_fixture.h"

namespace brokerage::services::testing {
namespace {

using boost::asio::ip::tcp;
using ::testing::HasSubstr;

class AdminHttpTest : public ServerFixture {
 protected:
  // A port of 127.0.0.1 as the admin port asks for it.
  tcp::endpoint At(int port) const {
    return {boost::asio::ip::address_v4::loopback(), static_cast<uint16_t>(port)};
  }
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

  // The whole answer.
  std::string Get(const std::string& target) {
    tcp::socket socket(context_);
    socket.connect(At(admin_->port()));
    boost::asio::write(socket,
                       boost::asio::buffer(absl::StrCat("GET ", target, " HTTP/1.1\r\n\r\n")));
    std::string answer;
    boost::system::error_code end;
    boost::asio::read(socket, boost::asio::dynamic_buffer(answer), end);
    return answer;
  }

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

}  // namespace
}  // namespace brokerage::services::testing
