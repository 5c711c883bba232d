#include "engine/routing/routing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "engine/model/fact_keys.h"
#include "tests/fixtures/directory_fixture.h"

namespace brokerage::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

uint32_t Bit(v1::HardRule rule) { return 1u << rule; }

TEST(Routing, OffersOncePerProviderInTheTiersOfTheRound) {
  DirectoryFixture fixture;
  fixture.AddOneBranchProvider("radis", "additional");
  fixture.AddOneBranchProvider("fosse", "lead");
  fixture.AddOneBranchProvider("castle", "dps");
  const auto verdicts = fixture.Routed();
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
  DirectoryFixture fixture;
  fixture.AddOneBranchProvider("agincare", "additional");
  fixture.AddOneBranchProvider("westminster", "additional");
  EXPECT_THAT(fixture.OfferedBranches(), ElementsAre("agincare-a", "westminster-a"));
  EXPECT_THAT(fixture.OfferedBranches({"lead"}), IsEmpty());
}

struct OneRule {
  v1::HardRule rule;
  std::function<void(DirectoryFixture&)> spoil;
};

void ChangeContract(DirectoryFixture& fixture, const std::function<void(v1::Contract&)>& change) {
  v1::Contract contract = fixture.ContractFor("fosse", "lead");
  change(contract);
  fixture.PutContract(contract);
}

void ChangeBranch(DirectoryFixture& fixture, const std::function<void(v1::Branch&)>& change) {
  v1::Branch branch = *fixture.directory.Branch("fosse-a");
  change(branch);
  fixture.PutBranch(branch);
}

class EachRule : public ::testing::TestWithParam<OneRule> {};

TEST_P(EachRule, FailsAlone) {
  DirectoryFixture fixture;
  fixture.AddOneBranchProvider("fosse", "lead");
  ASSERT_THAT(fixture.OfferedBranches(), ElementsAre("fosse-a"));
  GetParam().spoil(fixture);
  const auto verdicts = fixture.Routed();
  ASSERT_THAT(verdicts, SizeIs(1));
  EXPECT_EQ(verdicts[0].failed_rules(), Bit(GetParam().rule));
  EXPECT_FALSE(verdicts[0].offered());
}

void DeclineOnce(DirectoryFixture& fixture) {
  fixture.AddOffer("fosse", "lead");
  fixture.Answer(1, v1::ANSWER_DECLINE);
}

void OfferCheaperBefore(DirectoryFixture& fixture) {
  ChangeContract(fixture, [](auto& contract) { contract.mutable_prices()->set_urban_pence(1700); });
  fixture.AddOffer("fosse", "dps").set_price_pence(1600);
}

void MoveWard(DirectoryFixture& fixture) {
  auto fact = *fixture.directory.Fact(LotWardKey(fixture.kFramework, "north", fixture.kWard));
  fact.set_ended(true);
  fixture.directory.Put(fact);
}

