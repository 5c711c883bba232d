// What two frameworks of different authorities share over real gRPC and RocksDB: a provider and its
// branch. Its opt-outs, coverage and registration are a framework's or the provider's own, never
// those of whoever lists the branch as well.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/fixtures/server/two_frameworks.h"

namespace brokerage::services::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SharedFacts : public TwoFrameworks {
 protected:
  v1::OpenOptOutWindowRequest Opening(const std::string& framework_id = "") const {
    v1::OpenOptOutWindowRequest request;
    request.set_request_id(NewRequestId());
    request.mutable_window()->set_branch_id("alpha-east");
    request.mutable_window()->set_reason("three missed visits");
    request.mutable_window()->set_framework_id(framework_id);
    return request;
  }
  v1::OptOutWindow Open(const std::string& account, const std::string& framework_id = "") const {
    return Ask<v1::OpenOptOutWindowResponse>("DirectoryService/OpenOptOutWindow", account,
                                             Opening(framework_id))
        .window();
  }
  v1::RejectionReason Close(const std::string& account, const std::string& id) const {
    v1::CloseOptOutWindowRequest request;
    request.set_request_id(NewRequestId());
    request.set_window_id(id);
    return Call("DirectoryService/CloseOptOutWindow", account, request).rejection.reason();
  }
  v1::RejectionReason Decide(const std::string& account, const std::string& id) const {
    v1::DecideOptOutWindowRequest request;
    request.set_request_id(NewRequestId());
    request.set_window_id(id);
    request.set_approve(true);
    request.set_reason("as asked");
    return Call("DirectoryService/DecideOptOutWindow", account, request).rejection.reason();
  }
  std::vector<std::string> OfferedInShire(const std::string& person) const {
    return BranchesOf(Issue(person));
  }
  std::vector<std::string> WindowsSeenBy(const std::string& account) const {
    v1::GetBranchRequest request;
    request.set_branch_id("alpha-east");
    const auto response =
        Ask<v1::GetBranchResponse>("DirectoryService/GetBranch", account, request);
    std::vector<std::string> ids;
    for (const v1::OptOutWindow& window : response.opt_out_windows()) ids.push_back(window.id());
    return ids;
  }
  Outcome Apply(const std::string& account, v1::ApplyFrameworkRequest request) const {
    request.set_request_id(NewRequestId());
    return Call("DirectoryService/ApplyFramework", account, request);
  }
  v1::ChangeCoverageRequest Covering(const std::string& ward_code) const {
    v1::ChangeCoverageRequest request;
    request.set_request_id(NewRequestId());
    v1::Coverage& line = *request.mutable_coverage();
    line.set_branch_id("alpha-east");
    line.set_ward_code(ward_code);
    line.set_service_type(v1::SERVICE_TYPE_HOME_CARE);
    line.set_from_date("2018-07-01");
    line.set_to_date("2018-07-02");
    return request;
  }
};

constexpr v1::RejectionReason kDone = v1::REJECTION_REASON_UNSPECIFIED;
constexpr v1::RejectionReason kNotFound = v1::REJECTION_REASON_NOT_FOUND;

TEST_F(SharedFacts, AnAuthorityClosesABranchInItsOwnFrameworkAlone) {
  const v1::OptOutWindow window = Open(kOtherCommissioner);
  EXPECT_EQ(window.framework_id(), "vale") << "the only one under which it buys from the provider";
  EXPECT_THAT(OfferedInVale("person-of-vale"), ElementsAre("gamma-main"));
  EXPECT_THAT(OfferedInShire("person-of-shire"), ElementsAre("alpha-east", "beta-main"));
  EXPECT_EQ(Close(kCommissioner, window.id()), kNotFound) << "another authority's";
  EXPECT_EQ(Close(kOtherCommissioner, window.id()), kDone);
  EXPECT_EQ(Call("DirectoryService/OpenOptOutWindow", kOtherCommissioner, Opening("shire"))
                .rejection.field(),
            "window.framework_id");
}

