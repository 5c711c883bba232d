#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "engine/views/package_view.h"
#include "tests/fixtures/view_fixture.h"

namespace brokerage::engine {
namespace {

class HistoryAsShown : public ViewFixture {};

TEST_F(HistoryAsShown, NavigationReadsWhoWasOfferedARound) {
  Strings told = Told(Opened(), Navigator());
  ASSERT_EQ(told.size(), 4u);
  EXPECT_EQ(
      told[0],
      "Round 1 (lead, additional) opened: 3 offered of 4 considered, until 2018-07-03T10:00Z.");
  EXPECT_EQ(told[2],
            "Offered to London Care Mansfield (Comfort Call) under "
            "mansfield-and-ashfield/additional/london-care "
            "until 2018-07-03T10:00Z.");
}

TEST_F(HistoryAsShown, NavigationReadsWhyARoundOpenedBesideAnother) {
  Record record = Opened();
  v1::RoundBeside& beside =
      *record.mutable_facts(0)->mutable_round_opened()->mutable_round()->mutable_beside();
  beside.set_round_number(1);
  beside.set_lower_percent(50);
  beside.set_upper_percent(70);
  v1::TierFill& fill = *beside.add_tier_fills();
  fill.set_tier_id("lead");
  fill.set_filled(9);
  fill.set_packages(20);
  EXPECT_EQ(Told(record, Navigator())[0],
            "Round 1 (lead, additional) opened beside round 1 (adaptive release: lead filled 9 of "
            "20 packages; it begins below 50% and ends at 70%): 3 offered of 4 considered, until "
            "2018-07-03T10:00Z.");
}

TEST_F(HistoryAsShown, NavigationReadsWhomASuspensionKeptOutOfARoundThatNeverOpened) {
  Record record = Opened();
  journal::v1::RoundsPassedOver passed_over;
  passed_over.set_package_number(record.facts(0).round_opened().package_number());
  journal::v1::PassedOverRound& round = *passed_over.add_rounds();
  round.set_rule_number(1);
  journal::v1::Verdict& verdict = *round.add_verdicts();
  verdict.set_branch_id("london-care-mansfield");
  verdict.add_suspension_ids("S-000001");
  verdict.add_suspension_ids("S-000002");
  *record.mutable_facts(0)->mutable_rounds_passed_over() = passed_over;
  EXPECT_EQ(Told(record, Navigator()),
            Strings{"Passed over the framework's round 1, in which nobody could be asked: S-000001 "
                    "and S-000002 kept London Care Mansfield from its offer."});
  EXPECT_EQ(Told(record, london_), Strings{});
}

TEST_F(HistoryAsShown, NavigationReadsWhoAvoidedARoundThatNeverOpened) {
  Record record = Opened();
  journal::v1::RoundsPassedOver passed_over;
  passed_over.set_package_number(record.facts(0).round_opened().package_number());
  journal::v1::PassedOverRound& round = *passed_over.add_rounds();
  round.set_rule_number(1);
  round.add_verdicts()->set_branch_id("london-care-mansfield");
  for (const char* contract : {"c-one", "c-two"}) round.add_verdicts()->set_contract_id(contract);
  *record.mutable_facts(0)->mutable_rounds_passed_over() = passed_over;
  EXPECT_EQ(Told(record, Navigator()),
            Strings{"Passed over the framework's round 1, in which nobody could be asked: London "
                    "Care Mansfield is in an opt-out window, 2 contracts do not cover the ward."});
}

TEST_F(HistoryAsShown, ABranchReadsOfItsOwnOfferAlone) {
  for (const Caller& caller : {london_, Organisation("london-care")}) {
    std::vector<v1::HistoryEvent> events = History(Opened(), caller);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind(), "OfferIssued");
    EXPECT_EQ(events[0].offer_id(), "O-2018-000123-2");
    EXPECT_EQ(events[0].branch_id(), "london-care-mansfield");
    EXPECT_EQ(events[0].sequence(), 7);
    EXPECT_EQ(events[0].event_time().seconds(), kIssued / kSecond);
  }
}

TEST_F(HistoryAsShown, NobodyElseReadsOfAPackage) {
  for (const Record& record : {Opened(), Award()}) {
    for (const Caller& caller : {Navigator("derbyshire"), Commissioner(), Administrator(),
                                 BranchOf("direct-health", "direct-health-mansfield"), Caller{}}) {
      EXPECT_EQ(Told(record, caller), Strings{}) << caller.account_id;
    }
  }
}

TEST_F(HistoryAsShown, ALoserReadsTheCriterionAndNoOtherBranch) {
  Record award = Award();
  EXPECT_EQ(Told(award, london_),
            Strings{"London Care Mansfield (Comfort Call) lost, decided by contracted shortfall."});
  EXPECT_EQ(Told(award, fosse_), Strings{"Fosse Mansfield (Legal fosse) won."});
  EXPECT_EQ(
      Told(award, agincare_),
      Strings{
          "The offer to Agincare Kirkby (Legal agincare) was closed unanswered: the package was "
          "awarded elsewhere."});
  for (const Caller& caller : {london_, agincare_}) {
    for (const v1::HistoryEvent& event : History(award, caller)) {
      EXPECT_FALSE(absl::StrContains(event.ShortDebugString(), "osse"));
      EXPECT_EQ(event.account_id(), "");
    }
  }
  EXPECT_EQ(Told(award, Navigator())[0],
            "Awarded to Fosse Mansfield (Legal fosse), decided by contracted shortfall.");
  EXPECT_EQ(History(award, Navigator())[0].account_id(), "navigation-1");
  EXPECT_EQ(Told(award, Navigator()).size(), 4u);
}

TEST_F(HistoryAsShown, AVoidAcceptanceNamesItsRule) {
  Record record = RecordAt(kAwardTime, "");
  journal::v1::PackageUnfilled& unfilled = *record.add_facts()->mutable_package_unfilled();
  unfilled.set_package_number(123);
  journal::v1::VoidedOffer& voided = *unfilled.add_voided();
  voided.set_ordinal(2);
  voided.set_rule(v1::HARD_RULE_PROVIDER_NOT_SUSPENDED);
  EXPECT_EQ(Told(record, london_),
            Strings{"The acceptance of London Care Mansfield (Comfort Call) is void: "
                    "provider_not_suspended."});
  EXPECT_EQ(Told(record, fosse_), Strings{});
}

TEST_F(HistoryAsShown, AnAnswerIsTheBranchsOwnAndItsNavigationsToRead) {
  Record record = RecordAt(kIssued + 20 * kSecond, "account-london-care-mansfield");
  journal::v1::OfferAnswered& answered = *record.add_facts()->mutable_offer_answered();
  answered.set_package_number(123);
  answered.set_ordinal(2);
  *answered.mutable_answer() = Offer(2).answers(0);
  for (const Caller& caller : {london_, Navigator()}) {
    std::vector<v1::HistoryEvent> events = History(record, caller);
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].kind(), "OfferAnswered");
    EXPECT_EQ(events[0].text(), "London Care Mansfield (Comfort Call) accepted.");
    EXPECT_EQ(events[0].account_id(), "account-london-care-mansfield");
  }
  EXPECT_EQ(Told(record, fosse_), Strings{});
  EXPECT_EQ(Subjects(record), (std::set<std::string>{"B:london-care-mansfield", "O:london-care",
                                                     "P:123", "U:nottinghamshire"}));
}

