// Who may call what, written down by hand: every method, for every role, near and far. Nothing here
// is taken from the server's own table.
#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/fixtures/server/server_fixture.h"
#include "tests/server/access_table.h"

namespace brokerage::services::testing {
namespace {

using google::protobuf::Message;

// The callers, in the order of the columns below.
constexpr const char* kCallers[] = {
    kNavigator,     kOtherNavigator, kOrganisation, kOtherOrganisation, kBranch,
    kSiblingBranch, kOtherBranch,    kCommissioner, kOtherCommissioner, kAdmin};

// Something of the council's, of alpha's and of alpha-east's to ask for.
struct Things {
  std::string package_id;
  std::string kept_id;   // another package
  std::string offer_id;  // to alpha-east
  std::string window_id;
  std::string suspension_id;
  std::string proposal_id;  // of alpha-east
  std::string transfer_id;
};

// A field of a request by its path; makes the messages on the way.
void Set(Message* message, const std::string& path, const std::string& value) {
  size_t dot = path.find('.');
  const auto* field = message->GetDescriptor()->FindFieldByName(path.substr(0, dot));
  ASSERT_NE(field, nullptr) << path;
  const auto* reflection = message->GetReflection();
  if (dot != std::string::npos) {
    return Set(reflection->MutableMessage(message, field), path.substr(dot + 1), value);
  }
  if (field->is_repeated()) return reflection->AddString(message, field, value);
  reflection->SetString(message, field, value);
}

// Fills in the ids that a request of this type names.
void NameThings(const Things& things, Message* request) {
  const std::map<std::string, std::string> values = {
      {"package_id", things.package_id},
      {"package_ids", things.package_id},
      {"offer_id", things.offer_id},
      {"window_id", things.window_id},
      {"suspension_id", things.suspension_id},
      {"proposal_id", things.proposal_id},
      {"transfer_id", things.transfer_id},
      {"branch_id", "alpha-east"},
      {"provider_id", "alpha"},
      {"contract_id", "shire/north/lead/alpha"},
      {"framework_id", "shire"},
      {"lot_id", "north"},
      {"ward_code", kEastWard},
      {"account_id", kBranch},
      {"reason", "a test of access"},
      {"person_reference", "person-kept"},
      {"coverage", "branch_id"},
      {"window", "branch_id"},
      {"novation", "contract_id"},
      {"query", "framework_id"},
      {"referral", "authority_id"},
  };
  const auto* type = request->GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    auto value = values.find(type->field(i)->name());
    if (value == values.end()) continue;
    if (type->field(i)->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
      Set(request, value->first, value->second);
    } else if (value->first == "referral") {
      Set(request, "referral.framework_id", "shire");
      Set(request, "referral.authority_id", "council");
    } else if (value->first == "window" || value->first == "coverage" ||
               value->first == "novation" || value->first == "query") {
      Set(request, value->first + "." + value->second, values.at(value->second));
    }
  }
}

class AccessTest : public ServerFixture {
 protected:
  Things MakeThings() const {
    Things things;
    v1::Package package = Issue("person-issued");
    things.kept_id = Submit("person-kept").id();
    things.package_id = package.id();
    things.offer_id = OfferTo(package, "alpha-east").id();

    v1::OpenOptOutWindowRequest window;
    window.set_request_id(NewRequestId());
    window.mutable_window()->set_branch_id("alpha-east");
    window.mutable_window()->mutable_from_time()->set_seconds(1893456000);
    window.mutable_window()->set_reason("holidays");
    things.window_id =
        Ask<v1::OpenOptOutWindowResponse>("DirectoryService/OpenOptOutWindow", kBranch, window)
            .window()
            .id();

    v1::SuspendProviderRequest suspension;
    suspension.set_request_id(NewRequestId());
    suspension.set_provider_id("alpha");
    suspension.set_postcode_area("ZE");
    suspension.set_reason("a test of access");
    things.suspension_id = Ask<v1::SuspendProviderResponse>("DirectoryService/SuspendProvider",
                                                            kCommissioner, suspension)
                               .suspension()
                               .id();
    things.proposal_id = Propose("alpha-east", kBranch);
    things.transfer_id = TransferOfOne();
    return things;
  }