TEST_F(SharedFacts, ABranchClosesItselfInAllFrameworksOrInOneAndNoSingleAuthorityOpensItAgain) {
  const v1::OptOutWindow in_one = Open(kBranch, "shire");
  EXPECT_THAT(OfferedInShire("first-of-shire"), ElementsAre("beta-main"));
  EXPECT_THAT(OfferedInVale("first-of-vale"), ElementsAre("alpha-east", "gamma-main"));
  EXPECT_EQ(Close(kCommissioner, in_one.id()), kDone);
  const v1::OptOutWindow in_all = Open(kBranch);
  EXPECT_EQ(in_all.framework_id(), "");
  EXPECT_THAT(OfferedInShire("second-of-shire"), ElementsAre("beta-main"));
  EXPECT_THAT(OfferedInVale("second-of-vale"), ElementsAre("gamma-main"));
  for (const char* one : {kCommissioner, kOtherCommissioner})
    EXPECT_EQ(Close(one, in_all.id()), kNotFound) << one;
  EXPECT_EQ(Close(kBranch, in_all.id()), kDone);
  EXPECT_EQ(
      Call("DirectoryService/OpenOptOutWindow", kBranch, Opening("nowhere")).rejection.field(),
      "window.framework_id");
}

TEST_F(SharedFacts, AnOptOutIsApprovedByTheFrameworkThatWantsToApproveIt) {
  ApplyVale(absl::StrCat(kHillsAlone, "\nopt_out { approval_tier_ids: \"lead\" }"));
  const Outcome of_none = Call("DirectoryService/OpenOptOutWindow", kBranch, Opening());
  EXPECT_EQ(of_none.rejection.reason(), v1::REJECTION_REASON_FIELD_REQUIRED);
  EXPECT_EQ(of_none.rejection.field(), "window.framework_id");
  EXPECT_THAT(of_none.rejection.expected(), HasSubstr("shire, vale"));
  EXPECT_EQ(Open(kBranch, "shire").state(), v1::OPT_OUT_STATE_OPEN);
  const v1::OptOutWindow window = Open(kBranch, "vale");
  EXPECT_EQ(window.state(), v1::OPT_OUT_STATE_REQUESTED);
  EXPECT_EQ(Decide(kCommissioner, window.id()), kNotFound);
  EXPECT_EQ(Decide(kOtherCommissioner, window.id()), kDone);
}

TEST_F(SharedFacts, WhyABranchTakesNoOffersIsReadByItselfAndByThoseOfTheFramework) {
  const std::string id = Open(kOtherCommissioner).id();
  for (const char* own : {kOtherCommissioner, kOtherNavigator, kAdmin, kBranch, kOrganisation})
    EXPECT_THAT(WindowsSeenBy(own), ElementsAre(id)) << own;
  for (const char* other : {kCommissioner, kNavigator})
    EXPECT_THAT(WindowsSeenBy(other), ElementsAre()) << other;
  auto told = [&](const char* account) {
    const auto history = Ask<v1::ListHistoryResponse>("HistoryService/ListHistory", account,
                                                      v1::ListHistoryRequest());
    int events = 0;
    for (const v1::HistoryEvent& event : history.events()) {
      events += absl::StrContains(event.text(), "takes no offers") ||
                absl::StrContains(event.text(), "missed visits");
    }
    return events;
  };
  EXPECT_EQ(told(kCommissioner), 0);
  EXPECT_EQ(told(kOtherCommissioner), 1);
}

TEST_F(SharedFacts, ContractsAndTheirPricesAreReadByTheirHoldersAndTheirFrameworksAuthorities) {
  v1::GetContractRequest get;
  get.set_contract_id("vale/all/lead/gamma");
  v1::ListContractsRequest list;
  list.set_framework_id("vale");
  for (const char* other : {kCommissioner, kNavigator}) {
    EXPECT_EQ(Call("DirectoryService/GetContract", other, get).rejection.reason(), kNotFound);
    EXPECT_EQ(Call("DirectoryService/ListContracts", other, list).rejection.field(),
              "framework_id");
  }
  auto listed = [&](const char* account) {
    return Ask<v1::ListContractsResponse>("DirectoryService/ListContracts", account, list)
        .contracts_size();
  };
  for (const char* own : {kOtherCommissioner, kOtherNavigator, kAdmin}) {
    EXPECT_TRUE(Call("DirectoryService/GetContract", own, get).status.ok()) << own;
    EXPECT_EQ(listed(own), 2) << own;
  }
  EXPECT_EQ(listed(kOrganisation), 1) << "its own";
  ApplyVale(absl::StrCat(kHillsAlone,
                         "\nauthorities { id: \"council\" name: \"Council\" reads_only: true }"));
  EXPECT_EQ(listed(kCommissioner), 2) << "who only reads, reads";

  v1::EndContractRequest end;
  end.set_request_id(NewRequestId());
  end.set_contract_id("vale/all/lead/gamma");
  end.set_to_date("2018-08-01");
  end.set_reason("gone");
  EXPECT_EQ(Call("DirectoryService/EndContract", kCommissioner, end).rejection.reason(), kNotFound);
}