INSTANTIATE_TEST_SUITE_P(
    Routing, EachRule,
    ::testing::Values(
        OneRule{v1::HARD_RULE_CONTRACT_ACTIVE,
                [](DirectoryFixture& fixture) { fixture.SuspendContract("north/lead/fosse"); }},
        OneRule{v1::HARD_RULE_CONTRACT_ACTIVE,
                [](DirectoryFixture& fixture) {
                  ChangeContract(fixture, [](auto& c) { c.set_from_date("2018-07-03"); });
                }},
        OneRule{v1::HARD_RULE_CONTRACT_ACTIVE,
                [](DirectoryFixture& fixture) {
                  ChangeContract(fixture, [](auto& c) { c.set_to_date("2018-07-02"); });
                }},
        OneRule{v1::HARD_RULE_LOT_MATCHES_WARD, MoveWard},
        OneRule{v1::HARD_RULE_TIER_IN_ROUND,
                [](DirectoryFixture& fixture) {
                  ChangeContract(fixture, [](auto& c) { c.set_tier_id("dps"); });
                }},
        OneRule{v1::HARD_RULE_SERVICE_CONTRACTED,
                [](DirectoryFixture& fixture) {
                  ChangeContract(fixture,
                                 [](auto& c) { c.set_service_types(0, v1::SERVICE_TYPE_LIVE_IN); });
                }},
        OneRule{v1::HARD_RULE_BRANCH_COVERS_SERVICE,
                [](DirectoryFixture& fixture) {
                  v1::Coverage line = fixture.CoverageLine("fosse-a");
                  fixture.PutCoverage(line, /*ended=*/true);
                  line.set_service_type(v1::SERVICE_TYPE_REABLEMENT);
                  fixture.PutCoverage(line);
                }},
        OneRule{v1::HARD_RULE_BRANCH_REGISTERED,
                [](DirectoryFixture& fixture) {
                  ChangeBranch(fixture, [](auto& b) { b.set_regulator_active(false); });
                }},
        OneRule{v1::HARD_RULE_BRANCH_TAKING_OFFERS,
                [](DirectoryFixture& fixture) { fixture.OptOut("fosse-a"); }},
        OneRule{v1::HARD_RULE_PROVIDER_NOT_SUSPENDED,
                [](DirectoryFixture& fixture) { fixture.SuspendProvider("fosse", ""); }},
        OneRule{v1::HARD_RULE_AREA_NOT_SUSPENDED,
                [](DirectoryFixture& fixture) { fixture.SuspendProvider("fosse", "NG"); }},
        OneRule{v1::HARD_RULE_MEETS_NEEDS,
                [](DirectoryFixture& fixture) {
                  fixture.rules.add_filtering_needs(v1::NEED_KIND_DOUBLE_HANDED);
                  fixture.package.row.add_needs()->set_kind(v1::NEED_KIND_DOUBLE_HANDED);
                }},
        OneRule{v1::HARD_RULE_NOT_REFUSED_BY_PERSON,
                [](DirectoryFixture& fixture) {
                  fixture.package.row.add_refused_provider_ids("fosse");
                }},
        OneRule{v1::HARD_RULE_NOT_ALREADY_DECLINED, DeclineOnce},
        OneRule{v1::HARD_RULE_NOT_OFFERED_DEARER, OfferCheaperBefore}));

TEST(Routing, ABranchThatDoesNotCoverTheWardDoesNotCoverItsServiceEither) {
  DirectoryFixture fixture;
  fixture.AddOneBranchProvider("fosse", "lead");
  fixture.PutCoverage(fixture.CoverageLine("fosse-a"), /*ended=*/true);
  EXPECT_EQ(fixture.Routed()[0].failed_rules(),
            Bit(v1::HARD_RULE_BRANCH_COVERS_WARD) | Bit(v1::HARD_RULE_BRANCH_COVERS_SERVICE));
  EXPECT_FALSE(VerdictConfirmsCoverage(fixture.Routed()[0]));
  fixture.AddCoverage("fosse-a");
  EXPECT_TRUE(VerdictConfirmsCoverage(fixture.Routed()[0]));
}

TEST(Routing, AProviderWithoutABranchIsToldSo) {
  DirectoryFixture fixture;
  fixture.AddProvider("fosse");
  fixture.PutContract(fixture.ContractFor("fosse", "lead"));
  const auto verdicts = fixture.Routed();
  ASSERT_THAT(verdicts, SizeIs(1));
  EXPECT_EQ(verdicts[0].provider_id(), "fosse");
  EXPECT_EQ(verdicts[0].branch_id(), "");
  EXPECT_EQ(verdicts[0].failed_rules(), Bit(v1::HARD_RULE_BRANCH_COVERS_WARD));
  EXPECT_EQ(verdicts[0].distance_m(), -1);
}

