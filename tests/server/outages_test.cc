// Deadlines after an outage, over the API and from the disk.
#include <gtest/gtest.h>

#include "absl/time/time.h"
#include "tests/fixtures/server/server_fixture.h"

namespace brokerage::services {
namespace {

using namespace testing;

class OutagesTest : public ServerFixture {
 protected:
  // Submits, releases, and waits until nobody has answered by the deadline.
  v1::Package Lapsed(const std::string& person) const {
    const v1::Package package = Issue(person);
    const absl::Time deadline = absl::FromUnixSeconds(package.rounds(0).deadline_time().seconds());
    v1::GetStatusRequest status;
    const auto now = Ask<v1::GetStatusResponse>("AdminService/GetStatus", kAdmin, status);
    AdvanceBy(deadline - absl::FromUnixSeconds(now.current_time().seconds()) + absl::Minutes(20));
    return Get(package.id());
  }

  void Cancel(const v1::Package& package) const {
    v1::CancelPackageRequest request;
    request.set_request_id(NewRequestId());
    request.set_package_id(package.id());
    request.set_reason("the person stays where they are");
    Ask<v1::CancelPackageResponse>("PackageService/CancelPackage", kNavigator, request);
  }

  // From an hour before the round's deadline to a quarter of an hour after it.
  v1::ExtendDeadlinesRequest Outage(const v1::Package& package) const {
    const int64_t deadline = package.rounds(0).deadline_time().seconds();
    v1::ExtendDeadlinesRequest request;
    request.set_request_id(NewRequestId());
    request.mutable_from_time()->set_seconds(deadline - int64_t{60} * 60);
    request.mutable_to_time()->set_seconds(deadline + int64_t{15} * 60);
    request.set_reason("the line to the portal was cut");
    return request;
  }

  v1::ExtendDeadlinesResponse Extend(const v1::ExtendDeadlinesRequest& request) const {
    return Ask<v1::ExtendDeadlinesResponse>("AdminService/ExtendDeadlines", kAdmin, request);
  }
};

TEST_F(OutagesTest, WhatLapsedIsOpenAgainForItsBranch) {
  const v1::Package package = Lapsed("person-waits");
  const v1::Offer lapsed = OfferTo(package, "alpha-east");
  ASSERT_EQ(lapsed.state(), v1::OFFER_STATE_LAPSED);
  const v1::ExtendDeadlinesResponse given = Extend(Outage(package));
  EXPECT_EQ(given.rounds(), 1);
  EXPECT_EQ(given.reopened_rounds(), 1);
  EXPECT_EQ(given.closed_offers(), 0);
  v1::AcceptOfferRequest accept;
  accept.set_request_id(NewRequestId());
  accept.set_offer_id(lapsed.id());
  const auto offer =
      Ask<v1::AcceptOfferResponse>("OfferService/AcceptOffer", kBranch, accept).offer();
  EXPECT_EQ(offer.state(), v1::OFFER_STATE_ACCEPTED);
}

TEST_F(OutagesTest, SilenceCountsForNobodyInAPackageThatIsNotInMemory) {
  const v1::Package package = Lapsed("person-gone");
  Cancel(package);
  Restart();
  const v1::ExtendDeadlinesRequest request = Outage(package);
  const v1::ExtendDeadlinesResponse given = Extend(request);
  EXPECT_EQ(given.rounds(), 0);
  EXPECT_EQ(given.closed_offers(), package.offers_size());
  const v1::Package after = Get(package.id());
  for (const v1::Offer& offer : after.offers()) {
    EXPECT_EQ(offer.state(), v1::OFFER_STATE_CLOSED);
    EXPECT_EQ(offer.close_cause(), v1::CLOSE_CAUSE_OUTAGE);
  }
  // The same request again is told the first outcome; the same outage again gives nothing.
  EXPECT_EQ(Extend(request).closed_offers(), package.offers_size());
  EXPECT_EQ(Extend(Outage(package)).closed_offers(), 0);
}

TEST_F(OutagesTest, TheReasonIsToldToTheBranchAndMustNameNobody) {
  const v1::Package package = Lapsed("person-told");
  v1::ExtendDeadlinesRequest request = Outage(package);
  request.set_reason("Mrs Ada Example of 07700 900123 could not be reached");
  EXPECT_EQ(Call("AdminService/ExtendDeadlines", kAdmin, request).rejection.reason(),
            v1::REJECTION_REASON_TEXT_IDENTIFIES_PERSON);
  Extend(Outage(package));
  v1::ListHistoryRequest history;
  history.set_branch_id("alpha-east");
  const auto told = Ask<v1::ListHistoryResponse>("HistoryService/ListHistory", kBranch, history);
  bool found = false;
  for (const v1::HistoryEvent& event : told.events()) {
    if (event.kind() != "OfferReopened") continue;
    found = true;
    EXPECT_NE(event.text().find("the line to the portal was cut"), std::string::npos)
        << event.text();
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace brokerage::services
