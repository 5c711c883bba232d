// The framework "shire" of figure tests: a directory, and figures kept in memory from packages.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "engine/directory.h"
#include "engine/performance.h"
#include "tests/common/figure_fixtures.h"

namespace brokerage::engine::testing {

inline v1::FrameworkRules ShireRules() {
  v1::FrameworkRules rules;
  rules.set_framework_id("shire");
  rules.set_time_zone("Europe/London");
  rules.set_commencement_date("2018-07-01");
  for (const char* id : {"council", "nhs"}) rules.add_authorities()->set_id(id);
  int order = 0;
  for (const char* id : {"lead", "additional"}) {
    v1::Tier* tier = rules.add_tiers();
    tier->set_id(id);
    tier->set_order(++order);
  }
  rules.add_rounds();
  rules.add_rounds();
  return rules;
}

inline void PutContract(Directory* directory, const std::string& lot, const std::string& tier,
                        const std::string& provider, int32_t minimum) {
  journal::v1::DirectoryFact fact;
  v1::Contract* contract = fact.mutable_contract();
  contract->set_id(lot + "/" + tier + "/" + provider);
  contract->set_framework_id("shire");
  contract->set_provider_id(provider);
  contract->set_lot_id(lot);
  contract->set_tier_id(tier);
  contract->set_from_date("2018-07-01");
  contract->set_minimum_pickup_percent(minimum);
  fact.set_key(ContractKey(contract->id()));
  fact.set_framework_id("shire");
  directory->Put(fact);
}

// Four wards in two districts, two lots, three providers with two branches each and a contract in
// each tier of each lot.
inline Directory ShireDirectory(const v1::FrameworkRules& rules = ShireRules()) {
  Directory directory;
  journal::v1::FrameworkRow framework;
  framework.set_framework_id("shire");
  framework.set_revision(1);
  *framework.mutable_rules() = rules;
  directory.PutFramework(framework);
  const Shire shire;
  for (size_t i = 0; i < shire.wards.size(); ++i) {
    const std::string lot = i < 2 ? "north" : "south";
    journal::v1::DirectoryFact ward;
    ward.set_key(WardKey("shire", shire.wards[i]));
    ward.set_framework_id("shire");
    ward.mutable_ward()->set_code(shire.wards[i]);
    ward.mutable_ward()->set_name("Ward " + std::to_string(i + 1));
    ward.mutable_ward()->set_district(i % 2 ? "Coldham" : "Warmley");
    ward.mutable_ward()->set_price_level(static_cast<v1::PriceLevel>(1 + i % 3));
    directory.Put(ward);
    journal::v1::DirectoryFact lot_fact;
    lot_fact.set_key(LotKey("shire", lot));
    lot_fact.set_framework_id("shire");
    lot_fact.mutable_lot()->set_id(lot);
    lot_fact.mutable_lot()->set_framework_id("shire");
    directory.Put(lot_fact);
  }
  for (const std::string& id : shire.providers) {
    journal::v1::DirectoryFact provider;
    provider.set_key(ProviderKey(id));
    provider.mutable_provider()->set_id(id);
    directory.Put(provider);
    for (int i = 1; i <= 2; ++i) {
      journal::v1::DirectoryFact branch;
      branch.mutable_branch()->set_id(id + "-" + std::to_string(i));
      branch.mutable_branch()->set_provider_id(id);
      branch.set_key(BranchKey(branch.branch().id()));
      directory.Put(branch);
    }
    for (const char* lot : {"north", "south"}) {
      PutContract(&directory, lot, "lead", id, 75);
      PutContract(&directory, lot, "additional", id, 25);
    }
  }
  return directory;
}

// Figures of packages, as storage would have them. Counts how often it was asked for offers.
class MemoryFigures : public FigureSource {
 public:
  void Add(const PackageAggregate& package) {
    TallyAll(package, &rollups_);
    for (const journal::v1::OfferRow& offer : package.offers) {
      const journal::v1::OfferFact fact = FactOf(package.row, offer);
      by_date_[{fact.issued_date(), fact.package_number(), fact.ordinal()}] = fact;
      by_package_[fact.package_number()].push_back(fact);
    }
  }

  void ForEachRollup(absl::string_view prefix,
                     absl::FunctionRef<void(const journal::v1::RollupRow&)> visit) const override {
    for (const auto& [key, row] : rollups_.rows()) {
      if (absl::StartsWith(key, prefix)) visit(row);
    }
  }
  void ForEachOfferFact(
      absl::string_view framework_id, DateNumber from, DateNumber to,
      absl::FunctionRef<void(const journal::v1::OfferFact&)> visit) const override {
    for (const auto& [place, fact] : by_date_) {
      const DateNumber date = std::get<0>(place);
      if (framework_id == "shire" && date >= from && (to == 0 || date < to)) visit(fact);
    }
  }
  void ForEachOfferFactOfPackage(
      uint64_t package_number,
      absl::FunctionRef<void(const journal::v1::OfferFact&)> visit) const override {
    auto facts = by_package_.find(package_number);
    if (facts == by_package_.end()) return;
    for (const journal::v1::OfferFact& fact : facts->second) visit(fact);
  }
  int64_t sequence() const override { return 42; }

 private:
  RollupTable rollups_;
  std::map<std::tuple<DateNumber, uint64_t, int32_t>, journal::v1::OfferFact> by_date_;
  std::map<uint64_t, std::vector<journal::v1::OfferFact>> by_package_;
};

}  // namespace brokerage::engine::testing
