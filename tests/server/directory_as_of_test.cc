// The directory as of a date, after changes, ends and corrections, over real gRPC and RocksDB.
#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/fixtures/server/server_fixture.h"

namespace brokerage::services::testing {
namespace {

using ::testing::ElementsAre;

constexpr char kFirstDay[] = "2018-07-02";
constexpr char kThirdDay[] = "2018-07-04";

// The server's first day is 2 July 2018; the tests change things on the third.
class DirectoryAsOfTest : public ServerFixture {
 protected:
  void SetUp() override {
    ServerFixture::SetUp();
    AdvanceBy(absl::Hours(48));
  }

  using Replacements = std::vector<std::pair<std::string, std::string>>;

  // Shire's files with some text replaced in them.
  static v1::ApplyFrameworkRequest Files(const Replacements& replacements,
                                         const std::string& from_date = "") {
    v1::ApplyFrameworkRequest request = ShireFiles();
    for (v1::FrameworkFile& file : *request.mutable_files()) {
      file.set_content(absl::StrReplaceAll(file.content(), replacements));
    }
    request.set_from_date(from_date);
    return request;
  }

  void Apply(const Replacements& replacements, const std::string& from_date = "") const {
    v1::ApplyFrameworkRequest request = Files(replacements, from_date);
    request.set_request_id(NewRequestId());
    EXPECT_GT(Ask<v1::ApplyFrameworkResponse>("DirectoryService/ApplyFramework", kAdmin, request)
                  .differences_size(),
              0);
  }

  template <typename Response, typename Request>
  Response AsOf(const std::string& method, Request request, const std::string& date) const {
    request.set_as_of_date(date);
    return Ask<Response>(absl::StrCat("DirectoryService/", method), kCommissioner, request);
  }

  v1::Ward EastWard(const std::string& date) const {
    v1::GetWardRequest request;
    request.set_ward_code(kEastWard);
    return AsOf<v1::GetWardResponse>("GetWard", request, date).ward();
  }

  std::vector<std::string> Wards(const std::string& date, const std::string& lot_id) const {
    v1::ListWardsRequest request;
    request.set_framework_id("shire");
    request.set_lot_id(lot_id);
    std::vector<std::string> names;
    const auto response = AsOf<v1::ListWardsResponse>("ListWards", request, date);
    for (const v1::Ward& ward : response.wards()) {
      names.push_back(ward.name());
    }
    return names;
  }

  std::vector<std::string> Providers(const std::string& date) const {
    std::vector<std::string> names;
    const auto response =
        AsOf<v1::ListProvidersResponse>("ListProviders", v1::ListProvidersRequest(), date);
    for (const v1::Provider& provider : response.providers()) {
      names.push_back(provider.legal_name());
    }
    return names;
  }

  std::vector<std::string> BranchesOf(const std::string& provider_id,
                                      const std::string& date) const {
    v1::ListBranchesRequest request;
    request.set_provider_id(provider_id);
    std::vector<std::string> names;
    const auto response = AsOf<v1::ListBranchesResponse>("ListBranches", request, date);
    for (const v1::Branch& branch : response.branches()) {
      names.push_back(branch.name());
    }
    return names;
  }

  v1::Contract Lead(const std::string& date) const {
    v1::GetContractRequest request;
    request.set_contract_id("shire/north/lead/alpha");
    return AsOf<v1::GetContractResponse>("GetContract", request, date).contract();
  }

  v1::GetBranchResponse AlphaEast(const std::string& date) const {
    v1::GetBranchRequest request;
    request.set_branch_id("alpha-east");
    return AsOf<v1::GetBranchResponse>("GetBranch", request, date);
  }

