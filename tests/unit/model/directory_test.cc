#include "engine/model/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/model/fact_keys.h"
#include "tests/fixtures/directory_fixture.h"

namespace brokerage::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

std::vector<std::string> NamesOf(const std::vector<const v1::Ward*>& wards) {
  std::vector<std::string> names;
  for (const v1::Ward* ward : wards) names.push_back(ward->name());
  return names;
}

TEST(Directory, AContractMovesToItsNewProviderOnTheDateOfTheNovation) {
  DirectoryFixture fixture;
  fixture.PutContract(fixture.ContractFor("hatzfeld", "additional"));
  const std::string id = "north/additional/hatzfeld";
  fixture.Novate(id, "bhandal", 20190401);
  fixture.Novate(id, "third", 20200401);
  EXPECT_EQ(fixture.directory.ProviderOfContract(id, 20190331), "hatzfeld");
  EXPECT_EQ(fixture.directory.ProviderOfContract(id, 20190401), "bhandal");
  EXPECT_EQ(fixture.directory.ProviderOfContract(id, 20200401), "third");
  EXPECT_EQ(fixture.directory.Contract(id)->provider_id(), "hatzfeld");
  EXPECT_EQ(fixture.directory.ProviderOfContract("north/additional/nobody", 20190401), "");
}

TEST(Directory, AContractHoldsFromItsFirstDateToBeforeItsLast) {
  DirectoryFixture fixture;
  v1::Contract contract = fixture.ContractFor("fosse", "lead");
  contract.set_to_date("2019-07-01");
  fixture.PutContract(contract);
  const Directory& directory = fixture.directory;
  EXPECT_FALSE(directory.ContractInForce(contract, 20180630));
  EXPECT_TRUE(directory.ContractInForce(contract, 20180701));
  EXPECT_TRUE(directory.ContractInForce(contract, 20190630));
  EXPECT_FALSE(directory.ContractInForce(contract, 20190701));
  EXPECT_EQ(directory.StatusOf(contract, 20180630, fixture.time), v1::CONTRACT_STATUS_NOT_BEGUN);
  EXPECT_EQ(directory.StatusOf(contract, 20180701, fixture.time), v1::CONTRACT_STATUS_ACTIVE);
  EXPECT_EQ(directory.StatusOf(contract, 20190701, fixture.time), v1::CONTRACT_STATUS_ENDED);
  fixture.SuspendContract(contract.id());
  EXPECT_EQ(directory.StatusOf(contract, 20180701, fixture.time), v1::CONTRACT_STATUS_SUSPENDED);
}

TEST(Directory, CoverageHasDatesAndAService) {
  DirectoryFixture fixture;
  v1::Coverage line = fixture.CoverageLine("a");
  line.set_to_date("2018-08-01");
  fixture.PutCoverage(line);
  const Directory& directory = fixture.directory;
  const auto home_care = v1::SERVICE_TYPE_HOME_CARE;
  const CarePlace place = fixture.PlaceOf(fixture.kWard);
  EXPECT_EQ(directory.CoverageOf("a", place, home_care, 20180630), nullptr);
  EXPECT_NE(directory.CoverageOf("a", place, home_care, 20180731), nullptr);
  EXPECT_EQ(directory.CoverageOf("a", place, home_care, 20180801), nullptr);
  EXPECT_EQ(directory.CoverageOf("a", place, v1::SERVICE_TYPE_LIVE_IN, 20180731), nullptr);
  EXPECT_NE(directory.AnyCoverageOf("a", place, 20180731), nullptr);
  EXPECT_EQ(directory.AnyCoverageOf("a", fixture.PlaceOf(fixture.kSouthWard), 20180731), nullptr);
}

