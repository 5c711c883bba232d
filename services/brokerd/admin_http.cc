#include "services/brokerd/admin_http.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <thread>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace brokerage::services {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr std::chrono::seconds kPatience(10);
constexpr size_t kRequestBytesMax = 16 << 10;
constexpr int kSessionsMax = 64;

bool IsPrivate(const asio::ip::address& address) {
  if (address.is_loopback()) return true;
  if (address.is_v6()) {
    const auto v6 = address.to_v6();
    if (v6.is_v4_mapped()) return IsPrivate(asio::ip::make_address_v4(asio::ip::v4_mapped, v6));
    return (v6.to_bytes()[0] & 0xfe) == 0xfc;
  }
  const auto bytes = address.to_v4().to_bytes();
  return bytes[0] == 10 || (bytes[0] == 172 && (bytes[1] & 0xf0) == 16) ||
         (bytes[0] == 192 && bytes[1] == 168);
}

absl::StatusOr<tcp::endpoint> ParseAddress(absl::string_view listen_address) {
  auto wrong = [&](absl::string_view why) {
    return absl::InvalidArgumentError(
        absl::StrCat("listen address \"", listen_address, "\": ", why));
  };
  const size_t colon = listen_address.rfind(':');
  uint32_t port = 0;
  if (colon == absl::string_view::npos ||
      !absl::SimpleAtoi(listen_address.substr(colon + 1), &port) || port > 65535) {
    return wrong("ADDRESS:PORT is expected");
  }
  std::string host(listen_address.substr(0, colon));
  if (host == "localhost") host = "127.0.0.1";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  error_code error;
  const asio::ip::address address = asio::ip::make_address(host, error);
  if (error) return wrong("not an IP address");
  if (!IsPrivate(address))
    return wrong("neither loopback nor a private network; put a proxy in front");
  return tcp::endpoint(address, static_cast<uint16_t>(port));
}

}  // namespace

absl::Status CheckPrivateAddress(absl::string_view listen_address) {
  return ParseAddress(listen_address).status();
}

class AdminHttp::Impl {
 public:
  explicit Impl(Options options)
      : options_(std::move(options)), acceptor_(context_), retry_(context_) {}

  absl::Status Start() {
    absl::StatusOr<tcp::endpoint> endpoint = ParseAddress(options_.listen_address);
    if (!endpoint.ok()) return endpoint.status();
    error_code error;
    acceptor_.open(endpoint->protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(*endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return absl::UnavailableError(
          absl::StrCat("cannot listen on ", options_.listen_address, ": ", error.message()));
    }
    port_ = acceptor_.local_endpoint().port();
    Accept();
    thread_ = std::thread([this] { context_.run(); });
    return absl::OkStatus();
  }

  void Stop() {
    if (!thread_.joinable()) return;
    context_.stop();
    thread_.join();
  }

  int port() const { return port_; }

 private:
  // One connection, one request.
  struct Session : std::enable_shared_from_this<Session> {
    Session(tcp::socket socket, Impl* owner) : stream(std::move(socket)), owner(owner) {
      ++owner->sessions_;
    }
    ~Session() { --owner->sessions_; }

    void Run() {
      parser.body_limit(kRequestBytesMax);
      parser.header_limit(kRequestBytesMax);
      stream.expires_after(kPatience);
      http::async_read(stream, buffer, parser,
                       [self = shared_from_this()](error_code error, size_t) {
                         if (!error) self->Reply();
                       });
    }

    void Reply() {
      response = owner->Answer(parser.get());
      stream.expires_after(kPatience);
      http::async_write(stream, response, [self = shared_from_this()](error_code, size_t) {
        error_code ignored;
        self->stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
      });
    }

    beast::tcp_stream stream;
    Impl* owner;
    beast::flat_buffer buffer;
    http::request_parser<http::string_body> parser;
    http::response<http::string_body> response;
  };

  void Accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error) return AcceptLater();
      if (sessions_ < kSessionsMax) std::make_shared<Session>(std::move(socket), this)->Run();
      Accept();
    });
  }

  // Without a free file descriptor the next attempt would fail at once, and so on without end.
  void AcceptLater() {
    retry_.expires_after(std::chrono::milliseconds(200));
    retry_.async_wait([this](error_code error) {
      if (!error) Accept();
    });
  }

  http::response<http::string_body> Answer(const http::request<http::string_body>& request) const {
    http::response<http::string_body> response(http::status::ok, request.version());
    response.set(http::field::content_type, "text/plain; charset=utf-8");
    response.keep_alive(false);
    if (request.method() != http::verb::get) {
      response.result(http::status::method_not_allowed);
      response.set(http::field::allow, "GET");
    } else if (request.target() == "/metrics") {
      response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
      response.body() = options_.metrics();
    } else if (request.target() == "/healthz") {
      const bool healthy = options_.healthy();
      response.result(healthy ? http::status::ok : http::status::service_unavailable);
      response.body() = healthy ? "ok\n" : "not serving\n";
    } else {
      response.result(http::status::not_found);
    }
    response.prepare_payload();
    return response;
  }

  const Options options_;
  int sessions_ = 0;  // the port's thread's; outlives the sessions that the context holds
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer retry_;
  std::thread thread_;
  int port_ = 0;
};

AdminHttp::AdminHttp(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
AdminHttp::~AdminHttp() { Stop(); }
absl::Status AdminHttp::Start() { return impl_->Start(); }
void AdminHttp::Stop() { impl_->Stop(); }
int AdminHttp::port() const { return impl_->port(); }

}  // namespace brokerage::services