  // The id of a proposal to cover the west ward from a day on.
  std::string Propose(const std::string& branch_id, const std::string& account) const {
    v1::ProposeCoverageRequest request;
    request.set_request_id(NewRequestId());
    v1::Coverage& line = *request.mutable_coverage();
    line.set_branch_id(branch_id);
    line.set_ward_code(kWestWard);
    line.set_service_type(v1::SERVICE_TYPE_LIVE_IN);
    line.set_from_date("2030-01-01");
    line.set_priority(1);
    return Ask<v1::ProposeCoverageResponse>("DirectoryService/ProposeCoverage", account, request)
        .proposal()
        .id();
  }

  // A package that runs under alpha's contract, and is handed back and put out again.
  std::string TransferOfOne() const {
    v1::SubmitPackageRequest running = Submission("person-transferred");
    running.mutable_referral()->set_already_running(true);
    running.mutable_referral()->set_running_branch_id("alpha-east");
    running.mutable_referral()->set_running_contract_id("shire/north/lead/alpha");
    Ask<v1::SubmitPackageResponse>("PackageService/SubmitPackage", kNavigator, running);
    v1::TransferPackagesRequest transfer;
    transfer.set_request_id(NewRequestId());
    transfer.set_contract_id("shire/north/lead/alpha");
    transfer.set_reason("a test of access");
    transfer.set_cause(v1::CAUSE_PROVIDER);
    return Ask<v1::TransferPackagesResponse>("PackageService/TransferPackages", kNavigator,
                                             transfer)
        .transfer()
        .id();
  }

  // A request that names the things and gets no further than it must: what it lacks beyond that,
  // the engine refuses, so that the things stay.
  std::unique_ptr<Message> RequestOf(const google::protobuf::MethodDescriptor& method,
                                     const Things& things) const {
    std::unique_ptr<Message> request(google::protobuf::MessageFactory::generated_factory()
                                         ->GetPrototype(method.input_type())
                                         ->New());
    NameThings(things, request.get());
    const auto* request_id = method.input_type()->FindFieldByName("request_id");
    if (request_id != nullptr)
      request->GetReflection()->SetString(request.get(), request_id, NewRequestId());
    // A stream that is let in has nothing to tell and stays: a cursor beyond everything sends it
    // back. What it tells has a test of its own.
    const auto* cursor = method.input_type()->FindFieldByName("cursor");
    if (cursor != nullptr) request->GetReflection()->SetString(request.get(), cursor, "999999999");
    if (method.name() == "WatchPerformance")
      static_cast<v1::WatchPerformanceRequest&>(*request).mutable_query()->set_from_date("never");
    if (method.name() == "ApplyFramework" || method.name() == "PreviewFramework") {
      const auto* files = request->GetDescriptor()->FindFieldByName("files");
      auto* file = static_cast<v1::FrameworkFile*>(
          request->GetReflection()->AddMessage(request.get(), files));
      file->set_name("framework.textproto");
      file->set_content("framework_id: \"shire\" authorities { id: \"council\" }");
    }
    if (method.name() == "PlacePackages") {
      auto& placings = static_cast<v1::PlacePackagesRequest&>(*request);
      placings.add_placings()->set_package_id(things.package_id);
    }
    if (method.name() == "LinkPackages") {
      static_cast<v1::LinkPackagesRequest&>(*request).add_package_ids(things.kept_id);
    }
    if (method.name() == "DeclareCapacity") Set(request.get(), "capacity.branch_id", "alpha-east");
    if (method.name() == "ListHistory") request->Clear();  // everybody's own; others' have a test
    if (method.name() == "NovateContract") Set(request.get(), "novation.new_provider_id", "beta");
    if (method.name() == "DisableAccount")
      static_cast<v1::DisableAccountRequest&>(*request).set_account_id("nobody");
    return request;
  }

