#include "engine/figures/scorecard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "engine/base/rejection.h"
#include "engine/command.h"
#include "engine/figures/rates.h"
#include "tests/fixtures/figures_fixture.h"

namespace brokerage::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Issue;
using testing::Lapse;
using testing::MakePackage;
using testing::MemoryFigures;
using testing::Put;
using testing::Reply;

v1::FrameworkRules Rules() {
  v1::FrameworkRules rules = testing::FiguresFixtureRules();
  rules.set_response_target_percent(90);
  for (v1::Kpi kpi : {v1::KPI_RESPONSE, v1::KPI_RESTARTS}) {
    v1::RateBands* bands = rules.add_bands();
    bands->set_kpi(kpi);
    bands->set_green_percent(90);
    bands->set_amber_percent(75);
    v1::PrintedGap* gap = bands->add_printed_gaps();
    gap->set_above_percent(89);
    gap->set_below_percent(90);
  }
  return rules;
}

Issue To(const std::string& provider) {
  Issue issue;
  issue.contract_id = "north/lead/" + provider;
  issue.provider_id = provider;
  issue.branch_id = provider + "-1";
  return issue;
}

class ScorecardTest : public ::testing::Test {
 protected:
  enum class Fate {
    kAccepted,
    kDeclined,
    kSilent,
    kLateAccepted,
    kLateDeclined,
    kClosed,
    kUpheld,
    kPending
  };

  ScorecardTest() {
    request_.set_framework_id("shire");
    request_.set_from_date("2018-07-01");
    request_.set_to_date("2018-10-01");
  }

  void Add(int count, Fate fate, const Issue& issue = To("alder"),
           v1::Urgency urgency = v1::URGENCY_STANDARD) {
    for (int i = 0; i < count; ++i) {
      PackageAggregate package = MakePackage(++packages_);
      package.row.set_urgency(urgency);
      Befall(fate, Put(&package, issue));
      figures_.Add(package);
    }
  }
  static void Befall(Fate fate, journal::v1::OfferRow& offer) {
    if (fate == Fate::kPending) return;
    if (fate == Fate::kAccepted) Reply(offer, v1::ANSWER_ACCEPT);
    if (fate == Fate::kDeclined) Reply(offer, v1::ANSWER_DECLINE);
    if (fate == Fate::kClosed) offer.set_state(v1::OFFER_STATE_CLOSED);
    if (fate == Fate::kUpheld) testing::Uphold(offer);
    Lapse(offer);
    if (fate == Fate::kLateAccepted) Reply(offer, v1::ANSWER_ACCEPT, /*late=*/true);
    if (fate == Fate::kLateDeclined) Reply(offer, v1::ANSWER_DECLINE, /*late=*/true);
  }

  v1::QueryScorecardResponse Ask() {
    auto response = QueryScorecard(request_, scope_, directory_, figures_);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::QueryScorecardResponse();
  }
  v1::ScorecardRow RowOf(const std::string& provider) {
    const v1::QueryScorecardResponse response = Ask();
    for (const v1::ScorecardRow& row : response.providers()) {
      if (row.provider_id() == provider) return row;
    }
    ADD_FAILURE() << "no row for " << provider;
    return {};
  }
  std::vector<std::string> Shown() {
    std::vector<std::string> ids;
    const v1::QueryScorecardResponse response = Ask();
    for (const v1::ScorecardRow& row : response.providers()) ids.push_back(row.provider_id());
    return ids;
  }
  std::vector<std::string> Unserved() {
    std::vector<std::string> wards;
    const v1::QueryScorecardResponse response = Ask();
    for (const v1::UnservedWard& one : response.unserved_wards()) {
      wards.push_back(absl::StrCat(one.branch_id(), " ", one.ward_code(), " ", one.due(), " = ",
                                   one.declined(), " + ", one.unanswered()));
    }
    return wards;
  }
  v1::Rejection Refused() {
    return RejectionOf(QueryScorecard(request_, scope_, directory_, figures_).status());
  }
  absl::StatusOr<v1::QueryDistributionResponse> Distribution() {
    v1::QueryDistributionRequest request;
    request.set_framework_id(request_.framework_id());
    request.set_from_date(request_.from_date());
    request.set_to_date(request_.to_date());
    return QueryDistribution(request, scope_, directory_, figures_);
  }
  void LimitToOrganisation(const std::string& provider) { scope_.provider_id = provider; }
  void LimitToBranch(const std::string& provider, const std::string& branch) {
    scope_.provider_id = provider;
    scope_.branch_id = branch;
  }
  // Two more that answer everything, beside alder, beech and cedar.
  void AddFiveProviders() {
    for (const char* provider : {"alder", "beech", "cedar", "damson", "elder"}) {
      Add(1, Fate::kDeclined, To(provider));
    }
  }

