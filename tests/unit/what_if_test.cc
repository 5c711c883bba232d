// A past period under other rules: what is told must be what the recorded answers tell, and what
// they do not tell must be counted.
#include "engine/what_if.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/ids.h"
#include "tests/fixtures/engine_driver.h"
#include "tests/fixtures/framework_fixture.h"
#include "tests/fixtures/small_framework.h"
#include "tests/scenarios/runner/table.h"

namespace brokerage::engine {
namespace {

const absl::Time kStart = absl::FromCivil(absl::CivilHour(2018, 7, 2, 8), London());

// A fortnight of the small county, and what it left.
class WhatIfTest : public ::testing::Test {
 protected:
  WhatIfTest() : driver_(kStart) {
    *apply_.mutable_files() = CountyFiles();
    apply_.set_request_id("apply");
    EXPECT_TRUE(driver_.Run(Administrator(), apply_).ok());
  }

  static Caller Administrator() { return {"admin", v1::ROLE_ADMINISTRATOR, "", "", ""}; }
  static Caller Navigator() { return {"nav", v1::ROLE_CARE_NAVIGATOR, "shire", "", ""}; }

  uint64_t Submit(v1::Urgency urgency) {
    v1::SubmitPackageRequest request;
    request.set_request_id(absl::StrCat("submit ", ++requests_));
    v1::PackageReferral& referral = *request.mutable_referral();
    referral.set_framework_id("county");
    referral.set_authority_id("shire");
    referral.set_origin(v1::ORIGIN_COMMUNITY);
    referral.set_urgency(urgency);
    referral.set_ward_code("E05900001");
    referral.set_summary("Help to get up and to go to bed.");
    referral.set_person_reference(absl::StrCat("person ", requests_));
    v1::PackageTerms& terms = *referral.mutable_terms();
    terms.set_service_type(v1::SERVICE_TYPE_HOME_CARE);
    terms.set_weekly_minutes(420);
    terms.set_carers_per_visit(1);
    terms.set_start_by_date("2018-08-20");
    auto reply = driver_.Run(Navigator(), request);
    EXPECT_TRUE(reply.ok()) << reply.status();
    return ++submitted_;
  }

  void Answer(uint64_t number, const std::string& branch, bool accept) {
    const PackageAggregate package = driver_.Package(number);
    for (const journal::v1::OfferRow& offer : package.offers) {
      if (offer.branch_id() != branch || offer.state() != v1::OFFER_STATE_OPEN) continue;
      const std::string id = FormatOfferId({{package.row.year(), number}, offer.ordinal()});
      const Caller caller{branch, v1::ROLE_PROVIDER_BRANCH, "", offer.provider_id(), branch};
      if (accept) {
        v1::AcceptOfferRequest request;
        request.set_request_id(absl::StrCat("answer ", ++requests_));
        request.set_offer_id(id);
        EXPECT_TRUE(driver_.Run(caller, request).ok());
      } else {
        v1::DeclineOfferRequest request;
        request.set_request_id(absl::StrCat("answer ", ++requests_));
        request.set_offer_id(id);
        request.set_reason(v1::DECLINE_REASON_NO_CAPACITY);
        EXPECT_TRUE(driver_.Run(caller, request).ok());
      }
      return;
    }
  }

  // Care navigation confirms what is proposed, at once.
  void ConfirmAll() {
    for (uint64_t number = 1; number <= submitted_; ++number) {
      const PackageAggregate package = driver_.Package(number);
      if (!package.row.awaits_award()) continue;
      v1::AwardPackageRequest request;
      request.set_request_id(absl::StrCat("award ", ++requests_));
      request.set_package_id(FormatPackageId({package.row.year(), number}));
      request.set_offer_id(
          FormatOfferId({{package.row.year(), number}, package.row.proposed_ordinal()}));
      EXPECT_TRUE(driver_.Run(Navigator(), request).ok());
    }
  }

