// HAProxy in front of the server, configured as docs/operations.md says.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/brokerd/admin_http.h"
#include "tests/fixtures/server/free_port.h"
#include "tests/fixtures/server/other_programs.h"
#include "tests/fixtures/server/programs.h"
#include "tests/fixtures/server/server_fixture.h"
#include "tests/fixtures/test_folder.h"

namespace brokerage::services::testing {
namespace {

using boost::asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::system_clock;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::TestFolder;

constexpr char kBegin[] = "2018-07-01T08:00:00Z";
constexpr int kStreamsOfAnAccount = 64;
constexpr size_t kConnectionsOfAnAddress = 50;
constexpr seconds kDeadline{10};  // only what hangs reaches it

// Asks until it is true, though not so often that the proxy finds it too much; whether it became
// so.
bool Before(seconds patience, const std::function<bool()>& condition) {
  const auto deadline = system_clock::now() + patience;
  while (system_clock::now() < deadline) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return false;
}

std::string Text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// A key, and a certificate for 127.0.0.1 that it has signed itself.
struct Identity {
  std::string key;
  std::string certificate;
};

std::string TextOf(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  std::string text(data, size);
  BIO_free(memory);
  return text;
}

Identity NewIdentity() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("brokerage"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* address =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
  X509_add_ext(certificate, address, -1);
  EXPECT_NE(X509_sign(certificate, key, EVP_sha256()), 0);
  BIO* key_text = BIO_new(BIO_s_mem());
  BIO* certificate_text = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(key_text, key, nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_X509(certificate_text, certificate);
  X509_EXTENSION_free(address);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return {TextOf(key_text), TextOf(certificate_text)};
}

// The first block of the section on the proxy.
std::string DocumentedConfiguration() {
  const std::string page = Text(SOURCE_DIR "/docs/operations.md");
  const size_t section = page.find("\n## A proxy in front\n");
  const size_t begin = page.find("\n```\n", section) + 5;
  const size_t end = page.find("\n```\n", begin) + 1;
  EXPECT_LT(begin, end);
  EXPECT_LT(end, page.size());
  return page.substr(begin, end - begin);
}

// What stands there once, and is another thing in a test.
struct Replaced {
  std::string documented;
  std::string here;
};

// HAProxy as documented in front of the servers of two ports.
class Proxy {
 public:
  Proxy(const TestFolder& folder, const std::string& server, const std::string& admin_port,
        const std::vector<Replaced>& replaced = {})
      : port_(FreePort()), log_(folder / "haproxy.log") {
    const std::string certificates = folder / "brokerage.pem";
    const std::string clients = folder / "clients.pem";
    const std::string file = folder / "haproxy.cfg";
    std::ofstream(certificates) << self_.certificate << self_.key;
    std::ofstream(clients) << client_.certificate;
    configuration_ = DocumentedConfiguration();
    Replace({"bind :443 ", absl::StrCat("bind ", address(), " ")});
    Replace({"/etc/haproxy/brokerage.pem", certificates});
    Replace({"/etc/haproxy/clients.pem", clients});
    Replace({"127.0.0.1:7443", server});
    Replace({"port 9464", "port " + admin_port});
    for (const Replaced& one : replaced) Replace(one);
    // As a package's own configuration does: it reads certificates first, then is nobody special.
    if (geteuid() == 0) configuration_ = "global\n    uid 65534\n    gid 65534\n" + configuration_;
    std::ofstream(file) << configuration_;
    checked_ = Shell(absl::StrCat(Program(), "-c -f ", file));
    child_ = std::make_unique<Child>(absl::StrCat(Program(), "-db -f ", file), log_);
  }

  static std::string Program() { return Unpacked("haproxy", "usr/sbin/haproxy"); }
  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }
  // What `haproxy -c` said of the configuration.
  const Ran& checked() const { return checked_; }
  const Identity& client() const { return client_; }

  // As a client without a certificate, or with this one.
  std::shared_ptr<grpc::Channel> Channel(const Identity& client = {}) const {
    grpc::SslCredentialsOptions tls;
    tls.pem_root_certs = self_.certificate;
    tls.pem_cert_chain = client.certificate;
    tls.pem_private_key = client.key;
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 10);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 10);
    return grpc::CreateCustomChannel(address(), grpc::SslCredentials(tls), arguments);
  }
  // The same, connected: the proxy is up.
  std::shared_ptr<grpc::Channel> Connected() const {
    auto channel = Channel();
    EXPECT_TRUE(channel->WaitForConnected(system_clock::now() + kDeadline)) << Text(log_);
    return channel;
  }
  // A connection on which nothing has been sent.
  tcp::socket Silent() {
    tcp::socket socket(context_);
    socket.connect({boost::asio::ip::address_v4::loopback(), static_cast<uint16_t>(port_)});
    return socket;
  }