TEST_F(SharedFacts, NoLineOfCoverageComesInAWardThatIsInAnothersFrameworkToo) {
  v1::ApplyFrameworkRequest files = ValeWithAlpha();
  ContentOf(&files, "wards.csv")
      ->append(absl::StrCat(kWestWard, ",West,E07000001,Shire,rural,440000,350000\n"));
  ContentOf(&files, "lot_wards.csv")->append(absl::StrCat("all,", kWestWard, "\n"));
  ASSERT_TRUE(Apply(kOtherCommissioner, files).status.ok()) << "a ward alone moves nobody's offers";
  v1::ApplyFrameworkRequest covering = files;
  ContentOf(&covering, "coverage.csv")
      ->append(absl::StrCat("alpha-east,", kWestWard, ",home_care,2018-07-01,,1\n"));
  const Outcome clash = Apply(kOtherCommissioner, covering);
  EXPECT_EQ(clash.rejection.reason(), v1::REJECTION_REASON_DIRECTORY_CLASH);
  EXPECT_THAT(clash.rejection.expected(), HasSubstr("shire"));
  const Outcome verb =
      Call("DirectoryService/ChangeCoverage", kOtherCommissioner, Covering(kWestWard));
  EXPECT_EQ(verb.rejection.reason(), v1::REJECTION_REASON_ROLE_MAY_NOT);
  EXPECT_EQ(verb.rejection.field(), "coverage.ward_code");
  EXPECT_THAT(BranchesOf(IssueInTheWest("person")), ElementsAre("alpha-west", "beta-main"));

  // A branch of its provider that the files bring with them neither.
  ContentOf(&covering, "branches.csv")
      ->append("alpha-new,alpha,Alpha New,NG18 1AB,L7,active,450000,350000\n");
  absl::StrReplaceAll(
      {{absl::StrCat("alpha-east,", kWestWard), absl::StrCat("alpha-new,", kWestWard)}},
      ContentOf(&covering, "coverage.csv"));
  EXPECT_EQ(Apply(kOtherCommissioner, covering).rejection.reason(),
            v1::REJECTION_REASON_DIRECTORY_CLASH);
  EXPECT_TRUE(Apply(kAdmin, covering).status.ok()) << "an administrator acts for both";
  EXPECT_TRUE(
      Call("DirectoryService/ChangeCoverage", kOtherCommissioner, Covering(kTopWard)).status.ok());
}

TEST_F(SharedFacts, AProposedLineInAWardOfTwoFrameworksIsAcceptedByNeitherAlone) {
  v1::ApplyFrameworkRequest files = ValeWithAlpha();
  ContentOf(&files, "wards.csv")
      ->append(absl::StrCat(kWestWard, ",West,E07000001,Shire,rural,440000,350000\n"));
  ContentOf(&files, "lot_wards.csv")->append(absl::StrCat("all,", kWestWard, "\n"));
  ASSERT_TRUE(Apply(kOtherCommissioner, files).status.ok());
  v1::ProposeCoverageRequest propose;
  propose.set_request_id(NewRequestId());
  *propose.mutable_coverage() = Covering(kWestWard).coverage();
  propose.mutable_coverage()->set_from_date("2018-08-01");
  propose.mutable_coverage()->clear_to_date();
  const std::string id =
      Ask<v1::ProposeCoverageResponse>("DirectoryService/ProposeCoverage", kBranch, propose)
          .proposal()
          .id();
  auto accept = [&](const char* account) {
    v1::DecideCoverageRequest decide;
    decide.set_request_id(NewRequestId());
    decide.set_proposal_id(id);
    decide.set_accept(true);
    return Call("DirectoryService/DecideCoverage", account, decide).status.ok();
  };
  for (const char* one : {kCommissioner, kNavigator, kOtherCommissioner, kOtherNavigator})
    EXPECT_FALSE(accept(one)) << one;
  EXPECT_TRUE(accept(kAdmin));
}