TEST(Routing, ANovatedContractIsOfferedToItsHolderOfTheDay) {
  DirectoryFixture fixture;
  fixture.AddOneBranchProvider("hatzfeld", "additional");
  fixture.AddProvider("bhandal");
  fixture.AddBranch("bhandal-a", "bhandal");
  fixture.Novate("north/additional/hatzfeld", "bhandal", 20180710);
  EXPECT_THAT(fixture.OfferedBranches(), ElementsAre("hatzfeld-a"));
  // On the day on which care starts somebody else holds it.
  fixture.Novate("north/additional/hatzfeld", "bhandal", 20180703);
  EXPECT_THAT(fixture.OfferedBranches(), IsEmpty());
  fixture.Novate("north/additional/hatzfeld", "bhandal", 20180702);
  EXPECT_THAT(fixture.OfferedBranches(), ElementsAre("bhandal-a"));
}

TEST(Routing, NeedsFilterOnlyWhereTheFrameworkSaysSo) {
  DirectoryFixture fixture;
  fixture.AddOneBranchProvider("fosse", "lead");
  fixture.package.row.add_needs()->set_kind(v1::NEED_KIND_HIGH_DEPENDENCY);
  EXPECT_THAT(fixture.OfferedBranches(), ElementsAre("fosse-a"));
}

TEST(Routing, ALanguageIsMetWhateverItsCase) {
  DirectoryFixture fixture;
  fixture.AddOneBranchProvider("fosse", "lead");
  fixture.rules.add_filtering_needs(v1::NEED_KIND_LANGUAGE);
  v1::Need* need = fixture.package.row.add_needs();
  need->set_kind(v1::NEED_KIND_LANGUAGE);
  need->set_value("Polish");
  ChangeBranch(fixture, [](auto& branch) {
    v1::Need* met = branch.add_needs_met();
    met->set_kind(v1::NEED_KIND_LANGUAGE);
    met->set_value("urdu");
  });
  EXPECT_THAT(fixture.OfferedBranches(), IsEmpty());
  ChangeBranch(fixture, [](auto& branch) { branch.mutable_needs_met(0)->set_value("polish"); });
  EXPECT_THAT(fixture.OfferedBranches(), ElementsAre("fosse-a"));
}

TEST(Routing, ADeclineOfOtherTermsDoesNotBar) {
  DirectoryFixture fixture;
  fixture.AddOneBranchProvider("fosse", "lead");
  DeclineOnce(fixture);
  fixture.package.row.set_terms_version(2);
  EXPECT_THAT(fixture.OfferedBranches(), ElementsAre("fosse-a"));
}

TEST(Routing, OnlyTheLastAnswerBars) {
  DirectoryFixture fixture;
  fixture.AddOneBranchProvider("fosse", "lead");
  DeclineOnce(fixture);
  fixture.Answer(1, v1::ANSWER_ACCEPT);
  EXPECT_THAT(fixture.OfferedBranches(), ElementsAre("fosse-a"));
}

TEST(Routing, ARemarkDoesNotBar) {
  DirectoryFixture fixture;
  fixture.AddOneBranchProvider("fosse", "lead");
  fixture.AddOffer("fosse", "lead");
  fixture.Answer(1, v1::ANSWER_DECLINE)->set_remark(true);
  EXPECT_THAT(fixture.OfferedBranches(), ElementsAre("fosse-a"));
}

TEST(Routing, TheSamePriceUnderAnotherContractIsNotDearer) {
  DirectoryFixture fixture;
  fixture.AddOneBranchProvider("fosse", "lead");
  OfferCheaperBefore(fixture);
  fixture.package.offers[0].set_price_pence(1700);
  EXPECT_THAT(fixture.OfferedBranches(), ElementsAre("fosse-a"));
  fixture.package.offers[0].set_price_pence(0);
  EXPECT_THAT(fixture.OfferedBranches(), ElementsAre("fosse-a"));
}