 private:
  void Replace(const Replaced& one) {
    const size_t at = configuration_.find(one.documented);
    ASSERT_NE(at, std::string::npos) << one.documented;
    ASSERT_EQ(configuration_.find(one.documented, at + 1), std::string::npos) << one.documented;
    configuration_.replace(at, one.documented.size(), one.here);
  }

  const int port_;
  const std::string log_;
  const Identity self_ = NewIdentity();
  const Identity client_ = NewIdentity();
  std::string configuration_;
  Ran checked_;
  std::unique_ptr<Child> child_;
  boost::asio::io_context context_;
};

std::string PortOf(const std::string& address) { return address.substr(address.rfind(':') + 1); }

// Whether the other side ends the connection within the time.
bool IsClosed(tcp::socket* socket, milliseconds patience) {
  pollfd waiting = {socket->native_handle(), POLLIN, 0};
  if (poll(&waiting, 1, static_cast<int>(patience.count())) == 0) return false;
  char byte = 0;
  return read(socket->native_handle(), &byte, 1) <= 0;
}

// A server of this process behind the proxy.
class HaproxyTest : public ServerFixture {
 protected:
  void SetUp() override {
    if (Proxy::Program().empty()) GTEST_SKIP() << "HAProxy";
    ServerFixture::SetUp();
    AdminHttp::Options options;
    options.listen_address = "127.0.0.1:0";
    options.metrics = [] { return std::string(); };
    options.serving_address = [this] { return ServerAddress(); };
    admin_ = std::make_unique<AdminHttp>(std::move(options));
    ASSERT_TRUE(admin_->Start().ok());
  }
  void TearDown() override {
    proxy_.reset();
    admin_.reset();
    if (server() != nullptr) ServerFixture::TearDown();
  }

  Proxy& Start(const std::vector<Replaced>& replaced = {}) {
    proxy_ =
        std::make_unique<Proxy>(folder_, ServerAddress(), absl::StrCat(admin_->port()), replaced);
    return *proxy_;
  }

  // One open stream of offers, from the first on.
  struct Watch {
    std::unique_ptr<grpc::ClientContext> context;
    std::unique_ptr<grpc::ClientReader<v1::WatchOffersResponse>> reader;
    bool Next() {
      v1::WatchOffersResponse response;
      return reader->Read(&response) && response.offers_size() > 0;
    }
  };
  Watch Offers(const std::shared_ptr<grpc::Channel>& channel) const {
    Watch watch{As(kBranch), nullptr};
    v1::WatchOffersRequest request;
    request.set_cursor("0");
    watch.reader = v1::OfferService::NewStub(channel)->WatchOffers(watch.context.get(), request);
    return watch;
  }
  // How a stream ends that is left after its first message.
  grpc::Status OneMore(const std::shared_ptr<grpc::Channel>& channel) const {
    Watch watch = Offers(channel);
    if (watch.Next()) watch.context->TryCancel();
    return watch.reader->Finish();
  }
  grpc::Status Status(const std::shared_ptr<grpc::Channel>& channel) const {
    v1::GetStatusResponse response;
    return v1::AdminService::NewStub(channel)->GetStatus(As(kAdmin).get(), {}, &response);
  }

 private:
  std::string ServerAddress() const { return absl::StrCat("127.0.0.1:", server()->port()); }

  TestFolder folder_;
  std::unique_ptr<AdminHttp> admin_;
  std::unique_ptr<Proxy> proxy_;
};

TEST_F(HaproxyTest, TheDocumentedConfigurationIsAcceptedWithoutAWarning) {
  const Ran& checked = Start().checked();
  EXPECT_EQ(checked.exit_code, 0);
  EXPECT_THAT(checked.output, HasSubstr("Configuration file is valid"));
  EXPECT_THAT(checked.output, Not(HasSubstr("[WARNING]")));
}

TEST_F(HaproxyTest, CallsAndStreamsGoThroughItOverTls) {
  const auto channel = Start().Connected();
  EXPECT_TRUE(Status(channel).ok());
  Issue("person-1");
  Watch watch = Offers(channel);
  EXPECT_TRUE(watch.Next());
  Issue("person-2");
  EXPECT_TRUE(watch.Next());
  watch.context->TryCancel();
}