TEST_F(HistoryAsShown, AnAcceptanceInPartSaysWhichVisitsAndALinkWhichPackage) {
  Record record = RecordAt(kIssued + 20 * kSecond, "account-london-care-mansfield");
  journal::v1::OfferAnswered& answered = *record.add_facts()->mutable_offer_answered();
  answered.set_package_number(123);
  answered.set_ordinal(2);
  *answered.mutable_answer() = Offer(2).answers(0);
  answered.mutable_answer()->add_visits(1);
  answered.mutable_answer()->add_visits(3);
  const Strings told = Told(record, Navigator());
  ASSERT_EQ(told.size(), 1u);
  EXPECT_TRUE(absl::StartsWith(
      told[0], "London Care Mansfield (Comfort Call) accepted in part: visits 1, 3 (0 of "))
      << told[0];

  Record link = RecordAt(kIssued, "navigation-1");
  for (bool unlinked : {false, true}) {
    journal::v1::PackagesLinked& linked = *link.add_facts()->mutable_packages_linked();
    linked.set_package_number(123);
    linked.mutable_other()->set_number(124);
    linked.mutable_other()->set_year(2018);
    linked.set_unlinked(unlinked);
  }
  EXPECT_EQ(Told(link, Navigator()),
            (Strings{"Linked to P-2018-000124.", "No longer linked to P-2018-000124."}));
  EXPECT_EQ(Told(link, london_), Strings{});
}

