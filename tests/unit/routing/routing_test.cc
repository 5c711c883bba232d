#include "engine/routing/routing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "engine/model/fact_keys.h"
#include "tests/fixtures/small_county.h"

namespace brokerage::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

uint32_t Bit(v1::HardRule rule) { return 1u << rule; }

TEST(Routing, OffersOncePerProviderInTheTiersOfTheRound) {
  SmallCounty county;
  county.AddOneBranchProvider("radis", "additional");
  county.AddOneBranchProvider("fosse", "lead");
  county.AddOneBranchProvider("castle", "dps");
  const auto verdicts = county.Routed();
  ASSERT_THAT(verdicts, SizeIs(3));  // in the order of tiers
  EXPECT_EQ(verdicts[0].branch_id(), "fosse-a");
  EXPECT_TRUE(verdicts[0].offered());
  EXPECT_EQ(verdicts[0].failed_rules(), 0u);
  EXPECT_EQ(verdicts[0].distance_m(), 1000);
  EXPECT_EQ(verdicts[1].branch_id(), "radis-a");
  EXPECT_TRUE(verdicts[1].offered());
  EXPECT_EQ(verdicts[2].branch_id(), "castle-a");
  EXPECT_FALSE(verdicts[2].offered());
  EXPECT_EQ(verdicts[2].failed_rules(), Bit(v1::HARD_RULE_TIER_IN_ROUND));
}

TEST(Routing, ALotWithoutALeadGoesToItsAdditionals) {
  SmallCounty county;
  county.AddOneBranchProvider("agincare", "additional");
  county.AddOneBranchProvider("westminster", "additional");
  EXPECT_THAT(county.OfferedBranches(), ElementsAre("agincare-a", "westminster-a"));
  EXPECT_THAT(county.OfferedBranches({"lead"}), IsEmpty());
}

struct OneRule {
  v1::HardRule rule;
  std::function<void(SmallCounty&)> spoil;
};

void ChangeContract(SmallCounty& county, const std::function<void(v1::Contract&)>& change) {
  v1::Contract contract = county.ContractFor("fosse", "lead");
  change(contract);
  county.PutContract(contract);
}

void ChangeBranch(SmallCounty& county, const std::function<void(v1::Branch&)>& change) {
  v1::Branch branch = *county.directory.Branch("fosse-a");
  change(branch);
  county.PutBranch(branch);
}

class EachRule : public ::testing::TestWithParam<OneRule> {};

TEST_P(EachRule, FailsAlone) {
  SmallCounty county;
  county.AddOneBranchProvider("fosse", "lead");
  ASSERT_THAT(county.OfferedBranches(), ElementsAre("fosse-a"));
  GetParam().spoil(county);
  const auto verdicts = county.Routed();
  ASSERT_THAT(verdicts, SizeIs(1));
  EXPECT_EQ(verdicts[0].failed_rules(), Bit(GetParam().rule));
  EXPECT_FALSE(verdicts[0].offered());
}

void DeclineOnce(SmallCounty& county) {
  county.AddOffer("fosse", "lead");
  county.Answer(1, v1::ANSWER_DECLINE);
}

void OfferCheaperBefore(SmallCounty& county) {
  ChangeContract(county, [](auto& contract) { contract.mutable_prices()->set_urban_pence(1700); });
  county.AddOffer("fosse", "dps").set_price_pence(1600);
}

void MoveWard(SmallCounty& county) {
  auto fact = *county.directory.Fact(LotWardKey(county.kFramework, "north", county.kWard));
  fact.set_ended(true);
  county.directory.Put(fact);
}