  char Try(const google::protobuf::MethodDescriptor& method, const std::string& caller,
           const Things& things) const {
    const std::string name = method.service()->name() + "/" + method.name();
    Outcome outcome = Call(name, caller, *RequestOf(method, things));
    EXPECT_NE(outcome.status.error_code(), grpc::StatusCode::INTERNAL)
        << name << ": " << outcome.status.error_message();
    EXPECT_NE(outcome.status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED) << name;
    const v1::RejectionReason reason = outcome.rejection.reason();
    if (reason == v1::REJECTION_REASON_ROLE_MAY_NOT) return '-';
    return reason == v1::REJECTION_REASON_NOT_FOUND && method.name() != "DisableAccount" ? '0'
                                                                                         : '+';
  }
};

std::vector<const google::protobuf::MethodDescriptor*> AllMethods() {
  std::vector<const google::protobuf::MethodDescriptor*> methods;
  for (const char* name : {"AccountService", "AdminService", "DirectoryService", "HistoryService",
                           "OfferService", "PackageService", "PerformanceService"}) {
    const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
        std::string("brokerage.v1.") + name);
    for (int i = 0; i < service->method_count(); ++i) methods.push_back(service->method(i));
  }
  return methods;
}

std::string Columns(const std::string& expected) {
  std::string columns;
  for (char c : expected) {
    if (c != ' ') columns += c;
  }
  return columns;
}

TEST_F(AccessTest, EveryCallerGetsExactlyAsFarAsTheTableByHandSays) {
  std::map<std::string, std::string> expected;
  for (const Row& row : kExpected) expected[row.method] = Columns(row.expected);
  const Things things = MakeThings();
  for (const auto* method : AllMethods()) {
    const std::string name = method->service()->name() + "/" + method->name();
    ASSERT_TRUE(expected.contains(name)) << name << " is not in the table by hand";
    // Those that are far first: if one of them got through, what it did would show in the next.
    std::string found(std::size(kCallers), '?');
    for (size_t i = std::size(kCallers); i-- > 0;) {
      found[i] = Try(*method, kCallers[i], things);
    }
    EXPECT_EQ(found, expected[name]) << name;
  }
}

// Both batches let everybody in whose role may; what each item came to says whose it is.
TEST_F(AccessTest, AnItemOfABatchGetsAsFarAsItWouldAlone) {
  const Things things = MakeThings();
  auto answer = [&](const char* account) {
    v1::AnswerOffersRequest request;
    v1::DeclineOfferRequest& decline = *request.add_answers()->mutable_decline();
    decline.set_request_id(NewRequestId());
    decline.set_offer_id(things.offer_id);
    decline.set_reason(v1::DECLINE_REASON_NO_CAPACITY);
    v1::AcceptOfferRequest& accept = *request.add_answers()->mutable_accept();
    accept.set_request_id(NewRequestId());
    accept.set_offer_id(things.offer_id);
    return Ask<v1::AnswerOffersResponse>("OfferService/AnswerOffers", account, request);
  };
  for (const char* stranger : {kOtherOrganisation, kOtherBranch, kSiblingBranch}) {
    const v1::AnswerOffersResponse refused = answer(stranger);
    ASSERT_EQ(refused.results_size(), 2) << stranger;
    for (const v1::AnswerOffersResult& result : refused.results()) {
      EXPECT_EQ(result.rejection().reason(), v1::REJECTION_REASON_NOT_FOUND) << stranger;
      EXPECT_FALSE(result.has_offer()) << stranger;
    }
  }
  EXPECT_EQ(OfferTo(Get(things.package_id), "alpha-east").answers_size(), 0);
  for (const char* own : {kBranch, kOrganisation}) {
    const v1::AnswerOffersResponse taken = answer(own);
    ASSERT_EQ(taken.results_size(), 2) << own;
    EXPECT_EQ(taken.results(0).offer().state(), v1::OFFER_STATE_DECLINED) << own;
    EXPECT_EQ(taken.results(1).offer().state(), v1::OFFER_STATE_ACCEPTED) << own;
  }

  auto submit = [&](const char* account) {
    v1::SubmitPackagesRequest request;
    *request.add_requests() = Submission("person-of-a-batch");
    return Ask<v1::SubmitPackagesResponse>("PackageService/SubmitPackages", account, request);
  };
  const v1::SubmitPackagesResponse refused = submit(kOtherNavigator);
  ASSERT_EQ(refused.results_size(), 1);
  EXPECT_EQ(refused.results(0).rejection().reason(), v1::REJECTION_REASON_NOT_FOUND);
  EXPECT_FALSE(refused.results(0).has_package());
  const v1::SubmitPackagesResponse taken = submit(kNavigator);
  ASSERT_EQ(taken.results_size(), 1);
  EXPECT_TRUE(taken.results(0).has_package());
}