TEST_F(HistoryAsShown, NeitherTheRoundsEarlyCloseNorTheProposalIsTellingABranchAnything) {
  Record record = RecordAt(kIssued + 30 * kSecond, "");
  record.add_facts()->mutable_round_closed()->set_package_number(123);
  record.mutable_facts(0)->mutable_round_closed()->set_round_number(1);
  record.add_facts()->mutable_award_proposed()->set_package_number(123);
  record.mutable_facts(1)->mutable_award_proposed()->set_ordinal(1);
  EXPECT_EQ(Told(record, fosse_), Strings{});
  EXPECT_EQ(Told(record, london_), Strings{});
  EXPECT_EQ(
      Told(record, Navigator()),
      (Strings{
          "Round 1 closed.",
          "Awaits care navigation: Fosse Mansfield (Legal fosse) is proposed for the award."}));
  EXPECT_EQ(Subjects(record), (std::set<std::string>{"P:123", "U:nottinghamshire"}));
}

TEST_F(HistoryAsShown, OnlyTheUnansweredReadThatTheyLapsed) {
  Offer(3).set_state(v1::OFFER_STATE_LAPSED);
  Record record = RecordAt(kDeadline, "");
  record.add_facts()->mutable_round_due()->set_package_number(123);
  record.mutable_facts(0)->mutable_round_due()->set_round_number(1);
  Strings lapsed = {"Agincare Kirkby (Legal agincare) had not answered by the deadline."};
  EXPECT_EQ(Told(record, agincare_), lapsed);
  EXPECT_EQ(Told(record, fosse_), Strings{});
  AddAnswer(3, kDeadline + kSecond);
  Offer(3).mutable_answers(0)->set_late(true);
  Offer(3).set_state(v1::OFFER_STATE_ACCEPTED);
  EXPECT_EQ(Told(record, agincare_), lapsed);
}

TEST_F(HistoryAsShown, ASecondAwardDoesNotCloseTheFirstOnesOffersAgain) {
  Award();
  Offer(1).set_returned_cause(v1::CAUSE_PERSON);
  AddOffer(4, "agincare", "agincare-kirkby", v1::OFFER_STATE_WON);
  Offer(4).set_round_number(2);
  Record second = RecordAt(kAwardTime + 3600 * kSecond, "");
  second.add_facts()->mutable_package_awarded()->set_package_number(123);
  second.mutable_facts(0)->mutable_package_awarded()->mutable_award()->set_offer_ordinal(4);
  EXPECT_EQ(Told(second, agincare_), Strings{"Agincare Kirkby (Legal agincare) won."});
  EXPECT_EQ(Told(second, london_), Strings{});
  EXPECT_EQ(Subjects(second), (std::set<std::string>{"B:agincare-kirkby", "O:agincare", "P:123",
                                                     "U:nottinghamshire"}));
}