INSTANTIATE_TEST_SUITE_P(
    Routing, EachRule,
    ::testing::Values(
        OneRule{v1::HARD_RULE_CONTRACT_ACTIVE,
                [](SmallCounty& county) { county.SuspendContract("north/lead/fosse"); }},
        OneRule{v1::HARD_RULE_CONTRACT_ACTIVE,
                [](SmallCounty& county) {
                  ChangeContract(county, [](auto& c) { c.set_from_date("2018-07-03"); });
                }},
        OneRule{v1::HARD_RULE_CONTRACT_ACTIVE,
                [](SmallCounty& county) {
                  ChangeContract(county, [](auto& c) { c.set_to_date("2018-07-02"); });
                }},
        OneRule{v1::HARD_RULE_LOT_MATCHES_WARD, MoveWard},
        OneRule{v1::HARD_RULE_TIER_IN_ROUND,
                [](SmallCounty& county) {
                  ChangeContract(county, [](auto& c) { c.set_tier_id("dps"); });
                }},
        OneRule{v1::HARD_RULE_SERVICE_CONTRACTED,
                [](SmallCounty& county) {
                  ChangeContract(county,
                                 [](auto& c) { c.set_service_types(0, v1::SERVICE_TYPE_LIVE_IN); });
                }},
        OneRule{v1::HARD_RULE_BRANCH_COVERS_SERVICE,
                [](SmallCounty& county) {
                  v1::Coverage line = county.CoverageLine("fosse-a");
                  county.PutCoverage(line, /*ended=*/true);
                  line.set_service_type(v1::SERVICE_TYPE_REABLEMENT);
                  county.PutCoverage(line);
                }},
        OneRule{v1::HARD_RULE_BRANCH_REGISTERED,
                [](SmallCounty& county) {
                  ChangeBranch(county, [](auto& b) { b.set_regulator_active(false); });
                }},
        OneRule{v1::HARD_RULE_BRANCH_TAKING_OFFERS,
                [](SmallCounty& county) { county.OptOut("fosse-a"); }},
        OneRule{v1::HARD_RULE_PROVIDER_NOT_SUSPENDED,
                [](SmallCounty& county) { county.SuspendProvider("fosse", ""); }},
        OneRule{v1::HARD_RULE_AREA_NOT_SUSPENDED,
                [](SmallCounty& county) { county.SuspendProvider("fosse", "NG"); }},
        OneRule{v1::HARD_RULE_MEETS_NEEDS,
                [](SmallCounty& county) {
                  county.rules.add_filtering_needs(v1::NEED_KIND_DOUBLE_HANDED);
                  county.package.row.add_needs()->set_kind(v1::NEED_KIND_DOUBLE_HANDED);
                }},
        OneRule{v1::HARD_RULE_NOT_REFUSED_BY_PERSON,
                [](SmallCounty& county) { county.package.row.add_refused_provider_ids("fosse"); }},
        OneRule{v1::HARD_RULE_NOT_ALREADY_DECLINED, DeclineOnce},
        OneRule{v1::HARD_RULE_NOT_OFFERED_DEARER, OfferCheaperBefore}));

TEST(Routing, ABranchThatDoesNotCoverTheWardDoesNotCoverItsServiceEither) {
  SmallCounty county;
  county.AddOneBranchProvider("fosse", "lead");
  county.PutCoverage(county.CoverageLine("fosse-a"), /*ended=*/true);
  EXPECT_EQ(county.Routed()[0].failed_rules(),
            Bit(v1::HARD_RULE_BRANCH_COVERS_WARD) | Bit(v1::HARD_RULE_BRANCH_COVERS_SERVICE));
  EXPECT_FALSE(VerdictConfirmsCoverage(county.Routed()[0]));
  county.AddCoverage("fosse-a");
  EXPECT_TRUE(VerdictConfirmsCoverage(county.Routed()[0]));
}

TEST(Routing, AProviderWithoutABranchIsToldSo) {
  SmallCounty county;
  county.AddProvider("fosse");
  county.PutContract(county.ContractFor("fosse", "lead"));
  const auto verdicts = county.Routed();
  ASSERT_THAT(verdicts, SizeIs(1));
  EXPECT_EQ(verdicts[0].provider_id(), "fosse");
  EXPECT_EQ(verdicts[0].branch_id(), "");
  EXPECT_EQ(verdicts[0].failed_rules(), Bit(v1::HARD_RULE_BRANCH_COVERS_WARD));
  EXPECT_EQ(verdicts[0].distance_m(), -1);
}

TEST(Routing, ANovatedContractIsOfferedToItsHolderOfTheDay) {
  SmallCounty county;
  county.AddOneBranchProvider("hatzfeld", "additional");
  county.AddProvider("bhandal");
  county.AddBranch("bhandal-a", "bhandal");
  county.Novate("north/additional/hatzfeld", "bhandal", 20180703);
  EXPECT_THAT(county.OfferedBranches(), ElementsAre("hatzfeld-a"));
  county.Novate("north/additional/hatzfeld", "bhandal", 20180702);
  EXPECT_THAT(county.OfferedBranches(), ElementsAre("bhandal-a"));
}

TEST(Routing, NeedsFilterOnlyWhereTheFrameworkSaysSo) {
  SmallCounty county;
  county.AddOneBranchProvider("fosse", "lead");
  county.package.row.add_needs()->set_kind(v1::NEED_KIND_HIGH_DEPENDENCY);
  EXPECT_THAT(county.OfferedBranches(), ElementsAre("fosse-a"));
}

