#include "tests/integration/common/server_fixture.h"

#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <future>

#include "absl/strings/str_cat.h"
#include "engine/hash.h"
#include "services/zones.h"
#include "storage/loading.h"
#include "storage/verify.h"

namespace brokerage::services::testing {

namespace {

constexpr char kShire[] = R"(
framework_id: "shire"
name: "Shire home care"
authorities { id: "council" name: "Shire Council" }
time_zone: "Europe/London"
commencement_date: "2018-07-01"
tiers { id: "lead" name: "Lead" order: 1 minimum_pickup_percent: 75 }
tiers { id: "additional" name: "Additional" order: 2 minimum_pickup_percent: 25 }
rounds {
  tier_ids: "lead" tier_ids: "additional"
  standard_window { days: 3 }
  urgent_window { hours: 24 }
  award_timing: AWARD_TIMING_AT_CLOSE
  award_mode: AWARD_MODE_CONFIRMED
}
award_criteria { criterion: AWARD_CRITERION_TIER contract_clause: "Lead first" }
claim_working_days: 5
distribution_times { day_of_week: 5 local_time: "23:00" }
interim { service_types: SERVICE_TYPE_INTERIM_RESPONSE limit_days: 7 }
)";

constexpr char kVale[] = R"(
framework_id: "vale"
name: "Vale home care"
authorities { id: "hills" name: "Hills Council" }
time_zone: "Europe/London"
commencement_date: "2018-07-01"
tiers { id: "lead" name: "Lead" order: 1 minimum_pickup_percent: 75 }
rounds {
  tier_ids: "lead"
  standard_window { days: 3 }
  urgent_window { hours: 24 }
  award_timing: AWARD_TIMING_AT_CLOSE
  award_mode: AWARD_MODE_CONFIRMED
}
award_criteria { criterion: AWARD_CRITERION_TIER contract_clause: "Lead first" }
claim_working_days: 5
)";

constexpr char kBranchColumns[] =
    "branch_id,provider_id,name,postcode,regulator_location_id,regulator_status,easting,northing\n";
constexpr char kContractColumns[] =
    "contract_id,provider_id,lot_id,tier,service_types,from,to,minimum_pickup_percent,rank,quality_"
    "score,"
    "price_urban,price_fringe,price_rural,price_isolated\n";
constexpr char kWardColumns[] =
    "ward_code,name,district_code,district,price_level,easting,northing\n";

void AddFile(v1::ApplyFrameworkRequest* request, const std::string& name,
             const std::string& content) {
  v1::FrameworkFile* file = request->add_files();
  file->set_name(name);
  file->set_content(content);
}

std::string Holidays() {
  std::string csv = "date,name\n";
  for (int year = 2018; year <= 2027; ++year) absl::StrAppend(&csv, year, "-12-25,Christmas Day\n");
  return csv;
}

absl::Time FirstMoment() {
  return absl::FromCivil(absl::CivilSecond(2018, 7, 2, 8, 0, 0), absl::UTCTimeZone());
}

std::string TokenOf(const std::string& account) { return absl::StrCat("token-", account); }

}  // namespace

v1::ApplyFrameworkRequest ValeFiles() {
  v1::ApplyFrameworkRequest request;
  AddFile(&request, "framework.textproto", kVale);
  AddFile(&request, "holidays.csv", Holidays());
  AddFile(&request, "wards.csv",
          absl::StrCat(kWardColumns, "E05000009,Top,E07000009,Vale,urban,550000,350000\n"));
  AddFile(&request, "lots.csv", "lot_id,name\nall,All\n");
  AddFile(&request, "lot_wards.csv", "lot_id,ward_code\nall,E05000009\n");
  AddFile(&request, "providers.csv", "provider_id,legal_name,trading_name\ngamma,Gamma Ltd,\n");
  AddFile(&request, "branches.csv",
          absl::StrCat(kBranchColumns, "gamma-main,gamma,Gamma,CB1 1AB,L9,active,550000,350000\n"));
  AddFile(&request, "coverage.csv",
          "branch_id,ward_code,service_type,from,to,priority\ngamma-main,E05000009,home_care,2018-"
          "07-01,,1\n");
  AddFile(&request, "contracts.csv",
          absl::StrCat(kContractColumns,
                       "vale/all/lead/gamma,gamma,all,lead,home_care,2018-07-01,,75,,,,,,\n"));
  return request;
}