// Each stream from the beginning: the first thing that it tells is the caller's, though others'
// things happened before.
TEST_F(AccessTest, AStreamTellsFirstWhatIsTheCallers) {
  const v1::Package first = Issue("person-first");  // to alpha-east and beta-main
  IssueInTheWest("person-west");
  v1::SubmitPackageRequest vale = Submission("person-vale");
  vale.mutable_referral()->set_framework_id("vale");
  vale.mutable_referral()->set_authority_id("hills");
  vale.mutable_referral()->set_ward_code("E05000009");
  const std::string hills_package =
      Ask<v1::SubmitPackageResponse>("PackageService/SubmitPackage", kOtherNavigator, vale)
          .package()
          .id();

  auto offers = v1::OfferService::NewStub(channel());
  const std::map<std::string, std::vector<std::string>> heard = {
      {kBranch, {"alpha-east"}},       {kSiblingBranch, {"alpha-west"}},
      {kOrganisation, {"alpha-east"}}, {kOtherOrganisation, {"beta-main"}},
      {kOtherBranch, {"beta-main"}},   {kNavigator, {"alpha-east", "beta-main"}}};
  for (const auto& [account, branches] : heard) {
    auto context = As(account);
    v1::WatchOffersRequest request;
    request.set_cursor("0");
    auto reader = offers->WatchOffers(context.get(), request);
    v1::WatchOffersResponse response;
    ASSERT_TRUE(reader->Read(&response)) << account;
    std::vector<std::string> told;
    for (const v1::Offer& offer : response.offers()) told.push_back(offer.branch_id());
    std::sort(told.begin(), told.end());
    EXPECT_EQ(told, branches) << account;
    context->TryCancel();
  }

  auto packages = v1::PackageService::NewStub(channel());
  for (const auto& [account, id] : std::map<std::string, std::string>{
           {kNavigator, first.id()}, {kOtherNavigator, hills_package}}) {
    auto context = As(account);
    v1::WatchPackagesRequest request;
    request.set_cursor("0");
    auto reader = packages->WatchPackages(context.get(), request);
    v1::WatchPackagesResponse response;
    ASSERT_TRUE(reader->Read(&response)) << account;
    EXPECT_EQ(response.package().id(), id) << account;
    context->TryCancel();
  }
}

TEST_F(AccessTest, AHistoryIsReadOnlyByThoseWhomItConcerns) {
  const Things things = MakeThings();
  auto far = [&](const v1::ListHistoryRequest& request) {
    std::string found;
    for (const char* caller : kCallers) {
      const v1::RejectionReason reason =
          Call("HistoryService/ListHistory", caller, request).rejection.reason();
      EXPECT_TRUE(reason == v1::REJECTION_REASON_UNSPECIFIED ||
                  reason == v1::REJECTION_REASON_NOT_FOUND)
          << caller;
      found += reason == v1::REJECTION_REASON_UNSPECIFIED ? '+' : '0';
    }
    return found;
  };
  v1::ListHistoryRequest of_branch;
  of_branch.set_branch_id("alpha-east");
  EXPECT_EQ(far(of_branch), Columns("++ +0 +00 ++ +"));
  v1::ListHistoryRequest of_package;
  of_package.set_package_id(things.package_id);  // beta was offered it, too
  EXPECT_EQ(far(of_package), Columns("+0 ++ +0+ 00 0"));
  of_package.set_branch_id("alpha-east");
  EXPECT_EQ(far(of_package), Columns("+0 +0 +00 00 0"));
  // It is told to whom it concerns: packages to their authority, the rest to its framework.
  auto told = [&](const char* account, auto of) {
    const auto history =
        Ask<v1::ListHistoryResponse>("HistoryService/ListHistory", account, of_branch);
    return std::count_if(history.events().begin(), history.events().end(), of);
  };
  const auto of_offers = [](const v1::HistoryEvent& event) { return !event.offer_id().empty(); };
  const auto of_proposals = [](const v1::HistoryEvent& event) {
    return event.text().find("Proposed in ") != std::string::npos;
  };
  const auto any = [](const v1::HistoryEvent&) { return true; };
  for (const char* account : {kNavigator, kBranch, kOrganisation}) {
    EXPECT_GT(told(account, of_offers), 0) << account;
    EXPECT_EQ(told(account, of_proposals), 1) << account;
  }
  EXPECT_EQ(told(kCommissioner, of_proposals), 1);
  EXPECT_EQ(told(kAdmin, of_proposals), 1);
  EXPECT_EQ(told(kCommissioner, of_offers), 0);
  EXPECT_EQ(told(kOtherNavigator, any), 0) << "the opt-out is of no framework of theirs";
  EXPECT_EQ(told(kOtherCommissioner, any), 0);
}