  void ChangeCoverage(const std::string& from, const std::string& to) const {
    v1::ChangeCoverageRequest request;
    request.set_request_id(NewRequestId());
    v1::Coverage& line = *request.mutable_coverage();
    line.set_branch_id("alpha-east");
    line.set_ward_code(kEastWard);
    line.set_service_type(v1::SERVICE_TYPE_HOME_CARE);
    line.set_from_date(from);
    line.set_to_date(to);
    line.set_priority(1);
    Ask<v1::ChangeCoverageResponse>("DirectoryService/ChangeCoverage", kCommissioner, request);
  }
};

TEST_F(DirectoryAsOfTest, AChangeIsSoFromTheDayOnWhichItWasMade) {
  Apply({{",East,E07", ",Easterly,E07"}, {"Beta Ltd", "Beta Care Ltd"}});
  EXPECT_EQ(EastWard("").name(), "Easterly");
  EXPECT_EQ(EastWard(kThirdDay).name(), "Easterly");
  EXPECT_EQ(EastWard("2018-07-03").name(), "East");
  EXPECT_EQ(EastWard("2018-06-01").name(), "East") << "as far back as is known";
  EXPECT_THAT(Wards("2018-07-03", ""), ElementsAre("East", "West"));
  EXPECT_THAT(Wards("", ""), ElementsAre("Easterly", "West"));
  EXPECT_THAT(Providers("2018-07-03"), ElementsAre("Alpha Ltd", "Beta Ltd", "Gamma Ltd"));
  EXPECT_THAT(Providers(""), ElementsAre("Alpha Ltd", "Beta Care Ltd", "Gamma Ltd"));
  Restart();
  EXPECT_EQ(EastWard("2018-07-03").name(), "East");
}

TEST_F(DirectoryAsOfTest, ACorrectionCountsFromTheDateThatItNames) {
  Apply({{",East,E07", ",Easterly,E07"}});
  AdvanceBy(absl::Hours(48));
  Apply({{",East,E07", ",Eastern,E07"}}, "2018-07-03");
  EXPECT_EQ(EastWard("").name(), "Eastern");
  EXPECT_EQ(EastWard(kThirdDay).name(), "Eastern") << "what the first change said of it is wrong";
  EXPECT_EQ(EastWard("2018-07-03").name(), "Eastern");
  EXPECT_EQ(EastWard(kFirstDay).name(), "East");
}

TEST_F(DirectoryAsOfTest, AWardThatMovesToAnotherLotIsInTheOldOneBefore) {
  Apply({{"north,North\n", "north,North\nwest,Westland\n"},
         {absl::StrCat("north,", kWestWard), absl::StrCat("west,", kWestWard)}});
  EXPECT_THAT(Wards(kFirstDay, "north"), ElementsAre("East", "West"));
  EXPECT_THAT(Wards("", "north"), ElementsAre("East"));
  EXPECT_THAT(Wards("", "west"), ElementsAre("West"));
  v1::ListLotsRequest lots;
  lots.set_framework_id("shire");
  EXPECT_EQ(AsOf<v1::ListLotsResponse>("ListLots", lots, kFirstDay).lots_size(), 1);
  EXPECT_EQ(AsOf<v1::ListLotsResponse>("ListLots", lots, "").lots_size(), 2);
  v1::GetLotRequest lot;
  lot.set_framework_id("shire");
  lot.set_lot_id("north");
  EXPECT_EQ(AsOf<v1::GetLotResponse>("GetLot", lot, kFirstDay).lot().ward_codes_size(), 2);
  EXPECT_EQ(AsOf<v1::GetLotResponse>("GetLot", lot, "").lot().ward_codes_size(), 1);
  lot.set_lot_id("west");
  lot.set_as_of_date(kFirstDay);
  const Outcome before = Call("DirectoryService/GetLot", kCommissioner, lot);
  EXPECT_EQ(before.rejection.reason(), v1::REJECTION_REASON_NOT_FOUND);
  EXPECT_EQ(before.rejection.field(), "lot_id");
}

TEST_F(DirectoryAsOfTest, WhatTheFilesNoLongerHaveWasThereBefore) {
  Apply({{"alpha-west,alpha,Alpha West,NG18 2AB,L2,active,440000,350000\n", ""},
         {absl::StrCat("alpha-west,", kWestWard, ",home_care,2018-07-01,,1\n"), ""}});
  EXPECT_THAT(BranchesOf("alpha", kFirstDay), ElementsAre("Alpha East", "Alpha West"));
  EXPECT_THAT(BranchesOf("alpha", ""), ElementsAre("Alpha East"));
}

TEST_F(DirectoryAsOfTest, ABranchThatHasGoneKeepsItsOffers) {
  const v1::Offer offer = OfferTo(Issue("person-of-the-east"), "alpha-east");
  Apply({{"alpha-east,alpha,Alpha East,NG18 1AB,L1,active,450000,350000\n", ""},
         {absl::StrCat("alpha-east,", kEastWard, ",home_care,2018-07-01,,1\n"), ""}});
  v1::ListOffersRequest request;
  request.set_branch_id("alpha-east");
  for (const char* own : {kBranch, kOrganisation, kNavigator}) {
    const auto listed = Ask<v1::ListOffersResponse>("OfferService/ListOffers", own, request);
    ASSERT_EQ(listed.offers_size(), 1) << own;
    EXPECT_EQ(listed.offers(0).id(), offer.id()) << own;
  }
  for (const char* stranger : {kSiblingBranch, kOtherOrganisation, kOtherBranch}) {
    EXPECT_EQ(Call("OfferService/ListOffers", stranger, request).rejection.reason(),
              v1::REJECTION_REASON_NOT_FOUND)
        << stranger;
  }
}

TEST_F(DirectoryAsOfTest, WhatHasGoneIsAnsweredToThoseWhoMightHaveKnownItThen) {
  v1::ProposeCoverageRequest propose;
  propose.set_request_id(NewRequestId());
  v1::Coverage& line = *propose.mutable_coverage();
  line.set_branch_id("alpha-west");
  line.set_ward_code(kEastWard);
  line.set_service_type(v1::SERVICE_TYPE_HOME_CARE);
  line.set_from_date("2018-08-01");
  line.set_priority(2);
  Ask<v1::ProposeCoverageResponse>("DirectoryService/ProposeCoverage", kSiblingBranch, propose);
  Apply({{"alpha-west,alpha,Alpha West,NG18 2AB,L2,active,440000,350000\n", ""},
         {absl::StrCat("alpha-west,", kWestWard, ",home_care,2018-07-01,,1\n"), ""}});

  v1::GetBranchRequest branch;
  branch.set_branch_id("alpha-west");
  v1::ListCoverageRequest lines;
  lines.set_framework_id("shire");
  lines.set_branch_id("alpha-west");
  v1::ListHistoryRequest history;
  history.set_branch_id("alpha-west");
  for (const char* knows :
       {kAdmin, kCommissioner, kOtherCommissioner, kNavigator, kOrganisation, kSiblingBranch}) {
    for (const char* date : {kFirstDay, ""}) {
      branch.set_as_of_date(date);
      lines.set_as_of_date(date);
      const auto expected =
          *date == '\0' ? v1::REJECTION_REASON_NOT_FOUND : v1::REJECTION_REASON_UNSPECIFIED;
      EXPECT_EQ(Call("DirectoryService/GetBranch", knows, branch).rejection.reason(), expected)
          << knows << date;
      EXPECT_EQ(Call("DirectoryService/ListCoverage", knows, lines).rejection.reason(), expected)
          << knows << date;
    }
    EXPECT_TRUE(Call("HistoryService/ListHistory", knows, history).status.ok()) << knows;
  }
  for (const char* tells : {kAdmin, kOrganisation, kSiblingBranch}) {
    EXPECT_GT(
        Ask<v1::ListHistoryResponse>("HistoryService/ListHistory", tells, history).events_size(), 0)
        << tells;
  }
  branch.set_as_of_date(kFirstDay);
  lines.set_as_of_date(kFirstDay);
  v1::GetBranchRequest none = branch;
  none.set_branch_id("nowhere");
  for (const char* stranger : {kBranch, kOtherOrganisation, kOtherBranch}) {
    const Outcome refused = Call("DirectoryService/GetBranch", stranger, branch);
    EXPECT_EQ(refused.rejection.reason(), v1::REJECTION_REASON_NOT_FOUND) << stranger;
    EXPECT_EQ(refused.rejection.expected(),
              Call("DirectoryService/GetBranch", stranger, none).rejection.expected())
        << "as unknown as one that never was";
    EXPECT_EQ(Call("DirectoryService/ListCoverage", stranger, lines).rejection.reason(),
              v1::REJECTION_REASON_NOT_FOUND)
        << stranger;
    EXPECT_EQ(Call("HistoryService/ListHistory", stranger, history).rejection.reason(),
              v1::REJECTION_REASON_NOT_FOUND)
        << stranger;
  }
}

TEST_F(DirectoryAsOfTest, AProviderThatHasGoneIsAnsweredAsOfADateBefore) {
  Apply({{"beta,Beta Ltd,\n", "beta,Beta Ltd,\ndelta,Delta Ltd,\n"}});
  AdvanceBy(absl::Hours(48));
  Apply({});
  v1::GetProviderRequest provider;
  provider.set_provider_id("delta");
  for (const char* caller : {kAdmin, kNavigator}) {
    provider.set_as_of_date(kThirdDay);
    EXPECT_TRUE(Call("DirectoryService/GetProvider", caller, provider).status.ok());
    provider.clear_as_of_date();
    EXPECT_EQ(Call("DirectoryService/GetProvider", caller, provider).rejection.reason(),
              v1::REJECTION_REASON_NOT_FOUND);
  }
  provider.set_as_of_date(kThirdDay);
  EXPECT_EQ(Call("DirectoryService/GetProvider", kOrganisation, provider).rejection.reason(),
            v1::REJECTION_REASON_NOT_FOUND);
}

TEST_F(DirectoryAsOfTest, AContractsTermsAreThoseOfTheDate) {
  Apply({{"2018-07-01,,75,", "2018-07-01,,80,"}});
  EXPECT_EQ(Lead("").minimum_pickup_percent(), 80);
  EXPECT_EQ(Lead(kFirstDay).minimum_pickup_percent(), 75);
  EXPECT_EQ(Lead("2018-06-30").status(), v1::CONTRACT_STATUS_NOT_BEGUN);

  v1::SuspendContractRequest suspend;
  suspend.set_request_id(NewRequestId());
  suspend.set_contract_id("shire/north/lead/alpha");
  suspend.set_reason("quality");
  Ask<v1::SuspendContractResponse>("DirectoryService/SuspendContract", kCommissioner, suspend);
  EXPECT_EQ(Lead("").status(), v1::CONTRACT_STATUS_SUSPENDED);
  EXPECT_EQ(Lead("2018-07-03").status(), v1::CONTRACT_STATUS_ACTIVE);

  v1::EndContractRequest end;
  end.set_request_id(NewRequestId());
  end.set_contract_id("shire/north/lead/alpha");
  end.set_to_date("2018-08-01");
  end.set_reason("sold");
  Ask<v1::EndContractResponse>("DirectoryService/EndContract", kCommissioner, end);
  EXPECT_EQ(Lead("2018-08-01").status(), v1::CONTRACT_STATUS_ENDED);
  EXPECT_EQ(Lead("2018-07-03").status(), v1::CONTRACT_STATUS_ACTIVE);
  EXPECT_EQ(Lead("2018-07-03").to_date(), "");
}

TEST_F(DirectoryAsOfTest, ALineThatBeginsAgainWasInForceBefore) {
  ChangeCoverage("2018-07-01", kThirdDay);
  AdvanceBy(absl::Hours(48));
  ChangeCoverage("2018-07-06", "");
  EXPECT_EQ(AlphaEast("2018-07-03").coverage_size(), 1);
  EXPECT_EQ(AlphaEast(kThirdDay).coverage_size(), 0);
  EXPECT_EQ(AlphaEast("2018-07-05").coverage_size(), 0);
  EXPECT_EQ(AlphaEast("2018-07-06").coverage_size(), 1);
  v1::ListCoverageRequest lines;
  lines.set_framework_id("shire");
  lines.set_branch_id("alpha-east");
  EXPECT_EQ(AsOf<v1::ListCoverageResponse>("ListCoverage", lines, "2018-07-03").coverage_size(), 1);
  EXPECT_EQ(AsOf<v1::ListCoverageResponse>("ListCoverage", lines, "2018-07-05").coverage_size(), 0);
}

TEST_F(DirectoryAsOfTest, ALineThatChangesSaysWhatItSaidBefore) {
  Apply({{absl::StrCat("alpha-east,", kEastWard, ",home_care,2018-07-01,,1"),
          absl::StrCat("alpha-east,", kEastWard, ",home_care,2018-07-01,,4")}});
  EXPECT_EQ(AlphaEast("").coverage(0).priority(), 4);
  EXPECT_EQ(AlphaEast("2018-07-03").coverage(0).priority(), 1);
}

TEST_F(DirectoryAsOfTest, AFrameworksRulesAreThoseOfTheDate) {
  Apply({{"claim_working_days: 5", "claim_working_days: 3"}});
  v1::GetFrameworkRequest request;
  request.set_framework_id("shire");
  auto rules = [&](const std::string& date) {
    return AsOf<v1::GetFrameworkResponse>("GetFramework", request, date).framework();
  };
  EXPECT_EQ(rules("").rules().claim_working_days(), 3);
  EXPECT_EQ(rules("").revision(), 2);
  EXPECT_EQ(rules("2018-07-03").rules().claim_working_days(), 5);
  EXPECT_EQ(
      AsOf<v1::ListFrameworksResponse>("ListFrameworks", v1::ListFrameworksRequest(), kFirstDay)
          .frameworks(0)
          .revision(),
      1);
}

// Lots are drawn anew while a package waits: it must not wait for ever.
TEST_F(DirectoryAsOfTest, APackageFollowsItsWardToItsNewLot) {
  const v1::Package waiting = Submit("person-waiting");
  const v1::Package offered = Issue("person-offered");
  ASSERT_EQ(waiting.lot_id(), "north");
  Apply({{"north,North\n", "north,North\neast,Eastland\n"},
         {absl::StrCat("north,", kEastWard), absl::StrCat("east,", kEastWard)},
         {"shire/north/additional/beta,",
          "shire/east/lead/beta,beta,east,lead,home_care,2018-07-01,,75,,,,,,\n"
          "shire/north/additional/beta,"}});
  v1::ReleasePackagesRequest release;
  release.set_request_id(NewRequestId());
  release.add_package_ids(waiting.id());
  Ask<v1::ReleasePackagesResponse>("PackageService/ReleasePackages", kNavigator, release);
  const v1::Package released = Get(waiting.id());
  EXPECT_EQ(released.lot_id(), "east");
  const v1::Offer offer = OfferTo(released, "beta-main");
  EXPECT_EQ(offer.contract_id(), "shire/east/lead/beta");
  EXPECT_EQ(offer.lot_id(), "east");

  v1::ReissuePackageRequest reissue;
  reissue.set_request_id(NewRequestId());
  reissue.set_package_id(offered.id());
  Ask<v1::ReissuePackageResponse>("PackageService/ReissuePackage", kNavigator, reissue);
  EXPECT_EQ(Get(offered.id()).lot_id(), "east");

  v1::ListPackagesRequest list;
  list.set_lot_id("east");
  EXPECT_EQ(Ask<v1::ListPackagesResponse>("PackageService/ListPackages", kNavigator, list)
                .packages_size(),
            2);

  v1::QueryPerformanceRequest query;
  query.mutable_query()->set_framework_id("shire");
  query.mutable_query()->add_group_by(v1::DIMENSION_LOT);
  const auto figures = Ask<v1::QueryPerformanceResponse>("PerformanceService/QueryPerformance",
                                                         kCommissioner, query);
  ASSERT_EQ(figures.rows_size(), 2);
  EXPECT_EQ(figures.rows(0).live().issued(), 2) << "in the new lot";
  EXPECT_EQ(figures.rows(1).live().issued(), 2) << "what was issued in the old one stays there";
  const auto verified = Ask<v1::VerifyJournalResponse>("AdminService/VerifyJournal", kAdmin,
                                                       v1::VerifyJournalRequest());
  EXPECT_TRUE(verified.verified());
}

TEST_F(DirectoryAsOfTest, ADateThatIsNoneIsRefusedWithItsField) {
  v1::GetWardRequest ward;
  ward.set_ward_code(kEastWard);
  ward.set_as_of_date("1 July 2018");
  EXPECT_EQ(Call("DirectoryService/GetWard", kCommissioner, ward).rejection.field(), "as_of_date");
  for (const char* date : {"2018-07-05", "yesterday"}) {
    v1::ApplyFrameworkRequest files = Files({{",East,E07", ",Easterly,E07"}}, date);
    files.set_request_id(NewRequestId());
    const Outcome refused = Call("DirectoryService/ApplyFramework", kAdmin, files);
    EXPECT_EQ(refused.rejection.reason(), v1::REJECTION_REASON_FIELD_INVALID) << date;
    EXPECT_EQ(refused.rejection.field(), "from_date") << date;
  }
  EXPECT_EQ(EastWard("").name(), "East") << "nothing of it was applied";
}

}  // namespace
}  // namespace brokerage::services::testing
