// Drives an engine through weeks in a random framework, and holds every record that it makes
// against the second implementation.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "engine/figures/performance.h"
#include "tests/reference/random_framework.h"
#include "tests/reference/reference_award.h"
#include "tests/reference/reference_directory.h"
#include "tests/reference/reference_figures.h"
#include "tests/reference/reference_routing.h"

namespace brokerage::engine::reference {

// What came to pass, so that a test can see that everything did.
struct WorkloadTally {
  std::map<std::string, int64_t> happened;
  void operator()(const std::string& what) { ++happened[what]; }
};

class Workload {
 public:
  Workload(uint64_t seed, bool adaptive, WorkloadTally* tally);

  // Submits so many packages and lets them live. What differed, soonest first; stops at the first.
  std::vector<std::string> Run(int packages);
  // The same, and then everything that can be done is done, until nothing is under way.
  std::vector<std::string> RunToTheEnd(int packages);

  // What must hold at every moment (kComesToAnEnd: at the end).
  enum Property { kOnlyWhoMay, kOneOfferEach, kOneWinner, kComesToAnEnd, kSumsHold };
  // Those that did not.
  const std::set<Property>& broken() const { return broken_; }

 private:
  using Rows = std::map<std::pair<Table, std::string>, std::string>;

  // --- The drive (workload.cc).
  bool Do(const Caller& caller, Request request);
  void Commit(const journal::v1::Record& record, const std::vector<journal::v1::TextRow>& texts);
  void AdvanceTo(absl::Time time);
  absl::Time Stamp() const;
  void LogAwards(const journal::v1::Record& record);
  Caller Navigator(const std::string& authority, bool second = false) const;
  Caller OfBranch(const journal::v1::OfferRow& offer) const;
  void Problem(const std::string& text);

  // --- What people do (workload_actions.cc).
  void OneThing();
  void Submit();
  void Answer(const PackageAggregate& package, const journal::v1::OfferRow& offer);
  void AnswerSomething();
  void ClaimSomething();
  void MoveOfferSomewhere();
  void AwardSomething();
  // (workload_outages.cc)
  void ExtendDeadlines();
  std::vector<journal::v1::OfferRow> GivenBack(const PackageAggregate& package,
                                               const journal::v1::RoundRow& round, absl::Time from,
                                               absl::Time to);
  void CheckOutage();
  void MoveSomething();
  void Transfer(const PackageAggregate& package);
  void Reissue(const PackageAggregate& package);
  void ChangeDirectory();
  void NewRevision();
  void MoveWard(journal::v1::DirectoryChanged* changed);
  v1::PackageTerms RandomTerms();
  v1::Coverage RandomLine(const std::string& from);
  void ProposeCoverage(const std::string& from);
  const PackageAggregate* RandomPackage();
  void Refused(const std::string& what, const absl::Status& status);

