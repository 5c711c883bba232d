#include "engine/base/ids.h"

#include <gtest/gtest.h>

#include "engine/base/bounds.h"
#include "engine/base/postcode.h"
#include "engine/model/directory.h"
#include "engine/model/fact_keys.h"

namespace brokerage::engine {
namespace {

TEST(PackageIds, SurviveTheWayToTextAndBack) {
  for (uint64_t number :
       {uint64_t{1}, uint64_t{123}, uint64_t{999999}, uint64_t{1000000}, UINT64_MAX}) {
    PackageId id = {2018, number};
    EXPECT_EQ(ParsePackageId(FormatPackageId(id)), id) << number;
  }
  EXPECT_EQ(FormatPackageId({2018, 123}), "P-2018-000123");
  EXPECT_EQ(FormatPackageId({2018, 1234567}), "P-2018-1234567");
}

TEST(PackageIds, HaveOneSpelling) {
  for (const char* wrong :
       {"", "P", "P-2018", "P-2018-", "P-2018-123", "P-2018-0000123", "p-2018-000123",
        "P-2018-000123 ", " P-2018-000123", "P-2018-000000", "P-2018-00012a", "P--018-000123",
        "P-02018-000123", "P-2018-000123-1", "O-2018-000123-1", "P-2018-99999999999999999999",
        "P-18-000123", "P-2018--00123", "P-2018-+00123"}) {
    EXPECT_EQ(ParsePackageId(wrong), std::nullopt) << wrong;
  }
}

TEST(OfferIds, SurviveTheWayToTextAndBack) {
  OfferId id = {{2018, 123}, 4};
  EXPECT_EQ(FormatOfferId(id), "O-2018-000123-4");
  EXPECT_EQ(ParseOfferId("O-2018-000123-4"), id);
  OfferId large = {{2030, 12345678}, 5000};
  EXPECT_EQ(ParseOfferId(FormatOfferId(large)), large);
}

TEST(OfferIds, HaveOneSpelling) {
  for (const char* wrong :
       {"", "O-2018-000123", "O-2018-000123-", "O-2018-000123-0", "O-2018-000123-04",
        "O-2018-000123--4", "P-2018-000123-4", "O-2018-000123-4 ", "O-2018-000123-99999999999"}) {
    EXPECT_EQ(ParseOfferId(wrong), std::nullopt) << wrong;
  }
}

TEST(PlainIds, AreLowerCaseDigitsHyphensAndDots) {
  EXPECT_TRUE(IsPlainId("london-care", limits::kIdBytesMax));
  EXPECT_TRUE(IsPlainId("a.1", limits::kIdBytesMax));
  EXPECT_TRUE(IsPlainId(std::string(64, 'a'), limits::kIdBytesMax));
  EXPECT_FALSE(IsPlainId(std::string(65, 'a'), limits::kIdBytesMax));
  for (const char* wrong : {"", "London", "a b", "a_b", "a/b", "é", "a\n"}) {
    EXPECT_FALSE(IsPlainId(wrong, limits::kIdBytesMax)) << wrong;
  }
  EXPECT_TRUE(IsPlainId("broxtowe/lead/direct-health", limits::kContractIdBytesMax, true));
}

TEST(KeysOfFacts, NameWhatTheFactIsAbout) {
  EXPECT_EQ(WardKey("nottinghamshire", "E05006377"), "ward/nottinghamshire/E05006377");
  EXPECT_EQ(LotKey("nottinghamshire", "broxtowe"), "lot/nottinghamshire/broxtowe");
  EXPECT_EQ(LotWardKey("nottinghamshire", "bassetlaw", "E05006377"),
            "lot_ward/nottinghamshire/bassetlaw/E05006377");
  EXPECT_EQ(ProviderKey("london-care"), "provider/london-care");
  EXPECT_EQ(BranchKey("agincare-mansfield"), "branch/agincare-mansfield");
  EXPECT_EQ(CoverageKey("agincare-mansfield", "E05008857", v1::SERVICE_TYPE_REABLEMENT),
            "coverage/agincare-mansfield/E05008857/4");
  v1::Coverage area;
  area.set_branch_id("su-ash-grove-guildford");
  area.set_postcode_area("GU");
  area.set_framework_id("surrey");
  area.set_service_type(v1::SERVICE_TYPE_HOME_CARE);
  EXPECT_EQ(CoverageKey(area), "coverage/su-ash-grove-guildford/area:GU/surrey/1");
  EXPECT_EQ(ProposalKey("C-000001"), "coverage_proposal/C-000001");
  EXPECT_EQ(ContractKey("broxtowe/lead/direct-health"), "contract/broxtowe/lead/direct-health");
  EXPECT_EQ(NovationKey("a/b/c", 20190401), "novation/a/b/c/20190401");
  EXPECT_EQ(OptOutKey("W-1"), "opt_out/W-1");
  EXPECT_EQ(SuspensionKey("S-1"), "suspension/S-1");
  EXPECT_EQ(HolidayKey("nottinghamshire", 20181225), "holiday/nottinghamshire/20181225");
}

TEST(Postcodes, ShowTheirSectorOnly) {
  EXPECT_EQ(PostcodeSector("NG18 1JY"), "NG18 1");
  EXPECT_EQ(PostcodeSector("NG2 6FF"), "NG2 6");
  EXPECT_EQ(PostcodeSector("ng26ff"), "NG2 6");
  EXPECT_EQ(PostcodeSector("W1A 1AA"), "W1A 1");
  EXPECT_EQ(PostcodeSector("EC1A 1BB"), "EC1A 1");
  EXPECT_EQ(PostcodeSector("M1 1AE"), "M1 1");
  for (const char* wrong : {"", "NG18", "NG18 1", "NG18 1J", "NG18  1JY", "NG181 1JY", "1NG 1JY",
                            "NGX 1JY", "ABC1 1AA", "NG18 JJY", " 1AA", "  1AA", "NG18 1JY "}) {
    EXPECT_EQ(PostcodeSector(wrong), "") << wrong;
  }
}

TEST(Postcodes, HaveOneKeyHoweverTheyAreWritten) {
  for (const char* same : {"NG18 1JY", "NG181JY", "ng18 1jy", " NG18  1JY "}) {
    EXPECT_EQ(PostcodeKey(same), "NG181JY") << same;
  }
  EXPECT_EQ(PostcodeKey("M1  1AE"), "M11AE");
  EXPECT_EQ(PostcodeOfKey("NG181JY"), "NG18 1JY");
  EXPECT_EQ(PostcodeOfKey("M11AE"), "M1 1AE");
  for (const char* wrong : {"", "   ", "NG18", "NG18 1J", "NG18\t1JY", "NG18 1JY and more of it"}) {
    EXPECT_EQ(PostcodeKey(wrong), "") << wrong;
  }
}

TEST(Postcodes, BelongToAnArea) {
  EXPECT_EQ(PostcodeArea("NG18 1JY"), "NG");
  EXPECT_EQ(PostcodeArea("ng18 1"), "NG");
  EXPECT_EQ(PostcodeArea("M1 1AE"), "M");
  for (const char* wrong : {"", "NG", "18 1", "ABC1 1AA"}) EXPECT_EQ(PostcodeArea(wrong), "");
}

}  // namespace
}  // namespace brokerage::engine
