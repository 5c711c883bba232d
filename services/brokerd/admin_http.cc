#include "services/brokerd/admin_http.h"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <list>
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
constexpr size_t kSessionsMax = 64;
// What an HTTP/2 client says first, with settings that it leaves as they are; a server's settings
// come back.
constexpr char kClientGreeting[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
constexpr size_t kFrameHeaderBytes = 9, kFrameTypeAt = 3;
constexpr unsigned char kSettingsFrame = 4;

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
      : options_(std::move(options)), acceptor_(context_), spare_(context_), retry_(context_) {}

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
    KeepSpare();
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
    Session(tcp::socket socket, Impl* owner) : stream(std::move(socket)), owner(owner) {}
    ~Session() { owner->sessions_.erase(place); }

    void Run() {
      place = owner->sessions_.insert(owner->sessions_.end(), weak_from_this());
      parser.body_limit(kRequestBytesMax);
      parser.header_limit(kRequestBytesMax);
      stream.expires_after(kPatience);
      http::async_read(stream, buffer, parser,
                       [self = shared_from_this()](error_code error, size_t) {
                         if (!error) self->Answer();
                       });
    }

    void Answer() {
      const http::request<http::string_body>& request = parser.get();
      if (request.method() != http::verb::get || request.target() != "/healthz")
        return Reply(owner->Answer(request));
      auto greeted = [self = shared_from_this()](bool ok) {
        const auto status = ok ? http::status::ok : http::status::service_unavailable;
        self->Reply(PlainText(self->parser.get(), status, ok ? "ok\n" : "not serving\n"));
      };
      std::make_shared<Greeting>(owner, std::move(greeted))->Begin();
    }

    void Reply(http::response<http::string_body> answer) {
      response = std::move(answer);
      response.prepare_payload();
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
    std::list<std::weak_ptr<Session>>::iterator place;
  };

  // A connection to the API, until an HTTP/2 server greets.
  struct Greeting : std::enable_shared_from_this<Greeting> {
    Greeting(Impl* owner, std::function<void(bool)> done)
        : owner(owner), stream(owner->context_), done(std::move(done)) {}

    void Begin() {
      const absl::StatusOr<tcp::endpoint> at = ParseAddress(owner->options_.serving_address());
      if (!at.ok()) return done(false);
      stream.expires_after(owner->options_.patience);
      stream.async_connect(*at, [self = shared_from_this()](error_code error) {
        if (error) return self->done(false);
        asio::async_write(self->stream, asio::buffer(kClientGreeting, sizeof kClientGreeting - 1),
                          [self](error_code error, size_t) {
                            if (error) return self->done(false);
                            self->Read();
                          });
      });
    }

    void Read() {
      asio::async_read(stream, asio::buffer(frame),
                       [self = shared_from_this()](error_code error, size_t) {
                         self->done(!error && self->frame[kFrameTypeAt] == kSettingsFrame);
                       });
    }

    Impl* owner;
    beast::tcp_stream stream;
    std::function<void(bool)> done;
    std::array<unsigned char, kFrameHeaderBytes> frame;  // the header of its first
  };

  void Accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error == asio::error::no_descriptors && spare_.is_open()) {
        spare_.close();  // for the next to be answered
        return Accept();
      }
      if (error) return AcceptLater();
      if (sessions_.size() >= kSessionsMax) CloseOldest();
      std::make_shared<Session>(std::move(socket), this)->Run();
      KeepSpare();
      Accept();
    });
  }

  // Whoever waits longest for what it asks, or has not asked.
  void CloseOldest() {
    if (std::shared_ptr<Session> oldest = sessions_.front().lock()) oldest->stream.close();
    sessions_.splice(sessions_.end(), sessions_, sessions_.begin());  // until it is gone
  }

  // A descriptor to give up when there is no other.
  void KeepSpare() {
    if (spare_.is_open()) return;
    error_code ignored;
    spare_.open(tcp::v4(), ignored);
  }

  // Without a free file descriptor the next attempt would fail at once, and so on without end.
  void AcceptLater() {
    retry_.expires_after(std::chrono::milliseconds(200));
    retry_.async_wait([this](error_code error) {
      if (!error) Accept();
    });
  }

  static http::response<http::string_body> PlainText(
      const http::request<http::string_body>& request, http::status status, std::string body) {
    http::response<http::string_body> response(status, request.version());
    response.set(http::field::content_type, "text/plain; charset=utf-8");
    response.keep_alive(false);
    response.body() = std::move(body);
    return response;
  }

  // All but /healthz.
  http::response<http::string_body> Answer(const http::request<http::string_body>& request) const {
    if (request.method() != http::verb::get) {
      auto response = PlainText(request, http::status::method_not_allowed, "");
      response.set(http::field::allow, "GET");
      return response;
    }
    if (request.target() != "/metrics") return PlainText(request, http::status::not_found, "");
    auto response = PlainText(request, http::status::ok, options_.metrics());
    response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
    return response;
  }

  const Options options_;
  // The port's thread's, oldest first; it outlives the sessions that the context holds.
  std::list<std::weak_ptr<Session>> sessions_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  tcp::socket spare_;
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
