// The API over the network: from referral to award, and what a client is told when something is
// wrong.
#include <grpcpp/generic/generic_stub.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "tests/fixtures/server/server_fixture.h"

namespace brokerage::services::testing {
namespace {

grpc::ByteBuffer BytesOf(const std::string& text) {
  grpc::Slice slice(text);
  return grpc::ByteBuffer(&slice, 1);
}

std::string TextOf(const grpc::ByteBuffer& bytes) {
  std::vector<grpc::Slice> slices;
  EXPECT_TRUE(bytes.Dump(&slices).ok());
  std::string text;
  for (const grpc::Slice& slice : slices)
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return text;
}

class RpcTest : public ServerFixture {
 protected:
  v1::Offer Accept(const std::string& account, const std::string& offer_id) const {
    v1::AcceptOfferRequest request;
    request.set_request_id(NewRequestId());
    request.set_offer_id(offer_id);
    return Ask<v1::AcceptOfferResponse>("OfferService/AcceptOffer", account, request).offer();
  }
  v1::Offer GetOffer(const std::string& account, const std::string& offer_id) const {
    v1::GetOfferRequest request;
    request.set_offer_id(offer_id);
    return Ask<v1::GetOfferResponse>("OfferService/GetOffer", account, request).offer();
  }
  void Award(const std::string& package_id, const std::string& offer_id,
             const std::string& reason) const {
    v1::AwardPackageRequest request;
    request.set_request_id(NewRequestId());
    request.set_package_id(package_id);
    request.set_offer_id(offer_id);
    request.set_override_reason(reason);
    Ask<v1::AwardPackageResponse>("PackageService/AwardPackage", kNavigator, request);
  }
  // A package that alpha-east runs already.
  std::string Run(const std::string& person, v1::ServiceType service) const {
    v1::SubmitPackageRequest running = Submission(person);
    running.mutable_referral()->mutable_terms()->set_service_type(service);
    running.mutable_referral()->set_already_running(true);
    running.mutable_referral()->set_running_branch_id("alpha-east");
    running.mutable_referral()->set_running_contract_id("shire/north/lead/alpha");
    return Ask<v1::SubmitPackageResponse>("PackageService/SubmitPackage", kNavigator, running)
        .package()
        .id();
  }
  v1::PerformanceRow Figures(const std::string& account) const {
    v1::QueryPerformanceRequest request;
    request.mutable_query()->set_framework_id("shire");
    auto response =
        Ask<v1::QueryPerformanceResponse>("PerformanceService/QueryPerformance", account, request);
    EXPECT_EQ(response.rows_size(), 1);
    return response.rows_size() == 1 ? response.rows(0) : v1::PerformanceRow();
  }
};

TEST_F(RpcTest, APackageGoesFromReferralToAwardAndShowsInTheFigures) {
  v1::Package package = Issue("person-1");
  ASSERT_EQ(package.state(), v1::PACKAGE_STATE_OFFERED);
  ASSERT_EQ(package.offers_size(), 2);
  const std::string mine = OfferTo(package, "alpha-east").id();
  const std::string theirs = OfferTo(package, "beta-main").id();
  EXPECT_TRUE(GetOffer(kBranch, mine).details().empty());
  EXPECT_EQ(GetOffer(kBranch, mine).postcode(), "NG18 4");

  EXPECT_EQ(Accept(kBranch, mine).state(), v1::OFFER_STATE_ACCEPTED);
  EXPECT_EQ(Accept(kOtherBranch, theirs).state(), v1::OFFER_STATE_ACCEPTED);
  Award(package.id(), mine, "the person goes home today");

  package = Get(package.id());
  EXPECT_EQ(package.state(), v1::PACKAGE_STATE_AWARDED);
  EXPECT_EQ(package.award().branch_id(), "alpha-east");
  EXPECT_EQ(GetOffer(kBranch, mine).state(), v1::OFFER_STATE_WON);
  EXPECT_EQ(GetOffer(kBranch, mine).details(), "The key is with the neighbour.");
  EXPECT_EQ(GetOffer(kOtherBranch, theirs).state(), v1::OFFER_STATE_LOST);
  EXPECT_TRUE(GetOffer(kOtherBranch, theirs).details().empty());

  EXPECT_EQ(Figures(kCommissioner).live().issued(), 2);
  EXPECT_EQ(Figures(kCommissioner).live().won(), 1);
  EXPECT_EQ(Figures(kBranch).live().issued(), 1);
  EXPECT_EQ(Figures(kBranch).live().won(), 1);
  EXPECT_EQ(Figures(kOtherOrganisation).live().lost(), 1);
  v1::QueryComplianceRequest compliance;
  compliance.set_framework_id("shire");
  EXPECT_EQ(Ask<v1::QueryComplianceResponse>("PerformanceService/QueryCompliance", kCommissioner,
                                             compliance)
                .rows_size(),
            2);
}

TEST_F(RpcTest, ALimitOfAcceptancesIsRememberedWhenAllThatItCountsIsHistory) {
  auto accept_one_of = [this](const std::string& offer_id) {
    v1::AcceptOfferRequest request;
    request.set_request_id(NewRequestId());
    request.set_offer_id(offer_id);
    request.mutable_limit()->set_name("week 27");
    request.mutable_limit()->set_packages_max(1);
    return Ask<v1::AcceptOfferResponse>("OfferService/AcceptOffer", kBranch, request).offer();
  };
  v1::Package package = Issue("person-1");
  const v1::Offer accepted = accept_one_of(OfferTo(package, "alpha-east").id());
  EXPECT_EQ(accepted.answers(0).limit().packages_max(), 1);
  Award(package.id(), accepted.id(), "the person goes home today");
  v1::StartPackageRequest start;
  start.set_request_id(NewRequestId());
  start.set_package_id(package.id());
  Ask<v1::StartPackageResponse>("PackageService/StartPackage", kNavigator, start);
  AdvanceBy(absl::Hours(24 * 4));  // its round is over
  Restart();

  v1::Package next = Issue("person-2");
  v1::AwardPackageRequest award;
  award.set_request_id(NewRequestId());
  award.set_package_id(next.id());
  award.set_offer_id(accept_one_of(OfferTo(next, "alpha-east").id()).id());
  award.set_override_reason("the person goes home today");
  Outcome outcome = Call("PackageService/AwardPackage", kNavigator, award);
  EXPECT_EQ(outcome.rejection.reason(), v1::REJECTION_REASON_RULE_FAILS_AT_AWARD);
  EXPECT_NE(outcome.rejection.expected().find("within_acceptance_limit"), std::string::npos);
}

TEST_F(RpcTest, WhatWasAnsweredIsThereAfterARestart) {
  v1::Package package = Issue("person-2");
  const std::string offer = OfferTo(package, "alpha-east").id();
  Accept(kBranch, offer);
  Restart();
  EXPECT_EQ(GetOffer(kBranch, offer).state(), v1::OFFER_STATE_ACCEPTED);
  AdvanceBy(absl::Hours(73));
  EXPECT_TRUE(Get(package.id()).awaits_award());
}

TEST_F(RpcTest, ARepeatedRequestReturnsTheFirstOutcome) {
  v1::SubmitPackageRequest request = Submission("person-3");
  auto first = Ask<v1::SubmitPackageResponse>("PackageService/SubmitPackage", kNavigator, request);
  auto again = Ask<v1::SubmitPackageResponse>("PackageService/SubmitPackage", kNavigator, request);
  EXPECT_EQ(first.package().id(), again.package().id());
  request.mutable_referral()->mutable_terms()->set_weekly_minutes(60);
  EXPECT_EQ(Call("PackageService/SubmitPackage", kNavigator, request).rejection.reason(),
            v1::REJECTION_REASON_REQUEST_ID_REUSED);
}

TEST_F(RpcTest, AnErrorCarriesTheRejectionWithItsField) {
  v1::SubmitPackageRequest request = Submission("person-4");
  request.mutable_referral()->set_ward_code("E05000003");
  Outcome outcome = Call("PackageService/SubmitPackage", kNavigator, request);
  EXPECT_EQ(outcome.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(outcome.rejection.reason(), v1::REJECTION_REASON_UNKNOWN_WARD);
  EXPECT_EQ(outcome.rejection.field(), "referral.ward_code");
  EXPECT_EQ(outcome.rejection.value(), "E05000003");
}

TEST_F(RpcTest, ReflectionListsEveryService) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  grpc::GenericStub stub(channel());
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  const auto done = [&] { return queue.Next(&tag, &ok) && ok; };
  auto call = stub.PrepareCall(
      &context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  call->StartCall(nullptr);
  ASSERT_TRUE(done());
  call->Write(BytesOf("\x3a\x01*"), nullptr);  // list_services: "*"
  ASSERT_TRUE(done());
  grpc::ByteBuffer answer;
  call->Read(&answer, nullptr);
  ASSERT_TRUE(done());
  const std::string listed = TextOf(answer);
  for (const char* service :
       {"AccountService", "AdminService", "DirectoryService", "HistoryService", "OfferService",
        "PackageService", "PerformanceService"}) {
    EXPECT_NE(listed.find(std::string("brokerage.v1.") + service), std::string::npos) << service;
  }
  call->WritesDone(nullptr);
  ASSERT_TRUE(done());
  grpc::Status status;
  call->Finish(&status, nullptr);
  ASSERT_TRUE(done());
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(RpcTest, ACommandNeedsARequestId) {
  v1::SubmitPackageRequest request = Submission("person-5");
  request.clear_request_id();
  v1::Rejection rejection = Call("PackageService/SubmitPackage", kNavigator, request).rejection;
  EXPECT_EQ(rejection.reason(), v1::REJECTION_REASON_FIELD_REQUIRED);
  EXPECT_EQ(rejection.field(), "request_id");
}

TEST_F(RpcTest, AnEnumValueFromANewerVersionIsNotGuessed) {
  v1::SubmitPackageRequest request = Submission("person-6");
  request.mutable_referral()->mutable_terms()->set_service_type(static_cast<v1::ServiceType>(99));
  v1::Rejection rejection = Call("PackageService/SubmitPackage", kNavigator, request).rejection;
  EXPECT_EQ(rejection.reason(), v1::REJECTION_REASON_NOT_SUPPORTED);
  EXPECT_EQ(rejection.field(), "referral.terms.service_type");
}

TEST_F(RpcTest, ATextThatIsTooLongIsRefusedWithItsPath) {
  v1::SubmitPackageRequest request = Submission("person-7");
  request.mutable_referral()->add_needs()->set_value(std::string(500, 'x'));
  v1::Rejection rejection = Call("PackageService/SubmitPackage", kNavigator, request).rejection;
  EXPECT_EQ(rejection.reason(), v1::REJECTION_REASON_FIELD_INVALID);
  EXPECT_EQ(rejection.field(), "referral.needs[0].value");
}

TEST_F(RpcTest, EachItemOfABatchHasItsOwnOutcome) {
  v1::SubmitPackagesRequest request;
  *request.add_requests() = Submission("person-8");
  *request.add_requests() = Submission("person-9");
  request.mutable_requests(1)->mutable_referral()->set_authority_id("hills");
  *request.add_requests() = Submission("person-10");
  request.mutable_requests(2)->mutable_referral()->set_origin(static_cast<v1::Origin>(99));
  *request.add_requests() = Submission("person-11");
  auto response =
      Ask<v1::SubmitPackagesResponse>("PackageService/SubmitPackages", kNavigator, request);
  ASSERT_EQ(response.results_size(), 4);
  EXPECT_TRUE(response.results(0).has_package());
  EXPECT_EQ(response.results(1).rejection().reason(), v1::REJECTION_REASON_NOT_FOUND);
  EXPECT_EQ(response.results(2).rejection().reason(), v1::REJECTION_REASON_NOT_SUPPORTED);
  EXPECT_TRUE(response.results(3).has_package());
}

TEST_F(RpcTest, BranchesAnswerManyOffersInOneCall) {
  v1::AnswerOffersRequest request;
  for (const char* person : {"person-12", "person-13", "person-14"}) {
    v1::Offer offer = OfferTo(Issue(person), "alpha-east");
    v1::OfferAnswer* answer = request.add_answers();
    if (request.answers_size() == 2) {
      answer->mutable_decline()->set_request_id(NewRequestId());
      answer->mutable_decline()->set_offer_id(offer.id());
      answer->mutable_decline()->set_reason(v1::DECLINE_REASON_NO_CAPACITY);
    } else {
      answer->mutable_accept()->set_request_id(NewRequestId());
      answer->mutable_accept()->set_offer_id(offer.id());
    }
  }
  request.add_answers();
  auto response =
      Ask<v1::AnswerOffersResponse>("OfferService/AnswerOffers", kOrganisation, request);
  ASSERT_EQ(response.results_size(), 4);
  EXPECT_EQ(response.results(0).offer().state(), v1::OFFER_STATE_ACCEPTED);
  EXPECT_EQ(response.results(1).offer().state(), v1::OFFER_STATE_DECLINED);
  EXPECT_EQ(response.results(2).offer().state(), v1::OFFER_STATE_ACCEPTED);
  EXPECT_EQ(response.results(3).rejection().reason(), v1::REJECTION_REASON_FIELD_REQUIRED);
}

TEST_F(RpcTest, PagesHoldEverythingOnceInOrder) {
  for (int i = 0; i < 7; ++i) Submit("person-page-" + std::to_string(i));
  v1::ListPackagesRequest request;
  request.set_page_size(3);
  std::vector<std::string> found;
  do {
    auto page = Ask<v1::ListPackagesResponse>("PackageService/ListPackages", kNavigator, request);
    for (const v1::Package& package : page.packages()) found.push_back(package.id());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(found.size(), 7u);
  EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()).size(), 7u);
}

TEST_F(RpcTest, AFilterThatNamesNothingTheCallerKnowsIsRefusedWithWhatWouldBeRight) {
  Submit("person-filter");
  v1::ListPackagesRequest right;
  right.set_framework_id("shire");
  right.set_lot_id("north");
  right.set_ward_code(kEastWard);
  EXPECT_EQ(Ask<v1::ListPackagesResponse>("PackageService/ListPackages", kNavigator, right)
                .packages_size(),
            1);
  right.clear_framework_id();
  EXPECT_EQ(Ask<v1::ListPackagesResponse>("PackageService/ListPackages", kNavigator, right)
                .packages_size(),
            1);
  struct Case {
    const char* framework;
    const char* lot;
    const char* ward;
    v1::RejectionReason reason;
    const char* field;
    const char* expected;
  };
  const Case cases[] = {
      {"true", "", "", v1::REJECTION_REASON_NOT_FOUND, "framework_id", "one of shire"},
      {"vale", "", "", v1::REJECTION_REASON_NOT_FOUND, "framework_id", "one of shire"},
      {"", "nroth", "", v1::REJECTION_REASON_NOT_FOUND, "lot_id", "north of shire"},
      {"shire", "all", "", v1::REJECTION_REASON_NOT_FOUND, "lot_id", "north of shire"},
      {"", "all", "", v1::REJECTION_REASON_NOT_FOUND, "lot_id", "north of shire"},
      {"", "", "East", v1::REJECTION_REASON_UNKNOWN_WARD, "ward_code", "E05000001 East"},
      {"shire", "", "E05000009", v1::REJECTION_REASON_UNKNOWN_WARD, "ward_code",
       "E05000001 East, E05000002 West"},
      {"", "", "E05000009", v1::REJECTION_REASON_UNKNOWN_WARD, "ward_code",
       "E05000001 East, E05000002 West"},
  };
  for (const Case& one : cases) {
    v1::ListPackagesRequest request;
    request.set_framework_id(one.framework);
    request.set_lot_id(one.lot);
    request.set_ward_code(one.ward);
    v1::Rejection rejection = Call("PackageService/ListPackages", kNavigator, request).rejection;
    EXPECT_EQ(rejection.reason(), one.reason) << request.DebugString();
    EXPECT_EQ(rejection.field(), one.field) << request.DebugString();
    EXPECT_NE(rejection.expected().find(one.expected), std::string::npos)
        << rejection.DebugString();
    EXPECT_EQ(rejection.expected().find("vale"), std::string::npos) << rejection.DebugString();
  }
}

TEST_F(RpcTest, APageTokenOfAnotherQueryIsRefused) {
  for (int i = 0; i < 3; ++i) Submit("person-token-" + std::to_string(i));
  v1::ListPackagesRequest request;
  request.set_page_size(2);
  request.set_page_token(
      Ask<v1::ListPackagesResponse>("PackageService/ListPackages", kNavigator, request)
          .next_page_token());
  ASSERT_FALSE(request.page_token().empty());
  request.set_lot_id("north");
  v1::Rejection rejection = Call("PackageService/ListPackages", kNavigator, request).rejection;
  EXPECT_EQ(rejection.reason(), v1::REJECTION_REASON_FIELD_INVALID);
  EXPECT_EQ(rejection.field(), "page_token");
}

TEST_F(RpcTest, AnInterimPackageOverItsLimitIsListedWhileItRuns) {
  const std::string id = Run("person-interim", v1::SERVICE_TYPE_INTERIM_RESPONSE);
  v1::ListPackagesRequest over;
  over.set_over_limit(true);
  auto listed = [&](const char* who) {
    return Ask<v1::ListPackagesResponse>("PackageService/ListPackages", who, over).packages_size();
  };
  EXPECT_EQ(listed(kNavigator), 0);
  Restart();  // it must be in memory again for its limit
  AdvanceBy(absl::Hours(8 * 24));
  EXPECT_TRUE(Get(id).limit_passed());
  EXPECT_TRUE(Get(id).has_limit_due_time());
  EXPECT_EQ(listed(kNavigator), 1);
  EXPECT_EQ(listed(kOtherNavigator), 0);
  v1::ListHistoryRequest history;
  history.set_package_id(id);
  auto told = Ask<v1::ListHistoryResponse>("HistoryService/ListHistory", kNavigator, history);
  ASSERT_EQ(told.events_size(), 2);
  EXPECT_EQ(told.events(1).kind(), "LimitPassed");
  over.add_states(v1::PACKAGE_STATE_OFFERED);
  EXPECT_EQ(listed(kNavigator), 0) << "it is STARTED";
  over.clear_states();
  v1::CeasePackageRequest cease;
  cease.set_request_id(NewRequestId());
  cease.set_package_id(id);
  cease.set_reason("home care began");
  cease.set_leaving_outcome(v1::LEAVING_OUTCOME_LESS_CARE);
  Ask<v1::CeasePackageResponse>("PackageService/CeasePackage", kNavigator, cease);
  EXPECT_EQ(Get(id).leaving_outcome(), v1::LEAVING_OUTCOME_LESS_CARE);
  v1::QueryInterimStaysRequest stays;
  stays.set_framework_id("shire");
  stays.set_from_date("2018-07-01");
  stays.set_to_date("2018-08-01");
  auto ask = [&] {
    return Ask<v1::QueryInterimStaysResponse>("PerformanceService/QueryInterimStays", kCommissioner,
                                              stays);
  };
  const v1::QueryInterimStaysResponse now = ask();
  EXPECT_EQ(now.all().counts().left(), 1);
  EXPECT_EQ(now.all().counts().over_limit(), 1);
  EXPECT_EQ(now.all().average_stay().total(), 8);
  stays.set_as_known_at(now.as_known_at() - 1);
  EXPECT_EQ(ask().all().counts().left(), 0);
  EXPECT_EQ(listed(kNavigator), 0);
}

TEST_F(RpcTest, ASuspensionSaysHowManyPackagesItStopped) {
  v1::SuspendProviderRequest suspend;
  suspend.set_request_id(NewRequestId());
  suspend.set_provider_id("alpha");
  suspend.set_reason("two missed returns");
  const std::string id =
      Ask<v1::SuspendProviderResponse>("DirectoryService/SuspendProvider", kCommissioner, suspend)
          .suspension()
          .id();
  Issue("person-stopped");
  Restart();  // the count must be in memory again for the next round
  Issue("person-stopped-too");
  auto listed = [&](const char* who) {
    auto response = Ask<v1::ListSuspensionsResponse>("DirectoryService/ListSuspensions", who,
                                                     v1::ListSuspensionsRequest());
    return response.suspensions_size() == 1 ? response.suspensions(0).stopped_packages() : -1;
  };
  EXPECT_EQ(listed(kCommissioner), 2);
  EXPECT_EQ(listed(kBranch), 2);
  EXPECT_EQ(listed(kOtherBranch), -1);
  v1::ResumeProviderRequest resume;
  resume.set_request_id(NewRequestId());
  resume.set_suspension_id(id);
  resume.set_reason("the returns came");
  Ask<v1::ResumeProviderResponse>("DirectoryService/ResumeProvider", kCommissioner, resume);
  Restart();
  Issue("person-offered");
  v1::GetProviderRequest provider;
  provider.set_provider_id("alpha");
  auto shown =
      Ask<v1::GetProviderResponse>("DirectoryService/GetProvider", kOrganisation, provider);
  ASSERT_EQ(shown.suspensions_size(), 1);
  EXPECT_EQ(shown.suspensions(0).stopped_packages(), 2) << "one that ended keeps its count";
}

TEST_F(RpcTest, AnImportedPackageSaysWhereItRuns) {
  const v1::Package running = Get(Run("person-running", v1::SERVICE_TYPE_HOME_CARE));
  EXPECT_EQ(running.running_branch_id(), "alpha-east");
  EXPECT_EQ(running.running_contract_id(), "shire/north/lead/alpha");
  const v1::Package referred = Submit("person-referred");
  EXPECT_EQ(referred.running_branch_id() + referred.running_contract_id(), "");
}

TEST_F(RpcTest, APackageMayFollowOneThatIsNotInMemory) {
  const std::string before = Run("person-before", v1::SERVICE_TYPE_HOME_CARE);
  Restart();
  v1::SubmitPackageRequest request = Submission("person-after");
  request.mutable_referral()->set_follows_package_id(before);
  const std::string after =
      Ask<v1::SubmitPackageResponse>("PackageService/SubmitPackage", kNavigator, request)
          .package()
          .id();
  EXPECT_EQ(Get(before).successor_package_id(), after);
  EXPECT_EQ(Get(after).predecessor_package_id(), before);
}

TEST_F(RpcTest, ATransferFindsWhatRunsAndTellsWhereItWent) {
  v1::Package won = Issue("person-won");
  const std::string offer = OfferTo(won, "alpha-east").id();
  Accept(kBranch, offer);
  Award(won.id(), offer, "the person goes home today");
  v1::StartPackageRequest start;
  start.set_request_id(NewRequestId());
  start.set_package_id(won.id());
  Ask<v1::StartPackageResponse>("PackageService/StartPackage", kNavigator, start);
  const std::string imported = Run("person-imported", v1::SERVICE_TYPE_HOME_CARE);
  Restart();

  v1::TransferPackagesRequest request;
  request.set_request_id(NewRequestId());
  request.set_contract_id("shire/north/lead/alpha");
  request.set_reason("the provider closes");
  request.set_cause(v1::CAUSE_PROVIDER);
  const v1::Transfer transfer =
      Ask<v1::TransferPackagesResponse>("PackageService/TransferPackages", kNavigator, request)
          .transfer();
  EXPECT_EQ(std::vector<std::string>(transfer.package_ids().begin(), transfer.package_ids().end()),
            (std::vector<std::string>{won.id(), imported}));
  // The same again: nothing runs any more, and the first outcome is told.
  EXPECT_EQ(
      Ask<v1::TransferPackagesResponse>("PackageService/TransferPackages", kNavigator, request)
          .transfer()
          .id(),
      transfer.id());
  request.set_request_id(NewRequestId());
  EXPECT_EQ(Call("PackageService/TransferPackages", kNavigator, request).rejection.reason(),
            v1::REJECTION_REASON_PACKAGE_STATE);

  v1::Package next = Get(transfer.successor_ids(0));
  ASSERT_EQ(next.offers_size(), 1) << "alpha gave it up";
  Accept(kOtherBranch, OfferTo(next, "beta-main").id());
  Award(next.id(), next.offers(0).id(), "nobody else was asked");
  v1::GetTransferRequest report;
  report.set_transfer_id(transfer.id());
  for (const char* who : {kNavigator, kCommissioner}) {
    auto told = Ask<v1::GetTransferResponse>("PackageService/GetTransfer", who, report);
    ASSERT_EQ(told.successors_size(), 2);
    EXPECT_EQ(told.successors(0).award().branch_id(), "beta-main");
    EXPECT_EQ(told.successors(0).predecessor_package_id(), won.id());
    EXPECT_EQ(told.successors(1).state(), v1::PACKAGE_STATE_OFFERED);
    EXPECT_TRUE(told.successors(1).summary().empty() &&
                told.successors(1).person_reference().empty());
  }
}

TEST_F(RpcTest, ATransferOfAProviderFindsWhatWaitsToStartUnderAnyOfItsContracts) {
  v1::Package won = Issue("person-won");
  const std::string offer = OfferTo(won, "alpha-east").id();
  Accept(kBranch, offer);
  Award(won.id(), offer, "the person goes home today");
  const std::string imported = Run("person-imported", v1::SERVICE_TYPE_HOME_CARE);
  Restart();
  v1::TransferPackagesRequest request;
  request.set_request_id(NewRequestId());
  request.set_provider_id("alpha");
  request.set_reason("The provider has failed");
  request.set_cause(v1::CAUSE_PROVIDER);
  EXPECT_EQ(Call("PackageService/TransferPackages", kOtherNavigator, request).rejection.reason(),
            v1::REJECTION_REASON_NOT_FOUND);
  const v1::Transfer transfer =
      Ask<v1::TransferPackagesResponse>("PackageService/TransferPackages", kNavigator, request)
          .transfer();
  EXPECT_EQ(std::vector<std::string>(transfer.package_ids().begin(), transfer.package_ids().end()),
            (std::vector<std::string>{won.id(), imported}));
  EXPECT_EQ(transfer.successor_ids(0), won.id()) << "it had not started";
  const v1::Package next = Get(won.id());
  EXPECT_EQ(next.state(), v1::PACKAGE_STATE_OFFERED);
  EXPECT_EQ(next.transfer_id(), transfer.id());
  EXPECT_EQ(next.rounds_size(), 2);
}

TEST_F(RpcTest, HistoryTellsEachWhatIsItsOwn) {
  v1::Package package = Issue("person-history");
  Accept(kBranch, OfferTo(package, "alpha-east").id());
  v1::ListHistoryRequest request;
  request.set_page_size(1);
  std::vector<std::string> kinds;
  do {
    auto page = Ask<v1::ListHistoryResponse>("HistoryService/ListHistory", kBranch, request);
    for (const v1::HistoryEvent& event : page.events()) kinds.push_back(event.kind());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(std::count(kinds.begin(), kinds.end(), "OfferIssued"), 1);
  EXPECT_EQ(std::count(kinds.begin(), kinds.end(), "OfferAnswered"), 1);

  v1::ListHistoryRequest of_package;
  of_package.set_package_id(package.id());
  auto told = Ask<v1::ListHistoryResponse>("HistoryService/ListHistory", kNavigator, of_package);
  EXPECT_GE(told.events_size(), 4);
  EXPECT_EQ(Call("HistoryService/ListHistory", kSiblingBranch, of_package).rejection.reason(),
            v1::REJECTION_REASON_NOT_FOUND);
}

TEST_F(RpcTest, APreviewChangesNothing) {
  v1::PreviewPackageRequest request;
  *request.mutable_referral() = Submission("person-preview").referral();
  auto preview =
      Ask<v1::PreviewPackageResponse>("PackageService/PreviewPackage", kNavigator, request);
  EXPECT_EQ(preview.lot_id(), "north");
  EXPECT_EQ(preview.rounds_size(), 1);
  EXPECT_EQ(Ask<v1::ListPackagesResponse>("PackageService/ListPackages", kNavigator,
                                          v1::ListPackagesRequest())
                .packages_size(),
            0);
}

TEST_F(RpcTest, ABackupNeedsADirectory) {
  v1::CreateBackupRequest request;
  request.set_request_id(NewRequestId());
  EXPECT_EQ(Call("AdminService/CreateBackup", kAdmin, request).rejection.reason(),
            v1::REJECTION_REASON_NOT_SUPPORTED);
}

TEST_F(RpcTest, StatusTellsTheHeadOfTheJournal) {
  Submit("person-status");
  auto status =
      Ask<v1::GetStatusResponse>("AdminService/GetStatus", kAdmin, v1::GetStatusRequest());
  EXPECT_TRUE(status.simulation());
  EXPECT_EQ(status.open_packages(), 1);
  EXPECT_NE(status.head().find(':'), std::string::npos);
}

TEST_F(RpcTest, AnUnknownMethodIsUnimplemented) {
  EXPECT_EQ(
      Call("PackageService/Teleport", kNavigator, v1::GetPackageRequest()).status.error_code(),
      grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(RpcTest, ASecondServerOnThePortIsAnError) {
  ServerOptions options;
  options.listen_address = "127.0.0.1:" + std::to_string(server()->port());
  RpcServer second(nullptr, nullptr, nullptr, options);
  EXPECT_EQ(second.Start().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace brokerage::services::testing
