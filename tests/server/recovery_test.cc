// A whole brokerd, killed at random moments under load: what it acknowledged is there, once.
#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "brokerage/v1/account_service.grpc.pb.h"
#include "brokerage/v1/admin_service.grpc.pb.h"
#include "brokerage/v1/directory_service.grpc.pb.h"
#include "brokerage/v1/offer_service.grpc.pb.h"
#include "brokerage/v1/package_service.grpc.pb.h"
#include "engine/base/hash.h"
#include "services/core/zones.h"
#include "storage/digest.h"
#include "storage/loading.h"
#include "storage/rocksdb_store.h"
#include "storage/verify.h"
#include "tests/fixtures/framework_fixture.h"
#include "tests/fixtures/server/free_port.h"

namespace brokerage {
namespace {

// ./dev prove --proof kills has more.
int Kills() {
  const char* kills = std::getenv("KILLS");
  return kills == nullptr ? 8 : std::atoi(kills);
}

constexpr int kClients = 3;

// With `file_bytes_max` the program can write no file longer than that, as on a full disk.
pid_t Spawn(std::vector<std::string> arguments, const std::string& log,
            rlim_t file_bytes_max = RLIM_INFINITY) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    const int fd = open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
    dup2(fd, 1);
    dup2(fd, 2);
    if (file_bytes_max != RLIM_INFINITY) {
      signal(SIGXFSZ, SIG_IGN);  // the write fails instead
      const rlimit limit = {file_bytes_max, file_bytes_max};
      if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(126);
    }
    execv(argv[0], argv.data());
    _exit(127);
  }
  return pid;
}

// What a client was told: the request's id and the package it was about.
struct Acknowledged {
  std::string account;
  std::string request_id;
  std::string package_id;
  v1::SubmitPackageRequest submission;  // of a submission, to be repeated
};