// Two branches of fosse under a Lead contract, alike in everything.
DirectoryFixture TwoBranches() {
  DirectoryFixture fixture;
  fixture.AddOneBranchProvider("fosse", "lead");
  fixture.AddBranch("fosse-b", "fosse");
  return fixture;
}

TEST(OneBranchPerProvider, IsDecidedByTheTierFirst) {
  DirectoryFixture fixture;
  fixture.AddOneBranchProvider("fosse", "additional");
  fixture.PutContract(fixture.ContractFor("fosse", "lead"));
  const auto verdicts = fixture.Routed();
  ASSERT_THAT(verdicts, SizeIs(2));
  EXPECT_EQ(verdicts[0].tier_id(), "lead");
  EXPECT_TRUE(verdicts[0].offered());
  EXPECT_FALSE(verdicts[1].offered());
  EXPECT_EQ(verdicts[1].failed_rules(), Bit(v1::HARD_RULE_ONE_BRANCH_PER_PROVIDER));
  EXPECT_EQ(verdicts[1].chosen_branch_id(), "fosse-a");
}

TEST(OneBranchPerProvider, IsDecidedByPriorityBeforeDistance) {
  DirectoryFixture fixture = TwoBranches();
  ChangeBranch(fixture, [](auto& branch) { branch.set_easting(450000); });  // a is the nearer
  fixture.AddCoverage("fosse-a", 2);
  const auto verdicts = fixture.Routed();
  EXPECT_THAT(fixture.OfferedBranches(), ElementsAre("fosse-b"));
  EXPECT_EQ(verdicts[0].failed_rules(), Bit(v1::HARD_RULE_ONE_BRANCH_PER_PROVIDER));
  EXPECT_EQ(verdicts[0].chosen_branch_id(), "fosse-b");
}

TEST(OneBranchPerProvider, IsDecidedByDistanceBeforeTheTieBreak) {
  for (int metres : {-1, 1}) {
    DirectoryFixture fixture = TwoBranches();
    ChangeBranch(fixture, [&](auto& branch) { branch.set_easting(branch.easting() + metres); });
    EXPECT_THAT(fixture.OfferedBranches(), ElementsAre(metres < 0 ? "fosse-a" : "fosse-b"));
  }
}

TEST(OneBranchPerProvider, AnUnknownPlaceIsFartherThanAnyKnown) {
  DirectoryFixture fixture = TwoBranches();
  ChangeBranch(fixture, [](auto& branch) {
    branch.set_easting(0);
    branch.set_northing(0);
  });
  EXPECT_THAT(fixture.OfferedBranches(), ElementsAre("fosse-b"));
}

TEST(OneBranchPerProvider, EndsInATieBreakThatFavoursNobodyForEver) {
  DirectoryFixture fixture = TwoBranches();
  std::set<std::string> chosen;
  for (uint64_t number = 1; number <= 64; ++number) {
    fixture.package.row.set_number(number);
    const bool a_first = TieBreak(number, "fosse-a") < TieBreak(number, "fosse-b");
    EXPECT_THAT(fixture.OfferedBranches(), ElementsAre(a_first ? "fosse-a" : "fosse-b"));
    chosen.insert(fixture.OfferedBranches()[0]);
  }
  EXPECT_THAT(chosen, SizeIs(2));
}

TEST(OneBranchPerProvider, ABranchThatFailsLeavesItsPlaceToTheOther) {
  DirectoryFixture fixture = TwoBranches();
  fixture.AddCoverage("fosse-b", 2);
  fixture.OptOut("fosse-a");
  EXPECT_THAT(fixture.OfferedBranches(), ElementsAre("fosse-b"));
}