  v1::PreviewFrameworkResponse Replay(const FrameworkFiles& files,
                                      const std::string& authority_id = "") {
    absl::StatusOr<ParsedFramework> framework = ParseFramework(files, HostKnowsZone);
    EXPECT_TRUE(framework.ok()) << framework.status();
    const Directory& directory = driver_.engine().directory();
    WhatIf play(HostZones(), *framework, directory, {}, 20180702);
    WhatIf again(HostZones(), AsApplied(directory, "county"), directory, {}, 20180702);
    for (uint64_t number = 1; number <= submitted_; ++number) {
      play.Submit(driver_.Package(number));
      again.Submit(driver_.Package(number));
    }
    play.Finish(driver_.now());
    again.Finish(driver_.now());
    v1::PreviewFrameworkResponse response = play.Result(again, authority_id);
    for (const v1::WhatIfTotals& one : {response.was(), response.replayed(), response.would()}) {
      EXPECT_EQ(one.offers(), one.accepted() + one.declined() + one.unanswered() + one.unknown() +
                                  one.closed_unanswered() + one.error_upheld() + one.pending());
    }
    return response;
  }

  // "1/3 1/3 2/2": the provider's pick-up as it was, replayed, and as it would have been.
  static std::string PickUpOf(const v1::PreviewFrameworkResponse& response,
                              const std::string& provider_id) {
    for (const v1::WhatIfProvider& one : response.providers()) {
      if (one.provider_id() != provider_id) continue;
      return absl::StrCat(Said(one.pick_up_was()), " ", Said(one.pick_up_replayed()), " ",
                          Said(one.pick_up_would()));
    }
    return "no row";
  }
  static std::string Said(const v1::Rate& rate) {
    return absl::StrCat(rate.numerator(), "/", rate.denominator());
  }

  static FrameworkFiles CountyFiles() { return FilesOf(Scenario()); }

  static std::string& Content(FrameworkFiles* files, const std::string& name) {
    return *ContentOf(files, name);
  }

