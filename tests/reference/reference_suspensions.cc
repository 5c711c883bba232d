#include "tests/reference/reference_suspensions.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace brokerage::engine::reference {

namespace {

// A moment at which a package was put to nobody or to some, and suspensions kept others out.
struct Stop {
  DateNumber date = 0;
  int32_t terms_version = 0;
  std::string contract_id;
  std::vector<std::string> suspension_ids;
};

// Of a package, in order of time.
std::vector<Stop> StopsOf(const ReferenceHistory& history, const PackageAggregate& package) {
  std::vector<Stop> stops;
  auto add = [&](DateNumber date, int32_t terms_version, const auto& verdicts) {
    for (const journal::v1::Verdict& verdict : verdicts) {
      if (verdict.suspension_ids().empty()) continue;
      stops.push_back({date,
                       terms_version,
                       verdict.contract_id(),
                       {verdict.suspension_ids().begin(), verdict.suspension_ids().end()}});
    }
  };
  for (const journal::v1::RoundRow& round : package.row.rounds()) {
    if (round.rule_number() == 0) continue;  // a restart asks one branch only
    const absl::Time opened = absl::FromUnixMicros(round.opened_time_us());
    add(history.directory->Today(opened), round.terms_version(), round.verdicts());
  }
  for (const journal::v1::PassedOverRound& round : package.row.passed_over_rounds()) {
    add(round.date(), round.terms_version(), round.verdicts());
  }
  std::stable_sort(stops.begin(), stops.end(),
                   [](const Stop& a, const Stop& b) { return a.date < b.date; });
  return stops;
}

}  // namespace

void AddStopped(
    const ReferenceHistory& history,
    std::map<std::tuple<std::string, int32_t, v1::Urgency>, ReferenceAvoided>* avoided) {
  for (const PackageAggregate* package : history.packages) {
    std::set<std::pair<std::string, int32_t>> seen;  // contract, terms version
    for (const Stop& stop : StopsOf(history, *package)) {
      if (!seen.emplace(stop.contract_id, stop.terms_version).second) continue;
      ++(*avoided)[{stop.contract_id, MonthOf(stop.date), package->row.urgency()}]
            .stopped_by_suspension;
    }
  }
}

std::map<std::string, int64_t> ReferenceStopped(const ReferenceHistory& history) {
  std::map<std::string, int64_t> stopped;
  for (const PackageAggregate* package : history.packages) {
    std::set<std::string> by;
    for (const Stop& stop : StopsOf(history, *package)) {
      by.insert(stop.suspension_ids.begin(), stop.suspension_ids.end());
    }
    for (const std::string& id : by) ++stopped[id];
  }
  return stopped;
}

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