TEST_F(SharedFacts, WhatSeveralFrameworksListStaysUntilNoneOfThemListsIt) {
  auto without_alpha_east = [](v1::ApplyFrameworkRequest files) {
    for (const char* name : {"branches.csv", "coverage.csv"}) {
      std::string* content = ContentOf(&files, name);
      for (size_t at; (at = content->find("\nalpha-east")) != std::string::npos;)
        content->erase(at, content->find('\n', at + 1) - at);
    }
    return files;
  };
  // shire, which said it first, drops it; vale goes on.
  ASSERT_TRUE(Apply(kCommissioner, without_alpha_east(ShireFiles())).status.ok());
  EXPECT_THAT(OfferedInShire("person-of-shire"), ElementsAre("beta-main"));
  EXPECT_THAT(OfferedInVale("first-of-vale"), ElementsAre("alpha-east", "gamma-main"));
  ASSERT_TRUE(Apply(kCommissioner, ShireFiles()).status.ok());
  EXPECT_THAT(OfferedInShire("next-of-shire"), ElementsAre("alpha-east", "beta-main"));
  // Now it is vale's, and vale drops it.
  ASSERT_TRUE(Apply(kOtherCommissioner, without_alpha_east(ValeWithAlpha())).status.ok());
  EXPECT_THAT(OfferedInVale("second-of-vale"), ElementsAre("gamma-main"));
  EXPECT_THAT(OfferedInShire("last-of-shire"), ElementsAre("alpha-east", "beta-main"));
  ASSERT_TRUE(Apply(kCommissioner, without_alpha_east(ShireFiles())).status.ok());
  v1::GetBranchRequest get;
  get.set_branch_id("alpha-east");
  EXPECT_EQ(Call("DirectoryService/GetBranch", kCommissioner, get).rejection.reason(), kNotFound);
  EXPECT_TRUE(Ask<v1::VerifyJournalResponse>("AdminService/VerifyJournal", kAdmin,
                                             v1::VerifyJournalRequest())
                  .verified());
}

TEST_F(SharedFacts, WhatSeveralFrameworksListIsNotForOneOfThemToChange) {
  v1::ApplyFrameworkRequest files = ShireFiles();
  absl::StrReplaceAll({{"Alpha East,NG18 1AB,L1,active", "Alpha East,NG18 1AB,L1,inactive"}},
                      ContentOf(&files, "branches.csv"));
  const Outcome clash = Apply(kCommissioner, files);
  EXPECT_EQ(clash.rejection.reason(), v1::REJECTION_REASON_DIRECTORY_CLASH);
  EXPECT_THAT(clash.rejection.expected(), HasSubstr("vale"));
  EXPECT_THAT(OfferedInVale("person"), ElementsAre("alpha-east", "gamma-main"));
  EXPECT_TRUE(Apply(kAdmin, files).status.ok());
  EXPECT_THAT(OfferedInVale("next"), ElementsAre("gamma-main"));
  EXPECT_EQ(Apply(kOtherCommissioner, ValeWithAlpha()).rejection.reason(),
            v1::REJECTION_REASON_DIRECTORY_CLASH);
}

TEST_F(SharedFacts, TheSameFilesAgainChangeNothing) {
  v1::ApplyFrameworkRequest files = ValeWithAlpha();
  files.set_request_id(NewRequestId());
  EXPECT_EQ(
      Ask<v1::ApplyFrameworkResponse>("DirectoryService/ApplyFramework", kOtherCommissioner, files)
          .differences_size(),
      0);
}

}  // namespace
}  // namespace brokerage::services::testing
