// Suspensions over real gRPC and RocksDB where one provider works under two frameworks: whose they
// are, who reads and lifts them, and how they and proposals of coverage stood on a date.
#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "tests/fixtures/server/two_frameworks.h"

namespace brokerage::services::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SuspensionsTest : public TwoFrameworks {
 protected:
  v1::SuspendProviderRequest Suspending(const std::string& framework_id = "") const {
    v1::SuspendProviderRequest request;
    request.set_request_id(NewRequestId());
    request.set_provider_id("alpha");
    request.set_framework_id(framework_id);
    request.set_reason("two missed returns");
    return request;
  }
  v1::Suspension Suspend(const std::string& account, const std::string& framework_id = "") const {
    return Ask<v1::SuspendProviderResponse>("DirectoryService/SuspendProvider", account,
                                            Suspending(framework_id))
        .suspension();
  }
  v1::ResumeProviderRequest Lifting(const std::string& id) const {
    v1::ResumeProviderRequest request;
    request.set_request_id(NewRequestId());
    request.set_suspension_id(id);
    request.set_reason("the returns came");
    return request;
  }

  std::vector<v1::Suspension> List(const std::string& account, const std::string& date = "",
                                   bool in_force = false) const {
    v1::ListSuspensionsRequest request;
    request.set_as_of_date(date);
    request.set_in_force(in_force);
    const auto response =
        Ask<v1::ListSuspensionsResponse>("DirectoryService/ListSuspensions", account, request);
    return {response.suspensions().begin(), response.suspensions().end()};
  }
  std::vector<std::string> Ids(const std::string& account, const std::string& date = "",
                               bool in_force = false) const {
    std::vector<std::string> ids;
    for (const v1::Suspension& one : List(account, date, in_force)) ids.push_back(one.id());
    return ids;
  }
};

TEST_F(SuspensionsTest, OneStopsOffersInItsFrameworkAloneAndCountsWhatItStoppedThere) {
  const v1::Suspension suspension = Suspend(kCommissioner);
  EXPECT_EQ(suspension.framework_id(), "shire") << "the only one under which the council buys";
  EXPECT_THAT(BranchesOf(Issue("person-of-shire")), ElementsAre("beta-main"));
  EXPECT_THAT(OfferedInVale("person-of-vale"), ElementsAre("alpha-east", "gamma-main"));
  const std::vector<v1::Suspension> listed = List(kCommissioner);
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].stopped_packages(), 1);
  EXPECT_EQ(listed[0].framework_id(), "shire");
}

TEST_F(SuspensionsTest, OneIsReadAndLiftedByThoseOfItsFrameworkAndReadByItsProvider) {
  const std::string shires = Suspend(kCommissioner).id();
  const std::string vales = Suspend(kOtherCommissioner).id();
  for (const char* own : {kCommissioner, kNavigator})
    EXPECT_THAT(Ids(own), ElementsAre(shires)) << own;
  for (const char* own : {kOtherCommissioner, kOtherNavigator})
    EXPECT_THAT(Ids(own), ElementsAre(vales)) << own;
  for (const char* all : {kAdmin, kOrganisation, kBranch, kSiblingBranch})
    EXPECT_THAT(Ids(all), ElementsAre(shires, vales)) << all;
  for (const char* stranger : {kOtherOrganisation, kOtherBranch})
    EXPECT_THAT(Ids(stranger), IsEmpty()) << stranger;

  v1::GetProviderRequest provider;
  provider.set_provider_id("alpha");
  auto shown = [&](const char* account) {
    return Ask<v1::GetProviderResponse>("DirectoryService/GetProvider", account, provider)
        .suspensions_size();
  };
  EXPECT_EQ(shown(kNavigator), 1);
  EXPECT_EQ(shown(kOrganisation), 2);

  const v1::RejectionReason not_found = v1::REJECTION_REASON_NOT_FOUND;
  const Outcome foreign = Call("DirectoryService/ResumeProvider", kCommissioner, Lifting(vales));
  EXPECT_EQ(foreign.rejection.reason(), not_found);
  EXPECT_EQ(foreign.rejection.expected(),
            Call("DirectoryService/ResumeProvider", kCommissioner, Lifting("S-999999"))
                .rejection.expected())
      << "as unknown as one that never was";
  Ask<v1::ResumeProviderResponse>("DirectoryService/ResumeProvider", kCommissioner,
                                  Lifting(shires));
  Ask<v1::ResumeProviderResponse>("DirectoryService/ResumeProvider", kAdmin, Lifting(vales));
}