  v1::QueryScorecardRequest request_;
  PerformanceScope scope_;
  Directory directory_ = testing::FiguresFixtureDirectory(Rules());
  MemoryFigures figures_;
  uint64_t packages_ = 0;
};

// kpi.md section 8, less the two that are pending: they are not settled.
TEST_F(ScorecardTest, TheWorkedExampleIsAmberAndOfMediumRisk) {
  Add(13, Fate::kAccepted);
  Add(4, Fate::kDeclined);
  Add(2, Fate::kLateDeclined);
  Add(1, Fate::kSilent);
  Add(1, Fate::kClosed);
  Add(1, Fate::kUpheld);
  Add(2, Fate::kPending);
  const v1::ScorecardRow row = RowOf("alder");
  EXPECT_EQ(row.offers().issued(), 22);
  EXPECT_EQ(ExcludedOf(row.offers()), 2);
  EXPECT_EQ(row.offers().pending(), 0);
  EXPECT_EQ(row.response().rate().numerator(), 17);
  EXPECT_EQ(row.response().rate().denominator(), 20);
  EXPECT_EQ(row.response().band(), v1::BAND_AMBER);
  EXPECT_FALSE(row.response().in_printed_gap());
  EXPECT_EQ(row.response_by_opportunity().denominator(), 20);
  EXPECT_EQ(row.risk(), v1::RISK_MEDIUM);
  EXPECT_FALSE(row.never_answered());
  EXPECT_EQ(Ask().medium_risk(), 1);
  EXPECT_EQ(Ask().as_known_at(), 42);
}

TEST_F(ScorecardTest, UrgentPackagesCanBeLookedPast) {
  Add(1, Fate::kAccepted);
  Add(3, Fate::kSilent, To("alder"), v1::URGENCY_URGENT);
  const v1::ScorecardRow row = RowOf("alder");
  EXPECT_EQ(row.response().band(), v1::BAND_RED);
  EXPECT_EQ(row.response().rate().denominator(), 4);
  EXPECT_EQ(row.response_without_urgent().band(), v1::BAND_GREEN);
  EXPECT_EQ(row.response_without_urgent().rate().denominator(), 1);
  EXPECT_EQ(row.risk(), v1::RISK_HIGH) << "by all of its settled offers";
  EXPECT_EQ(row.risk_without_urgent(), v1::RISK_LOW);
}

TEST_F(ScorecardTest, ProvidersAreCountedByRiskWithUrgentPackagesAndWithout) {
  Add(1, Fate::kAccepted);  // alder: answers what is not urgent, and nothing else
  Add(3, Fate::kSilent, To("alder"), v1::URGENCY_URGENT);
  Add(1, Fate::kSilent, To("beech"));  // the other way round
  Add(99, Fate::kDeclined, To("beech"), v1::URGENCY_URGENT);
  Add(1, Fate::kSilent, To("cedar"), v1::URGENCY_URGENT);  // urgent alone
  Add(4, Fate::kDeclined, To("damson"));
  Add(1, Fate::kSilent, To("damson"));
  const v1::QueryScorecardResponse all = Ask();
  EXPECT_EQ(all.low_risk(), 1) << "beech";
  EXPECT_EQ(all.medium_risk(), 1) << "damson";
  EXPECT_EQ(all.high_risk(), 2);
  EXPECT_EQ(all.low_risk_without_urgent(), 1) << "alder";
  EXPECT_EQ(all.medium_risk_without_urgent(), 1) << "damson";
  EXPECT_EQ(all.high_risk_without_urgent(), 1) << "beech; cedar was asked nothing else";
  EXPECT_EQ(RowOf("cedar").risk_without_urgent(), v1::RISK_UNSPECIFIED);
  EXPECT_EQ(all.market().risk(), v1::RISK_LOW);
  EXPECT_EQ(all.market().risk_without_urgent(), v1::RISK_HIGH) << "5 of 7";
  LimitToOrganisation("beech");
  EXPECT_EQ(Ask().high_risk_without_urgent(), 1);
  EXPECT_EQ(Ask().low_risk_without_urgent(), 0) << "nobody else is counted";
}