class Recovery : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = absl::StrCat(::testing::TempDir(), "recovery-", getpid());
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
    const int status = Wait(Spawn({Program(), "bootstrap", "--data", Data(), "--account", "admin",
                                   "--token-file", root_ + "/admin.token", "--simulation", kStart},
                                  Log()));
    ASSERT_EQ(status, 0);
    std::ifstream(root_ + "/admin.token") >> admin_token_;
  }
  void TearDown() override {
    if (server_ > 0) Kill(SIGKILL);
    if (!HasFailure()) std::filesystem::remove_all(root_);
  }

  static constexpr char kStart[] = "2018-07-02T08:00:00Z";
  static std::string Program() { return std::string(BINARY_DIR) + "/services/brokerd"; }
  std::string Data() const { return root_ + "/data"; }
  std::string Log() const { return root_ + "/log"; }

  static int Wait(pid_t pid) {
    int status = 0;
    waitpid(pid, &status, 0);
    return status;
  }

  void Serve(rlim_t file_bytes_max = RLIM_INFINITY) {
    const std::string address = absl::StrCat("127.0.0.1:", FreePort());
    server_ = Spawn(
        {Program(), "serve", "--data", Data(), "--listen", address, "--admin-listen",
         absl::StrCat("127.0.0.1:", FreePort()), "--simulation", kStart, "--log-level", "warn"},
        Log(), file_bytes_max);
    // A channel of its own for each server: no back-off from the one before.
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 20);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 100);
    channel_ = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
    ASSERT_TRUE(
        channel_->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(60)));
  }
  int Kill(int signal) {
    kill(server_, signal);
    return Wait(std::exchange(server_, 0));
  }

  std::unique_ptr<grpc::ClientContext> As(const std::string& token) const {
    auto context = std::make_unique<grpc::ClientContext>();
    context->AddMetadata("authorization", "Bearer " + token);
    context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    return context;
  }

  // Applies Nottinghamshire and makes a navigator and an account for every provider.
  void Prepare() {
    v1::ApplyFrameworkRequest apply;
    apply.set_request_id("apply");
    *apply.mutable_files() = engine::ReadFrameworkFolder("nottinghamshire");
    v1::ApplyFrameworkResponse applied;
    auto directory = v1::DirectoryService::NewStub(channel_);
    grpc::Status status = directory->ApplyFramework(As(admin_token_).get(), apply, &applied);
    ASSERT_TRUE(status.ok()) << status.error_message();
    v1::Account navigator;
    navigator.set_id("navigator");
    navigator.set_role(v1::ROLE_CARE_NAVIGATOR);
    navigator.set_authority_id("ncc");
    AddAccount(navigator);
    v1::ListProvidersRequest list;
    list.set_page_size(1000);
    v1::ListProvidersResponse providers;
    ASSERT_TRUE(directory->ListProviders(As(admin_token_).get(), list, &providers).ok());
    for (const v1::Provider& provider : providers.providers()) {
      v1::Account organisation;
      organisation.set_id("org-" + provider.id());
      organisation.set_role(v1::ROLE_PROVIDER_ORGANISATION);
      organisation.set_provider_id(provider.id());
      AddAccount(organisation);
    }
    v1::ListWardsRequest wards;
    wards.set_framework_id("nottinghamshire");
    wards.set_page_size(1000);
    v1::ListWardsResponse found;
    ASSERT_TRUE(directory->ListWards(As(admin_token_).get(), wards, &found).ok());
    for (const v1::Ward& ward : found.wards()) wards_.push_back(ward.code());
  }
  void AddAccount(const v1::Account& account) {
    v1::CreateAccountRequest request;
    request.set_request_id(account.id());
    *request.mutable_account() = account;
    request.set_token_sha256(engine::HashOf("token-" + account.id()));
    v1::CreateAccountResponse response;
    grpc::Status status = v1::AccountService::NewStub(channel_)->CreateAccount(
        As(admin_token_).get(), request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }

  v1::SubmitPackageRequest Submission(const std::string& request_id, uint64_t dice) const {
    v1::SubmitPackageRequest request;
    request.set_request_id(request_id);
    v1::PackageReferral& referral = *request.mutable_referral();
    referral.set_framework_id("nottinghamshire");
    referral.set_authority_id("ncc");
    referral.set_origin(v1::ORIGIN_HOSPITAL_DISCHARGE);
    referral.set_urgency(v1::URGENCY_URGENT);
    referral.set_ward_code(wards_[dice % wards_.size()]);
    referral.mutable_terms()->set_service_type(v1::SERVICE_TYPE_HOME_CARE);
    referral.mutable_terms()->set_weekly_minutes(420);
    referral.mutable_terms()->set_carers_per_visit(1);
    referral.mutable_terms()->set_start_by_date("2018-07-10");
    referral.set_summary("two visits a day");
    referral.set_person_reference("person-" + request_id);
    return request;
  }

  void Keep(Acknowledged one) {
    std::lock_guard lock(mutex_);
    acknowledged_.push_back(std::move(one));
  }

  // One client: submits packages, answers their offers, awards, starts or reissues them until the
  // server is gone.
  void Load(int client, int generation) {
    auto packages = v1::PackageService::NewStub(channel_);
    std::mt19937_64 random(static_cast<uint64_t>(generation * 100 + client));
    for (int n = 0;; ++n) {
      const std::string id = absl::StrCat("g", generation, "-c", client, "-", n);
      const v1::SubmitPackageRequest submission = Submission(id, random());
      v1::SubmitPackageResponse submitted;
      if (!packages->SubmitPackage(As("token-navigator").get(), submission, &submitted).ok())
        return;
      const std::string package_id = submitted.package().id();
      Keep({"navigator", id, package_id, submission});
      v1::GetPackageRequest get;
      get.set_package_id(package_id);
      v1::GetPackageResponse got;
      if (!packages->GetPackage(As("token-navigator").get(), get, &got).ok()) return;
      const bool taken = !got.package().offers().empty() && random() % 2 == 0;
      if (!(taken ? TakeAndStart(got.package()) : DeclineAndReissue(got.package()))) return;
    }
  }

  // Keeps the request if it was acknowledged. False when the server is gone: a refusal is an answer
  // too.
  bool Told(const grpc::Status& status, Acknowledged one) {
    v1::Rejection rejection;
    if (status.ok()) Keep(std::move(one));
    return status.ok() || (rejection.ParseFromString(status.error_details()) &&
                           rejection.reason() != v1::REJECTION_REASON_UNSPECIFIED);
  }

  // The last that was asked accepts, care navigation awards it at once, and care starts. The rules
  // may have awarded it already.
  bool TakeAndStart(const v1::Package& package) {
    auto packages = v1::PackageService::NewStub(channel_);
    const v1::Offer& offer = *package.offers().rbegin();
    v1::AcceptOfferRequest accept;
    accept.set_request_id("accept-" + offer.id());
    accept.set_offer_id(offer.id());
    v1::AcceptOfferResponse accepted;
    const std::string account = "org-" + offer.provider_id();
    if (!Told(v1::OfferService::NewStub(channel_)->AcceptOffer(As("token-" + account).get(), accept,
                                                               &accepted),
              {account, accept.request_id(), package.id(), {}})) {
      return false;
    }
    v1::AwardPackageRequest award;
    award.set_request_id("award-" + package.id());
    award.set_package_id(package.id());
    award.set_offer_id(offer.id());
    award.set_override_reason("the person goes home today");
    v1::AwardPackageResponse awarded;
    if (!Told(packages->AwardPackage(As("token-navigator").get(), award, &awarded),
              {"navigator", award.request_id(), package.id(), {}})) {
      return false;
    }
    v1::StartPackageRequest start;
    start.set_request_id("start-" + package.id());
    start.set_package_id(package.id());
    v1::StartPackageResponse started;
    return Told(packages->StartPackage(As("token-navigator").get(), start, &started),
                {"navigator", start.request_id(), package.id(), {}});
  }

  bool DeclineAndReissue(const v1::Package& package) {
    for (const v1::Offer& offer : package.offers()) {
      v1::DeclineOfferRequest decline;
      decline.set_request_id("decline-" + offer.id());
      decline.set_offer_id(offer.id());
      decline.set_reason(v1::DECLINE_REASON_NO_CAPACITY);
      v1::DeclineOfferResponse declined;
      const std::string account = "org-" + offer.provider_id();
      if (!Told(v1::OfferService::NewStub(channel_)->DeclineOffer(As("token-" + account).get(),
                                                                  decline, &declined),
                {account, decline.request_id(), package.id(), {}})) {
        return false;
      }
    }
    v1::ReissuePackageRequest reissue;
    reissue.set_request_id("reissue-" + package.id());
    reissue.set_package_id(package.id());
    v1::ReissuePackageResponse reissued;
    return Told(v1::PackageService::NewStub(channel_)->ReissuePackage(As("token-navigator").get(),
                                                                      reissue, &reissued),
                {"navigator", reissue.request_id(), package.id(), {}});
  }

  // A submission that was acknowledged before the crash gets the same answer after it.
  void RepeatSome(std::mt19937_64& random) {
    auto packages = v1::PackageService::NewStub(channel_);
    for (int i = 0; i < 5 && !acknowledged_.empty(); ++i) {
      const Acknowledged& one = acknowledged_[random() % acknowledged_.size()];
      if (one.submission.request_id().empty()) continue;
      v1::SubmitPackageResponse again;
      grpc::Status status =
          packages->SubmitPackage(As("token-navigator").get(), one.submission, &again);
      ASSERT_TRUE(status.ok()) << status.error_message();
      EXPECT_EQ(again.package().id(), one.package_id);
    }
  }

  std::string root_;
  std::string admin_token_;
  pid_t server_ = 0;
  std::shared_ptr<grpc::Channel> channel_;
  std::vector<std::string> wards_;
  std::mutex mutex_;
  std::vector<Acknowledged> acknowledged_;
};

