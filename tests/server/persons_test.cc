// What is kept about a person: told in one call, erased in one call, and erased by itself.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <string>

#include "tests/fixtures/server/server_fixture.h"

namespace brokerage::services::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class PersonsTest : public ServerFixture {
 protected:
  v1::DescribePersonRequest Named(const std::string& person) const {
    v1::DescribePersonRequest request;
    request.set_person_reference(person);
    return request;
  }
  v1::DescribePersonResponse Describe(const std::string& person) const {
    return Ask<v1::DescribePersonResponse>("PackageService/DescribePerson", kNavigator,
                                           Named(person));
  }
  v1::Package IssueAnother(const std::string& person) const {
    v1::SubmitPackageRequest request = Submission(person);
    request.mutable_referral()->set_allow_second_package(true);
    return Ask<v1::SubmitPackageResponse>("PackageService/SubmitPackage", kNavigator, request)
        .package();
  }
  void Cancel(const std::string& id, v1::EndReason reason) const {
    v1::CancelPackageRequest request;
    request.set_request_id(NewRequestId());
    request.set_package_id(id);
    request.set_end_reason(reason);
    request.set_reason("as the daughter told");
    Ask<v1::CancelPackageResponse>("PackageService/CancelPackage", kNavigator, request);
  }
  // With some branch, and care starts.
  void PlaceAndStart(const std::string& id) const {
    v1::PlacePackagesRequest request;
    request.set_request_id(NewRequestId());
    request.set_reason("the family lives beside it");
    request.add_placings()->set_package_id(id);
    request.mutable_placings(0)->set_branch_id(Get(id).offers(0).branch_id());
    Ask<v1::PlacePackagesResponse>("PackageService/PlacePackages", kNavigator, request);
    v1::StartPackageRequest start;
    start.set_request_id(NewRequestId());
    start.set_package_id(id);
    Ask<v1::StartPackageResponse>("PackageService/StartPackage", kNavigator, start);
  }
  v1::ErasePersonRequest Erasure(const std::string& person) const {
    v1::ErasePersonRequest request;
    request.set_request_id(NewRequestId());
    request.set_person_reference(person);
    return request;
  }
};

TEST_F(PersonsTest, EverythingThatIsKeptAboutAPersonIsToldInOneCall) {
  const v1::Package first = Issue("NHS 7");
  Issue("NHS 71");
  Cancel(first.id(), v1::END_REASON_NO_LONGER_NEEDED);
  const v1::Package second = IssueAnother("NHS 7");
  Restart();
  const v1::DescribePersonResponse told = Describe("NHS 7");
  ASSERT_EQ(told.packages_size(), 2);
  EXPECT_EQ(told.packages(0).id(), first.id());
  EXPECT_EQ(told.packages(1).id(), second.id());
  EXPECT_EQ(told.packages(0).person_number(), told.person_number());
  EXPECT_EQ(told.packages(1).person_number(), told.person_number());
  EXPECT_GT(told.packages(0).offers_size(), 0);
  EXPECT_EQ(told.packages(0).rounds(0).verdicts_size(), 0);
  std::multiset<std::string> names;
  for (const v1::KeptText& text : told.texts()) {
    if (text.package_id() == first.id()) names.insert(text.name().substr(0, text.name().find('/')));
    EXPECT_FALSE(text.text().empty());
  }
  EXPECT_TRUE(names.contains("reason")) << "why it was cancelled";
  EXPECT_TRUE(names.contains("summary"));
  EXPECT_TRUE(names.contains("person_reference"));
}

TEST_F(PersonsTest, APersonIsErasedOnceEveryPackageHasEnded) {
  const v1::Package first = Issue("NHS 7");
  const v1::Package second = IssueAnother("NHS 7");
  Cancel(first.id(), v1::END_REASON_NO_LONGER_NEEDED);
  Outcome early = Call("PackageService/ErasePerson", kNavigator, Erasure("NHS 7"));
  EXPECT_EQ(early.rejection.reason(), v1::REJECTION_REASON_PACKAGE_STATE);
  EXPECT_EQ(early.rejection.value(), second.id());
  EXPECT_EQ(Describe("NHS 7").packages(0).summary(), first.summary());
  Cancel(second.id(), v1::END_REASON_NO_LONGER_NEEDED);
  const auto erased =
      Ask<v1::ErasePersonResponse>("PackageService/ErasePerson", kNavigator, Erasure("NHS 7"));
  EXPECT_THAT(erased.package_ids(), ElementsAre(first.id(), second.id()));
  EXPECT_EQ(Call("PackageService/DescribePerson", kNavigator, Named("NHS 7")).rejection.reason(),
            v1::REJECTION_REASON_NOT_FOUND);
  const v1::Package left = Get(second.id());
  EXPECT_TRUE(left.erased());
  EXPECT_EQ(left.person_number(), first.person_number()) << "people can still be counted";
  EXPECT_TRUE(left.person_reference().empty());
}