TEST_F(HaproxyTest, AClientsCertificateIsOneOfThoseThatAreKnown) {
  const Proxy& proxy = Start();
  proxy.Connected();
  EXPECT_TRUE(Status(proxy.Channel(proxy.client())).ok());
  EXPECT_EQ(Status(proxy.Channel(NewIdentity())).error_code(), grpc::StatusCode::UNAVAILABLE);
}

// As many as an account may have: of one connection, so that the limit on connections is not met.
TEST_F(HaproxyTest, StreamsThatTheirClientLeavesEndAtTheServer) {
  const auto channel = Start().Connected();
  Issue("person-1");
  std::vector<Watch> watches;
  for (int i = 0; i < kStreamsOfAnAccount; ++i) {
    watches.push_back(Offers(channel));
    ASSERT_TRUE(watches.back().Next()) << i;
  }
  EXPECT_EQ(OneMore(channel).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  for (Watch& watch : watches) watch.context->TryCancel();
  EXPECT_TRUE(Before(kDeadline, [&] { return OneMore(channel).error_code() == grpc::CANCELLED; }));
}

TEST_F(HaproxyTest, AConnectionThatSaysNothingIsClosedAndAQuietStreamIsNot) {
  Proxy& proxy = Start({{"timeout client 30s", "timeout client 300ms"},
                        {"timeout http-request 10s", "timeout http-request 300ms"}});
  const auto idle = proxy.Connected();  // with TLS, and no call
  const auto channel = proxy.Connected();
  Issue("person-1");
  Watch watch = Offers(channel);
  ASSERT_TRUE(watch.Next());
  tcp::socket silent = proxy.Silent();
  EXPECT_TRUE(IsClosed(&silent, kDeadline));
  EXPECT_TRUE(idle->WaitForStateChange(GRPC_CHANNEL_READY, system_clock::now() + kDeadline));
  Issue("person-2");
  EXPECT_TRUE(watch.Next());
  watch.context->TryCancel();
}

// The proxy takes connections with several threads: any of them may be the one too many.
TEST_F(HaproxyTest, AnAddressHasOnlySoManyConnections) {
  Proxy& proxy = Start();
  const auto channel = proxy.Connected();
  std::vector<tcp::socket> silent;
  while (silent.size() < kConnectionsOfAnAddress) silent.push_back(proxy.Silent());
  const auto closed = [&] {
    int count = 0;
    for (tcp::socket& one : silent) count += IsClosed(&one, milliseconds(0)) ? 1 : 0;
    return count;
  };
  EXPECT_TRUE(Before(kDeadline, [&] { return closed() > 0; }));
  EXPECT_TRUE(Status(channel).ok());
  EXPECT_EQ(closed(), 1);
}

// The server stops as it is stopped by a service manager, and starts again.
TEST(Haproxy, AServerThatIsDownIsRefusedAtOnceAndTakenBackWhenItIsUp) {
  if (Proxy::Program().empty()) GTEST_SKIP() << "HAProxy";
  const TestFolder folder;
  BrokerdProgram brokerd(folder.path(), kBegin);
  const Proxy proxy(folder, brokerd.address(), PortOf(brokerd.admin_address()),
                    {{"inter 1s", "inter 100ms"}});
  const std::string token(absl::StripSuffix(Text(folder / "admin.token"), "\n"));
  const auto channel = proxy.Connected();
  const auto ask = [&](milliseconds patience) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + token);
    context.set_deadline(system_clock::now() + patience);
    v1::GetStatusResponse response;
    return v1::AdminService::NewStub(channel)->GetStatus(&context, {}, &response);
  };
  const auto answered = [&] { return ask(kDeadline).ok(); };
  // The proxy itself says so: HTTP's 503.
  const auto refused = [&] {
    const grpc::Status status = ask(milliseconds(500));
    return status.error_code() == grpc::StatusCode::UNAVAILABLE &&
           absl::StrContains(status.error_message(), "503");
  };
  ASSERT_TRUE(Before(kDeadline, answered)) << ask(kDeadline).error_message();
  ASSERT_TRUE(brokerd.Stop());
  EXPECT_TRUE(Before(kDeadline, refused)) << ask(kDeadline).error_message();
  const Child again(absl::StrCat(BINARY_DIR "/services/brokerd serve --data ", folder / "store",
                                 " --listen ", brokerd.address(), " --admin-listen ",
                                 brokerd.admin_address(), " --simulation ", kBegin),
                    folder / "log.again");
  EXPECT_TRUE(Before(kDeadline, answered)) << Text(folder / "log.again");
}

}  // namespace
}  // namespace brokerage::services::testing
