// Follows packages and offers through the records of a journal by the tables of engine/lifecycle.h
// alone, so that a test can say that nothing ever moved otherwise, and what was seen to happen.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "brokerage/journal/v1/record.pb.h"
#include "engine/lifecycle.h"
#include "engine/package_aggregate.h"

namespace brokerage::engine {

// The names under which things are seen.
std::string SeenName(const PackageTransition& transition);  // "package OFFERED award AWARDED"
std::string SeenName(const OfferTransition& transition);    // "offer OPEN accept ACCEPTED"
std::string SeenName(v1::HardRule rule);                    // "rule BRANCH_COVERS_WARD"
std::string SeenName(v1::AwardCriterion criterion);         // "criterion TIER"
std::string SeenName(v1::RejectionReason reason);           // "reason NOT_FOUND"

class LifecycleWatch {
 public:
  using PackageFinder = std::function<PackageAggregate(uint64_t)>;

  // Follows one record. `stored` gives packages as they were stored after it.
  void Watch(const journal::v1::Record& record, const PackageFinder& stored);

  // Transitions, failed rules and deciding criteria.
  const std::set<std::string>& seen() const { return seen_; }
  // What moved outside the tables.
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  struct Offer {
    v1::OfferState state = v1::OFFER_STATE_UNSPECIFIED;
    int32_t round_number = 0;
  };
  struct Package {
    v1::PackageState state = v1::PACKAGE_STATE_UNSPECIFIED;
    std::vector<Offer> offers;
    bool released_by_this_record = false;
  };

  void On(const journal::v1::Fact& fact);
  void OnRound(const journal::v1::RoundOpened& fact);
  void OnAnswer(const journal::v1::OfferAnswered& fact);
  void OnAward(const journal::v1::PackageAwarded& fact);
  void OnExtended(const journal::v1::DeadlineExtended& fact);
  void Begin(const journal::v1::PackageRow& row, PackageVerb verb);
  void Move(uint64_t number, PackageVerb verb);
  void MoveOffer(uint64_t number, int32_t ordinal, OfferVerb verb);
  // Moves every offer that is in the state.
  void MoveOffers(uint64_t number, v1::OfferState from, OfferVerb verb);
  template <typename Voided>
  void VoidOffers(uint64_t number, const Voided& voided);
  void Compare(uint64_t number, const PackageAggregate& stored);

  std::map<uint64_t, Package> packages_;
  std::set<uint64_t> touched_;
  std::set<std::string> seen_;
  std::vector<std::string> problems_;
};

}  // namespace brokerage::engine