TEST_F(HistoryAsShown, EachReturnIsToldToTheWinnerOfItsTime) {
  Award();
  int64_t first_us = kAwardTime + 3600 * kSecond;
  int64_t second_us = first_us + 7200 * kSecond;
  Offer(1).set_returned_cause(v1::CAUSE_PROVIDER);
  AddOffer(4, "agincare", "agincare-kirkby", v1::OFFER_STATE_WON);
  Offer(4).set_issued_time_us(first_us + kSecond);
  Offer(4).set_returned_cause(v1::CAUSE_PERSON);
  AddAnswer(4, first_us + 60 * kSecond);
  for (int64_t time_us : {first_us, second_us}) {
    Record record = RecordAt(time_us, "navigation-1");
    record.add_facts()->mutable_package_returned()->set_package_number(123);
    record.mutable_facts(0)->mutable_package_returned()->set_cause(v1::CAUSE_PROVIDER);
    EXPECT_EQ(Told(record, fosse_).size(), time_us == first_us ? 1u : 0u);
    EXPECT_EQ(Told(record, agincare_).size(), time_us == second_us ? 1u : 0u);
    EXPECT_EQ(Told(record, london_), Strings{});
    EXPECT_EQ(Told(record, Navigator()).size(), 1u);
  }
}

TEST_F(HistoryAsShown, ACancelledAwardIsToldToItsWinner) {
  Award();
  package_.row.set_state(v1::PACKAGE_STATE_CANCELLED);
  Record record = RecordAt(kAwardTime + kSecond, "navigation-1");
  record.add_facts()->mutable_package_cancelled()->set_package_number(123);
  EXPECT_EQ(Told(record, fosse_),
            Strings{"The package that Fosse Mansfield (Legal fosse) had won was cancelled."});
  EXPECT_EQ(Told(record, london_), Strings{});
  EXPECT_EQ(Told(record, agincare_), Strings{});
}

TEST_F(HistoryAsShown, AnAcceptanceThatAReissueVoidsIsToldThenAndNotAgain) {
  int64_t reissue_us = kDeadline + kSecond;
  Offer(1).set_state(v1::OFFER_STATE_VOID);
  Round().set_closed_time_us(kDeadline);
  package_.row.set_previous_issue_offers(3);
  journal::v1::RoundRow& second = *package_.row.add_rounds();
  second.set_number(2);
  second.set_opened_time_us(reissue_us);
  Record record = RecordAt(reissue_us, "navigation-1");
  record.add_facts()->mutable_package_reissued()->set_package_number(123);
  Strings told = {
      "The acceptance of Fosse Mansfield (Legal fosse) is void: the package was put out again."};
  EXPECT_EQ(Told(record, fosse_), told);
  record.set_time_us(reissue_us + 3600 * kSecond);
  EXPECT_EQ(Told(record, fosse_), Strings{});
  record.clear_facts();
  record.add_facts()->mutable_package_cancelled()->set_package_number(123);
  EXPECT_EQ(Told(record, fosse_), Strings{});
  package_.row.set_previous_issue_offers(0);  // had it not been reissued
  EXPECT_EQ(
      Told(record, fosse_),
      Strings{
          "The acceptance of Fosse Mansfield (Legal fosse) is void: the package was cancelled."});
}

TEST_F(HistoryAsShown, AHandBackBelongsToBothPackagesAndTheBranchLearnsOfItsOwn) {
  Award();
  Record record = RecordAt(kAwardTime + kSecond, "navigation-1");
  journal::v1::PackageHandedBack& back = *record.add_facts()->mutable_package_handed_back();
  back.set_package_number(123);
  back.set_cause(v1::CAUSE_PROVIDER);
  back.mutable_successor()->set_number(124);
  back.mutable_successor()->set_year(2019);
  back.mutable_successor()->set_authority_id("nottinghamshire");
  EXPECT_EQ(Subjects(record), (std::set<std::string>{"B:fosse-mansfield", "O:fosse", "P:123",
                                                     "P:124", "U:nottinghamshire"}));
  EXPECT_EQ(
      Told(record, fosse_),
      Strings{"Fosse Mansfield (Legal fosse) handed the package back: the provider's cause."});
  std::vector<v1::HistoryEvent> events = History(record, Navigator());
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].text(), "Handed back: the provider's cause. P-2019-000124 follows.");
  EXPECT_EQ(events[2].package_id(), "P-2019-000124");
  EXPECT_EQ(events[2].text(), "Follows P-2018-000123, which was handed back.");
}

