// A file of referrals: one package a row.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "brokerage/v1/package.pb.h"

namespace brokerage::client {

struct ReferralRow {
  int line = 0;  // in the file, from 1
  // What is wrong with the row by itself; the rest is then not to be used.
  absl::Status status;
  // When it is referred, in a file that spreads over weeks: week from 1, days after that week's
  // Monday, local time of day. 0 where the file does not say.
  int week = 0;
  int day = 0;
  absl::Duration time_of_day;
  // Care is needed from so many days after the referral on; -1 where start_by is a date, which the
  // referral then holds.
  int start_by_days = -1;
  // Without framework; without authority where the file has none. Already running where it names a
  // branch that runs it.
  v1::PackageReferral referral;
};

// `name` is what errors call the file. Columns week, day, time, needs, details, visit_pattern,
// ward_code, postcode, previous_provider_id, previous_branch_id, authority_id,
// preferred_provider_ids, running_branch_id and running_contract_id may be left out. A row that is
// no row of the table, such as one with too few fields, says so in its status. Errors: a file that
// is no table at all, with its lines: a wrong header, a quote without its other one.
absl::StatusOr<std::vector<ReferralRow>> ParseReferrals(const std::string& name,
                                                        const std::string& content);

// "start_by, person_reference, …; may be left out: week, …": the columns, for the text of a help.
std::string ReferralColumns();

// The referral of a row that is made on this day.
v1::PackageReferral ReferralOn(const ReferralRow& row, absl::CivilDay day);

}  // namespace brokerage::client