TEST_F(Recovery, EveryAcknowledgedRequestIsThereOnceAfterManyKillsUnderLoad) {
  std::mt19937_64 random(20);
  ASSERT_NO_FATAL_FAILURE(Serve());
  ASSERT_NO_FATAL_FAILURE(Prepare());
  const int kills = Kills();
  for (int generation = 1; generation <= kills; ++generation) {
    const size_t before = acknowledged_.size();
    std::vector<std::thread> clients;
    for (int client = 0; client < kClients; ++client) {
      clients.emplace_back([this, client, generation] { Load(client, generation); });
    }
    // The moment of the kill is a number of acknowledgements, not a time.
    const size_t until = before + 5 + random() % 120;
    while (true) {
      {
        std::lock_guard lock(mutex_);
        if (acknowledged_.size() >= until) break;
      }
      std::this_thread::yield();
    }
    Kill(SIGKILL);
    for (std::thread& client : clients) client.join();
    ASSERT_NO_FATAL_FAILURE(Serve());
    ASSERT_NO_FATAL_FAILURE(RepeatSome(random));
  }

  v1::GetStatusRequest ask;
  ask.set_with_digest(true);
  v1::GetStatusResponse live;
  ASSERT_TRUE(
      v1::AdminService::NewStub(channel_)->GetStatus(As(admin_token_).get(), ask, &live).ok());
  const int status = Kill(SIGTERM);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "a clean stop exits 0";

  auto store = storage::RocksDbStore::Open(Data(), storage::OpenMode::kReadOnly);
  ASSERT_TRUE(store.ok()) << store.status();
  std::unique_ptr<storage::View> view = (*store)->Read();
  std::map<std::string, int> records;
  ASSERT_TRUE(view->Tail(1,
                         [&](const journal::v1::JournalEntry& entry) {
                           journal::v1::Record record;
                           EXPECT_TRUE(record.ParseFromString(entry.record()));
                           if (!record.request_id().empty()) {
                             ++records[record.account_id() + " " + record.request_id()];
                           }
                           return true;
                         })
                  .ok());
  for (const Acknowledged& one : acknowledged_) {
    EXPECT_EQ(records[one.account + " " + one.request_id], 1)
        << one.account << " " << one.request_id;
  }
  for (const auto& [request, count] : records) EXPECT_EQ(count, 1) << request;
  for (const char* kind : {"accept-", "award-", "start-", "decline-", "reissue-"}) {
    EXPECT_TRUE(
        std::any_of(acknowledged_.begin(), acknowledged_.end(),
                    [kind](const Acknowledged& one) { return one.request_id.starts_with(kind); }))
        << kind << " was never acknowledged: it is not part of the load";
  }

  auto report = storage::Verify(*view, services::HostZones(), std::nullopt, root_ + "/scratch");
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->ok()) << report->problems[0];
  EXPECT_EQ(report->head.ToString(), live.head()) << "nothing happened after the last answer";
  EXPECT_EQ(engine::Hex(report->digest), live.digest()) << "live and replayed digests are equal";
  EXPECT_EQ(engine::Hex(storage::DigestOf(*view)), live.digest()) << "and so is the reopened one";
}