  // --- What is held equal (auditor.cc).
  ReferenceHistory History() const;
  void CheckBefore(const journal::v1::Record& record);
  void CheckRanking(const PackageAggregate& package, const journal::v1::PackageAwarded& awarded);
  void CheckProposal(const PackageAggregate& package, const journal::v1::AwardProposed& proposed);
  void CheckAutomatic(const PackageAggregate& package, int32_t winner, const std::string& where);
  void CheckEarly(const PackageAggregate& package, int32_t winner);
  void CheckNotCertain(const PackageAggregate& package);
  void CheckAfter(const journal::v1::Record& record);
  void CheckRound(const journal::v1::Record& record, const journal::v1::RoundOpened& opened);
  int32_t ExpectedRule(ReferenceIssue issue, int32_t first) const;
  // --- Adaptive release (workload_adaptive.cc).
  struct Settled {
    bool filled = false;
    v1::AdaptiveRelease rule;  // as it stood for the package
  };
  void LogFills(const journal::v1::Record& record);
  // The fill of the tier in the lot over its newest settled packages; nothing while it is off.
  std::optional<v1::TierFill> LowFill(const std::string& lot_id, const std::string& tier_id,
                                      const v1::AdaptiveRelease& rule) const;
  // Who is offered the package in the round: provider -> branch.
  std::map<std::string, std::string> OfferedIn(uint64_t number, int32_t round) const;
  // Holds whether another round opened beside this one against the fill of its tiers.
  void CheckBeside(const journal::v1::Record& record, const journal::v1::RoundOpened& opened,
                   ReferenceIssue issue);
  void CheckOffers(const std::string& where, const journal::v1::RoundOpened& opened,
                   const std::set<std::string>& offered);
  void CheckNobody(const journal::v1::Record& record, uint64_t number);
  void CheckPassedOver(const journal::v1::Record& record, const ReferenceIssue& issue,
                       int32_t rule);
  void CheckPackage(uint64_t number);
  int64_t ExpectedLimit(const journal::v1::PackageRow& package) const;
  void CheckStart(uint64_t number);
  void CheckLimit(uint64_t number);
  void CheckTransfer(const v1::Transfer& transfer);
  std::vector<journal::v1::OfferRow> OffersBefore(uint64_t number, int32_t round) const;
  absl::Time TimeOf(const journal::v1::Record& record) const;

  // --- Figures (auditor_figures.cc).
  void CheckFigures();
  void CheckSettled();
  void CheckRollups(const ReferenceHistory& history);
  void CheckLimits(const ReferenceHistory& history);
  // What suspensions stopped, and how people left interim services (auditor_stops.cc).
  void CheckStops(const ReferenceHistory& history);
  void CheckInterimStays(const ReferenceHistory& history);
  void CheckQuery(const ReferenceHistory& history);
  void CheckPackageCounts(const ReferenceHistory& history, const v1::PerformanceQuery& query,
                          const v1::PerformanceRow& row);
  void CheckCompliance(const ReferenceHistory& history);
  // (auditor_scorecard.cc)
  void CheckScorecard(const ReferenceHistory& history);
  void CheckDistribution(const ReferenceHistory& history, const v1::QueryScorecardRequest& like,
                         const PerformanceScope& scope);
  void CheckReplay();

  // --- Properties (auditor_properties.cc).
  void Broken(Property property, const std::string& text);
  void CheckProperties(const journal::v1::Record& record);
  void CheckMayBeOffered(const journal::v1::Record& record, uint64_t number,
                         const journal::v1::OfferRow& offer);
  void CheckOneEach(const PackageAggregate& package);
  void CheckSumsBySlice();
  void Finish();
  void EndOne(const PackageAggregate& package);

  const uint64_t seed_;
  WorkloadTally& tally_;
  RandomFramework framework_;
  Dice dice_;
  Engine engine_;
  ReferenceDirectory directory_;
  std::vector<ReferenceAward> awards_;
  std::map<std::string, std::vector<Settled>> fills_;  // "lot tier" -> oldest first
  std::set<std::string> counted_;                      // "package terms tier"
  absl::Time now_;
  int64_t last_time_us_ = 0;
  uint64_t sequence_ = 0;
  uint64_t persons_ = 0;
  int wanted_packages_ = 0;
  std::vector<journal::v1::Record> records_;
  std::vector<std::vector<journal::v1::TextRow>> texts_;
  Rows rows_;
  // Of the packages that the record at hand touches, as they were before it.
  std::map<uint64_t, journal::v1::PackageRow> before_;
  // By package and round: what outages took of it and was given back.
  std::map<std::pair<uint64_t, int32_t>, std::vector<std::pair<absl::Time, absl::Time>>>
      given_back_;
  // By package and ordinal: the offers as the record at hand should leave them.
  std::map<std::pair<uint64_t, int32_t>, journal::v1::OfferRow> outage_;
  int passed_over_ = 0;  // rounds that this record should say were
  std::vector<ReferencePassedOver> all_passed_over_;
  std::vector<std::string> problems_;
  std::set<Property> broken_;
  bool to_the_end_ = false;
};

}  // namespace brokerage::engine::reference
