#include "services/client/files/framework_template.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/base/calendar.h"
#include "engine/framework/rules.h"

namespace brokerage::client {

namespace {

constexpr char kRules[] =
    R"text(# The rules of a framework. What stands here can be applied as it is; take it as an example, and
# write down beside each rule whether it was published or chosen.
#
# Check the folder, without a server:      broker framework check FOLDER
# See what applying it would change:       broker framework apply FOLDER --dry-run
# Put it into effect, whole or not at all: broker framework apply FOLDER
#
# A line that begins with # and no space is a rule that is not set: take the # away to set it.
# docs/frameworks.md has the bounds of every field and the columns of every table.
#
# proto-file: brokerage/v1/framework.proto
# proto-message: brokerage.v1.FrameworkRules

# ---- Who and when --------------------------------------------------------------------------------

# Lower case letters, digits and hyphens. Never changes.
framework_id: "$ID"
name: "$NAME"

# The bodies that buy under it; one entry each. A hub that buys nothing and reads everybody's figures
# says so with reads_only: true.
authorities { id: "example-council" name: "Example council (put your own here)" }

time_zone: "Europe/London"

# The date on which contracts commence; contract years count from it.
commencement_date: "$FROM"

# ---- When packages go out ------------------------------------------------------------------------

# Standard packages wait for the next of these moments: day 1 is Monday, 7 Sunday; local time. An
# urgent package goes out at once. Without any, standard packages go out at once, too.
distribution_times { day_of_week: 1 local_time: "11:00" }
distribution_times { day_of_week: 2 local_time: "11:00" }
distribution_times { day_of_week: 3 local_time: "11:00" }
distribution_times { day_of_week: 4 local_time: "11:00" }
distribution_times { day_of_week: 5 local_time: "11:00" }

# ---- Ranks of contract, and the order in which they are asked ------------------------------------

# order: 1 is the highest, no two alike. minimum_pickup_percent: the contracted minimum pick-up rate,
# 0 if none. target_share_percent: the share of a lot's packages that the tier should have, for the
# criterion AWARD_CRITERION_SHARE_SHORTFALL. Every tier needs a contract in contracts.csv.
tiers { id: "lead" name: "Lead" order: 1 minimum_pickup_percent: 75 }
tiers { id: "additional" name: "Additional" order: 2 minimum_pickup_percent: 25 }

# One entry for each round, in order. A window is one of { hours: 24 } (elapsed time), { days: 3 } (the
# same local time of day) and { working_days: 2 } (weekends and bank holidays do not count: then
# holidays.csv needs every year from the commencement to eight years later).
# award_timing: AWARD_TIMING_AT_CLOSE, or AWARD_TIMING_AS_SOON_AS_CERTAIN (when nobody who has not
# answered could outrank the best acceptance). award_mode: AWARD_MODE_CONFIRMED by care navigation,
# which is the default, or AWARD_MODE_AUTOMATIC.
rounds {
  tier_ids: "lead"
  tier_ids: "additional"
  standard_window { hours: 24 }
  urgent_window { hours: 4 }
  award_timing: AWARD_TIMING_AT_CLOSE
  award_mode: AWARD_MODE_CONFIRMED
}

# A further round, for what the first leaves: here the Additionals that did not answer are asked again.
#rounds { tier_ids: "additional" standard_window { hours: 24 } urgent_window { hours: 4 } award_timing: AWARD_TIMING_AT_CLOSE }

# Adaptive release: where a tier accepts in time fewer than lower_percent of the packages put to it (of
# its newest over_packages whose deadline has passed, 20 to 200; in each lot by itself), the next round
# opens at the same time, until it is upper_percent or more. The earlier round still comes first until
# its window ends. It moves business between providers: it needs the contract clause that allows it,
# and a second round above.
#adaptive_release { lower_percent: 50 upper_percent: 70 over_packages: 20 contract_clause: "Example" }

# A restart (the same person's package after a stay in hospital, say) goes first, alone, to the branch
# that had the person. Left out: restarts are offered like any other package.
#restart { standard_window { hours: 4 } urgent_window { hours: 2 } }

# ---- Who is offered a package, and which acceptance wins -----------------------------------------

# The needs that may keep a package from a branch that does not meet them (needs_met in branches.csv);
# all others keep it from nobody. Such as NEED_KIND_LANGUAGE or NEED_KIND_CONTINUING_HEALTHCARE.
#filtering_needs: NEED_KIND_LANGUAGE

# Whether a provider may get an offer at several branches in one round.
#several_branches_per_provider: false

# In order; each with the contract clause that allows it. Acceptances that came late rank after all
# others, and a fixed hash breaks ties: both always hold and are not listed. There are
$CRITERIA.
award_criteria {
  criterion: AWARD_CRITERION_TIER
  contract_clause: "Example: a package goes to the Lead where the Lead accepts it."
}
award_criteria {
  criterion: AWARD_CRITERION_FEWEST_RECENT_HOURS
  contract_clause: "Example: among equals, work is shared by the hours awarded of late."
}

# For fewest_recent_hours: months up to and with the current one (0 means 3), and the service types
# that it leaves out.
#fairness_months: 3
#fairness_excluded_services: SERVICE_TYPE_SHORT_TERM_CARE

# Prices per hour outside these, in pence, need a recorded exception; 0 means no bound.
#price_floor_pence: 0
#price_ceiling_pence: 0

# For weighted_score: the weight of quality_score against price, 0 to 100.
#quality_weight_percent: 0

# ---- What is counted -----------------------------------------------------------------------------

# Over what time live figures count that decide an award: FIGURE_PERIOD_MONTH, FIGURE_PERIOD_QUARTER
# (the default) or FIGURE_PERIOD_TWELVE_MONTHS.
#figure_period: FIGURE_PERIOD_QUARTER

# What counts as picked up: PICK_UP_NUMERATOR_ACCEPTED (the default) or PICK_UP_NUMERATOR_WON.
#pick_up_numerator: PICK_UP_NUMERATOR_ACCEPTED

# The target of the market's response rate; a provider below it is of medium risk from
# medium_risk_percent on (0 means 75), else of high risk.
#response_target_percent: 95
#medium_risk_percent: 75

# The fewest pick-up units on which a sanction may be proposed.
#sanction_minimum_units: 10

# Days after the award within which a hand-back counts in the hand-back rate; 0 means 28.
#hand_back_days: 28

# How many days back a start, a return, a hand-back or an end of care may be dated; 0 means 31.
#backdating_days_max: 31

# How many packages care navigation may place at once with branches that have not accepted them; more
# are a commissioner's to place. 0 means no limit. For how long the branch may refuse, a working day
# unless it is said; and whether such hours count in fewest_recent_hours.
#placing_packages_max: 10
#placing_refusal_window { working_days: 1 }
#placed_hours_count: true

# Shorter windows where few days are left until care is needed, fewest first: 0 is the same day.
#shortened_windows { days_left_max: 0 window { hours: 2 } }
#shortened_windows { days_left_max: 1 window { hours: 4 } }

# So many days after its end the texts of a package are erased; 0 means never.
#text_retention_days: 2192

# So many days after a branch's duty has ended it is shown the summary no more; 0 means as long as the
# text is kept.
#summary_days: 90

# How care rests while a person is away: for so many days the branch takes the person back on the same
# terms without being asked (0 means 14), a longer pause than days_max is listed as too long (0 means
# 42), and the window in which the branch answers after that; the restart's own unless it is said.
#pause { retention_days: 14 days_max: 42 restart_window { hours: 4 } }

# How the terms of a package change that somebody has: the window in which the branch answers (a working
# day unless it is said), and by how much it may grow without going out again (0 means no limit).
#terms_change { window { working_days: 1 } growth_percent_max: 50 }

# Red, amber and green, one entry a rate: KPI_SUCCESSFUL_CALLS, KPI_RESTARTS, KPI_CARE_CERTIFICATE,
# KPI_RESPONSE. What bands printed in whole percent leave out, as 89.5, is told with
# printed_gaps { above_percent: 89 below_percent: 90 } among them.
#bands { kpi: KPI_RESPONSE green_percent: 90 amber_percent: 75 }

# Whether a provider may see the rates of the others without their names.
#anonymous_comparison: false

# ---- What branches may do ------------------------------------------------------------------------

# Working days within which a branch may claim that an offer was issued in error. More than 0 needs
# holidays.csv, as above.
#claim_working_days: 5

# How branches may close themselves for a time: the most days a calendar year (0: no limit), and the
# tiers whose providers need a commissioner's approval.
#opt_out { days_a_year_max: 28 approval_tier_ids: "lead" }

# Who accepts a change of coverage that its owner proposes: COVERAGE_DECISION_CARE_NAVIGATION (the
# default) or COVERAGE_DECISION_AUTOMATIC.
#coverage_decision: COVERAGE_DECISION_CARE_NAVIGATION

# Services for a few days until the lasting package is found, and the days after which somebody must
# be told that the person is still there.
#interim { service_types: SERVICE_TYPE_INTERIM_RESPONSE limit_days: 7 }
)text";

constexpr char kSources[] = R"text(# Where the data comes from

Write down for each file what the council published, where and when, and what was chosen. Every row
of the tables is an example until it is replaced: what has "example" in it is not real.

| file | source |
|---|---|
| `framework.textproto` | |
| `wards.csv`, `lots.csv`, `lot_wards.csv` | the ONS list of wards; the contract |
| `providers.csv`, `contracts.csv`, `novations.csv` | the award |
| `branches.csv`, `coverage.csv` | the providers |
| `holidays.csv` | gov.uk/bank-holidays |
)text";