TEST(Directory, ALineForAWardComesBeforeOneForItsPostcodeArea) {
  DirectoryFixture fixture;
  const Directory& directory = fixture.directory;
  const CarePlace place = {fixture.kFramework, fixture.kWard, "NG"};
  const auto home_care = v1::SERVICE_TYPE_HOME_CARE;
  v1::Coverage area = fixture.CoverageLine("a", 2);
  area.clear_ward_code();
  area.set_postcode_area("NG");
  area.set_framework_id(fixture.kFramework);
  EXPECT_FALSE(directory.CoversByArea(fixture.kFramework, fixture.kDate));
  fixture.PutCoverage(area);
  EXPECT_TRUE(directory.CoversByArea(fixture.kFramework, fixture.kDate));
  EXPECT_FALSE(directory.CoversByArea("elsewhere", fixture.kDate));
  ASSERT_NE(directory.CoverageOf("a", place, home_care, fixture.kDate), nullptr);
  EXPECT_EQ(directory.CoverageOf("a", place, home_care, fixture.kDate)->priority(), 2);
  EXPECT_EQ(directory.AnyCoverageOf("a", place, fixture.kDate)->postcode_area(), "NG");
  EXPECT_EQ(directory.CoverageOf("a", place, v1::SERVICE_TYPE_LIVE_IN, fixture.kDate), nullptr);
  EXPECT_EQ(directory.AnyCoverageOf("a", {fixture.kFramework, fixture.kWard, "N"}, fixture.kDate),
            nullptr);
  EXPECT_EQ(directory.AnyCoverageOf("a", {"elsewhere", fixture.kWard, "NG"}, fixture.kDate),
            nullptr)
      << "opted in under another framework";
  fixture.AddCoverage("a", 1);
  EXPECT_EQ(directory.CoverageOf("a", place, home_care, fixture.kDate)->priority(), 1);
  area.set_to_date("2018-08-01");
  fixture.PutCoverage(area);
  EXPECT_TRUE(directory.CoversByArea(fixture.kFramework, 20180731));
  EXPECT_FALSE(directory.CoversByArea(fixture.kFramework, 20180801));
}

TEST(Directory, AWindowIsOpenUntilBeforeItsEnd) {
  DirectoryFixture fixture;
  fixture.OptOut("a", fixture.time + absl::Hours(2));
  EXPECT_FALSE(fixture.directory.OptedOut("f", "a", fixture.time - absl::Hours(2)));
  EXPECT_TRUE(fixture.directory.OptedOut("f", "a", fixture.time - absl::Hours(1)));
  EXPECT_TRUE(
      fixture.directory.OptedOut("f", "a", fixture.time + absl::Hours(2) - absl::Seconds(1)));
  EXPECT_FALSE(fixture.directory.OptedOut("f", "a", fixture.time + absl::Hours(2)));
  EXPECT_FALSE(fixture.directory.OptedOut("f", "b", fixture.time));
}

TEST(Directory, ASuspensionInOneAreaIsNotOneEverywhere) {
  DirectoryFixture fixture;
  fixture.SuspendProvider("fosse", "NG");
  EXPECT_TRUE(fixture.directory.AreaSuspended(fixture.kFramework, "fosse", "NG", fixture.time));
  EXPECT_FALSE(fixture.directory.AreaSuspended(fixture.kFramework, "fosse", "DN", fixture.time));
  EXPECT_FALSE(fixture.directory.AreaSuspended(fixture.kFramework, "fosse", "", fixture.time));
  EXPECT_FALSE(fixture.directory.ProviderSuspended(fixture.kFramework, "fosse", fixture.time));
  fixture.SuspendProvider("fosse", "");
  EXPECT_TRUE(fixture.directory.ProviderSuspended(fixture.kFramework, "fosse", fixture.time));
  EXPECT_FALSE(fixture.directory.AreaSuspended(fixture.kFramework, "fosse", "NG", fixture.time));
}

TEST(Directory, ASuspensionHoldsInItsFrameworkOnlyAndOneThatNamesNoneInAll) {
  DirectoryFixture fixture;
  const Directory& directory = fixture.directory;
  const v1::Contract contract = fixture.ContractFor("fosse", "lead");
  const absl::Time ever = absl::InfiniteFuture();
  fixture.SuspendProvider("fosse", "", ever, "elsewhere");
  EXPECT_TRUE(directory.ProviderSuspended("elsewhere", "fosse", fixture.time));
  EXPECT_FALSE(directory.ProviderSuspended(fixture.kFramework, "fosse", fixture.time));
  fixture.SuspendProvider("fosse", "NG", ever, "elsewhere");
  EXPECT_TRUE(directory.AreaSuspended("elsewhere", "fosse", "NG", fixture.time));
  EXPECT_FALSE(directory.AreaSuspended(fixture.kFramework, "fosse", "NG", fixture.time));
  EXPECT_TRUE(directory.SuspensionsOf(contract, "fosse", "NG", fixture.time).empty());
  fixture.SuspendProvider("fosse", "", ever, "");
  EXPECT_TRUE(directory.ProviderSuspended(fixture.kFramework, "fosse", fixture.time));
  EXPECT_TRUE(directory.ProviderSuspended("elsewhere", "fosse", fixture.time));
  EXPECT_EQ(directory.SuspensionsOf(contract, "fosse", "NG", fixture.time).size(), 1u);
}

