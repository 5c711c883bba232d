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

}  // namespace brokerage::engine::reference
