#include "tests/reference/reference_interim_stays.h"

namespace brokerage::engine::reference {

namespace {

// Recorded on the day itself it is known to the moment; of an earlier day, only to the day.
bool StayedOver(const ReferenceHistory& history, const journal::v1::PackageRow& row) {
  const absl::Time ended = absl::FromUnixMicros(row.ended_time_us());
  const absl::Time limit = absl::FromUnixMicros(row.limit_due_us());
  if (row.ending().date() == history.directory->Today(ended)) return ended >= limit;
  return row.ending().date() > history.directory->Today(limit);
}

}  // namespace

std::map<std::string, v1::InterimCounts> ReferenceInterimStays(const ReferenceHistory& history,
                                                               DateNumber from, DateNumber to,
                                                               const std::string& authority_id) {
  std::map<std::string, v1::InterimCounts> stays;
  for (const PackageAggregate* package : history.packages) {
    const journal::v1::PackageRow& row = package->row;
    if (row.state() != v1::PACKAGE_STATE_CEASED || row.limit_due_us() == 0) continue;
    if (!authority_id.empty() && row.authority_id() != authority_id) continue;
    const DateNumber left = row.ending().date();
    const DateNumber came =
        row.started_date() != 0
            ? row.started_date()
            : history.directory->Today(absl::FromUnixMicros(row.started_time_us()));
    if (left < from || left >= to) continue;
    for (const std::string& lot : {std::string(), row.lot_id()}) {
      v1::InterimCounts& counts = stays[lot];
      counts.set_left(counts.left() + 1);
      const v1::LeavingOutcome outcome = row.leaving_outcome();
      counts.set_no_care(counts.no_care() + (outcome == v1::LEAVING_OUTCOME_NO_CARE));
      counts.set_less_care(counts.less_care() + (outcome == v1::LEAVING_OUTCOME_LESS_CARE));
      counts.set_same_care(counts.same_care() + (outcome == v1::LEAVING_OUTCOME_SAME_CARE));
      counts.set_more_care(counts.more_care() + (outcome == v1::LEAVING_OUTCOME_MORE_CARE));
      counts.set_other(counts.other() + (outcome == v1::LEAVING_OUTCOME_OTHER));
      counts.set_stay_days(counts.stay_days() + (FromDateNumber(left) - FromDateNumber(came)));
      counts.set_over_limit(counts.over_limit() + StayedOver(history, row));
      bool followed = false;
      for (const PackageAggregate* other : history.packages) {
        // One that was made for an end that was taken back follows nobody any more.
        followed |= other->row.predecessor_number() == row.number() &&
                    row.successor_number() == other->row.number();
      }
      counts.set_followed(counts.followed() + followed);
    }
  }
  return stays;
}

}  // namespace brokerage::engine::reference