v1::ApplyFrameworkRequest ShireFiles() {
  v1::ApplyFrameworkRequest request;
  AddFile(&request, "framework.textproto", kShire);
  AddFile(&request, "holidays.csv", Holidays());
  AddFile(&request, "wards.csv",
          absl::StrCat(kWardColumns, kEastWard, ",East,E07000001,Shire,urban,450000,350000\n",
                       kWestWard, ",West,E07000001,Shire,rural,440000,350000\n"));
  AddFile(&request, "lots.csv", "lot_id,name\nnorth,North\n");
  AddFile(&request, "lot_wards.csv",
          absl::StrCat("lot_id,ward_code\nnorth,", kEastWard, "\nnorth,", kWestWard, "\n"));
  AddFile(&request, "providers.csv",
          "provider_id,legal_name,trading_name\nalpha,Alpha Ltd,\nbeta,Beta Ltd,\n");
  AddFile(
      &request, "branches.csv",
      absl::StrCat(kBranchColumns, "alpha-east,alpha,Alpha East,NG18 1AB,L1,active,450000,350000\n",
                   "alpha-west,alpha,Alpha West,NG18 2AB,L2,active,440000,350000\n",
                   "beta-main,beta,Beta,NG18 3AB,L3,active,445000,350000\n"));
  AddFile(&request, "coverage.csv",
          absl::StrCat("branch_id,ward_code,service_type,from,to,priority\n", "alpha-east,",
                       kEastWard, ",home_care,2018-07-01,,1\n", "alpha-west,", kWestWard,
                       ",home_care,2018-07-01,,1\n", "beta-main,", kEastWard,
                       ",home_care,2018-07-01,,1\n", "beta-main,", kWestWard,
                       ",home_care,2018-07-01,,1\n"));
  AddFile(
      &request, "contracts.csv",
      absl::StrCat(
          kContractColumns,
          "shire/north/lead/alpha,alpha,north,lead,home_care,2018-07-01,,75,,,,,,\n",
          "shire/north/additional/beta,beta,north,additional,home_care,2018-07-01,,25,,,,,,\n"));
  return request;
}

void ServerFixture::SetUp() {
  std::string name = (std::filesystem::temp_directory_path() / "brokerage-rpc-XXXXXX").string();
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  directory_ = name;
  clock_ = SimulatedClock(FirstMoment());
  Begin();
  MakeAccounts();
}

void ServerFixture::TearDown() {
  End();
  std::filesystem::remove_all(directory_);
}

void ServerFixture::Restart() {
  End();
  Begin();
}

void ServerFixture::Begin() {
  auto store =
      storage::RocksDbStore::Open(absl::StrCat(directory_, "/data"), storage::OpenMode::kWrite);
  ASSERT_TRUE(store.ok()) << store.status();
  store_ = *std::move(store);
  engine_ = std::make_unique<engine::Engine>(HostZones());
  absl::Status loaded = storage::LoadEngine(*store_->Read(), clock_->Now(), engine_.get());
  ASSERT_TRUE(loaded.ok()) << loaded;
  sequencer_ =
      std::make_unique<Sequencer>(engine_.get(), store_.get(), clock_.get(), Sequencer::Options());
  sequencer_->Start();
  RpcServer::Options options;
  options.listen_address = "127.0.0.1:0";
  options.known_at = [this](uint64_t sequence, absl::FunctionRef<bool()> go_on) {
    return storage::ReplayUpTo(*store_->Read(), sequence, HostZones(),
                               absl::StrCat(directory_, "/known"), go_on);
  };
  options.verify_journal = [this]() -> absl::StatusOr<RpcServer::Verification> {
    auto report = storage::Verify(*store_->Read(), HostZones(), std::nullopt,
                                  absl::StrCat(directory_, "/replay"));
    if (!report.ok()) return report.status();
    return RpcServer::Verification{static_cast<int64_t>(report->records), report->head,
                                   report->problems};
  };
  server_ = std::make_unique<RpcServer>(sequencer_.get(), store_.get(), clock_.get(), options);
  absl::Status started = server_->Start();
  ASSERT_TRUE(started.ok()) << started;
  channel_ = grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                 grpc::InsecureChannelCredentials());
}

