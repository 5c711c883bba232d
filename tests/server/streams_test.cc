// Streams: what changed, once and in order, whoever comes and goes.
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "engine/base/hash.h"
#include "tests/fixtures/server/server_fixture.h"

namespace brokerage::services::testing {
namespace {

class StreamsTest : public ServerFixture {
 protected:
  // One open stream of offers.
  struct Watch {
    Watch() = default;
    Watch(Watch&&) = default;
    std::unique_ptr<grpc::ClientContext> context;
    std::unique_ptr<grpc::ClientReader<v1::WatchOffersResponse>> reader;
    ~Watch() {
      if (context != nullptr) context->TryCancel();
    }
    v1::WatchOffersResponse Next() {
      v1::WatchOffersResponse response;
      EXPECT_TRUE(reader->Read(&response));
      return response;
    }
  };
  Watch Offers(const std::string& account, const std::string& cursor) {
    Watch watch;
    watch.context = As(account);
    v1::WatchOffersRequest request;
    request.set_cursor(cursor);
    watch.reader = v1::OfferService::NewStub(channel())->WatchOffers(watch.context.get(), request);
    return watch;
  }
  void Decline(const std::string& offer_id) const {
    v1::DeclineOfferRequest request;
    request.set_request_id(NewRequestId());
    request.set_offer_id(offer_id);
    request.set_reason(v1::DECLINE_REASON_NO_CAPACITY);
    Ask<v1::DeclineOfferResponse>("OfferService/DeclineOffer", kBranch, request);
  }
  // After alpha-east, so that offers may be moved to it.
  void LetAlphaWestCoverTheEast() const {
    v1::ChangeCoverageRequest coverage;
    coverage.set_request_id(NewRequestId());
    coverage.mutable_coverage()->set_branch_id("alpha-west");
    coverage.mutable_coverage()->set_ward_code(kEastWard);
    coverage.mutable_coverage()->set_service_type(v1::SERVICE_TYPE_HOME_CARE);
    coverage.mutable_coverage()->set_from_date("2018-07-01");
    coverage.mutable_coverage()->set_priority(2);
    Ask<v1::ChangeCoverageResponse>("DirectoryService/ChangeCoverage", kCommissioner, coverage);
  }
  v1::Offer Move(const std::string& offer_id, const std::string& branch_id) const {
    v1::MoveOfferRequest move;
    move.set_request_id(NewRequestId());
    move.set_offer_id(offer_id);
    move.set_branch_id(branch_id);
    return Ask<v1::MoveOfferResponse>("OfferService/MoveOffer", kOrganisation, move).offer();
  }
};

TEST_F(StreamsTest, ABranchIsToldOfItsOffersAsTheyAreIssuedAndChange) {
  Watch watch = Offers(kBranch, "0");
  v1::Package package = Issue("person-1");
  v1::WatchOffersResponse issued = watch.Next();
  ASSERT_EQ(issued.offers_size(), 1);
  EXPECT_EQ(issued.offers(0).id(), OfferTo(package, "alpha-east").id());
  Decline(issued.offers(0).id());
  v1::WatchOffersResponse declined = watch.Next();
  ASSERT_EQ(declined.offers_size(), 1);
  EXPECT_EQ(declined.offers(0).state(), v1::OFFER_STATE_DECLINED);
}

TEST_F(StreamsTest, EachChangeSaysWhatKindItIsAndWhy) {
  Watch watch = Offers(kBranch, "0");
  v1::Package package = Issue("person-1");
  const std::string offer = OfferTo(package, "alpha-east").id();
  const auto kinds = [&watch] {
    std::vector<v1::OfferChangeKind> kinds;
    const v1::WatchOffersResponse response = watch.Next();
    for (const v1::OfferChange& change : response.changes()) kinds.push_back(change.kind());
    return kinds;
  };
  using Kinds = std::vector<v1::OfferChangeKind>;
  EXPECT_EQ(kinds(), Kinds{v1::OFFER_CHANGE_KIND_ISSUED});
  v1::AskQuestionRequest question;
  question.set_request_id(NewRequestId());
  question.set_offer_id(offer);
  question.set_text("Is there a key safe?");
  Ask<v1::AskQuestionResponse>("OfferService/AskQuestion", kBranch, question);
  EXPECT_EQ(kinds(), Kinds{v1::OFFER_CHANGE_KIND_QUESTION});
  v1::PlacePackagesRequest placing;
  placing.set_request_id(NewRequestId());
  placing.add_placings()->set_package_id(package.id());
  placing.mutable_placings(0)->set_branch_id("alpha-west");
  placing.set_reason("the family lives there");
  Ask<v1::PlacePackagesResponse>("PackageService/PlacePackages", kNavigator, placing);
  EXPECT_EQ(kinds(), Kinds{v1::OFFER_CHANGE_KIND_CLOSED});
  placing.mutable_placings(0)->set_package_id(Issue("person-2").id());
  EXPECT_EQ(kinds(), Kinds{v1::OFFER_CHANGE_KIND_ISSUED});
  placing.mutable_placings(0)->set_branch_id("alpha-east");
  placing.set_request_id(NewRequestId());
  const std::string placed = placing.placings(0).package_id();
  Ask<v1::PlacePackagesResponse>("PackageService/PlacePackages", kNavigator, placing);
  EXPECT_EQ(kinds(), (Kinds{v1::OFFER_CHANGE_KIND_PLACED, v1::OFFER_CHANGE_KIND_CLOSED}));
  v1::ReturnPackageRequest giving_up;
  giving_up.set_request_id(NewRequestId());
  giving_up.set_package_id(placed);
  giving_up.set_end_reason(v1::END_REASON_CARE_HOME);
  Ask<v1::ReturnPackageResponse>("PackageService/ReturnPackage", kNavigator, giving_up);
  const v1::WatchOffersResponse last = watch.Next();
  ASSERT_EQ(last.changes_size(), 2);
  EXPECT_EQ(last.changes(0).kind(), v1::OFFER_CHANGE_KIND_FATE);
  EXPECT_NE(last.changes(0).words().find("care home"), std::string::npos);
  EXPECT_EQ(last.changes(1).kind(), v1::OFFER_CHANGE_KIND_TEXTS_CLOSED);
  EXPECT_EQ(last.offers(0).fate().kind(), v1::FATE_KIND_RETURNED);
  EXPECT_TRUE(last.offers(0).person_reference().empty());
}

TEST_F(StreamsTest, AResumedStreamNeitherSkipsNorRepeats) {
  std::vector<std::string> issued;
  issued.reserve(10);
  for (int i = 0; i < 10; ++i) {
    issued.push_back(OfferTo(Issue("person-" + std::to_string(i)), "alpha-east").id());
  }
  std::vector<std::string> told;
  std::string cursor = "0";
  for (int i = 0; i < 10; ++i) {
    Watch watch = Offers(kBranch, cursor);  // a new stream for each change
    v1::WatchOffersResponse response = watch.Next();
    for (const v1::Offer& offer : response.offers()) told.push_back(offer.id());
    cursor = response.cursor();
  }
  EXPECT_EQ(told, issued);
}

TEST_F(StreamsTest, AStreamGoesOnWhereItWasAfterARestart) {
  Issue("person-1");
  std::string cursor;
  {
    Watch watch = Offers(kBranch, "0");
    cursor = watch.Next().cursor();
  }
  Restart();
  Watch watch = Offers(kBranch, cursor);
  v1::Package package = Issue("person-2");
  v1::WatchOffersResponse response = watch.Next();
  ASSERT_EQ(response.offers_size(), 1);
  EXPECT_EQ(response.offers(0).package_id(), package.id());
}

TEST_F(StreamsTest, ABranchHearsNothingOfTheOthers) {
  v1::Package package = Issue("person-1");  // in the east ward
  IssueInTheWest("person-2");
  Watch watch = Offers(kSiblingBranch, "0");
  v1::WatchOffersResponse first = watch.Next();
  ASSERT_EQ(first.offers_size(), 1);
  EXPECT_EQ(first.offers(0).branch_id(), "alpha-west");
  EXPECT_NE(first.offers(0).package_id(), package.id());
}

TEST_F(StreamsTest, AnOfferThatMovesLeavesOneBranchAndComesToTheOtherOnce) {
  LetAlphaWestCoverTheEast();
  Watch east = Offers(kBranch, "0");
  Watch west = Offers(kSiblingBranch, "0");
  const std::string id = OfferTo(Issue("person-1"), "alpha-east").id();
  EXPECT_EQ(east.Next().offers(0).id(), id);

  EXPECT_EQ(Move(id, "alpha-west").branch_id(), "alpha-west");
  auto expect_gone = [&id](const v1::WatchOffersResponse& response) {
    ASSERT_EQ(response.offers_size(), 1);
    const v1::Offer& gone = response.offers(0);
    EXPECT_EQ(gone.id(), id);
    EXPECT_EQ(gone.state(), v1::OFFER_STATE_UNSPECIFIED);
    EXPECT_EQ(gone.branch_id() + gone.summary() + gone.postcode() + gone.ward_code(), "");
    ASSERT_EQ(gone.moved_from_branch_ids_size(), 1);
    EXPECT_EQ(gone.moved_from_branch_ids(0), "alpha-east");
  };
  expect_gone(east.Next());
  const v1::Offer come = west.Next().offers(0);
  EXPECT_EQ(come.id(), id);
  EXPECT_EQ(come.state(), v1::OFFER_STATE_OPEN);
  EXPECT_NE(come.summary(), "");
  EXPECT_EQ(come.moved_from_branch_ids(0), "alpha-east");

  v1::GetOfferRequest get;
  get.set_offer_id(id);
  EXPECT_EQ(Call("OfferService/GetOffer", kBranch, get).rejection.reason(),
            v1::REJECTION_REASON_NOT_FOUND);
  auto listed = [this](const char* account) {
    return Ask<v1::ListOffersResponse>("OfferService/ListOffers", account, v1::ListOffersRequest())
        .offers_size();
  };
  EXPECT_EQ(listed(kBranch), 0);
  EXPECT_EQ(listed(kSiblingBranch), 1);
  EXPECT_EQ(listed(kOrganisation), 1);

  // What becomes of it is told to the new branch alone.
  v1::AcceptOfferRequest accept;
  accept.set_request_id(NewRequestId());
  accept.set_offer_id(id);
  Ask<v1::AcceptOfferResponse>("OfferService/AcceptOffer", kSiblingBranch, accept);
  EXPECT_EQ(west.Next().offers(0).state(), v1::OFFER_STATE_ACCEPTED);
  const std::string next = OfferTo(Issue("person-2"), "alpha-east").id();
  EXPECT_EQ(east.Next().offers(0).id(), next);
  Watch again = Offers(kBranch, "0");
  expect_gone(again.Next());  // the issue, as the offer now is
  expect_gone(again.Next());  // the move
  EXPECT_EQ(again.Next().offers(0).id(), next);
  Watch office = Offers(kOrganisation, "0");
  for (const std::string& told : {id, id, id, next}) {  // issued, moved, accepted
    EXPECT_EQ(office.Next().offers(0).id(), told);
  }
}

TEST_F(StreamsTest, AnUnknownOrFutureCursorIsRefused) {
  for (const char* cursor : {"999999", "-1", "x", "01", "5.", "1.2.3"}) {
    Watch watch = Offers(kBranch, cursor);
    v1::WatchOffersResponse response;
    EXPECT_FALSE(watch.reader->Read(&response)) << cursor;
    grpc::Status status = watch.reader->Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << cursor;
    v1::Rejection rejection;
    ASSERT_TRUE(rejection.ParseFromString(status.error_details()));
    EXPECT_EQ(rejection.field(), "cursor");
  }
}

TEST_F(StreamsTest, AFrameworkOfAnotherAuthorityIsRefusedAndNotPassedOverInSilence) {
  for (const char* framework : {"vale", "nowhere"}) {
    v1::WatchPackagesRequest packages;
    packages.set_framework_id(framework);
    v1::WatchPerformanceRequest figures;
    figures.mutable_query()->set_framework_id(framework);
    const Outcome no_packages = Call("PackageService/WatchPackages", kNavigator, packages);
    EXPECT_EQ(no_packages.rejection.reason(), v1::REJECTION_REASON_NOT_FOUND) << framework;
    EXPECT_EQ(no_packages.rejection.field(), "framework_id");
    const Outcome no_figures = Call("PerformanceService/WatchPerformance", kCommissioner, figures);
    EXPECT_EQ(no_figures.rejection.reason(), v1::REJECTION_REASON_NOT_FOUND) << framework;
    EXPECT_EQ(no_figures.rejection.field(), "query.framework_id");
  }
}

TEST_F(StreamsTest, OneReleaseOfManyPackagesIsToldPackageByPackage) {
  v1::ReleasePackagesRequest release;
  release.set_request_id(NewRequestId());
  release.set_hold(true);
  for (int i = 0; i < 3; ++i) release.add_package_ids(Submit("person-" + std::to_string(i)).id());
  auto status =
      Ask<v1::GetStatusResponse>("AdminService/GetStatus", kAdmin, v1::GetStatusRequest());
  std::string cursor = status.head().substr(0, status.head().find(':'));
  Ask<v1::ReleasePackagesResponse>("PackageService/ReleasePackages", kNavigator, release);
  std::vector<std::string> told;
  auto stub = v1::PackageService::NewStub(channel());
  for (int i = 0; i < 3; ++i) {
    auto context = As(kNavigator);
    v1::WatchPackagesRequest request;
    request.set_cursor(cursor);
    auto reader = stub->WatchPackages(context.get(), request);
    v1::WatchPackagesResponse response;
    ASSERT_TRUE(reader->Read(&response));
    told.push_back(response.package().id());
    cursor = response.cursor();
    context->TryCancel();
  }
  EXPECT_EQ(told,
            std::vector<std::string>(release.package_ids().begin(), release.package_ids().end()));
  EXPECT_EQ(cursor.find('.'), std::string::npos);
}

TEST_F(StreamsTest, PerformanceIsToldFirstWholeAndThenAsItChanges) {
  auto context = As(kCommissioner);
  v1::WatchPerformanceRequest request;
  request.mutable_query()->set_framework_id("shire");
  request.mutable_query()->add_group_by(v1::DIMENSION_PROVIDER);
  auto reader =
      v1::PerformanceService::NewStub(channel())->WatchPerformance(context.get(), request);
  v1::WatchPerformanceResponse response;
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_TRUE(response.rows().empty());
  v1::Package package = Issue("person-1");
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.rows_size(), 2);
  Decline(OfferTo(package, "alpha-east").id());
  ASSERT_TRUE(reader->Read(&response));
  ASSERT_EQ(response.rows_size(), 1);
  EXPECT_EQ(response.rows(0).group(0).value(), "alpha");
  EXPECT_EQ(response.rows(0).live().declined(), 1);
  context->TryCancel();
}

TEST_F(StreamsTest, AGroupThatIsGoneIsToldOnceAndEmpty) {
  LetAlphaWestCoverTheEast();
  auto context = As(kCommissioner);
  v1::WatchPerformanceRequest request;
  request.mutable_query()->set_framework_id("shire");
  request.mutable_query()->add_group_by(v1::DIMENSION_BRANCH);
  auto reader =
      v1::PerformanceService::NewStub(channel())->WatchPerformance(context.get(), request);
  v1::WatchPerformanceResponse response;
  ASSERT_TRUE(reader->Read(&response));
  const std::string id = OfferTo(Issue("person-1"), "alpha-east").id();
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.rows_size(), 2);
  Move(id, "alpha-west");
  ASSERT_TRUE(reader->Read(&response));
  std::map<std::string, v1::PerformanceRow> rows;
  for (const v1::PerformanceRow& row : response.rows()) rows[row.group(0).value()] = row;
  EXPECT_EQ(rows.size(), 2u) << response.DebugString();
  EXPECT_EQ(rows["alpha-west"].live().issued(), 1);
  ASSERT_TRUE(rows.contains("alpha-east"));
  EXPECT_TRUE(rows["alpha-east"].has_live() && rows["alpha-east"].has_settled());
  EXPECT_EQ(rows["alpha-east"].live().issued(), 0);
  EXPECT_FALSE(rows["alpha-east"].has_live_rates());
  Move(id, "alpha-east");
  ASSERT_TRUE(reader->Read(&response));
  EXPECT_EQ(response.rows_size(), 2) << "there again, and the other gone";
  Decline(id);
  ASSERT_TRUE(reader->Read(&response));
  ASSERT_EQ(response.rows_size(), 1) << "what is gone is not told again";
  EXPECT_EQ(response.rows(0).group(0).value(), "alpha-east");
  context->TryCancel();
}