TEST(Directory, AFactThatEndedIsHistoryOnly) {
  DirectoryFixture fixture;
  fixture.PutContract(fixture.ContractFor("fosse", "lead"));
  fixture.PutContract(fixture.ContractFor("fosse", "lead"), /*ended=*/true);
  fixture.AddCoverage("a");
  fixture.PutCoverage(fixture.CoverageLine("a"), /*ended=*/true);
  EXPECT_EQ(fixture.directory.Contract("north/lead/fosse"), nullptr);
  EXPECT_THAT(fixture.directory.ContractsOfLot(fixture.kFramework, "north"), IsEmpty());
  EXPECT_EQ(fixture.directory.AnyCoverageOf("a", fixture.PlaceOf(fixture.kWard), fixture.kDate),
            nullptr);
  ASSERT_NE(fixture.directory.Fact("contract/north/lead/fosse"), nullptr);
  EXPECT_TRUE(fixture.directory.Fact("contract/north/lead/fosse")->ended());
}

TEST(Directory, AFactIsFoundUnderWhatItSaysNow) {
  DirectoryFixture fixture;
  fixture.AddBranch("a", "old");
  v1::Branch branch = *fixture.directory.Branch("a");
  branch.set_provider_id("new");
  fixture.PutBranch(branch);
  EXPECT_THAT(fixture.directory.BranchesOf("old"), IsEmpty());
  ASSERT_EQ(fixture.directory.BranchesOf("new").size(), 1u);
  EXPECT_EQ(fixture.directory.BranchesOf("new")[0]->id(), "a");
}

TEST(Directory, ACopyKeepsWhatItHadWhenTheOriginalChanges) {
  DirectoryFixture fixture;
  fixture.AddBranch("a", "old");
  const Directory copy = fixture.directory;
  v1::Branch branch = *fixture.directory.Branch("a");
  branch.set_provider_id("new");
  fixture.PutBranch(branch);
  fixture.directory = Directory();
  ASSERT_EQ(copy.BranchesOf("old").size(), 1u);
  EXPECT_EQ(copy.BranchesOf("old")[0]->provider_id(), "old");
  EXPECT_THAT(copy.BranchesOf("new"), IsEmpty());
}

TEST(Directory, KnowsLotsAndTheirWards) {
  DirectoryFixture fixture;
  const Directory& directory = fixture.directory;
  EXPECT_EQ(directory.LotOfWard(fixture.kFramework, fixture.kWard), "north");
  EXPECT_EQ(directory.LotOfWard(fixture.kFramework, "E05999999"), "");
  EXPECT_EQ(directory.LotOfWard("other", fixture.kWard), "");
  EXPECT_THAT(directory.WardsOfLot(fixture.kFramework, "south"), ElementsAre(fixture.kSouthWard));
  EXPECT_TRUE(directory.WardInFramework(fixture.kFramework, fixture.kWard));
  EXPECT_FALSE(directory.WardInFramework("other", fixture.kWard));
  EXPECT_EQ(directory.Lot(fixture.kFramework, "north")->name(), "North");
  EXPECT_EQ(directory.Ward(fixture.kWard)->name(), "Abbey Hill");
}