TEST_F(PersonsTest, OfAnotherAuthoritysPersonNothingIsKnown) {
  Issue("NHS 7");
  EXPECT_EQ(
      Call("PackageService/DescribePerson", kOtherNavigator, Named("NHS 7")).rejection.reason(),
      v1::REJECTION_REASON_NOT_FOUND);
}

TEST_F(PersonsTest, TextsGoByThemselvesSoManyDaysAfterTheEnd) {
  v1::ApplyFrameworkRequest files = ShireFiles();
  files.set_request_id(NewRequestId());
  for (v1::FrameworkFile& file : *files.mutable_files()) {
    if (file.name() == "framework.textproto")
      file.mutable_content()->append("\ntext_retention_days: 30\n");
  }
  Ask<v1::ApplyFrameworkResponse>("DirectoryService/ApplyFramework", kAdmin, files);
  const v1::Package ended = Issue("NHS 7");
  const v1::Package open = Submit("NHS 8");
  Cancel(ended.id(), v1::END_REASON_NO_LONGER_NEEDED);
  AdvanceBy(absl::Hours(24 * 29));
  EXPECT_FALSE(Get(ended.id()).erased());
  v1::WatchPackagesRequest from_the_beginning;
  from_the_beginning.set_cursor("0");
  const auto context = As(kNavigator);
  const auto stream =
      v1::PackageService::NewStub(channel())->WatchPackages(context.get(), from_the_beginning);
  AdvanceBy(absl::Hours(24 * 2));
  v1::WatchPackagesResponse change;
  do {
    ASSERT_TRUE(stream->Read(&change));
  } while (!change.package().erased());
  context->TryCancel();
  EXPECT_EQ(change.package().id(), ended.id());
  EXPECT_TRUE(Get(ended.id()).summary().empty());
  EXPECT_FALSE(Get(open.id()).erased());
}

TEST_F(PersonsTest, ItIsSaidHowLongSomebodyWhoWaitsForTheNextBranchHasCare) {
  const v1::Package before = Issue("NHS 7");
  PlaceAndStart(before.id());
  v1::SubmitPackageRequest beside = Submission("NHS 7");
  beside.mutable_referral()->set_follows_package_id(before.id());
  beside.mutable_referral()->set_allow_second_package(true);
  const v1::Package also =
      Ask<v1::SubmitPackageResponse>("PackageService/SubmitPackage", kNavigator, beside).package();
  EXPECT_FALSE(Get(also.id()).has_care_gap()) << "care goes on for who has it";

  v1::GiveNoticeRequest notice;
  notice.set_request_id(NewRequestId());
  notice.set_package_id(before.id());
  notice.set_last_day(Get(before.id()).start_date());
  notice.set_end_reason(v1::END_REASON_TERMS_CHANGED);
  notice.set_reason("needs have changed");
  const v1::Package next =
      Ask<v1::GiveNoticeResponse>("PackageService/GiveNotice", kNavigator, notice).successor();
  EXPECT_EQ(Get(next.id()).care_gap().words(), "care ends today, nobody has it");
  EXPECT_FALSE(Get(before.id()).has_care_gap());
  AdvanceBy(absl::Hours(24));
  v1::ListPackagesRequest waiting;
  waiting.add_states(v1::PACKAGE_STATE_SUBMITTED);
  waiting.add_states(v1::PACKAGE_STATE_OFFERED);
  waiting.add_states(v1::PACKAGE_STATE_UNFILLED);
  const auto listed =
      Ask<v1::ListPackagesResponse>("PackageService/ListPackages", kNavigator, waiting);
  const auto row = std::find_if(listed.packages().begin(), listed.packages().end(),
                                [&next](const auto& one) { return one.id() == next.id(); });
  ASSERT_NE(row, listed.packages().end());
  EXPECT_TRUE(row->care_gap().no_care_now());
  EXPECT_EQ(row->care_gap().words(), "no care now, and nobody has it");
}

}  // namespace
}  // namespace brokerage::services::testing
