// Figures as they were known at an earlier sequence of the journal, over real gRPC and RocksDB.
#include <string>

#include "tests/fixtures/server/server_fixture.h"

namespace brokerage::services::testing {
namespace {

class KnownAtTest : public ServerFixture {
 protected:
  static v1::QueryPerformanceRequest Performance(int64_t as_known_at) {
    v1::QueryPerformanceRequest request;
    request.mutable_query()->set_framework_id("shire");
    request.mutable_query()->set_as_known_at(as_known_at);
    return request;
  }
  v1::QueryPerformanceResponse Figures(int64_t as_known_at,
                                       const std::string& account = kCommissioner) const {
    return Ask<v1::QueryPerformanceResponse>("PerformanceService/QueryPerformance", account,
                                             Performance(as_known_at));
  }
  v1::QueryComplianceResponse Compliance(int64_t as_known_at) const {
    v1::QueryComplianceRequest request;
    request.set_framework_id("shire");
    request.set_as_known_at(as_known_at);
    return Ask<v1::QueryComplianceResponse>("PerformanceService/QueryCompliance", kCommissioner,
                                            request);
  }
  v1::Rejection Refused(int64_t as_known_at, const std::string& account = kCommissioner) const {
    return Call("PerformanceService/QueryPerformance", account, Performance(as_known_at)).rejection;
  }
  void Accept(const std::string& offer_id) const {
    v1::AcceptOfferRequest request;
    request.set_request_id(NewRequestId());
    request.set_offer_id(offer_id);
    Ask<v1::AcceptOfferResponse>("OfferService/AcceptOffer", kBranch, request);
  }
};

TEST_F(KnownAtTest, AnAnswerAfterTheSequenceDoesNotShow) {
  const v1::Package package = Issue("person-known");
  const int64_t before = Figures(0).as_known_at();
  const std::string figures_before = Figures(0).rows(0).SerializeAsString();
  const v1::QueryComplianceResponse compliance_before = Compliance(0);
  Accept(OfferTo(package, "alpha-east").id());
  AdvanceBy(absl::Hours(73));
  const int64_t head = Figures(0).as_known_at();
  ASSERT_GT(head, before);
  ASSERT_EQ(Figures(0).rows(0).live().accepted(), 1);
  ASSERT_EQ(Figures(0).rows(0).settled().issued(), 2);

  const v1::QueryPerformanceResponse then = Figures(before);
  EXPECT_EQ(then.as_known_at(), before);
  EXPECT_EQ(then.rows(0).live().pending(), 2);
  EXPECT_EQ(then.rows(0).SerializeAsString(), figures_before);
  EXPECT_EQ(Figures(before, kBranch).rows(0).live().pending(), 1) << "its own alone";
  EXPECT_EQ(Compliance(before).SerializeAsString(), compliance_before.SerializeAsString());
  EXPECT_EQ(Figures(head).SerializeAsString(), Figures(0).SerializeAsString());
  EXPECT_EQ(Compliance(head).SerializeAsString(), Compliance(0).SerializeAsString());
}

TEST_F(KnownAtTest, ScoresAndTheDistributionAreThoseThatWereKnown) {
  const v1::Package package = Issue("person-score");
  Accept(OfferTo(package, "alpha-east").id());
  AdvanceBy(absl::Hours(73));
  v1::QueryScorecardRequest scorecard;
  scorecard.set_framework_id("shire");
  scorecard.set_from_date("2018-07-01");
  scorecard.set_to_date("2018-08-01");
  v1::QueryDistributionRequest distribution;
  distribution.set_framework_id("shire");
  distribution.set_from_date("2018-07-01");
  distribution.set_to_date("2018-08-01");
  auto scores = [&](int64_t sequence) {
    scorecard.set_as_known_at(sequence);
    return Ask<v1::QueryScorecardResponse>("PerformanceService/QueryScorecard", kCommissioner,
                                           scorecard);
  };
  auto rates = [&](int64_t sequence) {
    distribution.set_as_known_at(sequence);
    return Ask<v1::QueryDistributionResponse>("PerformanceService/QueryDistribution", kCommissioner,
                                              distribution);
  };
  const v1::QueryScorecardResponse scores_before = scores(0);
  const v1::QueryDistributionResponse rates_before = rates(0);
  Issue("person-later");
  AdvanceBy(absl::Hours(73));
  ASSERT_NE(scores(0).market().SerializeAsString(), scores_before.market().SerializeAsString());
  EXPECT_EQ(scores(scores_before.as_known_at()).SerializeAsString(),
            scores_before.SerializeAsString());
  EXPECT_EQ(rates(rates_before.as_known_at()).SerializeAsString(),
            rates_before.SerializeAsString());
  scorecard.set_as_known_at(1'000'000);
  EXPECT_EQ(Call("PerformanceService/QueryScorecard", kCommissioner, scorecard).rejection.field(),
            "as_known_at");
}

TEST_F(KnownAtTest, WhatWasNeverWrittenIsNotKnown) {
  const int64_t head = Figures(0).as_known_at();
  for (int64_t sequence : {head + 1, int64_t{-1}}) {
    EXPECT_EQ(Refused(sequence).reason(), v1::REJECTION_REASON_FIELD_INVALID);
    EXPECT_EQ(Refused(sequence).field(), "query.as_known_at");
    EXPECT_EQ(Refused(sequence).expected(),
              "a sequence of the journal, 1 to " + std::to_string(head) + ", or 0 for now");
  }
  EXPECT_EQ(Refused(1).reason(), v1::REJECTION_REASON_NOT_FOUND)
      << "there was no framework at the first record";
}

TEST_F(KnownAtTest, WhoMayAskIsDecidedByWhatIsSoNow) {
  const int64_t head = Figures(0).as_known_at();
  EXPECT_EQ(Refused(head, kOtherCommissioner).reason(), v1::REJECTION_REASON_NOT_FOUND);
}

TEST_F(KnownAtTest, AStreamFollowsThePresent) {
  v1::WatchPerformanceRequest request;
  *request.mutable_query() = Performance(1).query();
  auto context = As(kCommissioner);
  auto reader =
      v1::PerformanceService::NewStub(channel())->WatchPerformance(context.get(), request);
  v1::WatchPerformanceResponse response;
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace brokerage::services::testing
