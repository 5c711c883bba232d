#include "engine/model/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/model/fact_keys.h"
#include "tests/fixtures/small_county.h"

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
  SmallCounty county;
  county.PutContract(county.ContractFor("hatzfeld", "additional"));
  const std::string id = "north/additional/hatzfeld";
  county.Novate(id, "bhandal", 20190401);
  county.Novate(id, "third", 20200401);
  EXPECT_EQ(county.directory.ProviderOfContract(id, 20190331), "hatzfeld");
  EXPECT_EQ(county.directory.ProviderOfContract(id, 20190401), "bhandal");
  EXPECT_EQ(county.directory.ProviderOfContract(id, 20200401), "third");
  EXPECT_EQ(county.directory.Contract(id)->provider_id(), "hatzfeld");
  EXPECT_EQ(county.directory.ProviderOfContract("north/additional/nobody", 20190401), "");
}

TEST(Directory, AContractHoldsFromItsFirstDateToBeforeItsLast) {
  SmallCounty county;
  v1::Contract contract = county.ContractFor("fosse", "lead");
  contract.set_to_date("2019-07-01");
  county.PutContract(contract);
  const Directory& directory = county.directory;
  EXPECT_FALSE(directory.ContractInForce(contract, 20180630));
  EXPECT_TRUE(directory.ContractInForce(contract, 20180701));
  EXPECT_TRUE(directory.ContractInForce(contract, 20190630));
  EXPECT_FALSE(directory.ContractInForce(contract, 20190701));
  EXPECT_EQ(directory.StatusOf(contract, 20180630, county.time), v1::CONTRACT_STATUS_NOT_BEGUN);
  EXPECT_EQ(directory.StatusOf(contract, 20180701, county.time), v1::CONTRACT_STATUS_ACTIVE);
  EXPECT_EQ(directory.StatusOf(contract, 20190701, county.time), v1::CONTRACT_STATUS_ENDED);
  county.SuspendContract(contract.id());
  EXPECT_EQ(directory.StatusOf(contract, 20180701, county.time), v1::CONTRACT_STATUS_SUSPENDED);
}

TEST(Directory, CoverageHasDatesAndAService) {
  SmallCounty county;
  v1::Coverage line = county.CoverageLine("a");
  line.set_to_date("2018-08-01");
  county.PutCoverage(line);
  const Directory& directory = county.directory;
  const auto home_care = v1::SERVICE_TYPE_HOME_CARE;
  const CarePlace place = county.PlaceOf(county.kWard);
  EXPECT_EQ(directory.CoverageOf("a", place, home_care, 20180630), nullptr);
  EXPECT_NE(directory.CoverageOf("a", place, home_care, 20180731), nullptr);
  EXPECT_EQ(directory.CoverageOf("a", place, home_care, 20180801), nullptr);
  EXPECT_EQ(directory.CoverageOf("a", place, v1::SERVICE_TYPE_LIVE_IN, 20180731), nullptr);
  EXPECT_NE(directory.AnyCoverageOf("a", place, 20180731), nullptr);
  EXPECT_EQ(directory.AnyCoverageOf("a", county.PlaceOf(county.kSouthWard), 20180731), nullptr);
}

TEST(Directory, ALineForAWardComesBeforeOneForItsPostcodeArea) {
  SmallCounty county;
  const Directory& directory = county.directory;
  const CarePlace place = {county.kFramework, county.kWard, "NG"};
  const auto home_care = v1::SERVICE_TYPE_HOME_CARE;
  v1::Coverage area = county.CoverageLine("a", 2);
  area.clear_ward_code();
  area.set_postcode_area("NG");
  area.set_framework_id(county.kFramework);
  EXPECT_FALSE(directory.CoversByArea(county.kFramework, county.kDate));
  county.PutCoverage(area);
  EXPECT_TRUE(directory.CoversByArea(county.kFramework, county.kDate));
  EXPECT_FALSE(directory.CoversByArea("elsewhere", county.kDate));
  ASSERT_NE(directory.CoverageOf("a", place, home_care, county.kDate), nullptr);
  EXPECT_EQ(directory.CoverageOf("a", place, home_care, county.kDate)->priority(), 2);
  EXPECT_EQ(directory.AnyCoverageOf("a", place, county.kDate)->postcode_area(), "NG");
  EXPECT_EQ(directory.CoverageOf("a", place, v1::SERVICE_TYPE_LIVE_IN, county.kDate), nullptr);
  EXPECT_EQ(directory.AnyCoverageOf("a", {county.kFramework, county.kWard, "N"}, county.kDate),
            nullptr);
  EXPECT_EQ(directory.AnyCoverageOf("a", {"elsewhere", county.kWard, "NG"}, county.kDate), nullptr)
      << "opted in under another framework";
  county.AddCoverage("a", 1);
  EXPECT_EQ(directory.CoverageOf("a", place, home_care, county.kDate)->priority(), 1);
  area.set_to_date("2018-08-01");
  county.PutCoverage(area);
  EXPECT_TRUE(directory.CoversByArea(county.kFramework, 20180731));
  EXPECT_FALSE(directory.CoversByArea(county.kFramework, 20180801));
}

