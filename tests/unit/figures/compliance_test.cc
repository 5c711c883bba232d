#include "engine/figures/compliance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/rejection.h"
#include "engine/figures/rates.h"
#include "engine/model/fact_keys.h"
#include "tests/fixtures/figures_fixture.h"

namespace brokerage::engine {
namespace {

using testing::Issue;
using testing::Lapse;
using testing::MakePackage;
using testing::MemoryFigures;
using testing::Put;
using testing::Reply;

constexpr DateNumber kToday = 20181001;

class ComplianceTest : public ::testing::Test {
 protected:
  ComplianceTest() {
    request_.set_framework_id("shire");
    request_.set_from_date("2018-07-01");
    request_.set_to_date("2018-10-01");
  }
  v1::QueryComplianceResponse Ask() {
    auto response = QueryCompliance(request_, scope_, directory_, figures_, kToday);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : v1::QueryComplianceResponse();
  }
  std::vector<v1::ComplianceRow> Rows() {
    const v1::QueryComplianceResponse response = Ask();
    return {response.rows().begin(), response.rows().end()};
  }
  v1::ComplianceRow RowOf(const std::string& contract_id,
                          const std::string& provider_id = "alder") {
    for (const v1::ComplianceRow& row : Rows()) {
      if (row.contract_id() == contract_id && row.provider_id() == provider_id) return row;
    }
    ADD_FAILURE() << "no row for " << contract_id << " of " << provider_id;
    return {};
  }
  // Settled pick-up units of the contract north/lead/alder.
  void AddUnits(int count, v1::Answer answer, const Issue& issue = {},
                v1::Urgency urgency = v1::URGENCY_STANDARD) {
    for (int i = 0; i < count; ++i) {
      PackageAggregate package = MakePackage(++packages_);
      package.row.set_urgency(urgency);
      journal::v1::OfferRow& offer = Put(&package, issue);
      if (answer != v1::ANSWER_UNSPECIFIED) Reply(offer, answer);
      Lapse(offer);
      figures_.Add(package);
    }
  }