TEST_F(SuspensionsTest, AHistoryTellsOneToThoseOfItsFramework) {
  Suspend(kOtherCommissioner);
  v1::SuspendContractRequest contract;
  contract.set_request_id(NewRequestId());
  contract.set_contract_id("vale/all/lead/alpha");
  contract.set_reason("two missed returns");
  const auto suspended = Ask<v1::SuspendContractResponse>("DirectoryService/SuspendContract",
                                                          kOtherCommissioner, contract);
  EXPECT_EQ(suspended.suspension().framework_id(), "vale");
  auto told = [&](const char* account) {
    const auto history = Ask<v1::ListHistoryResponse>("HistoryService/ListHistory", account,
                                                      v1::ListHistoryRequest());
    return std::count_if(history.events().begin(), history.events().end(),
                         [](const v1::HistoryEvent& event) {
                           return absl::StrContains(event.text(), "No new offers") ||
                                  absl::StrContains(event.text(), "missed returns");
                         });
  };
  EXPECT_EQ(told(kCommissioner), 0);
  EXPECT_EQ(told(kOtherCommissioner), 2);
  EXPECT_EQ(told(kAdmin), 2);
}

TEST_F(SuspensionsTest, WhoBuysInSeveralFrameworksOrActsForNobodySaysWhich) {
  auto refused = [this](const char* account, const std::string& framework_id) {
    return Call("DirectoryService/SuspendProvider", account, Suspending(framework_id)).rejection;
  };
  EXPECT_EQ(refused(kCommissioner, "vale").reason(), v1::REJECTION_REASON_NOT_FOUND);
  EXPECT_EQ(refused(kCommissioner, "nowhere").field(), "framework_id");
  const v1::Rejection of_nobody = refused(kAdmin, "");
  EXPECT_EQ(of_nobody.reason(), v1::REJECTION_REASON_FIELD_REQUIRED);
  EXPECT_THAT(of_nobody.expected(), HasSubstr("shire, vale"));
  EXPECT_EQ(refused(kAdmin, "nowhere").reason(), v1::REJECTION_REASON_NOT_FOUND);
  EXPECT_EQ(Suspend(kAdmin, "vale").framework_id(), "vale");

  ApplyVale(
      "authorities { id: \"hills\" name: \"Hills Council\" }\n"
      "authorities { id: \"council\" name: \"Shire Council\" }");
  const v1::Rejection of_two = refused(kCommissioner, "");
  EXPECT_EQ(of_two.reason(), v1::REJECTION_REASON_FIELD_REQUIRED);
  EXPECT_EQ(of_two.field(), "framework_id");
  EXPECT_THAT(of_two.expected(), HasSubstr("shire, vale"));
  EXPECT_EQ(Suspend(kCommissioner, "vale").framework_id(), "vale");

  ApplyVale(
      "authorities { id: \"hills\" name: \"Hills Council\" }\n"
      "authorities { id: \"council\" name: \"Shire Council\" reads_only: true }");
  EXPECT_EQ(refused(kCommissioner, "vale").reason(), v1::REJECTION_REASON_NOT_FOUND);
  const std::vector<std::string> read = Ids(kCommissioner);
  ASSERT_EQ(read.size(), 2u) << "who only reads, reads";
  EXPECT_EQ(
      Call("DirectoryService/ResumeProvider", kCommissioner, Lifting(read[0])).rejection.reason(),
      v1::REJECTION_REASON_NOT_FOUND);
}