TEST(Directory, NamesTheNearestWardsOfAMisspelling) {
  DirectoryFixture fixture;
  const Directory& directory = fixture.directory;
  EXPECT_THAT(NamesOf(directory.NearestWards(fixture.kFramework, "abey hil", 1)),
              ElementsAre("Abbey Hill"));
  EXPECT_THAT(NamesOf(directory.NearestWards(fixture.kFramework, "MILL VALE", 5)),
              ElementsAre("Mill Vale", "Abbey Hill"));
  EXPECT_THAT(NamesOf(directory.NearestWards(fixture.kFramework, "e05000002", 5)),
              ElementsAre("Mill Vale", "Abbey Hill"));
  EXPECT_THAT(directory.NearestWards("other", "Mill Vale", 5), IsEmpty());
}

TEST(Directory, TheWardsPriceLevelChoosesThePrice) {
  DirectoryFixture fixture;
  v1::Contract contract = fixture.ContractFor("fosse", "lead");
  contract.mutable_prices()->set_urban_pence(1500);
  contract.mutable_prices()->set_rural_pence(1800);
  EXPECT_EQ(fixture.directory.PriceOf(contract, fixture.kWard), 1500);
  EXPECT_EQ(fixture.directory.PriceOf(contract, fixture.kSouthWard), 1800);
  EXPECT_EQ(fixture.directory.PriceOf(contract, "E05999999"), 0);
}

TEST(Directory, TellsWhenContractsChange) {
  DirectoryFixture fixture;
  v1::Contract contract = fixture.ContractFor("fosse", "lead");
  contract.set_to_date("2019-07-01");
  fixture.PutContract(contract);
  fixture.PutContract(fixture.ContractFor("radis", "additional"));
  fixture.Novate("north/additional/radis", "leda", 20190401);
  EXPECT_THAT(
      fixture.directory.ContractChangesAfter(20180701),
      ElementsAre(Pair(20190401, "north/additional/radis"), Pair(20190701, "north/lead/fosse")));
  EXPECT_THAT(fixture.directory.ContractChangesAfter(20190401),
              ElementsAre(Pair(20190701, "north/lead/fosse")));
  contract.clear_to_date();
  fixture.PutContract(contract);
  EXPECT_THAT(fixture.directory.ContractChangesAfter(20190401), IsEmpty());
}

TEST(Directory, ANovationCountsFromItsDateForTheNewHolder) {
  DirectoryFixture fixture;
  fixture.PutContract(fixture.ContractFor("hatzfeld", "additional"));
  fixture.Novate("north/additional/hatzfeld", "bhandal", 20190401);
  EXPECT_EQ(fixture.directory.HoldsContractsSince("hatzfeld", fixture.kFramework), 20180701);
  EXPECT_EQ(fixture.directory.HoldsContractsSince("bhandal", fixture.kFramework), 20190401);
  EXPECT_EQ(fixture.directory.HoldsContractsSince("bhandal", "other"), 0);
  EXPECT_EQ(fixture.directory.HoldsContractsSince("nobody", fixture.kFramework), 0);
}

TEST(Directory, KeepsEveryRevisionOfAFramework) {
  Directory directory;
  for (int revision : {2, 1, 3}) {
    journal::v1::FrameworkRow row;
    row.set_framework_id("county");
    row.set_revision(revision);
    directory.PutFramework(row);
  }
  EXPECT_EQ(directory.Framework("county")->revision(), 3);
  EXPECT_EQ(directory.Framework("county", 1)->revision(), 1);
  EXPECT_EQ(directory.Framework("county", 4), nullptr);
  EXPECT_EQ(directory.Framework("other"), nullptr);
  EXPECT_EQ(directory.Frameworks().size(), 1u);
}

TEST(Directory, AHolidayIsOneFrameworks) {
  DirectoryFixture fixture;
  auto fact = fixture.NewFact(HolidayKey(fixture.kFramework, 20180827));
  fact.mutable_holiday()->set_date("2018-08-27");
  fixture.directory.Put(fact);
  EXPECT_THAT(fixture.directory.HolidaysOf(fixture.kFramework), ElementsAre(20180827));
  EXPECT_THAT(fixture.directory.HolidaysOf("other"), IsEmpty());
  fact.set_ended(true);
  fixture.directory.Put(fact);
  EXPECT_THAT(fixture.directory.HolidaysOf(fixture.kFramework), IsEmpty());
}

}  // namespace
}  // namespace brokerage::engine