  v1::QueryComplianceRequest request_;
  PerformanceScope scope_;
  Directory directory_ = testing::FiguresFixtureDirectory();
  MemoryFigures figures_;
  uint64_t packages_ = 0;
};

TEST_F(ComplianceTest, TheWorkedExampleIsShortByTwoAndRecoversWithEight) {
  AddUnits(13, v1::ANSWER_ACCEPT);
  AddUnits(4, v1::ANSWER_DECLINE);
  AddUnits(3, v1::ANSWER_UNSPECIFIED);
  const v1::ComplianceRow row = RowOf("north/lead/alder");
  EXPECT_EQ(PrintRate(row.pick_up()), "65.0%");
  EXPECT_EQ(row.minimum_pickup_percent(), 75);
  EXPECT_EQ(row.short_by(), 2);
  EXPECT_EQ(row.to_recover(), 8);
  EXPECT_TRUE(row.below_minimum());
  EXPECT_TRUE(row.sanction_proposed());
  EXPECT_EQ(Ask().as_known_at(), 42);
}

TEST_F(ComplianceTest, NoSanctionIsProposedOnFewerThanTenUnits) {
  AddUnits(9, v1::ANSWER_DECLINE);
  EXPECT_FALSE(RowOf("north/lead/alder").sanction_proposed());
  EXPECT_TRUE(RowOf("north/lead/alder").below_minimum());
  EXPECT_EQ(RowOf("north/lead/alder").short_by(), 7);
  AddUnits(1, v1::ANSWER_DECLINE);
  EXPECT_TRUE(RowOf("north/lead/alder").sanction_proposed());
}

TEST_F(ComplianceTest, AFrameworkSaysOnHowManyUnits) {
  v1::FrameworkRules rules = testing::FiguresFixtureRules();
  rules.set_sanction_minimum_units(2);
  directory_ = testing::FiguresFixtureDirectory(rules);
  AddUnits(1, v1::ANSWER_DECLINE);
  EXPECT_FALSE(RowOf("north/lead/alder").sanction_proposed());
  AddUnits(1, v1::ANSWER_DECLINE);
  EXPECT_TRUE(RowOf("north/lead/alder").sanction_proposed());
}

TEST_F(ComplianceTest, OnlySettledUnitsDecide) {
  AddUnits(10, v1::ANSWER_DECLINE);
  PackageAggregate package = MakePackage(++packages_);
  Reply(Put(&package), v1::ANSWER_ACCEPT);
  figures_.Add(package);
  const v1::ComplianceRow row = RowOf("north/lead/alder");
  EXPECT_EQ(row.pick_up().numerator(), 0);
  EXPECT_EQ(row.live().accepted(), 1);
}

TEST_F(ComplianceTest, WhatWasExcludedIsNoUnitToSanctionOn) {
  AddUnits(9, v1::ANSWER_DECLINE);
  PackageAggregate package = MakePackage(++packages_);
  journal::v1::OfferRow& offer = Put(&package);
  testing::Uphold(offer);
  Lapse(offer);
  figures_.Add(package);
  EXPECT_EQ(RowOf("north/lead/alder").settled().issued(), 10);
  EXPECT_FALSE(RowOf("north/lead/alder").sanction_proposed());
}

TEST_F(ComplianceTest, UrgentPackagesCanBeLeftOut) {
  AddUnits(3, v1::ANSWER_DECLINE, {}, v1::URGENCY_URGENT);
  AddUnits(1, v1::ANSWER_ACCEPT);
  EXPECT_EQ(RowOf("north/lead/alder").pick_up().denominator(), 4);
  request_.set_without_urgent(true);
  EXPECT_EQ(RowOf("north/lead/alder").pick_up().denominator(), 1);
}

TEST_F(ComplianceTest, AContractThatWasNeverAskedHasARowAndNoRate) {
  const v1::ComplianceRow row = RowOf("north/lead/alder");
  EXPECT_EQ(PrintRate(row.pick_up()), "n/a");
  EXPECT_EQ(row.short_by(), 0);
  EXPECT_EQ(row.to_recover(), 0);
  EXPECT_FALSE(row.below_minimum());
}

TEST_F(ComplianceTest, RowsComeByLotThenTierThenContract) {
  std::vector<std::string> contracts;
  for (const v1::ComplianceRow& row : Rows()) contracts.push_back(row.contract_id());
  ASSERT_EQ(contracts.size(), 12u);
  EXPECT_EQ(contracts[0], "north/lead/alder");
  EXPECT_EQ(contracts[2], "north/lead/cedar");
  EXPECT_EQ(contracts[3], "north/additional/alder");
  EXPECT_EQ(contracts[6], "south/lead/alder");
}

TEST_F(ComplianceTest, AContractOutsideThePeriodHasNoRowUnlessItHasFigures) {
  AddUnits(1, v1::ANSWER_ACCEPT);
  request_.set_from_date("2018-01-01");
  request_.set_to_date("2018-07-01");
  EXPECT_EQ(Ask().rows_size(), 0);
  request_.set_to_date("2018-07-02");
  EXPECT_EQ(Ask().rows_size(), 12);
}

TEST_F(ComplianceTest, ASuccessorDoesNotAnswerForItsPredecessor) {
  AddUnits(10, v1::ANSWER_DECLINE);
  journal::v1::DirectoryFact fact;
  fact.mutable_novation()->set_contract_id("north/lead/alder");
  fact.mutable_novation()->set_new_provider_id("beech");
  fact.mutable_novation()->set_date("2018-09-01");
  fact.set_key(NovationKey("north/lead/alder", 20180901));
  fact.set_framework_id("shire");
  directory_.Put(fact);
  Issue later;
  later.provider_id = "beech";
  later.branch_id = "beech-1";
  later.date = 20180910;
  AddUnits(1, v1::ANSWER_ACCEPT, later);
  EXPECT_TRUE(RowOf("north/lead/alder", "alder").below_minimum());
  EXPECT_EQ(RowOf("north/lead/alder", "beech").pick_up().denominator(), 1);
  EXPECT_FALSE(RowOf("north/lead/alder", "beech").below_minimum());
}

TEST_F(ComplianceTest, AProviderSeesItsOwnContracts) {
  AddUnits(1, v1::ANSWER_ACCEPT);
  scope_.provider_id = "beech";
  for (const v1::ComplianceRow& row : Rows()) EXPECT_EQ(row.provider_id(), "beech");
  EXPECT_EQ(Ask().rows_size(), 4);
}

TEST_F(ComplianceTest, APeriodOfDaysCountsTheSame) {
  AddUnits(13, v1::ANSWER_ACCEPT);
  AddUnits(7, v1::ANSWER_DECLINE);
  const v1::ComplianceRow months = RowOf("north/lead/alder");
  request_.set_from_date("2018-07-02");
  request_.set_to_date("2018-07-05");
  EXPECT_EQ(RowOf("north/lead/alder").SerializeAsString(), months.SerializeAsString());
}

TEST_F(ComplianceTest, AWrongQuestionNamesItsField) {
  request_.set_to_date("2018-06-31");
  const absl::Status status =
      QueryCompliance(request_, scope_, directory_, figures_, kToday).status();
  EXPECT_EQ(RejectionOf(status).field(), "to_date");
  request_.set_framework_id("hamlet");
  EXPECT_EQ(RejectionOf(QueryCompliance(request_, scope_, directory_, figures_, kToday).status())
                .reason(),
            v1::REJECTION_REASON_NOT_FOUND);
}

}  // namespace
}  // namespace brokerage::engine
