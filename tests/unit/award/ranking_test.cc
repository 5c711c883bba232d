#include "engine/award/ranking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/routing/adaptive_release.h"
#include "tests/fixtures/directory_fixture.h"

namespace brokerage::engine {
namespace {

using journal::v1::OfferRow;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A fixture whose award follows the criteria given.
struct AwardCounty : DirectoryFixture {
  explicit AwardCounty(const std::vector<v1::AwardCriterion>& criteria) {
    for (v1::AwardCriterion criterion : criteria) {
      rules.add_award_criteria()->set_criterion(criterion);
    }
  }

  // Units of the provider's contract in the month of the award; this package's own acceptance comes
  // on top.
  void PutUnits(const std::string& provider_id, const std::string& tier_id, int won, int lost,
                int declined) {
    journal::v1::RollupRow row;
    row.set_kind(journal::v1::RollupRow::KIND_PICK_UP);
    row.set_framework_id(kFramework);
    row.set_month(201807);
    row.set_contract_id(absl::StrCat("north/", tier_id, "/", provider_id));
    row.mutable_live()->set_issued(won + lost + declined + 1);
    row.mutable_live()->set_accepted(won + lost + 1);
    row.mutable_live()->set_declined(declined);
    row.mutable_live()->set_won(won);
    row.mutable_live()->set_lost(lost);
    rollups.Put(row);
  }

  void PutAwards(const std::string& provider_id, const std::string& tier_id, int awards,
                 int minutes) {
    journal::v1::RollupRow row;
    row.set_kind(journal::v1::RollupRow::KIND_HOURS);
    row.set_framework_id(kFramework);
    row.set_month(201807);
    row.set_provider_id(provider_id);
    row.set_lot_id("north");
    row.set_tier_id(tier_id);
    row.set_service_type(v1::SERVICE_TYPE_HOME_CARE);
    row.set_awards(awards);
    row.set_minutes(minutes);
    rollups.Put(row);
  }

  std::vector<std::string> RankedBranches() {
    std::vector<std::string> branches;
    for (const auto& acceptance : RankAcceptances(Award()).acceptances) {
      branches.push_back(acceptance.branch_id());
    }
    return branches;
  }

  std::vector<int64_t> Values(v1::AwardCriterion criterion) {
    std::vector<int64_t> values;
    const Ranking ranking = RankAcceptances(Award());
    for (size_t i = 0; i < package.offers.size(); ++i) {
      for (size_t place = 0; place < ranking.valid; ++place) {
        if (ranking.ordinals[place] != static_cast<int32_t>(i) + 1) continue;
        for (const auto& value : ranking.acceptances[place].values()) {
          if (value.criterion() == criterion) values.push_back(value.rank_value());
        }
      }
    }
    return values;  // in the order of offers
  }

  bool Certain() {
    const Ranking ranking = RankAcceptances(Award());
    EXPECT_GT(ranking.valid, 0u);
    const bool certain = IsCertain(Award(), ranking);
    if (certain && !HasParallelRound(package)) EXPECT_FALSE(Waits());
    return certain;
  }