TEST(Routing, ALanguageIsMetWhateverItsCase) {
  SmallCounty county;
  county.AddOneBranchProvider("fosse", "lead");
  county.rules.add_filtering_needs(v1::NEED_KIND_LANGUAGE);
  v1::Need* need = county.package.row.add_needs();
  need->set_kind(v1::NEED_KIND_LANGUAGE);
  need->set_value("Polish");
  ChangeBranch(county, [](auto& branch) {
    v1::Need* met = branch.add_needs_met();
    met->set_kind(v1::NEED_KIND_LANGUAGE);
    met->set_value("urdu");
  });
  EXPECT_THAT(county.OfferedBranches(), IsEmpty());
  ChangeBranch(county, [](auto& branch) { branch.mutable_needs_met(0)->set_value("polish"); });
  EXPECT_THAT(county.OfferedBranches(), ElementsAre("fosse-a"));
}

TEST(Routing, ADeclineOfOtherTermsDoesNotBar) {
  SmallCounty county;
  county.AddOneBranchProvider("fosse", "lead");
  DeclineOnce(county);
  county.package.row.set_terms_version(2);
  EXPECT_THAT(county.OfferedBranches(), ElementsAre("fosse-a"));
}

TEST(Routing, OnlyTheLastAnswerBars) {
  SmallCounty county;
  county.AddOneBranchProvider("fosse", "lead");
  DeclineOnce(county);
  county.Answer(1, v1::ANSWER_ACCEPT);
  EXPECT_THAT(county.OfferedBranches(), ElementsAre("fosse-a"));
}

TEST(Routing, ARemarkDoesNotBar) {
  SmallCounty county;
  county.AddOneBranchProvider("fosse", "lead");
  county.AddOffer("fosse", "lead");
  county.Answer(1, v1::ANSWER_DECLINE)->set_remark(true);
  EXPECT_THAT(county.OfferedBranches(), ElementsAre("fosse-a"));
}

TEST(Routing, TheSamePriceUnderAnotherContractIsNotDearer) {
  SmallCounty county;
  county.AddOneBranchProvider("fosse", "lead");
  OfferCheaperBefore(county);
  county.package.offers[0].set_price_pence(1700);
  EXPECT_THAT(county.OfferedBranches(), ElementsAre("fosse-a"));
  county.package.offers[0].set_price_pence(0);
  EXPECT_THAT(county.OfferedBranches(), ElementsAre("fosse-a"));
}

// Two branches of fosse under a Lead contract, alike in everything.
SmallCounty TwoBranches() {
  SmallCounty county;
  county.AddOneBranchProvider("fosse", "lead");
  county.AddBranch("fosse-b", "fosse");
  return county;
}

TEST(OneBranchPerProvider, IsDecidedByTheTierFirst) {
  SmallCounty county;
  county.AddOneBranchProvider("fosse", "additional");
  county.PutContract(county.ContractFor("fosse", "lead"));
  const auto verdicts = county.Routed();
  ASSERT_THAT(verdicts, SizeIs(2));
  EXPECT_EQ(verdicts[0].tier_id(), "lead");
  EXPECT_TRUE(verdicts[0].offered());
  EXPECT_FALSE(verdicts[1].offered());
  EXPECT_EQ(verdicts[1].failed_rules(), Bit(v1::HARD_RULE_ONE_BRANCH_PER_PROVIDER));
  EXPECT_EQ(verdicts[1].chosen_branch_id(), "fosse-a");
}

TEST(OneBranchPerProvider, IsDecidedByPriorityBeforeDistance) {
  SmallCounty county = TwoBranches();
  ChangeBranch(county, [](auto& branch) { branch.set_easting(450000); });  // a is the nearer
  county.AddCoverage("fosse-a", 2);
  const auto verdicts = county.Routed();
  EXPECT_THAT(county.OfferedBranches(), ElementsAre("fosse-b"));
  EXPECT_EQ(verdicts[0].failed_rules(), Bit(v1::HARD_RULE_ONE_BRANCH_PER_PROVIDER));
  EXPECT_EQ(verdicts[0].chosen_branch_id(), "fosse-b");
}

TEST(OneBranchPerProvider, IsDecidedByDistanceBeforeTheTieBreak) {
  for (int metres : {-1, 1}) {
    SmallCounty county = TwoBranches();
    ChangeBranch(county, [&](auto& branch) { branch.set_easting(branch.easting() + metres); });
    EXPECT_THAT(county.OfferedBranches(), ElementsAre(metres < 0 ? "fosse-a" : "fosse-b"));
  }
}