struct Table {
  const char* name;
  const char* content;
};

constexpr Table kTables[] = {
    {"wards.csv",
     "ward_code,name,district_code,district,price_level,easting,northing\n"
     "EXAMPLE01,Example ward in the town,EXAMPLE0,Example district,urban,,\n"
     "EXAMPLE02,Example ward in the country,EXAMPLE0,Example district,rural,,\n"},
    {"lots.csv", "lot_id,name\nexample-lot,Example lot\n"},
    {"lot_wards.csv", "lot_id,ward_code\nexample-lot,EXAMPLE01\nexample-lot,EXAMPLE02\n"},
    {"providers.csv",
     "provider_id,legal_name,trading_name\n"
     "example-one,Example One Care Ltd,\n"
     "example-two,Example Two Care Ltd,Example Two at Home\n"},
    {"branches.csv",
     "branch_id,provider_id,name,postcode,regulator_location_id,regulator_status,easting,northing,"
     "needs_met\n"
     "example-one-town,example-one,Example One (example branch),ZZ99 1ZZ,,active,,,\n"
     "example-two-town,example-two,Example Two (example branch),ZZ99 2ZZ,,active,,,"
     "language:Polish\n"},
    {"coverage.csv",
     "branch_id,ward_code,service_type,from,to,priority\n"
     "example-one-town,EXAMPLE01,home_care,$FROM,,1\n"
     "example-two-town,EXAMPLE02,home_care,$FROM,,1\n"},
    {"contracts.csv",
     "contract_id,provider_id,lot_id,tier,service_types,from,to,minimum_pickup_percent,rank,"
     "quality_score,price_urban,price_fringe,price_rural,price_isolated\n"
     "example-lot/lead/example-one,example-one,example-lot,lead,home_care;reablement,$FROM,$TO,,1,"
     "80,2000,2050,2100,2200\n"
     "example-lot/additional/example-two,example-two,example-lot,additional,home_care,$FROM,$TO,,1,"
     "70,2000,2050,2100,2200\n"},
    {"novations.csv",
     "contract_id,new_provider_id,date\nexample-lot/lead/example-one,example-two,$NOVATED\n"},
    {"holidays.csv", "date,name\n$HOLIDAY,Christmas Day (example: add every bank holiday)\n"},
};