TEST_F(HistoryAsShown, AnExtensionIsToldToTheOffersThatStillLive) {
  int64_t moved_us = kDeadline + 3600 * kSecond;
  Round().set_deadline_us(moved_us);
  Offer(3).set_state(v1::OFFER_STATE_CLOSED);
  Offer(3).set_close_cause(v1::CLOSE_CAUSE_CONTRACT_ENDED);
  Record record = RecordAt(kDeadline, "root");
  journal::v1::DeadlineExtended& extended = *record.add_facts()->mutable_deadline_extended();
  extended.set_package_number(123);
  extended.set_round_number(1);
  extended.set_deadline_us(moved_us);
  EXPECT_EQ(Told(record, fosse_),
            Strings{"The deadline of Fosse Mansfield (Legal fosse) moved to 2018-07-03T11:00Z."});
  EXPECT_EQ(Told(record, agincare_), Strings{});
  EXPECT_EQ(Told(record, Administrator()),
            Strings{"Round 1 has its deadline moved to 2018-07-03T11:00Z."});
  EXPECT_EQ(History(record, fosse_)[0].account_id(), "");
}

TEST_F(HistoryAsShown, NoTextOfAPersonIsInAnyHistory) {
  AddAnswer(3, kIssued + kSecond, v1::ANSWER_DECLINE);
  Record record = Opened();
  *record.add_facts() = Award().facts(0);
  Fact& answered = *record.add_facts();
  answered.mutable_offer_answered()->set_package_number(123);
  answered.mutable_offer_answered()->set_ordinal(3);
  *answered.mutable_offer_answered()->mutable_answer() = Offer(3).answers(0);
  *record.add_facts()->mutable_package_submitted()->mutable_package() = package_.row;
  for (const Caller& caller : {Navigator(), fosse_, agincare_}) {
    for (const std::string& text : Told(record, caller)) {
      for (const journal::v1::TextRow& row : package_.texts)
        EXPECT_FALSE(absl::StrContains(text, row.text())) << text;
    }
  }
}

TEST_F(HistoryAsShown, DirectoryFactsAreForThoseWhoRunTheFrameworkAndCoverageForItsBranch) {
  Record record = RecordAt(kIssued, "quality");
  journal::v1::FrameworkRow framework;
  framework.set_framework_id("county");
  framework.set_revision(1);
  framework.mutable_rules()->add_authorities()->set_id("nottinghamshire");
  directory_.PutFramework(framework);
  journal::v1::DirectoryChanged& changed = *record.add_facts()->mutable_directory_changed();
  v1::Coverage& coverage = *changed.add_facts()->mutable_coverage();
  coverage.set_branch_id("fosse-mansfield");
  coverage.set_ward_code("E05010673");
  coverage.set_service_type(v1::SERVICE_TYPE_HOME_CARE);
  coverage.set_from_date("2018-07-01");
  v1::OptOutWindow& window = *changed.add_facts()->mutable_opt_out_window();
  window.set_branch_id("agincare-kirkby");
  window.set_framework_id("county");
  window.set_reason("Our manager is ill.");
  changed.set_reason("Our manager is ill.");
  Strings told = Told(record, Commissioner());
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0], "Fosse Mansfield covers E05010673 for home care from 2018-07-01.");
  EXPECT_EQ(told[1], "Agincare Kirkby takes no offers.");
  EXPECT_EQ(Told(record, Navigator("derbyshire")), Strings{told[0]});
  EXPECT_EQ(Told(record, Administrator()), told);
  EXPECT_EQ(History(record, Administrator())[0].account_id(), "quality");
  EXPECT_EQ(History(record, Administrator())[0].branch_id(), "fosse-mansfield");
  EXPECT_EQ(Told(record, fosse_), Strings{told[0]});
  EXPECT_EQ(Told(record, agincare_), Strings{});
  EXPECT_EQ(Subjects(record),
            (std::set<std::string>{"A:", "B:agincare-kirkby", "B:fosse-mansfield"}));
}