TEST_F(AccessTest, WithoutAValidTokenNothingIsAnswered) {
  for (const auto* method : AllMethods()) {
    const std::string name = method->service()->name() + "/" + method->name();
    for (const char* stranger : {"nobody", ""}) {
      Outcome outcome = Call(name, stranger, *RequestOf(*method, Things()));
      EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::UNAUTHENTICATED) << name;
      EXPECT_EQ(outcome.rejection.reason(), v1::REJECTION_REASON_NOT_SIGNED_IN) << name;
    }
  }
}

TEST_F(AccessTest, ADisabledAccountIsNotSignedInAnyMore) {
  v1::DisableAccountRequest request;
  request.set_request_id(NewRequestId());
  request.set_account_id(kBranch);
  Ask<v1::DisableAccountResponse>("AccountService/DisableAccount", kAdmin, request);
  EXPECT_EQ(
      Call("AccountService/GetOwnAccount", kBranch, v1::GetOwnAccountRequest()).rejection.reason(),
      v1::REJECTION_REASON_NOT_SIGNED_IN);
}

TEST_F(AccessTest, CoverageAndItsProposalsAreListedForThoseTheyConcern) {
  Propose("alpha-east", kBranch);
  Propose("beta-main", kOtherBranch);
  auto proposals = [this](const char* account) {
    return Ask<v1::ListCoverageProposalsResponse>("DirectoryService/ListCoverageProposals", account,
                                                  v1::ListCoverageProposalsRequest())
        .proposals_size();
  };
  EXPECT_EQ(proposals(kBranch), 1);
  EXPECT_EQ(proposals(kSiblingBranch), 0);
  EXPECT_EQ(proposals(kOrganisation), 1);
  EXPECT_EQ(proposals(kNavigator), 2);
  EXPECT_EQ(proposals(kCommissioner), 2);
  EXPECT_EQ(proposals(kOtherNavigator), 0) << "another authority's framework";
  EXPECT_EQ(proposals(kAdmin), 2);

  v1::GetBranchRequest branch;
  branch.set_branch_id("alpha-east");
  auto proposed = [&](const char* account) {
    return Ask<v1::GetBranchResponse>("DirectoryService/GetBranch", account, branch)
        .proposals_size();
  };
  EXPECT_EQ(proposed(kBranch), 1);
  EXPECT_EQ(proposed(kNavigator), 1);
  EXPECT_EQ(proposed(kOtherNavigator), 0);

  v1::ListCoverageRequest coverage;
  coverage.set_framework_id("shire");
  auto lines = [&](const char* account) {
    return Ask<v1::ListCoverageResponse>("DirectoryService/ListCoverage", account, coverage)
        .coverage_size();
  };
  EXPECT_EQ(lines(kNavigator), 4);
  EXPECT_EQ(lines(kOrganisation), 2);
  EXPECT_EQ(lines(kBranch), 1);
  coverage.set_as_of_date("1999-01-01");
  EXPECT_EQ(lines(kNavigator), 0);
  coverage.clear_as_of_date();
  coverage.set_page_size(3);
  auto page =
      Ask<v1::ListCoverageResponse>("DirectoryService/ListCoverage", kCommissioner, coverage);
  EXPECT_EQ(page.coverage_size(), 3);
  coverage.set_page_token(page.next_page_token());
  EXPECT_EQ(lines(kCommissioner), 1);
}

