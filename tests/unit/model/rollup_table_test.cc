// What lies on the disk: the key of a roll-up, and the row with which a new one begins. Neither may
// ever change for a kind that is written already.
#include "engine/model/rollup_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace brokerage::engine {
namespace {

using journal::v1::RollupRow;

// Every dimension of an offer, also those that the kind does not have.
RollupDimensions OfOffer() {
  RollupDimensions of;
  of.framework_id = "county";
  of.month = 201807;
  of.contract_id = "north/lead/alder";
  of.branch_id = "alder-town";
  of.service_type = v1::SERVICE_TYPE_LIVE_IN;
  of.urgency = v1::URGENCY_URGENT;
  of.authority_id = "council";
  of.round = 3;
  of.ward_code = "E05000001";
  of.tier_id = "lead";
  of.provider_id = "alder";
  of.lot_id = "north";
  return of;
}

RollupDimensions OfPackage() {
  RollupDimensions of;
  of.framework_id = "county";
  of.month = 201807;
  of.lot_id = "north";
  of.service_type = v1::SERVICE_TYPE_LIVE_IN;
  of.urgency = v1::URGENCY_URGENT;
  of.authority_id = "council";
  return of;
}

RollupDimensions OfAvoided() {
  RollupDimensions of;
  of.framework_id = "county";
  of.month = 201807;
  of.contract_id = "north/lead/alder";
  of.urgency = v1::URGENCY_STANDARD;
  return of;
}

RollupDimensions OfLimit() {
  RollupDimensions of;
  of.branch_id = "alder-town";
  of.limit_name = "any two | of these";
  return of;
}

RollupDimensions OfFill() {
  RollupDimensions of;
  of.framework_id = "county";
  of.lot_id = "north";
  of.tier_id = "lead";
  return of;
}

RollupDimensions OfSuspension() {
  RollupDimensions of;
  of.suspension_id = "S-000001";
  return of;
}

RollupDimensions OfInterim() {
  RollupDimensions of;
  of.framework_id = "county";
  of.month = 201807;
  of.date = 20180705;
  of.lot_id = "north";
  of.authority_id = "council";
  return of;
}

struct Written {
  RollupRow::Kind kind;
  RollupDimensions (*of)();
  const char* key;
  const char* row;  // its fields in the order of their numbers, as they are written
};

constexpr Written kWritten[] = {
    {RollupRow::KIND_OFFER, OfOffer,
     "1|county|201807|north/lead/alder|alder-town|2|2|council|3|alder|lead|north",
     "kind: KIND_OFFER framework_id: \"county\" month: 201807 contract_id: \"north/lead/alder\" "
     "branch_id: \"alder-town\" service_type: SERVICE_TYPE_LIVE_IN urgency: URGENCY_URGENT "
     "authority_id: \"council\" round: 3 tier_id: \"lead\" provider_id: \"alder\" "
     "lot_id: \"north\""},
    {RollupRow::KIND_WARD, OfOffer, "2|county|201807|E05000001|lead",
     "kind: KIND_WARD framework_id: \"county\" month: 201807 ward_code: \"E05000001\" "
     "tier_id: \"lead\""},
    {RollupRow::KIND_PICK_UP, OfOffer,
     "3|county|201807|north/lead/alder|2|2|council|alder|lead|north",
     "kind: KIND_PICK_UP framework_id: \"county\" month: 201807 contract_id: \"north/lead/alder\" "
     "service_type: SERVICE_TYPE_LIVE_IN urgency: URGENCY_URGENT authority_id: \"council\" "
     "tier_id: \"lead\" provider_id: \"alder\" lot_id: \"north\""},
    {RollupRow::KIND_OPPORTUNITY, OfOffer, "4|county|201807|alder|2|2|council|3|north",
     "kind: KIND_OPPORTUNITY framework_id: \"county\" month: 201807 "
     "service_type: SERVICE_TYPE_LIVE_IN urgency: URGENCY_URGENT authority_id: \"council\" "
     "round: 3 provider_id: \"alder\" lot_id: \"north\""},
    {RollupRow::KIND_PACKAGE, OfPackage, "5|county|201807|north|2|2|council",
     "kind: KIND_PACKAGE framework_id: \"county\" month: 201807 "
     "service_type: SERVICE_TYPE_LIVE_IN urgency: URGENCY_URGENT authority_id: \"council\" "
     "lot_id: \"north\""},
    {RollupRow::KIND_HOURS, OfOffer, "6|county|201807|alder|north|2|lead",
     "kind: KIND_HOURS framework_id: \"county\" month: 201807 "
     "service_type: SERVICE_TYPE_LIVE_IN tier_id: \"lead\" provider_id: \"alder\" "
     "lot_id: \"north\""},
    {RollupRow::KIND_AVOIDED, OfAvoided, "7|county|201807|north/lead/alder|1",
     "kind: KIND_AVOIDED framework_id: \"county\" month: 201807 contract_id: \"north/lead/alder\" "
     "urgency: URGENCY_STANDARD"},
    {RollupRow::KIND_LIMIT, OfLimit, "8||0|alder-town|any two | of these",
     "kind: KIND_LIMIT branch_id: \"alder-town\" "
     "acceptance_limit { name: \"any two | of these\" }"},
    {RollupRow::KIND_FILL, OfFill, "9|county|0|north|lead",
     "kind: KIND_FILL framework_id: \"county\" tier_id: \"lead\" lot_id: \"north\""},
    {RollupRow::KIND_SUSPENSION, OfSuspension, "10||0|S-000001",
     "kind: KIND_SUSPENSION suspension_id: \"S-000001\""},
    {RollupRow::KIND_INTERIM, OfInterim, "11|county|201807|20180705|north|council",
     "kind: KIND_INTERIM framework_id: \"county\" month: 201807 authority_id: \"council\" "
     "lot_id: \"north\" date: 20180705"},
};

TEST(RollupTable, WritesEveryKindAsItAlwaysHas) {
  for (int kind = 1; kind < RollupRow::Kind_ARRAYSIZE; ++kind) {
    const std::string name = RollupRow::Kind_Name(static_cast<RollupRow::Kind>(kind));
    ASSERT_LE(kind, static_cast<int>(std::size(kWritten))) << name << " is not pinned here";
    const Written& written = kWritten[kind - 1];
    ASSERT_EQ(written.kind, kind) << name;
    RollupDimensions of = written.of();
    of.kind = written.kind;
    EXPECT_EQ(RollupTable::KeyOf(of), written.key) << name;
    RollupTable table;
    const RollupRow row = *table.Change(of);
    EXPECT_EQ(row.ShortDebugString(), written.row);
    EXPECT_EQ(RollupTable::KeyOf(row), written.key) << name;
    EXPECT_EQ(table.Change(of)->ShortDebugString(), written.row);
    EXPECT_EQ(table.rows().size(), 1u) << name;
  }
}

TEST(RollupTable, IgnoresWhatAKindDoesNotHave) {
  RollupDimensions of = OfOffer();
  of.kind = RollupRow::KIND_SUSPENSION;
  of.framework_id = "";
  of.month = 0;
  of.suspension_id = "S-000001";
  of.date = 20180705;
  RollupTable table;
  EXPECT_EQ(table.Change(of)->ShortDebugString(),
            "kind: KIND_SUSPENSION suspension_id: \"S-000001\"");
  EXPECT_TRUE(HasColumn(of.kind, RollupColumn::kSuspension));
  EXPECT_FALSE(HasColumn(of.kind, RollupColumn::kDate));
}

TEST(RollupTable, SharesAPrefixWithinAKindAFrameworkAndAMonth) {
  RollupDimensions of = OfOffer();
  of.kind = RollupRow::KIND_PICK_UP;
  EXPECT_EQ(RollupTable::Prefix(RollupRow::KIND_PICK_UP, "county"), "3|county|");
  EXPECT_EQ(RollupTable::Prefix(RollupRow::KIND_PICK_UP, "county", 201807), "3|county|201807|");
  EXPECT_TRUE(RollupTable::KeyOf(of).starts_with("3|county|201807|north/lead/alder|"));
}

}  // namespace
}  // namespace brokerage::engine
