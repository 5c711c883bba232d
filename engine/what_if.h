// What would have happened under other rules: a past period's packages and recorded answers, played
// against a framework as it would be.
//
// What it does: each package comes at its own time, is released and put out as the new files say; a
// branch that was asked about it answers as it did, so long after it was asked; an award that care
// navigation would confirm is confirmed at once. Hours awarded and pick-up figures of the months
// before the period count for awards as they stand.
//
// What it cannot know, it counts and does not suppose: a branch that was never asked about the
// package does not answer, and neither does one whose offer was closed unanswered and would have
// stood longer; where such a branch might have won, the package's winner is undecidable. Releases
// and holds by hand, returns, hand-backs and reissues are not repeated: on both sides a package
// counts until the end of its first issue. An offer that was upheld as issued in error is so again.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "brokerage/v1/directory_service.pb.h"
#include "engine/engine.h"
#include "engine/figures/outcome.h"
#include "engine/framework/parse.h"
#include "engine/model/package.h"

namespace brokerage::engine {

// The framework as its files and live changes have it now: to replay the past under it, and so to
// see what is the replay's own doing. REQUIRES: the directory has the framework.
ParsedFramework AsApplied(const Directory& directory, absl::string_view framework_id);

class WhatIf {
 public:
  // `directory` is the present one: its live changes hold, and what the files say comes from
  // `framework`. `figures` are roll-ups of which those before the month of `from` are used. `zones`
  // knows the framework's zone. The fills of adaptive release begin empty: they are of no month.
  WhatIf(ZoneFinder zones, const ParsedFramework& framework, const Directory& directory,
         const std::vector<journal::v1::RollupRow>& figures, DateNumber from);

  // Plays on to the package's submission, and then has it. REQUIRES: a package of the framework
  // that was released, not imported; in the order of their numbers.
  void Submit(const PackageAggregate& past);
  // Plays on to `now`, the moment up to which the past is known: what is still out then is still
  // out.
  void Finish(absl::Time now);
  // Against what was, and against `replayed`: the same packages under AsApplied. Of the packages
  // only those of the authority are named, all if it is empty. REQUIRES: Finish was called of both.
  v1::PreviewFrameworkResponse Result(const WhatIf& replayed, absl::string_view authority_id) const;

 private:
  // What is known of one package, and what became of it in the play.
  struct Course {
    PackageAggregate past;
    std::map<std::string, std::vector<int32_t>> asked;  // branch -> ordinals of past offers
    std::string winner_was, winner_would;               // providers
    int64_t minutes_to_source_was = -1, minutes_to_source_would = -1;
    int64_t unknown = 0;  // offers without a known answer that might have won
  };
  // Offers of one package, as pick-up units: contract and terms version. docs/kpi.md has the unit.
  class PickUpUnits {
   public:
    // A restart's own offer is in no unit.
    void Add(const journal::v1::OfferRow& offer, bool unknown);
    // Adds the units by provider; but for those of which an answer is not known and none is known
    // to be an acceptance.
    void Count(std::map<std::string, v1::Counts>* by_provider) const;

   private:
    struct Unit {
      std::string provider_id;
      std::optional<OfferOutcome> best;  // of what is known
      bool unknown = false;              // of some offer
    };
    std::map<std::pair<std::string, int32_t>, Unit> units_;
  };
  struct KnownAnswer {
    uint64_t package_number = 0;
    int32_t ordinal = 0;
    journal::v1::AnswerRow answer;
    std::string provider_id, branch_id;
  };

  void RunUntil(absl::Time time);
  void TickOnce();
  void Answer(const KnownAnswer& said);
  void Confirm(uint64_t number, int32_t ordinal);
  void Commit(const Decision& decision);
  void Observe(const journal::v1::RoundOpened& opened);
  void Observe(const journal::v1::PackageAwarded& awarded);
  void CountPast(Course* course);
  // What would have been, with its times.
  v1::WhatIfTotals TotalsOfReplay() const;
  void ReportProviders(const WhatIf& replayed, v1::PreviewFrameworkResponse* response) const;
  // Offers whose answer is not known and that might have come first.
  int64_t UnknownThatMightWin(const Course& course, int32_t winner) const;
  // What was said of it then; null if the branch was never asked.
  const journal::v1::OfferRow* Then(const Course& course, const journal::v1::OfferRow& offer) const;
  // Whether nothing tells what the branch would have said by that time.
  bool IsUnknown(const Course& course, const journal::v1::OfferRow& offer, int64_t until_us) const;
  absl::Time Stamp(absl::Time time) const;

  ZoneFinder zones_;
  Engine engine_;
  const std::string framework_id_;
  const absl::TimeZone zone_;
  uint64_t sequence_ = 0;
  std::map<uint64_t, Course> packages_;
  std::multimap<absl::Time, KnownAnswer>
      answers_;  // those of one moment in the order of their offers
  v1::WhatIfTotals was_, would_;
  std::map<std::string, v1::WhatIfProvider> providers_;
  std::map<std::string, v1::Counts> units_was_, units_would_;  // pick-up units by provider
};

}  // namespace brokerage::engine
