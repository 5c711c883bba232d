#include "engine/model/suspensions.h"

#include <gtest/gtest.h>

#include "engine/base/calendar.h"
#include "engine/model/fact_keys.h"
#include "tests/fixtures/figures_fixture.h"

namespace brokerage::engine::testing {
namespace {

using journal::v1::DirectoryFact;

// Two frameworks: shire, of the council and the NHS, under which alpha holds contracts; vale, of
// hills, which alpha does not serve, and of a region that only reads.
Directory TwoFrameworks() {
  Directory directory = FiguresFixtureDirectory();
  journal::v1::FrameworkRow vale;
  vale.set_framework_id("vale");
  vale.set_revision(1);
  vale.mutable_rules()->set_framework_id("vale");
  vale.mutable_rules()->add_authorities()->set_id("hills");
  v1::Authority* region = vale.mutable_rules()->add_authorities();
  region->set_id("region");
  region->set_reads_only(true);
  directory.PutFramework(vale);
  return directory;
}

DirectoryFact SuspensionIn(const std::string& framework_id, const std::string& provider_id) {
  DirectoryFact fact;
  fact.set_key(SuspensionKey("S-000001"));
  fact.set_framework_id(framework_id);
  fact.mutable_suspension()->set_id("S-000001");
  fact.mutable_suspension()->set_framework_id(framework_id);
  fact.mutable_suspension()->set_provider_id(provider_id);
  return fact;
}

TEST(Suspensions, AreReadByTheAuthoritiesOfTheFrameworkAndLiftedByThoseThatBuy) {
  const Directory directory = TwoFrameworks();
  const std::string holder = directory.ContractsOfLot("shire", "north").front()->provider_id();
  struct Case {
    const char* framework_id;
    std::string provider_id;
    v1::Role role;
    const char* authority_id;
    bool may_read, may_lift;
  };
  const v1::Role commissioner = v1::ROLE_COMMISSIONER;
  const v1::Role navigator = v1::ROLE_CARE_NAVIGATOR;
  for (const Case& one : {
           Case{"shire", holder, commissioner, "council", true, true},
           Case{"shire", holder, commissioner, "nhs", true, true},
           Case{"shire", holder, commissioner, "hills", false, false},
           Case{"shire", holder, navigator, "council", true, false},
           Case{"shire", holder, navigator, "hills", false, false},
           Case{"vale", holder, commissioner, "hills", true, true},
           Case{"vale", holder, commissioner, "region", true, false},
           Case{"vale", holder, commissioner, "council", false, false},
           Case{"vale", holder, v1::ROLE_ADMINISTRATOR, "", true, true},
           Case{"nowhere", holder, commissioner, "council", false, false},
           // Recorded before suspensions named a framework.
           Case{"", holder, commissioner, "council", true, true},
           Case{"", holder, commissioner, "hills", false, false},
           Case{"", "nobody", commissioner, "council", false, false},
           Case{"", "nobody", v1::ROLE_ADMINISTRATOR, "", true, true},
           Case{"shire", holder, v1::ROLE_PROVIDER_ORGANISATION, "", false, false},
       }) {
    const DirectoryFact fact = SuspensionIn(one.framework_id, one.provider_id);
    Caller caller;
    caller.role = one.role;
    caller.authority_id = one.authority_id;
    const std::string what =
        fact.ShortDebugString() + " " + v1::Role_Name(one.role) + " of " + one.authority_id;
    EXPECT_EQ(OfOwnFramework(caller, fact, directory), one.may_read) << what;
    EXPECT_EQ(MayLift(caller, fact, directory), one.may_lift) << what;
  }
}

constexpr int64_t kHour = 3'600'000'000;

google::protobuf::Timestamp AtHour(int hour) { return ToTimestamp(hour * kHour); }

bool StandsAtHour(const DirectoryFact& fact, int hour) {
  return SuspensionAt(fact, absl::FromUnixMicros(hour * kHour)).has_value();
}

TEST(Suspensions, StandFromWhenTheyWereRecorded) {
  DirectoryFact fact = SuspensionIn("shire", "alpha");
  fact.set_recorded_time_us(10 * kHour);
  *fact.mutable_suspension()->mutable_from_time() = AtHour(20);
  EXPECT_FALSE(StandsAtHour(fact, 9));
  EXPECT_TRUE(StandsAtHour(fact, 10)) << "known before it begins";
}

TEST(Suspensions, ThatWereLiftedBeforeVersionsWereKeptStandAsFarAsTheyTellThemselves) {
  DirectoryFact fact = SuspensionIn("", "alpha");
  fact.set_recorded_time_us(30 * kHour);  // when it was lifted
  v1::Suspension& lifted = *fact.mutable_suspension();
  *lifted.mutable_from_time() = AtHour(10);
  *lifted.mutable_to_time() = AtHour(30);
  lifted.set_lifted_by("commissioner");
  lifted.set_lift_reason("it is well again");
  EXPECT_FALSE(StandsAtHour(fact, 9));
  const auto before = SuspensionAt(fact, absl::FromUnixMicros(20 * kHour));
  ASSERT_TRUE(before.has_value());
  EXPECT_FALSE(before->has_to_time());
  EXPECT_EQ(before->lifted_by() + before->lift_reason(), "");
  const auto after = SuspensionAt(fact, absl::FromUnixMicros(30 * kHour));
  ASSERT_TRUE(after.has_value());
  EXPECT_EQ(after->lifted_by(), "commissioner");
}

TEST(Suspensions, OfAContractSayItsFrameworkThoughTheyWereRecordedWithout) {
  DirectoryFact fact = SuspensionIn("", "");
  fact.set_framework_id("shire");
  fact.mutable_suspension()->set_contract_id("north/lead/alpha");
  EXPECT_EQ(SuspensionAt(fact, absl::UnixEpoch())->framework_id(), "shire");
}

}  // namespace
}  // namespace brokerage::engine::testing