  // Whether the award waits, whichever of the acceptances came last.
  bool Waits() {
    bool all = true;
    for (const OfferRow& offer : package.offers) {
      if (offer.state() == v1::OFFER_STATE_ACCEPTED) all &= AwardWaits(Award(), offer, true);
    }
    return all;
  }
};

constexpr int64_t kLast = INT32_MAX;

TEST(Ranking, ALeadWhoAcceptsLastStillWins) {
  AwardCounty fixture({v1::AWARD_CRITERION_TIER});
  fixture.AddAcceptance("radis", "additional");
  fixture.AddAcceptance("fosse", "lead")
      .mutable_answers(0)
      ->set_time_us(absl::ToUnixMicros(fixture.time));
  const Ranking ranking = RankAcceptances(fixture.Award());
  ASSERT_EQ(ranking.valid, 2u);
  EXPECT_THAT(ranking.ordinals, ElementsAre(2, 1));
  EXPECT_EQ(ranking.decided_by, v1::AWARD_CRITERION_TIER);
  EXPECT_EQ(ranking.acceptances[0].offer_id(), "O-2018-000123-2");
  EXPECT_EQ(ranking.acceptances[0].place(), 1);
  EXPECT_EQ(ranking.acceptances[1].place(), 2);
  std::vector<v1::AwardCriterion> criteria;
  for (const auto& value : ranking.acceptances[0].values()) criteria.push_back(value.criterion());
  EXPECT_THAT(criteria, ElementsAre(v1::AWARD_CRITERION_IN_TIME, v1::AWARD_CRITERION_TIER,
                                    v1::AWARD_CRITERION_TIE_BREAK));
}

TEST(Ranking, ALateLeadComesAfterAnAdditionalInTime) {
  AwardCounty fixture({v1::AWARD_CRITERION_TIER});
  fixture.AddAcceptance("fosse", "lead").mutable_answers(0)->set_late(true);
  fixture.AddAcceptance("radis", "additional");
  EXPECT_THAT(fixture.RankedBranches(), ElementsAre("radis-a", "fosse-a"));
  EXPECT_EQ(RankAcceptances(fixture.Award()).decided_by, v1::AWARD_CRITERION_IN_TIME);
}

TEST(Ranking, OnlyTheLastAnswerCounts) {
  AwardCounty fixture({});
  fixture.AddAcceptance("fosse", "lead");
  fixture.Answer(1, v1::ANSWER_DECLINE);
  EXPECT_THAT(fixture.RankedBranches(), IsEmpty());
  fixture.Answer(1, v1::ANSWER_ACCEPT);
  EXPECT_THAT(fixture.RankedBranches(), ElementsAre("fosse-a"));
}

TEST(Ranking, AnAcceptanceThatRanOutDoesNotCount) {
  AwardCounty fixture({});
  auto* answer = fixture.AddAcceptance("fosse", "lead").mutable_answers(0);
  answer->set_valid_until_us(absl::ToUnixMicros(fixture.time));
  EXPECT_THAT(fixture.RankedBranches(), ElementsAre("fosse-a"));
  answer->set_valid_until_us(absl::ToUnixMicros(fixture.time) - 1);
  EXPECT_THAT(fixture.RankedBranches(), IsEmpty());
}

TEST(Ranking, AnAcceptanceThatFailsAHardRuleIsVoidWithTheRuleNamed) {
  AwardCounty fixture({v1::AWARD_CRITERION_TIER});
  fixture.AddAcceptance("fosse", "lead");
  fixture.AddAcceptance("radis", "additional");
  fixture.SuspendProvider("fosse", "");
  const Ranking ranking = RankAcceptances(fixture.Award());
  EXPECT_EQ(ranking.valid, 1u);
  EXPECT_THAT(ranking.ordinals, ElementsAre(2, 1));
  EXPECT_EQ(ranking.acceptances[1].place(), 0);
  EXPECT_EQ(ranking.acceptances[1].void_rule(), v1::HARD_RULE_PROVIDER_NOT_SUSPENDED);
  EXPECT_THAT(ranking.acceptances[1].values(), IsEmpty());
  EXPECT_EQ(ranking.decided_by, v1::AWARD_CRITERION_UNSPECIFIED);
}

TEST(Ranking, ATieIsBrokenByPackageAndBranch) {
  std::set<std::string> winners;
  for (uint64_t number = 1; number <= 64; ++number) {
    AwardCounty fixture({v1::AWARD_CRITERION_TIER});
    fixture.package.row.set_number(number);
    fixture.AddAcceptance("radis", "additional");
    fixture.AddAcceptance("leda", "additional");
    const Ranking ranking = RankAcceptances(fixture.Award());
    EXPECT_EQ(ranking.decided_by, v1::AWARD_CRITERION_TIE_BREAK);
    const bool radis = TieBreak(number, "radis-a") < TieBreak(number, "leda-a");
    EXPECT_EQ(ranking.acceptances[0].branch_id(), radis ? "radis-a" : "leda-a");
    winners.insert(ranking.acceptances[0].branch_id());
  }
  EXPECT_EQ(winners.size(), 2u);
}

TEST(Ranking, TheTieBreakIsFixed) {
  EXPECT_EQ(TieBreak(123, "fosse-a"), TieBreak(123, "fosse-a"));
  EXPECT_NE(TieBreak(123, "fosse-a"), TieBreak(124, "fosse-a"));
  for (uint64_t number = 0; number < 64; ++number) EXPECT_GE(TieBreak(number, "fosse-a"), 0);
}

TEST(Criteria, AContractWithoutARankComesLast) {
  AwardCounty fixture({v1::AWARD_CRITERION_RANK});
  fixture.AddAcceptance("leda", "dps");
  fixture.AddAcceptance("radis", "dps");
  fixture.AddAcceptance("fosse", "dps");
  v1::Contract contract = fixture.ContractFor("radis", "dps");
  contract.set_rank(2);
  fixture.PutContract(contract);
  contract = fixture.ContractFor("fosse", "dps");
  contract.set_rank(1);
  fixture.PutContract(contract);
  EXPECT_THAT(fixture.RankedBranches(), ElementsAre("fosse-a", "radis-a", "leda-a"));
  EXPECT_THAT(fixture.Values(v1::AWARD_CRITERION_RANK), ElementsAre(kLast, 2, 1));
}

TEST(Criteria, AContractShortOfItsMinimumComesFirstOnlyForWhatItAcceptedAndLost) {
  AwardCounty fixture({v1::AWARD_CRITERION_CONTRACTED_SHORTFALL});
  // Contracted to 75% of 10, rounded up: 8. Won 3, short of 5, of which 4 were accepted and lost.
  fixture.AddAcceptance("fosse", "lead").set_minimum_pickup_percent(75);
  fixture.PutUnits("fosse", "lead", 3, 4, 3);
  // Just as short, but by declining: gains nothing.
  fixture.AddAcceptance("radis", "lead").set_minimum_pickup_percent(75);
  fixture.PutUnits("radis", "lead", 3, 0, 7);
  // Above its minimum.
  fixture.AddAcceptance("leda", "lead").set_minimum_pickup_percent(25);
  fixture.PutUnits("leda", "lead", 3, 7, 0);
  EXPECT_THAT(fixture.Values(v1::AWARD_CRITERION_CONTRACTED_SHORTFALL), ElementsAre(-4, 0, 0));
  EXPECT_EQ(fixture.RankedBranches()[0], "fosse-a");
  fixture.PutUnits("fosse", "lead", 7, 3, 0);
  EXPECT_THAT(fixture.Values(v1::AWARD_CRITERION_CONTRACTED_SHORTFALL), ElementsAre(-1, 0, 0));
}

TEST(Criteria, TheTierFurthestBelowItsShareComesFirst) {
  AwardCounty fixture({v1::AWARD_CRITERION_SHARE_SHORTFALL});
  fixture.AddAcceptance("fosse", "lead");        // target 80
  fixture.AddAcceptance("radis", "additional");  // target 20
  fixture.PutAwards("fosse", "lead", 9, 900);
  fixture.PutAwards("radis", "additional", 1, 100);
  EXPECT_THAT(fixture.Values(v1::AWARD_CRITERION_SHARE_SHORTFALL), ElementsAre(100, -100));
  EXPECT_THAT(fixture.RankedBranches(), ElementsAre("radis-a", "fosse-a"));
  fixture.PutAwards("radis", "additional", 6, 100);
  EXPECT_THAT(fixture.RankedBranches(), ElementsAre("fosse-a", "radis-a"));
}

TEST(Criteria, ATierWithoutATargetIsNeitherAboveNorBelowIt) {
  AwardCounty fixture({v1::AWARD_CRITERION_SHARE_SHORTFALL});
  fixture.AddAcceptance("fosse", "lead");  // target 80
  fixture.AddAcceptance("castle", "dps");  // none
  fixture.PutAwards("fosse", "lead", 7, 900);
  fixture.PutAwards("castle", "dps", 3, 300);
  EXPECT_THAT(fixture.Values(v1::AWARD_CRITERION_SHARE_SHORTFALL), ElementsAre(-100, 0));
  fixture.PutAwards("fosse", "lead", 27, 900);
  EXPECT_THAT(fixture.RankedBranches(), ElementsAre("castle-a", "fosse-a"));
}

TEST(Criteria, FewestRecentHoursComeFirst) {
  AwardCounty fixture({v1::AWARD_CRITERION_FEWEST_RECENT_HOURS});
  fixture.AddAcceptance("fosse", "dps");
  fixture.AddAcceptance("radis", "dps");
  fixture.PutAwards("fosse", "dps", 1, 900);
  fixture.PutAwards("radis", "dps", 3, 600);
  EXPECT_THAT(fixture.Values(v1::AWARD_CRITERION_FEWEST_RECENT_HOURS), ElementsAre(900, 600));
  EXPECT_THAT(fixture.RankedBranches(), ElementsAre("radis-a", "fosse-a"));
}

TEST(Criteria, AJoinerStartsAtTheLowerMedian) {
  AwardCounty fixture({v1::AWARD_CRITERION_FEWEST_RECENT_HOURS});
  for (const char* id : {"fosse", "radis", "leda", "castle"}) fixture.AddAcceptance(id, "dps");
  fixture.AddAcceptance("joiner", "dps");
  fixture.PutAwards("fosse", "dps", 1, 900);
  fixture.PutAwards("radis", "dps", 1, 600);
  fixture.PutAwards("leda", "dps", 1, 300);
  for (const char* id : {"fosse", "radis", "leda"}) {
    v1::Contract begun = fixture.ContractFor(id, "dps");
    begun.set_from_date("2018-04-30");
    fixture.PutContract(begun);
  }
  v1::Contract old = fixture.ContractFor("castle", "dps");
  old.set_from_date("2018-04-30");  // before the three months: had its chance
  fixture.PutContract(old);
  EXPECT_THAT(fixture.Values(v1::AWARD_CRITERION_FEWEST_RECENT_HOURS),
              ElementsAre(900, 600, 300, 0, 300));
  old.set_from_date("2018-05-01");
  fixture.PutContract(old);
  EXPECT_THAT(fixture.Values(v1::AWARD_CRITERION_FEWEST_RECENT_HOURS),
              ElementsAre(900, 600, 300, 600, 600));
}

TEST(Criteria, WhereAllAreJoinersAllStartAtNothing) {
  AwardCounty fixture({v1::AWARD_CRITERION_FEWEST_RECENT_HOURS});
  fixture.AddAcceptance("fosse", "dps");
  fixture.AddAcceptance("radis", "dps");
  EXPECT_THAT(fixture.Values(v1::AWARD_CRITERION_FEWEST_RECENT_HOURS), ElementsAre(0, 0));
}

TEST(Criteria, TheLowestPriceComesFirstAndNoneLast) {
  AwardCounty fixture({v1::AWARD_CRITERION_PRICE});
  fixture.AddAcceptance("leda", "dps");
  fixture.AddAcceptance("fosse", "dps").set_price_pence(1700);
  fixture.AddAcceptance("radis", "dps").set_price_pence(1699);
  EXPECT_THAT(fixture.RankedBranches(), ElementsAre("radis-a", "fosse-a", "leda-a"));
  EXPECT_THAT(fixture.Values(v1::AWARD_CRITERION_PRICE), ElementsAre(kLast, 1700, 1699));
}

TEST(Criteria, QualityAndPriceAreWeighedExactly) {
  AwardCounty fixture({v1::AWARD_CRITERION_WEIGHTED_SCORE});
  fixture.rules.set_quality_weight_percent(60);
  auto accept = [&](const char* id, int quality, int price) {
    fixture.AddAcceptance(id, "dps").set_price_pence(price);
    v1::Contract contract = fixture.ContractFor(id, "dps");
    contract.set_quality_score(quality);
    fixture.PutContract(contract);
  };
  accept("fosse", 80, 1800);  // 48 + 1500/1800 x 40 = 81.333...
  accept("radis", 70, 1500);  // 42 + 40 = 82
  accept("leda", 100, 0);     // 60
  EXPECT_THAT(fixture.Values(v1::AWARD_CRITERION_WEIGHTED_SCORE),
              ElementsAre(-8133333333, -8200000000, -6000000000));
  EXPECT_THAT(fixture.RankedBranches(), ElementsAre("radis-a", "fosse-a", "leda-a"));
}

TEST(Criteria, ProvidersThatThePersonNamedComeFirstInThatOrder) {
  AwardCounty fixture({v1::AWARD_CRITERION_PREFERRED_BY_PERSON});
  for (const char* id : {"fosse", "radis", "leda"}) fixture.AddAcceptance(id, "dps");
  fixture.package.row.add_preferred_provider_ids("leda");
  fixture.package.row.add_preferred_provider_ids("radis");
  EXPECT_THAT(fixture.Values(v1::AWARD_CRITERION_PREFERRED_BY_PERSON), ElementsAre(2, 1, 0));
  EXPECT_THAT(fixture.RankedBranches(), ElementsAre("leda-a", "radis-a", "fosse-a"));
}

TEST(Criteria, AllStartsUpToTheStartByDateTie) {
  AwardCounty fixture({v1::AWARD_CRITERION_EARLIEST_START});
  const std::vector<DateNumber> starts = {20180705, 0, 20180709, 20180710, 20180809};
  for (size_t i = 0; i < starts.size(); ++i) {
    auto& offer = fixture.AddAcceptance(absl::StrCat("provider-", i), "dps");
    offer.mutable_answers(0)->set_possible_start_date(starts[i]);
  }
  EXPECT_THAT(fixture.Values(v1::AWARD_CRITERION_EARLIEST_START), ElementsAre(0, 0, 0, 1, 31));
}

TEST(Criteria, TheEarliestAnswerWinsOnlyWhereAFrameworkInsists) {
  AwardCounty fixture({v1::AWARD_CRITERION_EARLIEST_ANSWER});
  fixture.AddAcceptance("fosse", "dps").mutable_answers(0)->set_time_us(2000);
  fixture.AddAcceptance("radis", "dps").mutable_answers(0)->set_time_us(1000);
  EXPECT_THAT(fixture.RankedBranches(), ElementsAre("radis-a", "fosse-a"));
}

TEST(Criteria, AreAskedInTheirOrder) {
  AwardCounty fixture({v1::AWARD_CRITERION_PREFERRED_BY_PERSON, v1::AWARD_CRITERION_TIER});
  fixture.AddAcceptance("fosse", "lead");
  fixture.AddAcceptance("radis", "additional");
  fixture.package.row.add_preferred_provider_ids("radis");
  const Ranking ranking = RankAcceptances(fixture.Award());
  EXPECT_EQ(ranking.acceptances[0].branch_id(), "radis-a");
  EXPECT_EQ(ranking.decided_by, v1::AWARD_CRITERION_PREFERRED_BY_PERSON);
  EXPECT_EQ(DecidedBy(ranking.acceptances[1], ranking.acceptances[0]), v1::AWARD_CRITERION_TIER);
}

TEST(Certainty, ALeadWhoAcceptsIsCertainAlthoughAdditionalsAreSilent) {
  AwardCounty fixture({v1::AWARD_CRITERION_TIER, v1::AWARD_CRITERION_CONTRACTED_SHORTFALL});
  fixture.AddAcceptance("fosse", "lead");
  fixture.AddOneBranchProvider("radis", "additional");
  fixture.AddOffer("radis", "additional");
  EXPECT_TRUE(fixture.Certain());
}

TEST(Certainty, AnAdditionalIsNotCertainWhileTheLeadIsSilent) {
  AwardCounty fixture({v1::AWARD_CRITERION_TIER});
  fixture.AddAcceptance("radis", "additional");
  fixture.AddOneBranchProvider("fosse", "lead");
  fixture.AddOffer("fosse", "lead");
  EXPECT_FALSE(fixture.Certain());
  fixture.Answer(2, v1::ANSWER_DECLINE);
  EXPECT_TRUE(fixture.Certain());
}

TEST(Certainty, IsNotAskedForWhileTheLeadIsSilent) {
  AwardCounty fixture({v1::AWARD_CRITERION_TIER});
  fixture.AddAcceptance("radis", "additional");
  fixture.AddOneBranchProvider("fosse", "lead");
  fixture.AddOneBranchProvider("leda", "additional");
  fixture.AddOffer("fosse", "lead");
  fixture.AddOffer("leda", "additional");
  EXPECT_TRUE(fixture.Waits());
  EXPECT_TRUE(AwardWaits(fixture.Award(), fixture.package.offers[2], true));
  EXPECT_TRUE(AwardWaits(fixture.Award(), fixture.package.offers[2], false));
  EXPECT_FALSE(AwardWaits(fixture.Award(), fixture.package.offers[1], true)) << "now it may be";
  fixture.Answer(2, v1::ANSWER_DECLINE);
  fixture.Answer(3, v1::ANSWER_DECLINE);
  EXPECT_FALSE(fixture.Waits());
}

TEST(Certainty, IsAskedForWhereWhoIsSilentCannotBeAwarded) {
  AwardCounty fixture({v1::AWARD_CRITERION_TIER});
  fixture.AddAcceptance("radis", "additional");
  fixture.AddOneBranchProvider("fosse", "lead");
  fixture.AddOffer("fosse", "lead");
  EXPECT_TRUE(fixture.Waits());
  fixture.package.row.add_refused_provider_ids("fosse");
  EXPECT_FALSE(fixture.Waits());
}

TEST(Certainty, ALateAcceptanceIsNotCertainWhileAnyIsSilent) {
  AwardCounty fixture({v1::AWARD_CRITERION_TIER});
  fixture.AddAcceptance("fosse", "lead").mutable_answers(0)->set_late(true);
  fixture.AddOneBranchProvider("radis", "additional");
  fixture.AddOffer("radis", "additional");
  EXPECT_FALSE(fixture.Certain());
}

class LiveCriterion : public ::testing::TestWithParam<v1::AwardCriterion> {};

TEST_P(LiveCriterion, IsCertainOnlyWhenAllHaveAnswered) {
  AwardCounty fixture({v1::AWARD_CRITERION_TIER, GetParam()});
  fixture.AddAcceptance("radis", "additional");
  fixture.AddOneBranchProvider("leda", "additional");
  fixture.AddOffer("leda", "additional");
  EXPECT_FALSE(fixture.Certain());
  fixture.Answer(2, v1::ANSWER_ACCEPT);
  EXPECT_TRUE(fixture.Certain());
}

INSTANTIATE_TEST_SUITE_P(Certainty, LiveCriterion,
                         ::testing::Values(v1::AWARD_CRITERION_CONTRACTED_SHORTFALL,
                                           v1::AWARD_CRITERION_SHARE_SHORTFALL,
                                           v1::AWARD_CRITERION_FEWEST_RECENT_HOURS,
                                           v1::AWARD_CRITERION_EARLIEST_START,
                                           v1::AWARD_CRITERION_EARLIEST_ANSWER));

TEST(Certainty, ATieIsDecidedByTheTieBreak) {
  AwardCounty fixture({v1::AWARD_CRITERION_TIER});
  fixture.AddAcceptance("radis", "additional");
  fixture.AddOneBranchProvider("leda", "additional");
  fixture.AddOffer("leda", "additional");
  EXPECT_EQ(fixture.Certain(), TieBreak(123, "radis-a") < TieBreak(123, "leda-a"));
}

TEST(Certainty, AKnownPriceIsComparedAlthoughItsOfferIsSilent) {
  AwardCounty fixture({v1::AWARD_CRITERION_PRICE});
  fixture.AddAcceptance("radis", "dps").set_price_pence(1600);
  fixture.AddOneBranchProvider("leda", "dps");
  fixture.AddOffer("leda", "dps").set_price_pence(1601);
  EXPECT_TRUE(fixture.Certain());
  fixture.package.offers[1].set_price_pence(1599);
  EXPECT_FALSE(fixture.Certain());
}

TEST(Certainty, AWeightedScoreIsKnownUnlessTheLowestPriceMayChange) {
  AwardCounty fixture({v1::AWARD_CRITERION_WEIGHTED_SCORE});
  fixture.rules.set_quality_weight_percent(90);
  fixture.AddAcceptance("radis", "dps").set_price_pence(1600);
  v1::Contract contract = fixture.ContractFor("radis", "dps");
  contract.set_quality_score(100);
  fixture.PutContract(contract);
  fixture.AddOneBranchProvider("leda", "dps");
  fixture.AddOffer("leda", "dps").set_price_pence(1700);
  EXPECT_TRUE(fixture.Certain());
  fixture.package.offers[1].set_price_pence(1599);
  EXPECT_FALSE(fixture.Certain());
}

TEST(Certainty, AnOfferThatCannotWinMayStillTurnTheOrderOfOthers) {
  AwardCounty fixture({v1::AWARD_CRITERION_TIER, v1::AWARD_CRITERION_WEIGHTED_SCORE});
  fixture.rules.set_quality_weight_percent(50);
  fixture.AddAcceptance("fosse", "lead").set_price_pence(1600);
  fixture.AddAcceptance("radis", "lead").set_price_pence(1700);
  fixture.AddOneBranchProvider("leda", "dps");
  fixture.AddOffer("leda", "dps").set_price_pence(1599);
  EXPECT_FALSE(fixture.Certain());
  fixture.package.offers[2].set_price_pence(1601);
  EXPECT_TRUE(fixture.Certain());
}

TEST(Certainty, AnOfferThatCouldNotBeAwardedDoesNotCount) {
  AwardCounty fixture({v1::AWARD_CRITERION_TIER});
  fixture.AddAcceptance("radis", "additional");
  fixture.AddOneBranchProvider("fosse", "lead");
  fixture.AddOffer("fosse", "lead");
  fixture.package.row.add_refused_provider_ids("fosse");
  EXPECT_TRUE(fixture.Certain());
}

TEST(Certainty, ASuspensionThatEndsBeforeTheDeadlineLeavesItOpen) {
  AwardCounty fixture({v1::AWARD_CRITERION_TIER});
  fixture.AddAcceptance("radis", "additional");
  fixture.AddOneBranchProvider("fosse", "lead");
  fixture.AddOffer("fosse", "lead");
  fixture.SuspendProvider("fosse", "");
  EXPECT_TRUE(fixture.Certain());
  fixture.SuspendProvider("fosse", "", fixture.time + absl::Hours(23));
  EXPECT_FALSE(fixture.Certain());
}

TEST(Prices, OutsideFloorAndCeilingNeedAnException) {
  v1::FrameworkRules rules;
  journal::v1::OfferRow offer;
  offer.set_price_pence(1);
  EXPECT_FALSE(NeedsPriceException(rules, offer));
  rules.set_price_floor_pence(1500);
  rules.set_price_ceiling_pence(2000);
  for (auto [price, needed] :
       {std::pair{0, false}, {1499, true}, {1500, false}, {2000, false}, {2001, true}}) {
    offer.set_price_pence(price);
    EXPECT_EQ(NeedsPriceException(rules, offer), needed) << price;
  }
}

// Round 1 to Leads; round 2, to Additionals, was opened beside it.
struct TwoRounds : AwardCounty {
  explicit TwoRounds(const std::vector<v1::AwardCriterion>& criteria) : AwardCounty(criteria) {
    for (int32_t number : {1, 2}) {
      v1::RoundRule* rule = rules.add_rounds();
      rule->set_award_mode(static_cast<v1::AwardMode>(number));
      journal::v1::RoundRow* round = package.row.add_rounds();
      round->set_number(number);
      round->set_rule_number(number);
      if (number == 2) round->mutable_beside()->set_round_number(1);
    }
  }
  static journal::v1::OfferRow& Later(journal::v1::OfferRow& offer) {
    offer.set_round_number(2);
    offer.set_rule_number(2);
    return offer;
  }
};

TEST(TwoRoundsAtOnce, TheEarlierIsRankedAsIfThereWereNoLater) {
  TwoRounds fixture({v1::AWARD_CRITERION_WEIGHTED_SCORE});
  fixture.rules.set_quality_weight_percent(50);
  // 40 + 40 points against 30.5 + 50; with a lowest price of 800 it would be 40 + 20 against 55.5.
  for (auto [provider, quality, price] :
       {std::tuple("fosse", 80, 2000), std::tuple("radis", 61, 1600)}) {
    fixture.AddAcceptance(provider, "lead").set_price_pence(price);
    v1::Contract contract = fixture.ContractFor(provider, "lead");
    contract.set_quality_score(quality);
    fixture.PutContract(contract);
  }
  EXPECT_THAT(fixture.RankedBranches(), ElementsAre("radis-a", "fosse-a"));
  TwoRounds::Later(fixture.AddAcceptance("leda", "additional")).set_price_pence(800);
  EXPECT_THAT(fixture.RankedBranches(), ElementsAre("radis-a", "fosse-a", "leda-a"));
}

TEST(TwoRoundsAtOnce, TheEarlierIsCertainWhateverTheLaterAnswers) {
  TwoRounds fixture({v1::AWARD_CRITERION_FEWEST_RECENT_HOURS});
  fixture.AddAcceptance("fosse", "lead");
  fixture.AddOneBranchProvider("leda", "additional");
  TwoRounds::Later(fixture.AddOffer("leda", "additional"));
  EXPECT_TRUE(fixture.Certain());
  EXPECT_EQ(RuleOfAward(fixture.package, fixture.package.offers[0]), 1);
  fixture.package.offers[0].mutable_answers(0)->set_late(true);
  EXPECT_FALSE(fixture.Certain()) << "a late acceptance waits for the later round";
  EXPECT_EQ(RuleOfAward(fixture.package, fixture.package.offers[0]), 2);
}

TEST(TwoRoundsAtOnce, TheLaterIsNotCertainWhileTheEarlierMayAnswer) {
  TwoRounds fixture({v1::AWARD_CRITERION_TIER});
  TwoRounds::Later(fixture.AddAcceptance("leda", "additional"));
  fixture.AddOneBranchProvider("fosse", "dps");  // a tier below, and yet of the earlier round
  fixture.AddOffer("fosse", "dps");
  EXPECT_FALSE(fixture.Certain());
  fixture.Answer(2, v1::ANSWER_DECLINE);
  EXPECT_TRUE(fixture.Certain());
}

TEST(TwoRoundsAtOnce, AfterAReissueTheCriterionIsGone) {
  TwoRounds fixture({v1::AWARD_CRITERION_TIER});
  TwoRounds::Later(fixture.AddOffer("leda", "additional")).set_state(v1::OFFER_STATE_CLOSED);
  fixture.package.row.set_previous_issue_offers(1);
  fixture.AddAcceptance("fosse", "lead");
  const Ranking ranking = RankAcceptances(fixture.Award());
  ASSERT_EQ(ranking.valid, 1u);
  for (const auto& value : ranking.acceptances[0].values()) {
    EXPECT_NE(value.criterion(), v1::AWARD_CRITERION_EARLIER_ROUND);
  }
}

}  // namespace
}  // namespace brokerage::engine