TEST_F(Recovery, AServerWhoseAppendFailsEndsWithStatusThreeAndLosesNothingAnswered) {
  constexpr rlim_t kFileBytesMax = 256 << 10;  // less than the framework's record takes
  ASSERT_NO_FATAL_FAILURE(Serve(kFileBytesMax));
  v1::ApplyFrameworkRequest apply;
  apply.set_request_id("apply");
  *apply.mutable_files() = engine::ReadFrameworkFolder("nottinghamshire");
  v1::ApplyFrameworkResponse applied;
  auto call = [&] {
    return v1::DirectoryService::NewStub(channel_)->ApplyFramework(As(admin_token_).get(), apply,
                                                                   &applied);
  };
  EXPECT_FALSE(call().ok()) << "what is not on the disk is not answered";
  const int status = Wait(std::exchange(server_, 0));
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 3);
  std::ostringstream log;
  log << std::ifstream(Log()).rdbuf();
  const std::string last = log.str().substr(log.str().rfind("level=critical"));
  EXPECT_NE(last.find("event=store_failed"), std::string::npos) << log.str();
  EXPECT_NE(last.find("File too large"), std::string::npos) << log.str();

  ASSERT_NO_FATAL_FAILURE(Serve());
  const grpc::Status again = call();
  EXPECT_TRUE(again.ok()) << again.error_message();
  const int stopped = Kill(SIGTERM);
  EXPECT_TRUE(WIFEXITED(stopped) && WEXITSTATUS(stopped) == 0);
}

}  // namespace
}  // namespace brokerage