// The server sends what changed in between together: so many messages take so long at least.
TEST_F(StreamsTest, PerformanceIsToldAtMostTenTimesASecond) {
  constexpr int kChanges = 40;
  auto context = As(kCommissioner);
  v1::WatchPerformanceRequest request;
  request.mutable_query()->set_framework_id("shire");
  const absl::Time began = absl::Now();
  auto reader =
      v1::PerformanceService::NewStub(channel())->WatchPerformance(context.get(), request);
  int64_t issued = 0;
  int messages = 0;
  std::thread changes([this] {
    for (int i = 0; i < kChanges; ++i) Issue("person-" + std::to_string(i));
  });
  v1::WatchPerformanceResponse response;
  while (issued < int64_t{2} * kChanges && reader->Read(&response)) {
    ++messages;
    for (const v1::PerformanceRow& row : response.rows()) issued = row.live().issued();
  }
  const absl::Duration took = absl::Now() - began;
  changes.join();
  EXPECT_EQ(issued, 2 * kChanges) << "and the last of it is told";
  EXPECT_GE(took, absl::Milliseconds(100) * (messages - 1)) << messages << " messages";
  context->TryCancel();
}

TEST_F(StreamsTest, ADisabledAccountsStreamEnds) {
  Watch watch = Offers(kBranch, "0");
  Issue("person-1");
  watch.Next();
  v1::DisableAccountRequest request;
  request.set_request_id(NewRequestId());
  request.set_account_id(kBranch);
  Ask<v1::DisableAccountResponse>("AccountService/DisableAccount", kAdmin, request);
  v1::WatchOffersResponse response;
  EXPECT_FALSE(watch.reader->Read(&response));
  EXPECT_EQ(watch.reader->Finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(StreamsTest, AStreamEndsWithTheTokenThatOpenedIt) {
  Watch watch = Offers(kBranch, "0");
  Issue("person-1");
  watch.Next();
  v1::ReplaceTokenRequest request;
  request.set_request_id(NewRequestId());
  request.set_account_id(kBranch);
  request.set_token_sha256(engine::HashOf("the new token"));
  Ask<v1::ReplaceTokenResponse>("AccountService/ReplaceToken", kAdmin, request);
  Issue("person-2");
  v1::WatchOffersResponse response;
  EXPECT_FALSE(watch.reader->Read(&response)) << "an offer went to whoever has the old token";
  EXPECT_EQ(watch.reader->Finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(StreamsTest, AStoppingServerEndsItsStreamsAtOnce) {
  Watch watch = Offers(kBranch, "0");
  Issue("person-1");
  watch.Next();
  const absl::Time began = absl::Now();
  server()->Shutdown(absl::Seconds(20));
  EXPECT_LT(absl::Now() - began, absl::Seconds(10));
  v1::WatchOffersResponse response;
  EXPECT_FALSE(watch.reader->Read(&response));
  v1::Rejection rejection;
  ASSERT_TRUE(rejection.ParseFromString(watch.reader->Finish().error_details()));
  EXPECT_EQ(rejection.reason(), v1::REJECTION_REASON_OVERLOADED);
}

TEST_F(StreamsTest, ManyIdleStreamsDoNotHoldTheServerUp) {
  std::vector<Watch> watches;
  watches.reserve(120);
  for (int i = 0; i < 120; ++i) watches.push_back(Offers(i % 2 == 0 ? kBranch : kOtherBranch, "0"));
  Issue("person-1");
  for (Watch& watch : watches) EXPECT_EQ(watch.Next().offers_size(), 1);
  Issue("person-2");
  for (Watch& watch : watches) EXPECT_EQ(watch.Next().offers_size(), 1);
}

TEST_F(StreamsTest, OneAccountDoesNotTakeAllStreams) {
  Issue("person-1");
  std::vector<Watch> watches;
  watches.reserve(64);
  for (int i = 0; i < 64; ++i) watches.push_back(Offers(kBranch, "0"));
  for (Watch& watch : watches) EXPECT_EQ(watch.Next().offers_size(), 1);
  Watch refused = Offers(kBranch, "0");
  v1::WatchOffersResponse response;
  EXPECT_FALSE(refused.reader->Read(&response));
  v1::Rejection rejection;
  ASSERT_TRUE(rejection.ParseFromString(refused.reader->Finish().error_details()));
  EXPECT_EQ(rejection.reason(), v1::REJECTION_REASON_LIMIT_REACHED);
  EXPECT_EQ(Offers(kOtherBranch, "0").Next().offers_size(), 1);
}

}  // namespace
}  // namespace brokerage::services::testing
