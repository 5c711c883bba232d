#include "engine/views/package_view.h"
#include "engine/views/offer_view.h"

#include <gtest/gtest.h>

#include "engine/model/visibility.h"
#include "tests/fixtures/view_fixture.h"

namespace brokerage::engine {
namespace {

class PackageAsShown : public ViewFixture {};

TEST_F(PackageAsShown, OnlyTheOwnAuthoritysNavigationSeesAPackage) {
  EXPECT_TRUE(MaySeePackage(Navigator(), package_.row));
  EXPECT_FALSE(MaySeePackage(Navigator("derbyshire"), package_.row));
  Caller commissioner = Commissioner();
  for (const Caller& other :
       {commissioner, Administrator(), fosse_, Organisation("fosse"), Caller{}}) {
    EXPECT_FALSE(MaySeePackage(other, package_.row)) << other.account_id;
  }
}

TEST_F(PackageAsShown, OnlyItsOwnersAndNavigationSeeAnOffer) {
  EXPECT_TRUE(MaySeeOffer(Navigator(), package_.row, Offer(1)));
  EXPECT_TRUE(MaySeeOffer(fosse_, package_.row, Offer(1)));
  EXPECT_TRUE(MaySeeOffer(Organisation("fosse"), package_.row, Offer(1)));
  for (const Caller& other :
       {Navigator("derbyshire"), london_, Organisation("london-care"), Commissioner(),
        Administrator(), BranchOf("fosse", "fosse-worksop"), Caller{}}) {
    EXPECT_FALSE(MaySeeOffer(other, package_.row, Offer(1))) << other.account_id;
    EXPECT_EQ(ToOffer(package_, Offer(1), other).ByteSizeLong(), 0u) << other.account_id;
  }
}

TEST_F(PackageAsShown, ACallerWithoutAnIdIsNotTheOwnerOfARowWithoutOne) {
  package_.row.clear_authority_id();
  Offer(1).clear_branch_id();
  Offer(1).clear_provider_id();
  EXPECT_FALSE(MaySeePackage(Navigator(""), package_.row));
  EXPECT_FALSE(MaySeeOffer(BranchOf("", ""), package_.row, Offer(1)));
  EXPECT_FALSE(MaySeeOffer(Organisation(""), package_.row, Offer(1)));
}

TEST_F(PackageAsShown, ABranchSeesSummaryAndSectorButNotThePerson) {
  v1::Offer offer = Shown(1, fosse_);
  EXPECT_EQ(offer.id(), "O-2018-000123-1");
  EXPECT_EQ(offer.package_id(), "P-2018-000123");
  EXPECT_EQ(offer.state(), v1::OFFER_STATE_ACCEPTED);
  EXPECT_EQ(offer.deadline_time().seconds(), kDeadline / kSecond);
  EXPECT_EQ(offer.summary(), "Two visits a day.");
  EXPECT_EQ(offer.postcode(), "NG18 1");
  EXPECT_EQ(offer.terms().weekly_minutes(), 840);
  EXPECT_EQ(offer.details(), "");
  EXPECT_EQ(offer.person_reference(), "");
  EXPECT_EQ(offer.answers_size(), 1);
}

TEST_F(PackageAsShown, TheWinnerSeesThePersonAndTheLosersDoNot) {
  Award();
  for (const Caller& winner : {fosse_, Organisation("fosse")}) {
    v1::Offer offer = Shown(1, winner);
    EXPECT_EQ(offer.postcode(), "NG18 1AB");
    EXPECT_EQ(offer.details(), "Key safe by the door.");
    EXPECT_EQ(offer.person_reference(), "C-778");
  }
  v1::Offer lost = Shown(2, london_);
  EXPECT_EQ(lost.state(), v1::OFFER_STATE_LOST);
  EXPECT_EQ(lost.lost_by(), v1::AWARD_CRITERION_CONTRACTED_SHORTFALL);
  EXPECT_EQ(lost.postcode(), "NG18 1");
  EXPECT_EQ(lost.details() + lost.person_reference(), "");
  v1::Offer closed = Shown(3, agincare_);
  EXPECT_EQ(closed.close_cause(), v1::CLOSE_CAUSE_AWARDED_ELSEWHERE);
  EXPECT_EQ(closed.details() + closed.person_reference(), "");
}

TEST_F(PackageAsShown, AReturnedWinnerNoLongerSeesThePerson) {
  Award();
  Offer(1).set_returned_cause(v1::CAUSE_PROVIDER);
  v1::Offer offer = Shown(1, fosse_);
  EXPECT_EQ(offer.state(), v1::OFFER_STATE_WON);
  EXPECT_EQ(offer.postcode(), "NG18 1");
  EXPECT_EQ(offer.details() + offer.person_reference(), "");
}

TEST_F(PackageAsShown, ErasedTextsAreGoneAndTheSectorStays) {
  Award();
  package_.texts.clear();
  package_.row.set_erased(true);
  EXPECT_EQ(Shown(1, fosse_).postcode(), "NG18 1");
  v1::Package package = ToPackage(package_, Detail::kFull, directory_);
  EXPECT_TRUE(package.erased());
  EXPECT_EQ(package.summary() + package.details() + package.person_reference() + package.postcode(),
            "");
}

TEST_F(PackageAsShown, TheCriterionAgainstAnAcceptanceIsToldOnlyOnceItLost) {
  Offer(2).set_lost_by(v1::AWARD_CRITERION_PRICE);
  EXPECT_EQ(Shown(2, london_).lost_by(), v1::AWARD_CRITERION_UNSPECIFIED);
}

TEST_F(PackageAsShown, AnOfferOfOlderTermsDoesNotShowTheNewOnes) {
  package_.row.set_terms_version(2);
  package_.row.mutable_terms()->set_weekly_minutes(999);
  v1::Offer offer = Shown(1, fosse_);
  EXPECT_EQ(offer.terms_version(), 1);
  EXPECT_EQ(offer.terms().weekly_minutes(), 0);
  EXPECT_EQ(offer.terms().service_type(), v1::SERVICE_TYPE_HOME_CARE);
}

TEST_F(PackageAsShown, AnswersAndClaimsComeWithTheirTextsAndDates) {
  AddAnswer(3, kIssued + kSecond, v1::ANSWER_DECLINE);
  Offer(3).mutable_answers(0)->set_decline_reason(v1::DECLINE_REASON_OTHER);
  AddAnswer(3, kIssued + 2 * kSecond);
  Offer(3).mutable_answers(1)->set_possible_start_date(20180706);
  Offer(3).mutable_claim()->set_state(v1::CLAIM_STATE_REJECTED);
  v1::Offer offer = Shown(3, agincare_);
  ASSERT_EQ(offer.answers_size(), 2);
  EXPECT_EQ(offer.answers(0).note(), "Our only driver is away.");
  EXPECT_EQ(offer.answers(0).possible_start_date(), "");
  EXPECT_FALSE(offer.answers(0).has_valid_until_time());
  EXPECT_EQ(offer.answers(1).note(), "");
  EXPECT_EQ(offer.answers(1).possible_start_date(), "2018-07-06");
  EXPECT_EQ(offer.error_claim().reason(), "Kirkby only.");
  EXPECT_EQ(offer.error_claim().decision_reason(), "The ward was yours.");
  EXPECT_FALSE(Shown(1, fosse_).has_error_claim());
}

TEST_F(PackageAsShown, NavigationSeesThePackageWhole) {
  Award();
  v1::Package package = ToPackage(package_, Detail::kFull, directory_);
  EXPECT_EQ(package.id(), "P-2018-000123");
  EXPECT_EQ(package.postcode(), "NG18 1AB");
  EXPECT_EQ(package.details(), "Key safe by the door.");
  EXPECT_EQ(package.offers_size(), 3);
  EXPECT_EQ(package.award().offer_id(), "O-2018-000123-1");
  EXPECT_EQ(package.award().branch_id(), "fosse-mansfield");
  EXPECT_EQ(package.rounds(0).verdicts_size(), 4);
  EXPECT_FALSE(package.has_release_due_time());
  EXPECT_EQ(package.successor_package_id(), "");
  EXPECT_EQ(Shown(2, Navigator()).details(), "Key safe by the door.");
}

TEST_F(PackageAsShown, AListHasNeitherVerdictsNorOffers) {
  v1::Package package = ToPackage(package_, Detail::kList, directory_);
  ASSERT_EQ(package.rounds_size(), 1);
  EXPECT_EQ(package.rounds(0).verdicts_size(), 0);
  EXPECT_EQ(package.rounds(0).deadline_time().seconds(), kDeadline / kSecond);
  EXPECT_EQ(package.offers_size(), 0);
}

TEST_F(PackageAsShown, ARoundTellsTheRulesThatFailedAndAPreviewEveryRule) {
  v1::Round issued = ToRound(Round(), package_.row, false, directory_);
  EXPECT_EQ(issued.verdicts(0).rules_size(), 0);
  ASSERT_EQ(issued.verdicts(3).rules_size(), 1);
  EXPECT_EQ(issued.verdicts(3).rules(0).rule(), v1::HARD_RULE_BRANCH_COVERS_WARD);
  EXPECT_FALSE(issued.verdicts(3).rules(0).passed());
  EXPECT_NE(issued.verdicts(3).rules(0).explanation(), "");
  v1::Round preview = ToRound(Round(), package_.row, true, directory_);
  // All but the last, which is asked at award only.
  EXPECT_EQ(preview.verdicts(0).rules_size(), v1::HARD_RULE_ONE_BRANCH_PER_PROVIDER);
  EXPECT_TRUE(preview.verdicts(0).rules(0).passed());
}

TEST_F(PackageAsShown, AnOfferThatMovedShowsItsFormerBranchOnlyThatItIsGone) {
  Offer(3).set_branch_id("agincare-selston");
  Offer(3).add_moved_from_branch_ids("agincare-hucknall");
  Offer(3).add_moved_from_branch_ids("agincare-kirkby");
  EXPECT_FALSE(MaySeeOffer(agincare_, package_.row, Offer(3)));
  v1::Offer gone;
  gone.set_id("O-2018-000123-3");
  gone.set_package_id("P-2018-000123");
  gone.set_round_number(1);
  gone.set_provider_id("agincare");
  gone.add_moved_from_branch_ids("agincare-kirkby");
  EXPECT_EQ(ToMovedOffer(package_, Offer(3), agincare_).DebugString(), gone.DebugString());
  EXPECT_EQ(ToMovedOffer(package_, Offer(3), london_).DebugString(), "");
  v1::Offer now = Shown(3, BranchOf("agincare", "agincare-selston"));
  EXPECT_EQ(now.moved_from_branch_ids_size(), 2);
  EXPECT_EQ(now.summary(), "Two visits a day.");
}

}  // namespace
}  // namespace brokerage::engine
