// The files of the demo's folder for a framework: which weeks there are, how branches behave, and
// what commissioners do. demo/README.md has the columns.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace brokerage::demo {

// plan.csv, one row.
struct Plan {
  absl::CivilDay first_monday;
  int weeks = 0;        // that referrals.csv has; then they repeat, with other people
  int weeks_a_run = 0;  // of one run
  int story_weeks = 0;  // until all has happened that the scheme has to show
  // Offers due before a ward is listed as never taken; 0: as the server has it.
  int unserved_due_min = 0;
};

enum class Behaviour {
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

// One row of branches.csv.
struct BranchBehaviour {
  Behaviour behaviour = Behaviour::kDrawn;
  // Covered on paper, not served: always declined, or never answered.
  std::set<std::string> unserved_wards;
  std::set<std::string> unserved_areas;  // postcode areas
  bool ignores_unserved = false;
};
using BranchBehaviours = std::map<std::string, BranchBehaviour>;  // by branch

// One row of events.csv: a commissioner acts.
struct Event {
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
absl::StatusOr<Plan> ReadPlan(const std::string& folder);
absl::StatusOr<BranchBehaviours> ReadBehaviours(const std::string& folder);
absl::StatusOr<std::vector<Event>> ReadEvents(const std::string& folder);

}  // namespace brokerage::demo