TEST_F(HistoryAsShown,
       AProposalOfCoverageAndItsDecisionAreToldToItsBranchAndToWhoRunsTheFramework) {
  Record record = RecordAt(kIssued, "fosse-desk");
  journal::v1::FrameworkRow framework;
  framework.set_framework_id("county");
  framework.set_revision(1);
  framework.mutable_rules()->add_authorities()->set_id("nottinghamshire");
  directory_.PutFramework(framework);
  journal::v1::DirectoryFact& fact = *record.add_facts()->mutable_directory_changed()->add_facts();
  fact.set_framework_id("county");
  v1::CoverageProposal& proposal = *fact.mutable_coverage_proposal();
  proposal.set_id("C-000001");
  proposal.set_state(v1::PROPOSAL_STATE_OPEN);
  v1::Coverage& line = *proposal.mutable_coverage();
  line.set_branch_id("fosse-mansfield");
  line.set_postcode_area("NG");
  line.set_service_type(v1::SERVICE_TYPE_HOME_CARE);
  line.set_from_date("2018-08-01");
  EXPECT_EQ(Told(record, fosse_),
            Strings{"Proposed in C-000001: Fosse Mansfield covers postcode area NG for home care "
                    "from 2018-08-01."});
  EXPECT_EQ(Told(record, Commissioner()), Told(record, fosse_));
  EXPECT_EQ(Told(record, Navigator("derbyshire")), Strings{}) << "not its framework";
  EXPECT_EQ(Told(record, agincare_), Strings{});
  EXPECT_EQ(Subjects(record), (std::set<std::string>{"A:", "B:fosse-mansfield"}));

  proposal.set_state(v1::PROPOSAL_STATE_REJECTED);
  proposal.set_decided_by("quality");
  proposal.set_decision_reason("Two others cover it.");
  record.mutable_facts(0)->mutable_directory_changed()->set_reason("Two others cover it.");
  EXPECT_EQ(Told(record, fosse_),
            Strings{"Rejected, proposed in C-000001: Fosse Mansfield covers postcode area NG for "
                    "home care from 2018-08-01. Reason: Two others cover it."});
  EXPECT_EQ(Told(record, Commissioner()), Told(record, fosse_));

  proposal.set_state(v1::PROPOSAL_STATE_ACCEPTED);
  proposal.clear_decided_by();
  proposal.clear_decision_reason();
  EXPECT_EQ(Told(record, fosse_),
            Strings{"Proposed, and accepted by the framework's rule, C-000001: Fosse Mansfield "
                    "covers postcode area NG for home care from 2018-08-01."});
}

TEST_F(HistoryAsShown, TheFilesOfAFrameworkAreToldInOneSentence) {
  Record record = RecordAt(kIssued, "root");
  journal::v1::DirectoryChanged& changed = *record.add_facts()->mutable_directory_changed();
  for (int i = 0; i < 30; ++i) changed.add_facts()->mutable_ward()->set_code(absl::StrCat("E", i));
  changed.add_facts()->mutable_lot()->set_id("gedling");
  EXPECT_EQ(Told(record, Commissioner()),
            Strings{"31 facts of the directory changed: lot: 1, ward: 30."});
}