TEST(OneBranchPerProvider, AnUnknownPlaceIsFartherThanAnyKnown) {
  SmallCounty county = TwoBranches();
  ChangeBranch(county, [](auto& branch) {
    branch.set_easting(0);
    branch.set_northing(0);
  });
  EXPECT_THAT(county.OfferedBranches(), ElementsAre("fosse-b"));
}

TEST(OneBranchPerProvider, EndsInATieBreakThatFavoursNobodyForEver) {
  SmallCounty county = TwoBranches();
  std::set<std::string> chosen;
  for (uint64_t number = 1; number <= 64; ++number) {
    county.package.row.set_number(number);
    const bool a_first = TieBreak(number, "fosse-a") < TieBreak(number, "fosse-b");
    EXPECT_THAT(county.OfferedBranches(), ElementsAre(a_first ? "fosse-a" : "fosse-b"));
    chosen.insert(county.OfferedBranches()[0]);
  }
  EXPECT_THAT(chosen, SizeIs(2));
}

TEST(OneBranchPerProvider, ABranchThatFailsLeavesItsPlaceToTheOther) {
  SmallCounty county = TwoBranches();
  county.AddCoverage("fosse-b", 2);
  county.OptOut("fosse-a");
  EXPECT_THAT(county.OfferedBranches(), ElementsAre("fosse-b"));
}

TEST(OneBranchPerProvider, IsNotAskedWhereAFrameworkInsistsOnSeveral) {
  SmallCounty county = TwoBranches();
  county.PutContract(county.ContractFor("fosse", "additional"));
  county.rules.set_several_branches_per_provider(true);
  EXPECT_THAT(county.OfferedBranches(), ElementsAre("fosse-a", "fosse-b"));
  const auto verdicts = county.Routed();
  ASSERT_THAT(verdicts, SizeIs(4));
  EXPECT_EQ(verdicts[1].tier_id(), "lead");
  EXPECT_TRUE(verdicts[1].offered());
  EXPECT_EQ(verdicts[3].failed_rules(), Bit(v1::HARD_RULE_ONE_BRANCH_PER_PROVIDER));
}

TEST(Restart, GoesToThePreviousBranchAlone) {
  SmallCounty county = TwoBranches();
  county.AddOneBranchProvider("castle", "dps");
  county.package.row.set_previous_branch_id("castle-a");
  EXPECT_THAT(county.OfferedBranches({}, /*restart=*/true), ElementsAre("castle-a"));
  for (const auto& verdict : county.Routed({}, /*restart=*/true)) {
    EXPECT_EQ(verdict.failed_rules(), verdict.offered() ? 0 : Bit(v1::HARD_RULE_TIER_IN_ROUND));
  }
  county.package.row.add_refused_provider_ids("castle");
  EXPECT_THAT(county.OfferedBranches({}, /*restart=*/true), IsEmpty());
}

std::optional<v1::HardRule> AtAward(const SmallCounty& county, bool within_limit = true) {
  return AwardFailure(
      {county.package, county.rules, county.directory, county.time, county.kDate, {}},
      county.package.offers[0], within_limit);
}

TEST(AtAward, RulesOfIssuingAreNotAskedAgain) {
  SmallCounty county;
  county.AddAcceptance("fosse", "dps");
  county.AddBranch("fosse-b", "fosse", 450000, 350000);
  EXPECT_EQ(AtAward(county), std::nullopt);
}

TEST(AtAward, AContractThatEndsBeforeTheStartFails) {
  SmallCounty county;
  county.AddAcceptance("fosse", "lead");
  ChangeContract(county, [](auto& contract) { contract.set_to_date("2018-07-10"); });
  EXPECT_EQ(AtAward(county), std::nullopt);
  ChangeContract(county, [](auto& contract) { contract.set_to_date("2018-07-09"); });
  EXPECT_EQ(AtAward(county), v1::HARD_RULE_CONTRACT_ACTIVE);
  county.PutContract(county.ContractFor("fosse", "lead"), /*ended=*/true);
  EXPECT_EQ(AtAward(county), v1::HARD_RULE_CONTRACT_ACTIVE);
}

TEST(AtAward, AContractThatMovesBeforeTheStartFails) {
  SmallCounty county;
  county.AddAcceptance("fosse", "lead");
  county.Novate("north/lead/fosse", "bhandal", 20180710);
  EXPECT_EQ(AtAward(county), std::nullopt);
  county.Novate("north/lead/fosse", "bhandal", 20180709);
  EXPECT_EQ(AtAward(county), v1::HARD_RULE_CONTRACT_ACTIVE);
}