TEST_F(ScorecardTest, ARateBetweenThePrintedBandsSaysSo) {
  Add(179, Fate::kDeclined);
  Add(21, Fate::kSilent);
  EXPECT_EQ(RowOf("alder").response().band(), v1::BAND_AMBER) << "89.5%";
  EXPECT_TRUE(RowOf("alder").response().in_printed_gap());
}

TEST_F(ScorecardTest, SeveralBranchesAreOneOpportunity) {
  PackageAggregate package = MakePackage(++packages_);
  Befall(Fate::kDeclined, Put(&package, To("alder")));
  Issue second = To("alder");
  second.branch_id = "alder-2";
  Befall(Fate::kSilent, Put(&package, second));
  figures_.Add(package);
  EXPECT_EQ(RowOf("alder").response().rate().denominator(), 2);
  EXPECT_EQ(RowOf("alder").response_by_opportunity().denominator(), 1);
  EXPECT_EQ(RowOf("alder").response_by_opportunity().numerator(), 1);
  EXPECT_EQ(Ask().market().opportunities().issued(), 1);
}

TEST_F(ScorecardTest, RestartsHaveARateOfTheirOwnAndCountNowhereElse) {
  Issue restart = To("alder");
  restart.restart = true;
  Add(9, Fate::kAccepted, restart);
  Add(1, Fate::kLateAccepted, restart);
  Add(1, Fate::kClosed, restart);
  Add(1, Fate::kPending, restart);
  const v1::ScorecardRow row = RowOf("alder");
  EXPECT_EQ(row.restarts().rate().numerator(), 9);
  EXPECT_EQ(row.restarts().rate().denominator(), 10);
  EXPECT_EQ(row.restarts().band(), v1::BAND_GREEN);
  EXPECT_EQ(row.offers().issued(), 0);
  EXPECT_EQ(row.opportunities().issued(), 0);
  EXPECT_EQ(PrintRate(row.response().rate()), "n/a");
  EXPECT_EQ(row.response().band(), v1::BAND_UNSPECIFIED);
  EXPECT_EQ(row.risk(), v1::RISK_UNSPECIFIED);
  EXPECT_FALSE(row.never_answered()) << "restarts are not what it was asked";
  EXPECT_THAT(Unserved(), IsEmpty());
}

TEST_F(ScorecardTest, NobodyHidesBehindEarlyCloses) {
  Add(1, Fate::kClosed, To("alder"));
  Add(1, Fate::kUpheld, To("beech"));
  Add(1, Fate::kPending, To("cedar"));
  Add(5, Fate::kSilent, To("damson"));
  Add(1, Fate::kLateDeclined, To("damson"));
  EXPECT_TRUE(RowOf("alder").never_answered());
  EXPECT_FALSE(RowOf("beech").never_answered()) << "what was issued in error is left out";
  EXPECT_FALSE(RowOf("cedar").never_answered()) << "it may yet answer";
  EXPECT_FALSE(RowOf("damson").never_answered()) << "late is answered";
  Add(1, Fate::kUpheld, To("alder"));
  Add(1, Fate::kClosed, To("cedar"));
  EXPECT_TRUE(RowOf("alder").never_answered());
  EXPECT_TRUE(RowOf("cedar").never_answered());
}

TEST_F(ScorecardTest, WardsThatABranchNeverTakesAreListedFromThreeOffersOn) {
  Add(1, Fate::kDeclined);
  Add(1, Fate::kSilent);
  Add(2, Fate::kClosed);
  EXPECT_THAT(Unserved(), IsEmpty()) << "two are due";
  request_.set_unserved_due_min(2);
  EXPECT_THAT(Unserved(), ElementsAre("alder-1 E05000001 2 = 1 + 1"));
  request_.clear_unserved_due_min();
  Add(1, Fate::kLateDeclined);
  EXPECT_THAT(Unserved(), ElementsAre("alder-1 E05000001 3 = 1 + 2"));
  Add(1, Fate::kLateAccepted);
  EXPECT_THAT(Unserved(), IsEmpty()) << "it would have taken one, if late";
}