TEST_F(AccessTest, ListsHoldOnlyWhatIsTheCallers) {
  Issue("person-list");
  auto branches = Ask<v1::ListBranchesResponse>("DirectoryService/ListBranches", kBranch,
                                                v1::ListBranchesRequest());
  ASSERT_EQ(branches.branches_size(), 1);
  EXPECT_EQ(branches.branches(0).id(), "alpha-east");
  auto providers = Ask<v1::ListProvidersResponse>("DirectoryService/ListProviders", kOrganisation,
                                                  v1::ListProvidersRequest());
  ASSERT_EQ(providers.providers_size(), 1);
  EXPECT_EQ(providers.providers(0).id(), "alpha");
  v1::ListContractsRequest contracts;
  contracts.set_framework_id("shire");
  EXPECT_EQ(
      Ask<v1::ListContractsResponse>("DirectoryService/ListContracts", kOtherBranch, contracts)
          .contracts_size(),
      1);
  EXPECT_EQ(Ask<v1::ListContractsResponse>("DirectoryService/ListContracts", kNavigator, contracts)
                .contracts_size(),
            2);

  v1::ListOffersRequest offers;
  const auto listed = [&](const char* account) {
    return Ask<v1::ListOffersResponse>("OfferService/ListOffers", account, offers).offers_size();
  };
  EXPECT_EQ(listed(kBranch), 1);
  EXPECT_EQ(listed(kOrganisation), 1);
  EXPECT_EQ(listed(kSiblingBranch), 0);
  auto beta = Ask<v1::ListOffersResponse>("OfferService/ListOffers", kOtherBranch, offers);
  ASSERT_EQ(beta.offers_size(), 1);
  EXPECT_EQ(beta.offers(0).provider_id(), "beta");
  v1::ListPackagesRequest packages;
  EXPECT_EQ(Ask<v1::ListPackagesResponse>("PackageService/ListPackages", kNavigator, packages)
                .packages_size(),
            1);
  EXPECT_EQ(Ask<v1::ListPackagesResponse>("PackageService/ListPackages", kOtherNavigator, packages)
                .packages_size(),
            0);
  offers.set_branch_id("alpha-east");
  EXPECT_EQ(listed(kOtherNavigator), 0);
}

TEST_F(AccessTest, AFrameworkOfOthersIsNotTakenByFilesThatNameTheOwnAuthority) {
  v1::ApplyFrameworkRequest request;
  request.set_request_id(NewRequestId());
  request.add_files()->set_name("framework.textproto");
  request.mutable_files(0)->set_content("framework_id: \"shire\" authorities { id: \"hills\" }");
  const Outcome taken = Call("DirectoryService/ApplyFramework", kOtherCommissioner, request);
  EXPECT_EQ(taken.rejection.reason(), v1::REJECTION_REASON_NOT_FOUND);
  v1::PreviewFrameworkRequest preview;
  *preview.mutable_files() = request.files();
  const Outcome seen = Call("DirectoryService/PreviewFramework", kOtherCommissioner, preview);
  EXPECT_EQ(seen.rejection.reason(), v1::REJECTION_REASON_NOT_FOUND);
  // Under a name that is free it gets past the gate: what else is wrong with the files is told.
  request.set_request_id(NewRequestId());
  request.mutable_files(0)->set_content(
      "framework_id: \"hills-own\" authorities { id: \"hills\" }");
  const Outcome own = Call("DirectoryService/ApplyFramework", kOtherCommissioner, request);
  EXPECT_NE(own.rejection.reason(), v1::REJECTION_REASON_NOT_FOUND);
}

}  // namespace
}  // namespace brokerage::services::testing
