// What a framework's folder "played" says: when it is played, how its branches behave, and what its
// commissioners do. docs/frameworks.md has the columns.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace brokerage::demo {

// played/plan.csv, one row.
struct PlayPlan {
  absl::CivilDay first_monday;
  int weeks = 0;        // that referrals.csv has; then they repeat, with other people
  int weeks_a_run = 0;  // played by one run
  int story_weeks = 0;  // until all has happened that the scheme has to show
  // Offers due before a ward is listed as never taken; 0: as the server has it.
  int unserved_due_min = 0;
};

enum class Character {
  kDrawn,   // by the seed: one of keen to silent
  kEager,   // takes nearly all
  kOffice,  // an office that is closed at weekends
  kKeen,
  kPicky,
  kSlow,
  kSilent,
  kAll,    // answers every offer, in time
  kNever,  // answers none
};

// One row of played/branches.csv.
struct BranchManner {
  Character character = Character::kDrawn;
  // Covered on paper, not served: always declined, or never answered.
  std::set<std::string> unserved_wards;
  std::set<std::string> unserved_areas;  // postcode areas
  bool ignores_unserved = false;
};
using BranchManners = std::map<std::string, BranchManner>;  // by branch

// One row of played/events.csv: a commissioner acts.
struct PlayEvent {
  int line = 0;
  absl::CivilDay date;
  absl::Duration time_of_day;
  std::string authority_id;
  std::string does;      // end_contract, suspend_provider, resume_provider or transfer
  std::string subject;   // a contract, or a provider
  std::string argument;  // the end's date, or the postcode area
  std::string reason;
};

// Errors name file and line. branches.csv and events.csv may be missing.
absl::StatusOr<PlayPlan> ReadPlayPlan(const std::string& folder);
absl::StatusOr<BranchManners> ReadBranchManners(const std::string& folder);
absl::StatusOr<std::vector<PlayEvent>> ReadPlayEvents(const std::string& folder);

}  // namespace brokerage::demo