TEST(Directory, AWindowIsOpenUntilBeforeItsEnd) {
  SmallCounty county;
  county.OptOut("a", county.time + absl::Hours(2));
  EXPECT_FALSE(county.directory.OptedOut("a", county.time - absl::Hours(2)));
  EXPECT_TRUE(county.directory.OptedOut("a", county.time - absl::Hours(1)));
  EXPECT_TRUE(county.directory.OptedOut("a", county.time + absl::Hours(2) - absl::Seconds(1)));
  EXPECT_FALSE(county.directory.OptedOut("a", county.time + absl::Hours(2)));
  EXPECT_FALSE(county.directory.OptedOut("b", county.time));
}

TEST(Directory, ASuspensionInOneAreaIsNotOneEverywhere) {
  SmallCounty county;
  county.SuspendProvider("fosse", "NG");
  EXPECT_TRUE(county.directory.AreaSuspended(county.kFramework, "fosse", "NG", county.time));
  EXPECT_FALSE(county.directory.AreaSuspended(county.kFramework, "fosse", "DN", county.time));
  EXPECT_FALSE(county.directory.AreaSuspended(county.kFramework, "fosse", "", county.time));
  EXPECT_FALSE(county.directory.ProviderSuspended(county.kFramework, "fosse", county.time));
  county.SuspendProvider("fosse", "");
  EXPECT_TRUE(county.directory.ProviderSuspended(county.kFramework, "fosse", county.time));
  EXPECT_FALSE(county.directory.AreaSuspended(county.kFramework, "fosse", "NG", county.time));
}

TEST(Directory, ASuspensionHoldsInItsFrameworkOnlyAndOneThatNamesNoneInAll) {
  SmallCounty county;
  const Directory& directory = county.directory;
  const v1::Contract contract = county.ContractFor("fosse", "lead");
  const absl::Time ever = absl::InfiniteFuture();
  county.SuspendProvider("fosse", "", ever, "elsewhere");
  EXPECT_TRUE(directory.ProviderSuspended("elsewhere", "fosse", county.time));
  EXPECT_FALSE(directory.ProviderSuspended(county.kFramework, "fosse", county.time));
  county.SuspendProvider("fosse", "NG", ever, "elsewhere");
  EXPECT_TRUE(directory.AreaSuspended("elsewhere", "fosse", "NG", county.time));
  EXPECT_FALSE(directory.AreaSuspended(county.kFramework, "fosse", "NG", county.time));
  EXPECT_TRUE(directory.SuspensionsOf(contract, "fosse", "NG", county.time).empty());
  county.SuspendProvider("fosse", "", ever, "");
  EXPECT_TRUE(directory.ProviderSuspended(county.kFramework, "fosse", county.time));
  EXPECT_TRUE(directory.ProviderSuspended("elsewhere", "fosse", county.time));
  EXPECT_EQ(directory.SuspensionsOf(contract, "fosse", "NG", county.time).size(), 1u);
}

TEST(Directory, AFactThatEndedIsHistoryOnly) {
  SmallCounty county;
  county.PutContract(county.ContractFor("fosse", "lead"));
  county.PutContract(county.ContractFor("fosse", "lead"), /*ended=*/true);
  county.AddCoverage("a");
  county.PutCoverage(county.CoverageLine("a"), /*ended=*/true);
  EXPECT_EQ(county.directory.Contract("north/lead/fosse"), nullptr);
  EXPECT_THAT(county.directory.ContractsOfLot(county.kFramework, "north"), IsEmpty());
  EXPECT_EQ(county.directory.AnyCoverageOf("a", county.PlaceOf(county.kWard), county.kDate),
            nullptr);
  ASSERT_NE(county.directory.Fact("contract/north/lead/fosse"), nullptr);
  EXPECT_TRUE(county.directory.Fact("contract/north/lead/fosse")->ended());
}

TEST(Directory, AFactIsFoundUnderWhatItSaysNow) {
  SmallCounty county;
  county.AddBranch("a", "old");
  v1::Branch branch = *county.directory.Branch("a");
  branch.set_provider_id("new");
  county.PutBranch(branch);
  EXPECT_THAT(county.directory.BranchesOf("old"), IsEmpty());
  ASSERT_EQ(county.directory.BranchesOf("new").size(), 1u);
  EXPECT_EQ(county.directory.BranchesOf("new")[0]->id(), "a");
}

