// A postcode directory, taken in over the network, and referrals that name a postcode alone.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/fixtures/server/server_fixture.h"

namespace brokerage::services::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kEastPostcode[] = "NG18 1AA";
constexpr char kWestPostcode[] = "NG18 2AA";
constexpr char kValePostcode[] = "CB1 1AA";  // its ward is another framework's
constexpr char kFarPostcode[] = "AB10 1AA";  // its ward is no framework's

void AddRow(v1::ImportPostcodesRequest* request, const std::string& postcode,
            const std::string& ward_code) {
  v1::PostcodeRow* row = request->add_rows();
  row->set_postcode(postcode);
  row->set_ward_code(ward_code);
  row->set_easting(450000);
  row->set_northing(350000);
}

class PostcodesTest : public ServerFixture {
 protected:
  void Import() const {
    v1::ImportPostcodesRequest request;
    AddRow(&request, "NG181AA", kEastWard);
    AddRow(&request, "ng18 2aa", kWestWard);
    AddRow(&request, kValePostcode, "E05000009");
    AddRow(&request, kFarPostcode, "S13002842");
    request.set_last(true);
    auto response =
        Ask<v1::ImportPostcodesResponse>("DirectoryService/ImportPostcodes", kAdmin, request);
    EXPECT_EQ(response.imported(), 4);
  }

  v1::SubmitPackageRequest ByPostcode(const std::string& postcode) const {
    v1::SubmitPackageRequest request = Submission(absl::StrCat("person-", NewRequestId()));
    request.mutable_referral()->clear_ward_code();
    request.mutable_referral()->set_postcode(postcode);
    return request;
  }

  v1::Rejection RefusalOf(const v1::SubmitPackageRequest& request) const {
    return Call("PackageService/SubmitPackage", kNavigator, request).rejection;
  }
};

TEST_F(PostcodesTest, AreFoundHoweverTheyAreWrittenAfterARestartToo) {
  Import();
  Restart();
  v1::GetPostcodeRequest request;
  for (const char* written : {"NG18 1AA", "ng181aa"}) {
    request.set_postcode(written);
    for (const char* who : {kNavigator, kCommissioner, kAdmin}) {
      auto row = Ask<v1::GetPostcodeResponse>("DirectoryService/GetPostcode", who, request).row();
      EXPECT_EQ(row.postcode(), "NG18 1AA");
      EXPECT_EQ(row.ward_code(), kEastWard);
      EXPECT_EQ(row.easting(), 450000);
    }
  }
  request.set_postcode("NG18 9ZZ");
  EXPECT_EQ(Call("DirectoryService/GetPostcode", kNavigator, request).rejection.reason(),
            v1::REJECTION_REASON_NOT_FOUND);
  request.set_postcode("nowhere");
  EXPECT_EQ(Call("DirectoryService/GetPostcode", kNavigator, request).rejection.reason(),
            v1::REJECTION_REASON_FIELD_INVALID);
}

TEST_F(PostcodesTest, AreRefusedWholeWhereARowIsWrong) {
  v1::ImportPostcodesRequest request;
  AddRow(&request, kEastPostcode, kEastWard);
  AddRow(&request, "NG18 1", kEastWard);
  Outcome outcome = Call("DirectoryService/ImportPostcodes", kAdmin, request);
  EXPECT_EQ(outcome.rejection.reason(), v1::REJECTION_REASON_FIELD_INVALID);
  EXPECT_EQ(outcome.rejection.field(), "rows[1].postcode");
  request.mutable_rows(1)->set_postcode(kWestPostcode);
  request.mutable_rows(1)->set_ward_code("E05 1");
  EXPECT_EQ(Call("DirectoryService/ImportPostcodes", kAdmin, request).rejection.field(),
            "rows[1].ward_code");
  request.mutable_rows(1)->set_ward_code(kWestWard);
  request.mutable_rows(1)->set_northing(-1);
  EXPECT_EQ(Call("DirectoryService/ImportPostcodes", kAdmin, request).rejection.field(),
            "rows[1].northing");
  v1::GetPostcodeRequest get;
  get.set_postcode(kEastPostcode);
  EXPECT_EQ(Call("DirectoryService/GetPostcode", kAdmin, get).rejection.reason(),
            v1::REJECTION_REASON_NOT_FOUND);
  request.clear_rows();
  for (int i = 0; i < 20001; ++i) AddRow(&request, kEastPostcode, kEastWard);
  EXPECT_THAT(Call("DirectoryService/ImportPostcodes", kAdmin, request).rejection.expected(),
              HasSubstr("at most 20000"));
}