TEST(OneBranchPerProvider, IsNotAskedWhereAFrameworkInsistsOnSeveral) {
  DirectoryFixture fixture = TwoBranches();
  fixture.PutContract(fixture.ContractFor("fosse", "additional"));
  fixture.rules.set_several_branches_per_provider(true);
  EXPECT_THAT(fixture.OfferedBranches(), ElementsAre("fosse-a", "fosse-b"));
  const auto verdicts = fixture.Routed();
  ASSERT_THAT(verdicts, SizeIs(4));
  EXPECT_EQ(verdicts[1].tier_id(), "lead");
  EXPECT_TRUE(verdicts[1].offered());
  EXPECT_EQ(verdicts[3].failed_rules(), Bit(v1::HARD_RULE_ONE_BRANCH_PER_PROVIDER));
}

TEST(Restart, GoesToThePreviousBranchAlone) {
  DirectoryFixture fixture = TwoBranches();
  fixture.AddOneBranchProvider("castle", "dps");
  fixture.package.row.set_previous_branch_id("castle-a");
  EXPECT_THAT(fixture.OfferedBranches({}, /*restart=*/true), ElementsAre("castle-a"));
  for (const auto& verdict : fixture.Routed({}, /*restart=*/true)) {
    EXPECT_EQ(verdict.failed_rules(), verdict.offered() ? 0 : Bit(v1::HARD_RULE_TIER_IN_ROUND));
  }
  fixture.package.row.add_refused_provider_ids("castle");
  EXPECT_THAT(fixture.OfferedBranches({}, /*restart=*/true), IsEmpty());
}

std::optional<v1::HardRule> AtAward(const DirectoryFixture& fixture, bool within_limit = true) {
  return AwardFailure(
      {fixture.package, fixture.rules, fixture.directory, fixture.time, fixture.kDate, {}},
      fixture.package.offers[0], within_limit);
}

TEST(AtAward, RulesOfIssuingAreNotAskedAgain) {
  DirectoryFixture fixture;
  fixture.AddAcceptance("fosse", "dps");
  fixture.AddBranch("fosse-b", "fosse", 450000, 350000);
  EXPECT_EQ(AtAward(fixture), std::nullopt);
}

TEST(AtAward, AContractThatEndsBeforeTheStartFails) {
  DirectoryFixture fixture;
  fixture.AddAcceptance("fosse", "lead");
  ChangeContract(fixture, [](auto& contract) { contract.set_to_date("2018-07-10"); });
  EXPECT_EQ(AtAward(fixture), std::nullopt);
  ChangeContract(fixture, [](auto& contract) { contract.set_to_date("2018-07-09"); });
  EXPECT_EQ(AtAward(fixture), v1::HARD_RULE_CONTRACT_ACTIVE);
  fixture.PutContract(fixture.ContractFor("fosse", "lead"), /*ended=*/true);
  EXPECT_EQ(AtAward(fixture), v1::HARD_RULE_CONTRACT_ACTIVE);
}

TEST(AtAward, AContractThatMovesBeforeTheStartFails) {
  DirectoryFixture fixture;
  fixture.AddAcceptance("fosse", "lead");
  fixture.Novate("north/lead/fosse", "bhandal", 20180710);
  EXPECT_EQ(AtAward(fixture), std::nullopt);
  fixture.Novate("north/lead/fosse", "bhandal", 20180709);
  EXPECT_EQ(AtAward(fixture), v1::HARD_RULE_CONTRACT_ACTIVE);
}

TEST(AtAward, CoverageThatBeginsOnlyAtTheStartFails) {
  DirectoryFixture fixture;
  fixture.AddAcceptance("fosse", "lead");
  v1::Coverage line = fixture.CoverageLine("fosse-a");
  line.set_from_date("2018-07-09");
  fixture.PutCoverage(line);
  EXPECT_EQ(AtAward(fixture), v1::HARD_RULE_BRANCH_COVERS_WARD);
}