TEST(Directory, ACopyKeepsWhatItHadWhenTheOriginalChanges) {
  SmallCounty county;
  county.AddBranch("a", "old");
  const Directory copy = county.directory;
  v1::Branch branch = *county.directory.Branch("a");
  branch.set_provider_id("new");
  county.PutBranch(branch);
  county.directory = Directory();
  ASSERT_EQ(copy.BranchesOf("old").size(), 1u);
  EXPECT_EQ(copy.BranchesOf("old")[0]->provider_id(), "old");
  EXPECT_THAT(copy.BranchesOf("new"), IsEmpty());
}

TEST(Directory, KnowsLotsAndTheirWards) {
  SmallCounty county;
  const Directory& directory = county.directory;
  EXPECT_EQ(directory.LotOfWard(county.kFramework, county.kWard), "north");
  EXPECT_EQ(directory.LotOfWard(county.kFramework, "E05999999"), "");
  EXPECT_EQ(directory.LotOfWard("other", county.kWard), "");
  EXPECT_THAT(directory.WardsOfLot(county.kFramework, "south"), ElementsAre(county.kSouthWard));
  EXPECT_TRUE(directory.WardInFramework(county.kFramework, county.kWard));
  EXPECT_FALSE(directory.WardInFramework("other", county.kWard));
  EXPECT_EQ(directory.Lot(county.kFramework, "north")->name(), "North");
  EXPECT_EQ(directory.Ward(county.kWard)->name(), "Abbey Hill");
}

TEST(Directory, NamesTheNearestWardsOfAMisspelling) {
  SmallCounty county;
  const Directory& directory = county.directory;
  EXPECT_THAT(NamesOf(directory.NearestWards(county.kFramework, "abey hil", 1)),
              ElementsAre("Abbey Hill"));
  EXPECT_THAT(NamesOf(directory.NearestWards(county.kFramework, "MILL VALE", 5)),
              ElementsAre("Mill Vale", "Abbey Hill"));
  EXPECT_THAT(NamesOf(directory.NearestWards(county.kFramework, "e05000002", 5)),
              ElementsAre("Mill Vale", "Abbey Hill"));
  EXPECT_THAT(directory.NearestWards("other", "Mill Vale", 5), IsEmpty());
}

TEST(Directory, TheWardsPriceLevelChoosesThePrice) {
  SmallCounty county;
  v1::Contract contract = county.ContractFor("fosse", "lead");
  contract.mutable_prices()->set_urban_pence(1500);
  contract.mutable_prices()->set_rural_pence(1800);
  EXPECT_EQ(county.directory.PriceOf(contract, county.kWard), 1500);
  EXPECT_EQ(county.directory.PriceOf(contract, county.kSouthWard), 1800);
  EXPECT_EQ(county.directory.PriceOf(contract, "E05999999"), 0);
}

TEST(Directory, TellsWhenContractsChange) {
  SmallCounty county;
  v1::Contract contract = county.ContractFor("fosse", "lead");
  contract.set_to_date("2019-07-01");
  county.PutContract(contract);
  county.PutContract(county.ContractFor("radis", "additional"));
  county.Novate("north/additional/radis", "leda", 20190401);
  EXPECT_THAT(
      county.directory.ContractChangesAfter(20180701),
      ElementsAre(Pair(20190401, "north/additional/radis"), Pair(20190701, "north/lead/fosse")));
  EXPECT_THAT(county.directory.ContractChangesAfter(20190401),
              ElementsAre(Pair(20190701, "north/lead/fosse")));
  contract.clear_to_date();
  county.PutContract(contract);
  EXPECT_THAT(county.directory.ContractChangesAfter(20190401), IsEmpty());
}

TEST(Directory, ANovationCountsFromItsDateForTheNewHolder) {
  SmallCounty county;
  county.PutContract(county.ContractFor("hatzfeld", "additional"));
  county.Novate("north/additional/hatzfeld", "bhandal", 20190401);
  EXPECT_EQ(county.directory.HoldsContractsSince("hatzfeld", county.kFramework), 20180701);
  EXPECT_EQ(county.directory.HoldsContractsSince("bhandal", county.kFramework), 20190401);
  EXPECT_EQ(county.directory.HoldsContractsSince("bhandal", "other"), 0);
  EXPECT_EQ(county.directory.HoldsContractsSince("nobody", county.kFramework), 0);
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
  SmallCounty county;
  auto fact = county.NewFact(HolidayKey(county.kFramework, 20180827));
  fact.mutable_holiday()->set_date("2018-08-27");
  county.directory.Put(fact);
  EXPECT_THAT(county.directory.HolidaysOf(county.kFramework), ElementsAre(20180827));
  EXPECT_THAT(county.directory.HolidaysOf("other"), IsEmpty());
  fact.set_ended(true);
  county.directory.Put(fact);
  EXPECT_THAT(county.directory.HolidaysOf(county.kFramework), IsEmpty());
}

}  // namespace
}  // namespace brokerage::engine