void ServerFixture::End() {
  channel_.reset();
  server_->Shutdown(absl::Seconds(5));
  server_.reset();
  sequencer_->Stop();
  sequencer_.reset();
  engine_.reset();
  store_.reset();
}

std::unique_ptr<grpc::ClientContext> ServerFixture::As(const std::string& account) const {
  auto context = std::make_unique<grpc::ClientContext>();
  context->AddMetadata("authorization", absl::StrCat("Bearer ", TokenOf(account)));
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  return context;
}

Outcome ServerFixture::CallForBytes(const std::string& method, const std::string& account,
                                    const google::protobuf::Message& request,
                                    std::string* bytes) const {
  auto context = As(account);
  grpc::GenericStub stub(channel_);
  grpc::CompletionQueue queue;
  grpc::Slice slice(request.SerializeAsString());
  grpc::ByteBuffer sent(&slice, 1);
  grpc::ByteBuffer received;
  Outcome outcome;
  auto call =
      stub.PrepareUnaryCall(context.get(), absl::StrCat("/brokerage.v1.", method), sent, &queue);
  call->StartCall();
  call->Finish(&received, &outcome.status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  outcome.rejection.ParseFromString(outcome.status.error_details());
  std::vector<grpc::Slice> slices;
  if (outcome.status.ok() && received.Dump(&slices).ok()) {
    for (const grpc::Slice& part : slices)
      bytes->append(reinterpret_cast<const char*>(part.begin()), part.size());
  }
  return outcome;
}

Outcome ServerFixture::Call(const std::string& method, const std::string& account,
                            const google::protobuf::Message& request) const {
  std::string bytes;
  return CallForBytes(method, account, request, &bytes);
}

std::string ServerFixture::NewRequestId() const { return absl::StrCat("request-", ++requests_); }

void ServerFixture::MakeAccounts() const {
  std::promise<absl::Status> bootstrapped;
  sequencer_->Submit({}, engine::Bootstrap{kAdmin, engine::HashOf(TokenOf(kAdmin))}, "", "",
                     absl::InfiniteFuture(), [&](const Sequencer::Reply& reply) {
                       bootstrapped.set_value(reply.status());
                     });
  absl::Status status = bootstrapped.get_future().get();
  ASSERT_TRUE(status.ok()) << status;
  for (v1::ApplyFrameworkRequest request : {ShireFiles(), ValeFiles()}) {
    request.set_request_id(NewRequestId());
    Outcome outcome = Call("DirectoryService/ApplyFramework", kAdmin, request);
    ASSERT_TRUE(outcome.status.ok()) << outcome.rejection.DebugString();
  }
  MakeAccount(kNavigator, v1::ROLE_CARE_NAVIGATOR, "council");
  MakeAccount(kOtherNavigator, v1::ROLE_CARE_NAVIGATOR, "hills");
  MakeAccount(kCommissioner, v1::ROLE_COMMISSIONER, "council");
  MakeAccount(kOtherCommissioner, v1::ROLE_COMMISSIONER, "hills");
  MakeAccount(kOrganisation, v1::ROLE_PROVIDER_ORGANISATION, "alpha");
  MakeAccount(kOtherOrganisation, v1::ROLE_PROVIDER_ORGANISATION, "beta");
  MakeAccount(kBranch, v1::ROLE_PROVIDER_BRANCH, "alpha-east");
  MakeAccount(kSiblingBranch, v1::ROLE_PROVIDER_BRANCH, "alpha-west");
  MakeAccount(kOtherBranch, v1::ROLE_PROVIDER_BRANCH, "beta-main");
}

void ServerFixture::MakeAccount(const std::string& id, v1::Role role,
                                const std::string& acts_for) const {
  v1::CreateAccountRequest request;
  request.set_request_id(NewRequestId());
  request.set_token_sha256(engine::HashOf(TokenOf(id)));
  v1::Account* account = request.mutable_account();
  account->set_id(id);
  account->set_role(role);
  if (role == v1::ROLE_PROVIDER_ORGANISATION) {
    account->set_provider_id(acts_for);
  } else if (role == v1::ROLE_PROVIDER_BRANCH) {
    account->set_branch_id(acts_for);
  } else {
    account->set_authority_id(acts_for);
  }
  Ask<v1::CreateAccountResponse>("AccountService/CreateAccount", kAdmin, request);
}

v1::SubmitPackageRequest ServerFixture::Submission(const std::string& person) const {
  v1::SubmitPackageRequest request;
  request.set_request_id(NewRequestId());
  v1::PackageReferral* referral = request.mutable_referral();
  referral->set_framework_id("shire");
  referral->set_authority_id("council");
  referral->set_origin(v1::ORIGIN_COMMUNITY);
  referral->set_urgency(v1::URGENCY_STANDARD);
  referral->set_ward_code(kEastWard);
  referral->set_postcode("NG18 4XY");
  referral->mutable_terms()->set_service_type(v1::SERVICE_TYPE_HOME_CARE);
  referral->mutable_terms()->set_weekly_minutes(420);
  referral->mutable_terms()->set_carers_per_visit(1);
  referral->mutable_terms()->set_start_by_date("2018-07-20");
  referral->set_summary("Help to get up and to go to bed.");
  referral->set_details("The key is with the neighbour.");
  referral->set_person_reference(person);
  return request;
}

v1::Package ServerFixture::Submit(const std::string& person) const {
  return Ask<v1::SubmitPackageResponse>("PackageService/SubmitPackage", kNavigator,
                                        Submission(person))
      .package();
}

v1::Package ServerFixture::Issue(const std::string& person) const {
  return Release(Submit(person).id());
}

v1::Package ServerFixture::IssueInTheWest(const std::string& person) const {
  v1::SubmitPackageRequest west = Submission(person);
  west.mutable_referral()->set_ward_code(kWestWard);
  return Release(Ask<v1::SubmitPackageResponse>("PackageService/SubmitPackage", kNavigator, west)
                     .package()
                     .id());
}

v1::Package ServerFixture::Release(const std::string& package_id) const {
  v1::ReleasePackagesRequest request;
  request.set_request_id(NewRequestId());
  request.add_package_ids(package_id);
  auto response =
      Ask<v1::ReleasePackagesResponse>("PackageService/ReleasePackages", kNavigator, request);
  return response.packages().empty() ? v1::Package() : Get(response.packages(0).id());
}

v1::Package ServerFixture::Get(const std::string& package_id) const {
  v1::GetPackageRequest request;
  request.set_package_id(package_id);
  return Ask<v1::GetPackageResponse>("PackageService/GetPackage", kNavigator, request).package();
}

v1::Offer ServerFixture::OfferTo(const v1::Package& package, const std::string& branch_id) const {
  for (const v1::Offer& offer : package.offers()) {
    if (offer.branch_id() == branch_id) return offer;
  }
  ADD_FAILURE() << package.id() << " was not offered to " << branch_id << "\n"
                << package.DebugString();
  return v1::Offer();
}

void ServerFixture::AdvanceBy(absl::Duration duration) const {
  v1::AdvanceClockRequest request;
  request.set_request_id(NewRequestId());
  request.mutable_target_time()->set_seconds(absl::ToUnixSeconds(clock_->Now() + duration));
  Ask<v1::AdvanceClockResponse>("AdminService/AdvanceClock", kAdmin, request);
}

}  // namespace brokerage::services::testing
