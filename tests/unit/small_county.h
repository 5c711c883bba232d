// A county of two lots and a few providers, for the tests of directory, routing and award. Lot
// "north" holds Abbey Hill, lot "south" holds Mill Vale. Everything that is added is good for any
// package unless a test spoils it.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/award.h"
#include "engine/directory.h"
#include "engine/package_aggregate.h"
#include "engine/routing.h"

namespace brokerage::engine {

struct SmallCounty {
  static constexpr char kFramework[] = "county";
  static constexpr char kWard[] = "E05000001";       // Abbey Hill, in "north"
  static constexpr char kSouthWard[] = "E05000002";  // Mill Vale, in "south"
  static constexpr DateNumber kDate = 20180702;

  Directory directory;
  v1::FrameworkRules rules;
  PackageAggregate package;
  RollupTable rollups;
  absl::Time time = absl::FromUnixSeconds(1530525600);  // 2018-07-02 10:00 UTC

  SmallCounty() {
    rules.set_framework_id(kFramework);
    AddTier("lead", "Lead", 1, 75, 80);
    AddTier("additional", "Additional", 2, 25, 20);
    AddTier("dps", "DPS", 3, 0, 0);
    AddWard(kWard, "Abbey Hill", v1::PRICE_LEVEL_URBAN, 450000, 350000, "north");
    AddWard(kSouthWard, "Mill Vale", v1::PRICE_LEVEL_RURAL, 460000, 340000, "south");
    auto& row = package.row;
    row.set_number(123);
    row.set_year(2018);
    row.set_framework_id(kFramework);
    row.set_ward_code(kWard);
    row.set_lot_id("north");
    row.set_postcode_sector("NG18 1");
    row.set_terms_version(1);
    row.mutable_terms()->set_service_type(v1::SERVICE_TYPE_HOME_CARE);
    row.mutable_terms()->set_start_by_date("2018-07-09");
  }

  journal::v1::DirectoryFact NewFact(const std::string& key) {
    journal::v1::DirectoryFact fact;
    fact.set_key(key);
    fact.set_framework_id(kFramework);
    return fact;
  }

  void AddTier(const char* id, const char* name, int order, int minimum, int target) {
    v1::Tier* tier = rules.add_tiers();
    tier->set_id(id);
    tier->set_name(name);
    tier->set_order(order);
    tier->set_minimum_pickup_percent(minimum);
    tier->set_target_share_percent(target);
  }

  void AddWard(const std::string& code, const char* name, v1::PriceLevel level, int easting,
               int northing, const std::string& lot_id) {
    auto fact = NewFact(WardKey(kFramework, code));
    v1::Ward* ward = fact.mutable_ward();
    ward->set_code(code);
    ward->set_name(name);
    ward->set_price_level(level);
    ward->set_easting(easting);
    ward->set_northing(northing);
    directory.Put(fact);
    auto lot = NewFact(LotKey(kFramework, lot_id));
    lot.mutable_lot()->set_id(lot_id);
    lot.mutable_lot()->set_name(lot_id == "north" ? "North" : "South");
    lot.mutable_lot()->set_framework_id(kFramework);
    directory.Put(lot);
    auto lot_ward = NewFact(LotWardKey(kFramework, lot_id, code));
    lot_ward.mutable_lot_ward()->set_lot_id(lot_id);
    lot_ward.mutable_lot_ward()->set_ward_code(code);
    directory.Put(lot_ward);
  }

  void AddProvider(const std::string& id) {
    auto fact = NewFact(ProviderKey(id));
    fact.mutable_provider()->set_id(id);
    fact.mutable_provider()->set_legal_name(id + " Ltd");
    directory.Put(fact);
  }

  void AddBranch(const std::string& id, const std::string& provider_id, int easting = 451000,
                 int northing = 350000) {
    v1::Branch branch;
    branch.set_id(id);
    branch.set_provider_id(provider_id);
    branch.set_name(id + " office");
    branch.set_regulator_active(true);
    branch.set_easting(easting);
    branch.set_northing(northing);
    PutBranch(branch);
    AddCoverage(id);
  }

  void PutBranch(const v1::Branch& branch) {
    auto fact = NewFact(BranchKey(branch.id()));
    *fact.mutable_branch() = branch;
    directory.Put(fact);
  }

  v1::Coverage CoverageLine(const std::string& branch_id, int priority = 1) {
    v1::Coverage line;
    line.set_branch_id(branch_id);
    line.set_ward_code(kWard);
    line.set_service_type(v1::SERVICE_TYPE_HOME_CARE);
    line.set_from_date("2018-07-01");
    line.set_priority(priority);
    return line;
  }

  void PutCoverage(const v1::Coverage& line, bool ended = false) {
    auto fact = NewFact(CoverageKey(line));
    *fact.mutable_coverage() = line;
    fact.set_ended(ended);
    directory.Put(fact);
  }

  void AddCoverage(const std::string& branch_id, int priority = 1) {
    PutCoverage(CoverageLine(branch_id, priority));
  }

  // Where a package of the ward is, without a postcode.
  static CarePlace PlaceOf(const char* ward) { return {kFramework, ward, ""}; }

  v1::Contract ContractFor(const std::string& provider_id, const std::string& tier_id) {
    v1::Contract contract;
    contract.set_id(absl::StrCat("north/", tier_id, "/", provider_id));
    contract.set_framework_id(kFramework);
    contract.set_provider_id(provider_id);
    contract.set_lot_id("north");
    contract.set_tier_id(tier_id);
    contract.add_service_types(v1::SERVICE_TYPE_HOME_CARE);
    contract.set_from_date("2018-07-01");
    return contract;
  }

