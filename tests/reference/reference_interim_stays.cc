#include "tests/reference/reference_interim_stays.h"

namespace brokerage::engine::reference {

std::map<std::string, v1::InterimCounts> ReferenceInterimStays(const ReferenceHistory& history,
                                                               DateNumber from, DateNumber to,
                                                               const std::string& authority_id) {
  std::map<std::string, v1::InterimCounts> stays;
  for (const PackageAggregate* package : history.packages) {
    const journal::v1::PackageRow& row = package->row;
    if (row.state() != v1::PACKAGE_STATE_CEASED || row.limit_due_us() == 0) continue;
    if (!authority_id.empty() && row.authority_id() != authority_id) continue;
    const DateNumber left = history.directory->Today(absl::FromUnixMicros(row.ended_time_us()));
    const DateNumber came = history.directory->Today(absl::FromUnixMicros(row.started_time_us()));
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
      counts.set_over_limit(counts.over_limit() + (row.ended_time_us() >= row.limit_due_us()));
      bool followed = false;
      for (const PackageAggregate* other : history.packages) {
        followed |= other->row.predecessor_number() == row.number();
      }
      counts.set_followed(counts.followed() + followed);
    }
  }
  return stays;
}

}  // namespace brokerage::engine::reference