  EngineDriver driver_;
  v1::ApplyFrameworkRequest apply_;
  int requests_ = 0;
  uint64_t submitted_ = 0;
};

TEST_F(WhatIfTest, TheSameRulesBringWhatWas) {
  for (int day = 0; day < 12; ++day) {
    driver_.AdvanceTo(kStart + absl::Hours(24 * day + 1));
    const uint64_t first = Submit(v1::URGENCY_URGENT);
    const uint64_t second = Submit(v1::URGENCY_STANDARD);
    driver_.AdvanceTo(kStart + absl::Hours(24 * day + 4) + absl::Minutes(7 * day));
    for (uint64_t number : {first, second}) {
      const uint64_t kind = number % 7;
      Answer(number, "add-one", kind == 1 || kind == 4);
      if (kind != 3) Answer(number, "add-two-east", kind == 2 || kind == 4);
      if (kind != 5) Answer(number, "lead-north", kind == 6);
    }
    for (int hour = 5; hour < 24; ++hour) {
      driver_.AdvanceTo(kStart + absl::Hours(24 * day + hour));
      for (uint64_t number = 1; number <= submitted_; ++number) {
        if (number % 3 == 0) Answer(number, "dps-a", number % 2 == 0);
        if (number % 3 == 1) Answer(number, "dps-b", true);
      }
      ConfirmAll();
    }
  }
  for (int hour = 0; hour < 24 * 10; ++hour) {
    driver_.AdvanceTo(driver_.now() + absl::Hours(1));
    ConfirmAll();
  }
  const v1::PreviewFrameworkResponse response = Replay(CountyFiles());
  EXPECT_EQ(response.was().packages(), 24);
  EXPECT_GT(response.was().awarded(), 10);
  EXPECT_GT(response.was().unfilled(), 0);
  EXPECT_EQ(response.undecidable(), 0);
  EXPECT_EQ(response.packages_size(), 0) << response.packages(0).DebugString();
  v1::WhatIfTotals was = response.was(), would = response.would();
  // Care navigation confirmed at the full hour, the replay at once.
  for (v1::WhatIfTotals* totals : {&was, &would}) {
    totals->clear_median_minutes_to_source();
    totals->clear_p90_minutes_to_source();
  }
  EXPECT_EQ(was.DebugString(), would.DebugString());
  for (const v1::WhatIfProvider& provider : response.providers()) {
    EXPECT_EQ(provider.offers_was(), provider.offers_would()) << provider.provider_id();
    EXPECT_EQ(provider.minutes_was(), provider.minutes_would()) << provider.provider_id();
  }
}

TEST_F(WhatIfTest, AnotherCriterionMovesThePackageToWhomItFavours) {
  const uint64_t number = Submit(v1::URGENCY_URGENT);
  Answer(number, "lead-north", true);  // the Lead wins at once
  Submit(v1::URGENCY_URGENT);
  Answer(2, "add-one", true);
  Answer(2, "add-two-east", false);
  Answer(2, "lead-north", true);
  driver_.AdvanceTo(kStart + absl::Hours(24 * 5));
  FrameworkFiles files = CountyFiles();
  std::string& rules = Content(&files, "framework.textproto");
  rules = absl::StrReplaceAll(rules, {{"AWARD_CRITERION_TIER", "AWARD_CRITERION_PRICE"}});
  const v1::PreviewFrameworkResponse response = Replay(files);
  ASSERT_EQ(response.packages_size(), 1) << response.DebugString();
  EXPECT_EQ(response.packages(0).package_id(), "P-2018-000002");
  EXPECT_EQ(response.packages(0).winner_was(), "lead-north");
  EXPECT_EQ(response.packages(0).winner_would(), "add-one") << "it accepted and is cheaper";
  EXPECT_EQ(Replay(files, "shire").packages_size(), 1);
  EXPECT_EQ(Replay(files, "another").packages_size(), 0) << "not its package";
  EXPECT_EQ(Replay(files, "another").moved(), 1);
  EXPECT_EQ(response.undecidable(), 1)
      << "on the first the Lead's acceptance cut the cheaper short; on the second all had answered";
  for (const v1::WhatIfProvider& provider : response.providers()) {
    const bool lead = provider.provider_id() == "lead-north";
    EXPECT_EQ(provider.awarded_was(), lead ? 2 : 0) << provider.provider_id();
    EXPECT_EQ(provider.awarded_replayed(), lead ? 2 : 0) << provider.provider_id();
    EXPECT_EQ(provider.awarded_would(), provider.provider_id() == "add-two" ? 0 : 1);
  }
}

TEST_F(WhatIfTest, WhatIsClosedBeforeItsDeadlineIsNotDue) {
  Submit(v1::URGENCY_URGENT);
  Answer(1, "lead-north", true);  // wins at once
  driver_.AdvanceTo(kStart + absl::Hours(24 * 5));
  const v1::PreviewFrameworkResponse response = Replay(CountyFiles());
  for (const v1::WhatIfTotals& one : {response.was(), response.replayed(), response.would()}) {
    EXPECT_EQ(one.closed_unanswered(), 2);
    EXPECT_EQ(one.unanswered(), 0);
    EXPECT_EQ(one.unknown(), 0);
    EXPECT_EQ(Said(one.pick_up()), "1/1");
  }
  EXPECT_EQ(PickUpOf(response, "add-one"), "0/0 0/0 0/0");
}

TEST_F(WhatIfTest, WhoDoesNotAnswerInTimeIsDueAndWhoMayYetAnswerIsNot) {
  Submit(v1::URGENCY_URGENT);
  Answer(1, "add-one", true);  // waits for the Lead
  driver_.AdvanceTo(kStart + absl::Hours(4));
  Submit(v1::URGENCY_URGENT);
  driver_.AdvanceTo(kStart + absl::Hours(5));
  const v1::PreviewFrameworkResponse response = Replay(CountyFiles());
  for (const v1::WhatIfTotals& one : {response.was(), response.replayed(), response.would()}) {
    EXPECT_EQ(one.unanswered(), 2);
    EXPECT_EQ(one.pending(), 3);
    EXPECT_EQ(Said(one.pick_up()), "1/3");
  }
  EXPECT_EQ(PickUpOf(response, "add-one"), "1/1 1/1 1/1");
  EXPECT_EQ(PickUpOf(response, "lead-north"), "0/1 0/1 0/1");
}

TEST_F(WhatIfTest, WhoWasCutShortIsNotSilentWhereItWouldHaveHadLonger) {
  Submit(v1::URGENCY_URGENT);
  driver_.AdvanceTo(kStart + absl::Hours(1));
  Answer(1, "lead-north", true);
  driver_.AdvanceTo(kStart + absl::Hours(24 * 5));
  FrameworkFiles files = CountyFiles();
  std::string& rules = Content(&files, "framework.textproto");
  rules = absl::StrReplaceAll(rules, {{"AWARD_CRITERION_TIER", "AWARD_CRITERION_PRICE"}});
  const v1::PreviewFrameworkResponse response = Replay(files);
  EXPECT_EQ(response.replayed().closed_unanswered(), 2);
  EXPECT_EQ(response.would().closed_unanswered(), 0) << "the round stands its four hours";
  EXPECT_EQ(response.would().unknown(), 2);
  EXPECT_EQ(response.would().unanswered(), 0);
  EXPECT_EQ(Said(response.would().pick_up()), "1/1");
  EXPECT_EQ(response.undecidable(), 1) << "both are cheaper";
}

TEST_F(WhatIfTest, AUnitOfUnknownAnswersCountsOnlyWhereOneIsKnownToBeAnAcceptance) {
  Submit(v1::URGENCY_URGENT);
  Submit(v1::URGENCY_URGENT);
  for (uint64_t number : {1, 2}) {
    Answer(number, "lead-north", false);
    Answer(number, "add-one", false);
    Answer(number, "add-two-east", number == 1);
  }
  driver_.AdvanceTo(kStart + absl::Hours(24 * 5));
  FrameworkFiles files = CountyFiles();
  Content(&files, "framework.textproto") += "several_branches_per_provider: true\n";
  const v1::PreviewFrameworkResponse response = Replay(files);
  EXPECT_EQ(response.would().unknown(), 2) << "its western branch was never asked";
  EXPECT_EQ(PickUpOf(response, "add-two"), "1/2 1/2 1/1");
  EXPECT_EQ(PickUpOf(response, "add-one"), "0/2 0/2 0/2");
}

TEST_F(WhatIfTest, WhatWasUpheldAsIssuedInErrorIsSoAgain) {
  Submit(v1::URGENCY_URGENT);
  Answer(1, "add-one", true);
  Answer(1, "add-two-east", false);
  std::string claimed;
  for (const journal::v1::OfferRow& offer : driver_.Package(1).offers) {
    if (offer.branch_id() == "lead-north") claimed = FormatOfferId({{2018, 1}, offer.ordinal()});
  }
  v1::ClaimIssuedInErrorRequest claim;
  claim.set_request_id("claim");
  claim.set_offer_id(claimed);
  claim.set_reason("the ward is not ours");
  const Caller lead{"lead-north", v1::ROLE_PROVIDER_BRANCH, "", "lead-north", "lead-north"};
  ASSERT_TRUE(driver_.Run(lead, claim).ok());
  v1::DecideIssuedInErrorRequest uphold;
  uphold.set_request_id("uphold");
  uphold.set_offer_id(claimed);
  uphold.set_uphold(true);
  uphold.set_reason("it is not");
  ASSERT_TRUE(driver_.Run({"nav-2", v1::ROLE_CARE_NAVIGATOR, "shire", "", ""}, uphold).ok());
  driver_.AdvanceTo(kStart + absl::Hours(24 * 5));
  const v1::PreviewFrameworkResponse response = Replay(CountyFiles());
  for (const v1::WhatIfTotals& one : {response.was(), response.replayed(), response.would()}) {
    EXPECT_EQ(one.error_upheld(), 1);
    EXPECT_EQ(Said(one.pick_up()), "1/2");
  }
}

TEST_F(WhatIfTest, AdaptiveReleasePutsThePackageToTheNextRoundSooner) {
  for (int i = 0; i < 20; ++i) {
    const uint64_t number = Submit(v1::URGENCY_URGENT);
    for (const char* branch : {"lead-north", "add-one", "add-two-east"}) {
      Answer(number, branch, false);
    }
  }
  driver_.AdvanceTo(kStart + absl::Hours(24 * 3));
  const uint64_t last = Submit(v1::URGENCY_URGENT);
  driver_.AdvanceTo(driver_.now() + absl::Hours(4) + absl::Minutes(5));
  Answer(last, "dps-a", true);
  Answer(last, "dps-b", false);
  ConfirmAll();
  driver_.AdvanceTo(kStart + absl::Hours(24 * 5));
  FrameworkFiles files = CountyFiles();
  Content(&files, "framework.textproto") +=
      "adaptive_release { lower_percent: 50 upper_percent: 70 contract_clause: \"3\" }\n";
  const v1::PreviewFrameworkResponse response = Replay(files);
  EXPECT_EQ(response.packages_size(), 0) << "the same branch wins";
  EXPECT_EQ(response.was().awarded(), 1);
  EXPECT_EQ(response.would().awarded(), 1);
  EXPECT_EQ(response.was().offers(), response.would().offers());
  EXPECT_EQ(response.was().median_minutes_to_source(), 245);
  EXPECT_EQ(response.would().median_minutes_to_source(), 240) << "when the first round ends";
}

TEST_F(WhatIfTest, WhatTheReplayItselfMovesIsNotTheFilesDoing) {
  Submit(v1::URGENCY_URGENT);
  Answer(1, "add-one", true);
  Answer(1, "add-two-east", true);
  v1::AwardPackageRequest request;
  request.set_request_id("by hand");
  request.set_package_id("P-2018-000001");
  request.set_override_reason("the family asked");
  for (const journal::v1::OfferRow& offer : driver_.Package(1).offers) {
    if (offer.branch_id() == "add-two-east") {
      request.set_offer_id(FormatOfferId({{2018, 1}, offer.ordinal()}));
    }
  }
  ASSERT_TRUE(driver_.Run(Navigator(), request).ok());
  driver_.AdvanceTo(kStart + absl::Hours(24 * 5));
  const v1::PreviewFrameworkResponse response = Replay(CountyFiles());
  EXPECT_EQ(response.moved(), 0);
  EXPECT_EQ(response.packages_size(), 0);
  EXPECT_EQ(response.replayed().DebugString(), response.would().DebugString());
  EXPECT_EQ(response.was().median_minutes_to_source(), 0);
  EXPECT_EQ(response.replayed().median_minutes_to_source(), 239) << "at the round's end";
}

TEST_F(WhatIfTest, ABranchThatWasNeverAskedIsCountedAndNotSupposed) {
  Submit(v1::URGENCY_URGENT);
  Answer(1, "add-one", true);
  driver_.AdvanceTo(kStart + absl::Hours(24 * 5));
  FrameworkFiles files = CountyFiles();
  Content(&files, "contracts.csv") +=
      "c-heir,heir,north,lead,home_care,2018-07-01,,,3,60,1700,1700,1700,1700\n";
  const v1::PreviewFrameworkResponse response = Replay(files);
  EXPECT_EQ(response.would().unknown(), 1);
  EXPECT_EQ(response.would().unanswered(), response.was().unanswered());
  EXPECT_EQ(response.undecidable(), 1) << "a second Lead might have taken it";
  EXPECT_EQ(PickUpOf(response, "heir"), "0/0 0/0 0/0") << "its unit is in neither part";
  EXPECT_EQ(Said(response.would().pick_up()), Said(response.was().pick_up()));
  EXPECT_EQ(response.would().awarded(), 1) << "to the one that is known to have accepted";
}

TEST_F(WhatIfTest, AnUnaskedBranchThatCouldNotHaveWonLeavesTheWinnerKnown) {
  Submit(v1::URGENCY_URGENT);
  Answer(1, "lead-north", true);
  driver_.AdvanceTo(kStart + absl::Hours(24 * 5));
  FrameworkFiles files = CountyFiles();
  Content(&files, "contracts.csv") +=
      "c-heir,heir,north,additional,home_care,2018-07-01,,,3,60,1700,1700,1700,1700\n";
  const v1::PreviewFrameworkResponse response = Replay(files);
  EXPECT_EQ(response.would().unknown(), 1);
  EXPECT_EQ(response.undecidable(), 0);
  EXPECT_EQ(response.packages_size(), 0);
}

TEST_F(WhatIfTest, AShorterWindowLosesTheAnswersThatCameAfterIt) {
  Submit(v1::URGENCY_URGENT);
  driver_.AdvanceTo(kStart + absl::Hours(3));
  Answer(1, "lead-north", true);
  driver_.AdvanceTo(kStart + absl::Hours(24 * 9));
  FrameworkFiles files = CountyFiles();
  std::string& rules = Content(&files, "framework.textproto");
  rules =
      absl::StrReplaceAll(rules, {{"urgent_window { hours: 4 }", "urgent_window { hours: 2 }"}});
  const v1::PreviewFrameworkResponse response = Replay(files);
  EXPECT_EQ(response.was().awarded(), 1);
  EXPECT_EQ(response.would().accepted(), 0);
  EXPECT_EQ(response.would().unknown(), 2)
      << "the purchasing system would have been asked, and was not";
  EXPECT_EQ(response.undecidable(), 1);
}

}  // namespace
}  // namespace brokerage::engine