TEST_F(HistoryAsShown, AccountsAreTheAdministratorsAndTheClockTheCommissionersToo) {
  Record record = RecordAt(kIssued, "root");
  journal::v1::AccountRow& account =
      *record.add_facts()->mutable_account_changed()->mutable_account();
  account.mutable_account()->set_id("fosse-desk");
  account.mutable_account()->set_role(v1::ROLE_PROVIDER_BRANCH);
  account.set_token_sha256("secret");
  record.add_facts()->mutable_clock_judged()->set_jumped(true);
  EXPECT_EQ(Told(record, Administrator()),
            (Strings{"Account fosse-desk (provider branch) was created or changed.",
                     "The clock jumped: no deadline lapses until it is confirmed."}));
  EXPECT_EQ(Told(record, Commissioner()).size(), 1u);
  EXPECT_EQ(Told(record, Navigator()), Strings{});
  EXPECT_EQ(Told(record, fosse_), Strings{});
}

TEST_F(HistoryAsShown, AnIssueBelongsToEveryOfferedBranch) {
  EXPECT_EQ(Subjects(Opened()),
            (std::set<std::string>{"B:agincare-kirkby", "B:fosse-mansfield",
                                   "B:london-care-mansfield", "O:agincare", "O:fosse",
                                   "O:london-care", "P:123", "U:nottinghamshire"}));
}

TEST_F(HistoryAsShown, AMoveIsToldToBothBranchesAndOnceToWhoSeesBoth) {
  PutBranch(&directory_, "agincare", "", "agincare-selston", "Agincare Selston");
  Offer(3).set_branch_id("agincare-hucknall");  // it has moved on since
  Record record = RecordAt(kIssued + 40 * kSecond, "office-agincare");
  journal::v1::OfferMoved& moved = *record.add_facts()->mutable_offer_moved();
  moved.set_package_number(123);
  moved.set_ordinal(3);
  moved.set_from_branch_id("agincare-kirkby");
  moved.set_branch_id("agincare-selston");
  const Strings both = {
      "The offer moved from Agincare Kirkby (Legal agincare) to Agincare Selston (Legal agincare); "
      "the clock runs on."};
  EXPECT_EQ(Told(record, Navigator()), both);
  EXPECT_EQ(Told(record, Organisation("agincare")), both);
  EXPECT_EQ(Told(record, BranchOf("agincare", "agincare-selston")), both);
  EXPECT_EQ(Told(record, agincare_), Strings{"The offer to Agincare Kirkby (Legal agincare) moved "
                                             "to another branch of its provider."});
  EXPECT_EQ(Told(record, BranchOf("agincare", "agincare-hucknall")), Strings{});
  EXPECT_EQ(Told(record, london_), Strings{});
  EXPECT_EQ(History(record, agincare_)[0].branch_id(), "agincare-kirkby");
  EXPECT_EQ(Subjects(record),
            (std::set<std::string>{"P:123", "U:nottinghamshire", "B:agincare-kirkby",
                                   "B:agincare-selston", "O:agincare"}));
}

TEST_F(HistoryAsShown, AnAcceptanceReadsWithItsLimit) {
  Record record = RecordAt(kIssued + 10 * kSecond, "account-fosse-mansfield");
  journal::v1::OfferAnswered& answered = *record.add_facts()->mutable_offer_answered();
  answered.set_package_number(123);
  answered.set_ordinal(1);
  answered.mutable_answer()->set_answer(v1::ANSWER_ACCEPT);
  v1::AcceptanceLimit& limit = *answered.mutable_answer()->mutable_limit();
  limit.set_name("week 27");
  limit.set_packages_max(2);
  limit.set_weekly_minutes_max(900);
  EXPECT_EQ(Told(record, fosse_),
            Strings{"Fosse Mansfield (Legal fosse) accepted, at most 2 packages and 900 minutes a "
                    "week of \"week 27\"."});
}

}  // namespace
}  // namespace brokerage::engine