TEST(AtAward, CoverageThatBeginsOnlyAtTheStartFails) {
  SmallCounty county;
  county.AddAcceptance("fosse", "lead");
  v1::Coverage line = county.CoverageLine("fosse-a");
  line.set_from_date("2018-07-09");
  county.PutCoverage(line);
  EXPECT_EQ(AtAward(county), v1::HARD_RULE_BRANCH_COVERS_WARD);
}

TEST(AtAward, TheBranchesOwnLimitIsAskedLast) {
  SmallCounty county;
  county.AddAcceptance("fosse", "lead");
  EXPECT_EQ(AtAward(county, /*within_limit=*/false), v1::HARD_RULE_WITHIN_ACCEPTANCE_LIMIT);
  county.package.row.add_refused_provider_ids("fosse");
  EXPECT_EQ(AtAward(county, /*within_limit=*/false), v1::HARD_RULE_NOT_REFUSED_BY_PERSON);
}

TEST(AtAward, TheFirstRuleInTheirOrderIsNamed) {
  SmallCounty county;
  county.AddAcceptance("fosse", "lead");
  county.package.row.add_refused_provider_ids("fosse");
  EXPECT_EQ(AtAward(county), v1::HARD_RULE_NOT_REFUSED_BY_PERSON);
  county.SuspendProvider("fosse", "NG");
  EXPECT_EQ(AtAward(county), v1::HARD_RULE_AREA_NOT_SUSPENDED);
  county.OptOut("fosse-a");
  EXPECT_EQ(AtAward(county), v1::HARD_RULE_BRANCH_TAKING_OFFERS);
}

TEST(Words, EveryRuleHasANameAndASentenceForEitherVerdict) {
  SmallCounty county = TwoBranches();
  const auto verdict = county.Routed()[0];
  std::set<std::string> seen;
  for (int number = 1; number < v1::HardRule_ARRAYSIZE; ++number) {
    const auto rule = static_cast<v1::HardRule>(number);
    EXPECT_TRUE(seen.insert(RuleName(rule)).second);
    for (bool passed : {true, false}) {
      const std::string sentence =
          ExplainRule(rule, passed, verdict, county.package.row, county.directory);
      ASSERT_FALSE(sentence.empty()) << RuleName(rule);
      EXPECT_EQ(sentence.back(), '.');
      EXPECT_TRUE(seen.insert(sentence).second) << sentence;
    }
  }
}

TEST(Words, NamePlacesAsPeopleDo) {
  SmallCounty county = TwoBranches();
  const auto verdict = county.Routed()[0];
  EXPECT_EQ(RuleName(v1::HARD_RULE_BRANCH_COVERS_WARD), "branch_covers_ward");
  EXPECT_EQ(ExplainRule(v1::HARD_RULE_BRANCH_COVERS_WARD, false, verdict, county.package.row,
                        county.directory),
            "fosse-a office does not cover Abbey Hill.");
  EXPECT_EQ(ExplainRule(v1::HARD_RULE_AREA_NOT_SUSPENDED, false, verdict, county.package.row,
                        county.directory),
            "fosse Ltd is suspended in postcode area NG.");
}

TEST(Words, NameThePostcodeAreaWhereOneCovers) {
  SmallCounty county = TwoBranches();
  v1::Coverage area = county.CoverageLine("fosse-b");
  area.clear_ward_code();
  area.set_postcode_area("NG");
  area.set_framework_id(county.kFramework);
  county.PutCoverage(county.CoverageLine("fosse-b"), /*ended=*/true);
  county.PutCoverage(county.CoverageLine("fosse-a"), /*ended=*/true);
  county.PutCoverage(area);
  std::map<std::string, std::string> told;
  for (const auto& verdict : county.Routed()) {
    const bool passed = (verdict.failed_rules() & Bit(v1::HARD_RULE_BRANCH_COVERS_WARD)) == 0;
    told[verdict.branch_id()] = ExplainRule(v1::HARD_RULE_BRANCH_COVERS_WARD, passed, verdict,
                                            county.package.row, county.directory);
  }
  EXPECT_EQ(told["fosse-a"], "fosse-a office does not cover Abbey Hill or postcode area NG.");
  EXPECT_EQ(told["fosse-b"], "fosse-b office covers Abbey Hill by postcode area NG.");
}

}  // namespace
}  // namespace brokerage::engine