// "AWARD_CRITERION_TIER, _RANK, ... and _EARLIEST_ANSWER", as lines of a comment.
std::string CriteriaInWords() {
  constexpr size_t kLineMax = 104;
  const std::vector<v1::AwardCriterion>& listed = engine::ListedCriteria();
  std::string text;
  std::string line = "#";
  for (size_t i = 0; i < listed.size(); ++i) {
    std::string word = v1::AwardCriterion_Name(listed[i]);
    if (i > 0) word.erase(0, sizeof("AWARD_CRITERION") - 1);
    if (i + 1 == listed.size()) word.insert(0, "and ");
    if (i + 2 < listed.size()) word.push_back(',');
    if (line.size() + 1 + word.size() > kLineMax) {
      absl::StrAppend(&text, line, "\n");
      line = "#";
    }
    absl::StrAppend(&line, " ", word);
  }
  return text + line;
}

std::string Written(absl::CivilDay day) { return engine::FormatDate(engine::ToDateNumber(day)); }

}  // namespace

std::vector<v1::FrameworkFile> FrameworkTemplate(const std::string& id, const std::string& name,
                                                 absl::CivilDay commencement) {
  const absl::CivilYear year(commencement);
  const std::vector<std::pair<std::string, std::string>> words = {
      {"$ID", absl::Utf8SafeCEscape(id)},
      {"$NAME", absl::Utf8SafeCEscape(name)},
      {"$CRITERIA", CriteriaInWords()},
      {"$FROM", Written(commencement)},
      {"$TO", Written(absl::CivilDay(year + 5))},
      {"$NOVATED", Written(absl::CivilDay(year + 2))},
      {"$HOLIDAY", Written(absl::CivilDay(year.year(), 12, 25))}};
  std::vector<v1::FrameworkFile> files;
  auto add = [&](const char* file_name, const char* content) {
    v1::FrameworkFile& file = files.emplace_back();
    file.set_name(file_name);
    file.set_content(absl::StrReplaceAll(content, words));
  };
  add("framework.textproto", kRules);
  add("SOURCES.md", kSources);
  for (const Table& table : kTables) add(table.name, table.content);
  return files;
}

}  // namespace brokerage::client