TEST_F(ScorecardTest, ProvidersComeByIdAndTheMarketIsTheirSum) {
  Add(3, Fate::kAccepted, To("cedar"));
  Add(3, Fate::kSilent, To("beech"));
  Add(4, Fate::kAccepted, To("alder"));
  Add(1, Fate::kSilent, To("alder"));
  EXPECT_THAT(Shown(), ElementsAre("alder", "beech", "cedar"));
  const v1::QueryScorecardResponse all = Ask();
  EXPECT_EQ(all.market().provider_id(), "");
  EXPECT_EQ(all.market().response().rate().numerator(), 7);
  EXPECT_EQ(all.market().response().rate().denominator(), 11);
  EXPECT_EQ(all.market().opportunities().issued(), 11);
  EXPECT_EQ(all.low_risk(), 1);
  EXPECT_EQ(all.medium_risk(), 1);
  EXPECT_EQ(all.high_risk(), 1);
}

TEST_F(ScorecardTest, OnlyThePeriodCounts) {
  Issue late = To("alder");
  late.date = 20181001;
  Add(1, Fate::kSilent, late);
  EXPECT_THAT(Shown(), IsEmpty());
  request_.set_to_date("2018-10-02");
  EXPECT_THAT(Shown(), ElementsAre("alder"));
  EXPECT_EQ(RowOf("alder").opportunities().silent(), 1) << "also where no roll-up has the period";
}

TEST_F(ScorecardTest, AProviderSeesItsOwnRowAndTheMarketsRatesAmongFive) {
  AddFiveProviders();
  Add(2, Fate::kSilent, To("beech"));
  LimitToOrganisation("beech");
  EXPECT_THAT(Shown(), ElementsAre("beech"));
  EXPECT_EQ(Ask().high_risk(), 1);
  EXPECT_EQ(Ask().low_risk(), 0) << "nobody else is counted";
  EXPECT_THAT(Unserved(), ElementsAre("beech-1 E05000001 3 = 1 + 2"));
  const v1::ScorecardRow market = Ask().market();
  EXPECT_EQ(market.response().rate().denominator(), 7);
  EXPECT_FALSE(market.has_offers()) << "counts would say whether others accepted";
  EXPECT_FALSE(market.has_opportunities());
}

TEST_F(ScorecardTest, OfFourProvidersEachCouldWorkOutTheOthers) {
  for (const char* provider : {"alder", "beech", "cedar", "damson"}) {
    Add(1, Fate::kDeclined, To(provider));
  }
  Add(1, Fate::kClosed, To("elder"));
  EXPECT_EQ(Ask().market().response().rate().denominator(), 4);
  LimitToOrganisation("beech");
  EXPECT_EQ(Ask().market().SerializeAsString(), "");
  EXPECT_THAT(Shown(), ElementsAre("beech"));
}

TEST_F(ScorecardTest, ABranchSeesItsBranchsOwnRow) {
  Issue sibling = To("alder");
  sibling.branch_id = "alder-2";
  Add(3, Fate::kSilent, sibling);
  Add(1, Fate::kAccepted);
  LimitToBranch("alder", "alder-1");
  EXPECT_EQ(RowOf("alder").offers().issued(), 1);
  EXPECT_EQ(RowOf("alder").opportunities().issued(), 1);
  EXPECT_EQ(RowOf("alder").risk(), v1::RISK_LOW);
  EXPECT_THAT(Unserved(), IsEmpty());
  LimitToBranch("alder", "alder-3");
  EXPECT_THAT(Shown(), IsEmpty());
}

TEST_F(ScorecardTest, FiguresAreForTheAuthoritiesOfTheFramework) {
  Caller caller;
  caller.role = v1::ROLE_COMMISSIONER;
  for (const char* authority : {"council", "nhs"}) {
    caller.authority_id = authority;
    scope_ = ScopeOf(caller);
    EXPECT_TRUE(QueryScorecard(request_, scope_, directory_, figures_).ok()) << authority;
  }
  for (const char* authority : {"elsewhere", ""}) {
    caller.authority_id = authority;
    scope_ = ScopeOf(caller);
    EXPECT_EQ(Refused().reason(), v1::REJECTION_REASON_NOT_FOUND);
    EXPECT_EQ(Refused().field(), "framework_id");
    EXPECT_EQ(Refused().expected(), "a framework of your authority");
    EXPECT_EQ(RejectionOf(Distribution().status()).reason(), v1::REJECTION_REASON_NOT_FOUND);
    v1::PerformanceQuery query;
    query.set_framework_id("shire");
    EXPECT_EQ(RejectionOf(QueryPerformance(query, scope_, directory_, figures_).status()).reason(),
              v1::REJECTION_REASON_NOT_FOUND);
  }
}