TEST_F(PostcodesTest, GiveAPackageItsWard) {
  Import();
  auto package = Ask<v1::SubmitPackageResponse>("PackageService/SubmitPackage", kNavigator,
                                                ByPostcode("ng18  1aa"))
                     .package();
  EXPECT_EQ(package.ward_code(), kEastWard);
  EXPECT_EQ(Get(package.id()).postcode(), kEastPostcode);

  v1::PreviewPackageRequest preview;
  *preview.mutable_referral() = ByPostcode(kWestPostcode).referral();
  auto previewed =
      Ask<v1::PreviewPackageResponse>("PackageService/PreviewPackage", kNavigator, preview);
  EXPECT_THAT(previewed.ShortDebugString(), HasSubstr("alpha-west"));

  v1::SubmitPackagesRequest batch;
  *batch.add_requests() = ByPostcode(kWestPostcode);
  *batch.add_requests() = ByPostcode("NG18 9ZZ");
  *batch.add_requests() = ByPostcode(kEastPostcode);
  auto taken = Ask<v1::SubmitPackagesResponse>("PackageService/SubmitPackages", kNavigator, batch);
  ASSERT_EQ(taken.results_size(), 3);
  EXPECT_EQ(taken.results(0).package().ward_code(), kWestWard);
  EXPECT_EQ(taken.results(1).rejection().field(), "referral.postcode");
  EXPECT_EQ(taken.results(2).package().ward_code(), kEastWard);
}

TEST_F(PostcodesTest, ThatAreUnknownOrElsewhereAreRefusedByName) {
  v1::Rejection before = RefusalOf(ByPostcode(kEastPostcode));
  EXPECT_EQ(before.reason(), v1::REJECTION_REASON_FIELD_INVALID) << "nothing is imported yet";
  Import();
  v1::Rejection unknown = RefusalOf(ByPostcode("NG18 9ZZ"));
  EXPECT_EQ(unknown.reason(), v1::REJECTION_REASON_FIELD_INVALID);
  EXPECT_EQ(unknown.field(), "referral.postcode");
  EXPECT_THAT(unknown.expected(), HasSubstr("a postcode that was imported"));
  EXPECT_EQ(RefusalOf(ByPostcode("NG18")).field(), "referral.postcode");

  v1::Rejection vale = RefusalOf(ByPostcode(kValePostcode));
  EXPECT_EQ(vale.reason(), v1::REJECTION_REASON_UNKNOWN_WARD);
  EXPECT_EQ(vale.field(), "referral.postcode");
  EXPECT_THAT(vale.expected(), HasSubstr("this one is in E05000009 Top"));
  EXPECT_THAT(RefusalOf(ByPostcode(kFarPostcode)).expected(), HasSubstr("S13002842"));

  v1::SubmitPackageRequest neither = ByPostcode("");
  EXPECT_EQ(RefusalOf(neither).reason(), v1::REJECTION_REASON_FIELD_REQUIRED);
  EXPECT_THAT(RefusalOf(neither).expected(), HasSubstr("or a postcode"));
  v1::SubmitPackageRequest nowhere = ByPostcode(kEastPostcode);
  nowhere.mutable_referral()->set_framework_id("atlantis");
  EXPECT_EQ(RefusalOf(nowhere).field(), "referral.framework_id");
}

TEST_F(PostcodesTest, GiveWayToAWardThatIsGiven) {
  Import();
  v1::SubmitPackageRequest request = ByPostcode(kWestPostcode);
  request.mutable_referral()->set_ward_code(kEastWard);
  EXPECT_EQ(Ask<v1::SubmitPackageResponse>("PackageService/SubmitPackage", kNavigator, request)
                .package()
                .ward_code(),
            kEastWard);
}

TEST_F(PostcodesTest, ThatChangeLeaveARepeatWhatItWas) {
  Import();
  const v1::SubmitPackageRequest request = ByPostcode(kEastPostcode);
  auto first =
      Ask<v1::SubmitPackageResponse>("PackageService/SubmitPackage", kNavigator, request).package();
  v1::ImportPostcodesRequest newer;
  for (const char* ward : {kWestWard, "E05000009"}) {
    newer.clear_rows();
    AddRow(&newer, kEastPostcode, ward);
    Ask<v1::ImportPostcodesResponse>("DirectoryService/ImportPostcodes", kAdmin, newer);
    auto again = Ask<v1::SubmitPackageResponse>("PackageService/SubmitPackage", kNavigator, request)
                     .package();
    EXPECT_EQ(again.id(), first.id()) << ward;
    EXPECT_EQ(again.ward_code(), kEastWard) << ward;
  }
}

}  // namespace
}  // namespace brokerage::services::testing
