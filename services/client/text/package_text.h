// The whole story of a package in words: who was considered, who was kept out by which rule, who
// was offered it, who answered what and when, who won and why.
#pragma once

#include <map>
#include <string>

#include "brokerage/v1/directory.pb.h"
#include "brokerage/v1/package.pb.h"
#include "brokerage/v1/package_service.pb.h"

namespace brokerage::client {

// How ids are called. What has no name here is called by its id.
class Names {
 public:
  void Add(const v1::Provider& provider);
  void Add(const v1::Branch& branch) { branches_[branch.id()] = branch.name(); }
  void Add(const v1::Ward& ward) { wards_[ward.code()] = ward.name(); }
  void Add(const v1::Lot& lot) { lots_[lot.id()] = lot.name(); }
  void Add(const v1::Tier& tier) { tiers_[tier.id()] = tier.name(); }

  const std::string& Provider(const std::string& id) const { return In(providers_, id); }
  const std::string& Branch(const std::string& id) const { return In(branches_, id); }
  const std::string& Ward(const std::string& code) const { return In(wards_, code); }
  const std::string& Lot(const std::string& id) const { return In(lots_, id); }
  const std::string& Tier(const std::string& id) const { return In(tiers_, id); }

 private:
  using Called = std::map<std::string, std::string>;
  static const std::string& In(const Called& called, const std::string& id) {
    auto found = called.find(id);
    return found == called.end() ? id : found->second;
  }
  Called providers_, branches_, wards_, lots_, tiers_;
};

std::string PackageText(const v1::Package& package, const Names& names);
std::string PreviewText(const v1::PreviewPackageResponse& preview, const Names& names);

// "home care, 735 min a week, standard", as the log and the lists say it.
std::string TermsInShort(const v1::PackageTerms& terms, v1::Urgency urgency);
// "accepted, could start 5 Jul", "declined: no capacity".
std::string AnswerInWords(const v1::AnswerRecord& answer);

}  // namespace brokerage::client