  void PutContract(const v1::Contract& contract, bool ended = false) {
    auto fact = NewFact(ContractKey(contract.id()));
    *fact.mutable_contract() = contract;
    fact.set_ended(ended);
    directory.Put(fact);
  }

  // A provider with one branch of its own name, under one contract.
  void AddOneBranchProvider(const std::string& id, const std::string& tier_id) {
    AddProvider(id);
    AddBranch(id + "-a", id);
    PutContract(ContractFor(id, tier_id));
  }

  void Novate(const std::string& contract_id, const std::string& provider_id, DateNumber date) {
    auto fact = NewFact(NovationKey(contract_id, date));
    fact.mutable_novation()->set_contract_id(contract_id);
    fact.mutable_novation()->set_new_provider_id(provider_id);
    fact.mutable_novation()->set_date(FormatDate(date));
    directory.Put(fact);
  }

  // From an hour before now to `to`, or open.
  template <typename Span>
  void SetSpan(Span* span, absl::Time to) {
    span->mutable_from_time()->set_seconds(absl::ToUnixSeconds(time) - 3600);
    if (to != absl::InfiniteFuture()) span->mutable_to_time()->set_seconds(absl::ToUnixSeconds(to));
  }

  void OptOut(const std::string& branch_id, absl::Time to = absl::InfiniteFuture()) {
    auto fact = NewFact(OptOutKey("1"));
    fact.mutable_opt_out_window()->set_branch_id(branch_id);
    SetSpan(fact.mutable_opt_out_window(), to);
    directory.Put(fact);
  }

  // In place of the one before in the framework; without one, as it was recorded before suspensions
  // named one.
  void SuspendProvider(const std::string& provider_id, const std::string& area,
                       absl::Time to = absl::InfiniteFuture(),
                       const std::string& framework_id = "") {
    auto fact = NewFact(SuspensionKey("2" + framework_id));
    fact.mutable_suspension()->set_provider_id(provider_id);
    fact.mutable_suspension()->set_postcode_area(area);
    fact.mutable_suspension()->set_framework_id(framework_id);
    SetSpan(fact.mutable_suspension(), to);
    directory.Put(fact);
  }

  void SuspendContract(const std::string& contract_id, absl::Time to = absl::InfiniteFuture()) {
    auto fact = NewFact(SuspensionKey("3"));
    fact.mutable_suspension()->set_contract_id(contract_id);
    SetSpan(fact.mutable_suspension(), to);
    directory.Put(fact);
  }

  // An offer to the branch "PROVIDER-a" under the contract north/TIER/PROVIDER, without an answer,
  // due in a day.
  journal::v1::OfferRow& AddOffer(const std::string& provider_id, const std::string& tier_id) {
    journal::v1::OfferRow& offer = package.offers.emplace_back();
    offer.set_package_number(package.row.number());
    offer.set_ordinal(static_cast<int32_t>(package.offers.size()));
    offer.set_round_number(1);
    offer.set_rule_number(1);
    offer.set_state(v1::OFFER_STATE_OPEN);
    offer.set_provider_id(provider_id);
    offer.set_branch_id(provider_id + "-a");
    offer.set_contract_id(absl::StrCat("north/", tier_id, "/", provider_id));
    offer.set_tier_id(tier_id);
    offer.set_issued_date(kDate);
    offer.set_issued_time_us(absl::ToUnixMicros(time));
    offer.set_deadline_us(absl::ToUnixMicros(time + absl::Hours(24)));
    offer.set_terms_version(package.row.terms_version());
    return offer;
  }

  journal::v1::AnswerRow* Answer(int ordinal, v1::Answer answer) {
    journal::v1::OfferRow& offer = package.offers[ordinal - 1];
    offer.set_state(answer == v1::ANSWER_ACCEPT ? v1::OFFER_STATE_ACCEPTED
                                                : v1::OFFER_STATE_DECLINED);
    journal::v1::AnswerRow* row = offer.add_answers();
    row->set_answer(answer);
    row->set_time_us(absl::ToUnixMicros(time) - 1000000);
    return row;
  }

  // Adds provider, branch, contract, offer and acceptance.
  journal::v1::OfferRow& AddAcceptance(const std::string& provider_id, const std::string& tier_id) {
    AddOneBranchProvider(provider_id, tier_id);
    int ordinal = AddOffer(provider_id, tier_id).ordinal();
    Answer(ordinal, v1::ANSWER_ACCEPT);
    return package.offers[ordinal - 1];
  }

  std::vector<journal::v1::Verdict> Routed(std::vector<std::string> tier_ids = {"lead",
                                                                                "additional"},
                                           bool restart = false) {
    return Route({package, rules, directory, time, kDate, std::move(tier_ids), restart});
  }

  std::vector<std::string> OfferedBranches(std::vector<std::string> tier_ids = {"lead",
                                                                                "additional"},
                                           bool restart = false) {
    std::vector<std::string> branches;
    for (const auto& verdict : Routed(std::move(tier_ids), restart)) {
      if (verdict.offered()) branches.push_back(verdict.branch_id());
    }
    return branches;
  }

  AwardQuestion Award() { return {package, rules, directory, rollups, time, kDate}; }
};

}  // namespace brokerage::engine