TEST_F(ScorecardTest, AProviderAsksAboutMarketsThatItIsIn) {
  LimitToOrganisation("stranger");
  EXPECT_EQ(Refused().reason(), v1::REJECTION_REASON_NOT_FOUND);
  LimitToOrganisation("alder");
  EXPECT_TRUE(QueryScorecard(request_, scope_, directory_, figures_).ok());
}

TEST_F(ScorecardTest, AWrongQuestionNamesItsField) {
  request_.set_unserved_due_min(-1);
  EXPECT_EQ(Refused().field(), "unserved_due_min");
  request_.clear_to_date();
  EXPECT_EQ(Refused().field(), "to_date");
  EXPECT_EQ(Refused().reason(), v1::REJECTION_REASON_FIELD_REQUIRED);
  request_.set_to_date("2018-07-01");
  EXPECT_EQ(Refused().field(), "to_date") << "the period is empty";
  request_.set_framework_id("hamlet");
  EXPECT_EQ(Refused().reason(), v1::REJECTION_REASON_NOT_FOUND);
}

class DistributionTest : public ScorecardTest {};

TEST_F(DistributionTest, NamesNobodyAndIsSorted) {
  AddFiveProviders();
  Add(2, Fate::kSilent, To("alder"));
  Add(1, Fate::kSilent, To("cedar"));
  auto response = Distribution();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_THAT(response->response_tenths_percent(), ElementsAre(333, 500, 1000, 1000, 1000));
  EXPECT_EQ(response->market().numerator(), 5);
  EXPECT_EQ(response->market().denominator(), 8);
  EXPECT_FALSE(response->has_own());
  EXPECT_EQ(response->as_known_at(), 42);
}

TEST_F(DistributionTest, IsEmptyBelowFiveProvidersWithARate) {
  for (const char* provider : {"alder", "beech", "cedar", "damson"}) {
    Add(1, Fate::kDeclined, To(provider));
  }
  Add(1, Fate::kClosed, To("elder"));
  auto response = Distribution();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_THAT(response->response_tenths_percent(), IsEmpty());
  EXPECT_EQ(response->market().denominator(), 4);
}

TEST_F(DistributionTest, IsForProvidersWhereTheRulesSaySo) {
  AddFiveProviders();
  Issue sibling = To("alder");
  sibling.branch_id = "alder-2";
  Add(1, Fate::kSilent, sibling);
  LimitToOrganisation("alder");
  EXPECT_EQ(RejectionOf(Distribution().status()).reason(), v1::REJECTION_REASON_NOT_SUPPORTED);
  v1::FrameworkRules rules = Rules();
  rules.set_anonymous_comparison(true);
  directory_ = testing::FiguresFixtureDirectory(rules);
  auto response = Distribution();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->response_tenths_percent_size(), 5);
  EXPECT_EQ(PrintRate(response->own()), "50.0%");
  EXPECT_EQ(response->market().denominator(), 6);
  LimitToBranch("alder", "alder-2");
  EXPECT_EQ(PrintRate(Distribution()->own()), "0.0%");
}

TEST_F(DistributionTest, OfFourProvidersTellsAProviderItsOwnRateAlone) {
  v1::FrameworkRules rules = Rules();
  rules.set_anonymous_comparison(true);
  directory_ = testing::FiguresFixtureDirectory(rules);
  Add(1, Fate::kDeclined, To("alder"));
  Add(1, Fate::kDeclined, To("beech"));
  LimitToOrganisation("alder");
  auto response = Distribution();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_THAT(response->response_tenths_percent(), IsEmpty());
  EXPECT_FALSE(response->has_market());
  EXPECT_EQ(response->own().denominator(), 1);
}

}  // namespace
}  // namespace brokerage::engine