TEST(AtAward, TheBranchesOwnLimitIsAskedLast) {
  DirectoryFixture fixture;
  fixture.AddAcceptance("fosse", "lead");
  EXPECT_EQ(AtAward(fixture, /*within_limit=*/false), v1::HARD_RULE_WITHIN_ACCEPTANCE_LIMIT);
  fixture.package.row.add_refused_provider_ids("fosse");
  EXPECT_EQ(AtAward(fixture, /*within_limit=*/false), v1::HARD_RULE_NOT_REFUSED_BY_PERSON);
}

TEST(AtAward, TheFirstRuleInTheirOrderIsNamed) {
  DirectoryFixture fixture;
  fixture.AddAcceptance("fosse", "lead");
  fixture.package.row.add_refused_provider_ids("fosse");
  EXPECT_EQ(AtAward(fixture), v1::HARD_RULE_NOT_REFUSED_BY_PERSON);
  fixture.SuspendProvider("fosse", "NG");
  EXPECT_EQ(AtAward(fixture), v1::HARD_RULE_AREA_NOT_SUSPENDED);
  fixture.OptOut("fosse-a");
  EXPECT_EQ(AtAward(fixture), v1::HARD_RULE_BRANCH_TAKING_OFFERS);
}

TEST(RuleWords, EveryRuleHasANameAndASentenceForEitherVerdict) {
  DirectoryFixture fixture = TwoBranches();
  const auto verdict = fixture.Routed()[0];
  std::set<std::string> seen;
  for (int number = 1; number < v1::HardRule_ARRAYSIZE; ++number) {
    const auto rule = static_cast<v1::HardRule>(number);
    EXPECT_TRUE(seen.insert(RuleName(rule)).second);
    for (bool passed : {true, false}) {
      const std::string sentence =
          ExplainRule(rule, passed, verdict, fixture.package.row, fixture.directory);
      ASSERT_FALSE(sentence.empty()) << RuleName(rule);
      EXPECT_EQ(sentence.back(), '.');
      EXPECT_TRUE(seen.insert(sentence).second) << sentence;
    }
  }
}

TEST(RuleWords, NamePlacesAsPeopleDo) {
  DirectoryFixture fixture = TwoBranches();
  const auto verdict = fixture.Routed()[0];
  EXPECT_EQ(RuleName(v1::HARD_RULE_BRANCH_COVERS_WARD), "branch_covers_ward");
  EXPECT_EQ(ExplainRule(v1::HARD_RULE_BRANCH_COVERS_WARD, false, verdict, fixture.package.row,
                        fixture.directory),
            "fosse-a office does not cover Abbey Hill.");
  EXPECT_EQ(ExplainRule(v1::HARD_RULE_AREA_NOT_SUSPENDED, false, verdict, fixture.package.row,
                        fixture.directory),
            "fosse Ltd is suspended in postcode area NG.");
}

TEST(RuleWords, NameThePostcodeAreaWhereOneCovers) {
  DirectoryFixture fixture = TwoBranches();
  v1::Coverage area = fixture.CoverageLine("fosse-b");
  area.clear_ward_code();
  area.set_postcode_area("NG");
  area.set_framework_id(fixture.kFramework);
  fixture.PutCoverage(fixture.CoverageLine("fosse-b"), /*ended=*/true);
  fixture.PutCoverage(fixture.CoverageLine("fosse-a"), /*ended=*/true);
  fixture.PutCoverage(area);
  std::map<std::string, std::string> told;
  for (const auto& verdict : fixture.Routed()) {
    const bool passed = (verdict.failed_rules() & Bit(v1::HARD_RULE_BRANCH_COVERS_WARD)) == 0;
    told[verdict.branch_id()] = ExplainRule(v1::HARD_RULE_BRANCH_COVERS_WARD, passed, verdict,
                                            fixture.package.row, fixture.directory);
  }
  EXPECT_EQ(told["fosse-a"], "fosse-a office does not cover Abbey Hill or postcode area NG.");
  EXPECT_EQ(told["fosse-b"], "fosse-b office covers Abbey Hill by postcode area NG.");
}

}  // namespace
}  // namespace brokerage::engine