TEST_F(SuspensionsTest, AreListedAsTheyStoodOnADate) {
  AdvanceBy(absl::Hours(24));  // 3 July
  v1::SuspendProviderRequest planned = Suspending();
  planned.mutable_to_time()->set_seconds(
      absl::ToUnixSeconds(absl::FromCivil(absl::CivilDay(2018, 8, 1), absl::UTCTimeZone())));
  const std::string id =
      Ask<v1::SuspendProviderResponse>("DirectoryService/SuspendProvider", kCommissioner, planned)
          .suspension()
          .id();
  AdvanceBy(absl::Hours(48));  // 5 July
  Ask<v1::ResumeProviderResponse>("DirectoryService/ResumeProvider", kCommissioner, Lifting(id));
  AdvanceBy(absl::Hours(24));  // 6 July
  for (bool restarted : {false, true}) {
    if (restarted) Restart();
    EXPECT_THAT(Ids(kCommissioner, "2018-07-02"), IsEmpty());
    EXPECT_THAT(Ids(kCommissioner, "2018-07-03", true), ElementsAre(id));
    EXPECT_THAT(Ids(kCommissioner, "2018-07-04", true), ElementsAre(id));
    EXPECT_THAT(Ids(kCommissioner, "2018-07-05", true), IsEmpty());
    EXPECT_THAT(Ids(kCommissioner, "2018-07-05"), ElementsAre(id));
    EXPECT_THAT(Ids(kOtherCommissioner, "2018-07-04"), IsEmpty());
    EXPECT_THAT(Ids(kBranch, "2018-07-04"), ElementsAre(id));
    const v1::Suspension then = List(kCommissioner, "2018-07-04")[0];
    EXPECT_EQ(then.to_time().seconds(), planned.to_time().seconds()) << "as was planned";
    EXPECT_EQ(then.lifted_by() + then.lift_reason(), "");
    EXPECT_EQ(List(kCommissioner, "2018-07-05")[0].lift_reason(), "the returns came");
  }
  const auto verified = Ask<v1::VerifyJournalResponse>("AdminService/VerifyJournal", kAdmin,
                                                       v1::VerifyJournalRequest());
  EXPECT_TRUE(verified.verified());
  for (const char* date : {"2018-07-07", "some day"}) {
    v1::ListSuspensionsRequest request;
    request.set_as_of_date(date);
    const Outcome refused = Call("DirectoryService/ListSuspensions", kCommissioner, request);
    EXPECT_EQ(refused.rejection.reason(), v1::REJECTION_REASON_FIELD_INVALID) << date;
    EXPECT_EQ(refused.rejection.field(), "as_of_date") << date;
  }
}

TEST_F(SuspensionsTest, AProposalOfCoverageStandsOpenOnTheDatesBeforeItWasDecided) {
  AdvanceBy(absl::Hours(24));  // 3 July
  v1::ProposeCoverageRequest propose;
  propose.set_request_id(NewRequestId());
  v1::Coverage& line = *propose.mutable_coverage();
  line.set_branch_id("alpha-east");
  line.set_ward_code(kWestWard);
  line.set_service_type(v1::SERVICE_TYPE_HOME_CARE);
  line.set_from_date("2018-08-01");
  line.set_priority(2);
  const std::string id =
      Ask<v1::ProposeCoverageResponse>("DirectoryService/ProposeCoverage", kBranch, propose)
          .proposal()
          .id();
  AdvanceBy(absl::Hours(48));  // 5 July
  v1::DecideCoverageRequest decide;
  decide.set_request_id(NewRequestId());
  decide.set_proposal_id(id);
  decide.set_reason("no need of it");
  Ask<v1::DecideCoverageResponse>("DirectoryService/DecideCoverage", kCommissioner, decide);
  AdvanceBy(absl::Hours(24));  // 6 July

  v1::ListCoverageProposalsRequest request;
  auto on = [&](const std::string& date) {
    request.set_as_of_date(date);
    const auto response = Ask<v1::ListCoverageProposalsResponse>(
        "DirectoryService/ListCoverageProposals", kBranch, request);
    return response.proposals().empty() ? v1::CoverageProposal() : response.proposals(0);
  };
  EXPECT_EQ(on("2018-07-02").id(), "");
  EXPECT_EQ(on("2018-07-04").state(), v1::PROPOSAL_STATE_OPEN);
  EXPECT_EQ(on("2018-07-04").decided_by() + on("2018-07-04").decision_reason(), "");
  EXPECT_EQ(on("2018-07-05").state(), v1::PROPOSAL_STATE_REJECTED);
  EXPECT_EQ(on("").decision_reason(), "no need of it");
  request.set_state(v1::PROPOSAL_STATE_OPEN);
  EXPECT_EQ(on("2018-07-04").id(), id);
  EXPECT_EQ(on("2018-07-05").id(), "");
  request.set_as_of_date("2018-07-07");
  EXPECT_EQ(Call("DirectoryService/ListCoverageProposals", kBranch, request).rejection.field(),
            "as_of_date");

  v1::GetBranchRequest branch;
  branch.set_branch_id("alpha-east");
  branch.set_as_of_date("2018-07-04");
  EXPECT_EQ(
      Ask<v1::GetBranchResponse>("DirectoryService/GetBranch", kBranch, branch).proposals_size(),
      1);
}

}  // namespace
}  // namespace brokerage::services::testing
