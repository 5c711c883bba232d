#include "tests/reference/auditor_figures.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/figures/compliance.h"
#include "engine/figures/performance.h"
#include "tests/reference/auditor_scorecard.h"
#include "tests/reference/auditor_stops.h"
#include "tests/reference/reference_award.h"
#include "tests/reference/reference_passed_over.h"
#include "tests/reference/written_figures.h"

namespace brokerage::engine::reference {

using journal::v1::OfferRow;
using journal::v1::RollupRow;

namespace {

bool Same(const google::protobuf::Message& a, const google::protobuf::Message& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

bool SameRate(const v1::Rate& rate, int64_t numerator, int64_t denominator) {
  return rate.denominator() == denominator &&
         rate.numerator() == (denominator == 0 ? 0 : numerator);
}

int64_t Due(const v1::Counts& counts) {
  return counts.accepted() + counts.in_part() + counts.declined() + counts.late() + counts.silent();
}

bool RatesAreRight(const v1::Rates& rates, const v1::Counts& counts,
                   const v1::PerformanceQuery& query, const v1::FrameworkRules& rules) {
  const int64_t due = Due(counts);
  const int64_t responded = counts.accepted() + counts.in_part() + counts.declined() +
                            (query.late_as_responded() ? counts.late() : 0);
  const v1::Rate pick_up =
      query.unit() == v1::COUNT_UNIT_PICK_UP ? ReferencePickUp(counts, rules) : v1::Rate();
  return SameRate(rates.response(), responded, due) &&
         SameRate(rates.acceptance(), counts.accepted(), due) &&
         SameRate(rates.award(), counts.won(), due) &&
         SameRate(rates.hand_back(), counts.handed_back_in_cohort(), counts.won()) &&
         SameRate(rates.pick_up(), pick_up.numerator(), pick_up.denominator());
}

// What section 1 says of every set of counts.
bool SumsHold(const v1::Counts& counts) {
  return counts.issued() == counts.error_upheld() + counts.notice_failed() + counts.accepted() +
                                counts.declined() + counts.closed_unanswered() + counts.pending() +
                                counts.late() + counts.silent() + counts.in_part() &&
         counts.accepted() == counts.won() + counts.lost() + counts.void_() + counts.undecided();
}

void CheckSettled(Course& course) {
  for (const PackageAggregate* package : course.History().packages) {
    for (const OfferRow& offer : package->offers) {
      // What the branch that has the package was asked is settled with its answer.
      if (IsAsked(offer)) {
        if (offer.settled() == (offer.state() == v1::OFFER_STATE_OPEN)) {
          course.Problem(absl::StrCat("settled otherwise: ", offer.ShortDebugString()));
        }
        continue;
      }
      if (offer.settled() != (offer.deadline_us() <= absl::ToUnixMicros(course.now))) {
        course.Problem(absl::StrCat("settled is wrong: ", offer.ShortDebugString()));
      }
    }
  }
}

void CheckLimits(Course& course, const ReferenceHistory& history) {
  const WrittenFigures written(course.rows);
  for (const auto& [key, row] : written.rollups()) {
    if (row.kind() != RollupRow::KIND_LIMIT) continue;
    const v1::AcceptanceLimit& is = row.acceptance_limit();
    const ReferenceLimit limit = LimitNamed(history, row.branch_id(), is.name());
    course.tally("limit compared");
    if (!Same(limit.newest, is) || limit.packages != row.awards() ||
        limit.weekly_minutes != row.minutes()) {
      course.Problem(absl::StrCat("limit: reference ", limit.newest.ShortDebugString(), " with ",
                                  limit.packages, " packages and ", limit.weekly_minutes,
                                  " minutes, real ", row.ShortDebugString()));
    }
  }
}

void CheckRollups(Course& course, const ReferenceHistory& history) {
  const WrittenFigures written(course.rows);
  std::map<std::string, RollupRow> real;
  for (const auto& [key, row] : written.rollups()) {
    const std::string name = row.kind() == RollupRow::KIND_LIMIT ? "" : RollupName(row);
    if (!name.empty()) real[name] = row;
    if (!SumsHold(row.live()) || !SumsHold(row.settled())) {
      course.Problem("sums do not hold: " + row.ShortDebugString());
    }
  }
  const std::map<std::string, RollupRow> reference = ReferenceRollups(history);
  auto differ = [](const RollupRow& a, const RollupRow& b) {
    return !Same(a.live(), b.live()) || !Same(a.settled(), b.settled()) ||
           !Same(a.packages(), b.packages()) || a.minutes() != b.minutes() ||
           a.awards() != b.awards();
  };
  for (const auto& [name, row] : reference) {
    auto found = real.find(name);
    if (found == real.end()) {
      course.Problem("no such roll-up: " + row.ShortDebugString());
    } else if (differ(row, found->second)) {
      course.Problem(absl::StrCat("roll-up: reference ", row.ShortDebugString(), " real ",
                                  found->second.ShortDebugString()));
    }
  }
  for (const auto& [name, row] : real) {
    if (!reference.contains(name))
      course.Problem("a roll-up of nothing: " + row.ShortDebugString());
  }
  CheckLimits(course, history);
  CheckStops(course, history);
  auto avoided = ReferenceAvoidances(history);
  for (const auto& [key, row] : written.rollups()) {
    if (row.kind() != RollupRow::KIND_AVOIDED) continue;
    const auto one = std::tuple(row.contract_id(), row.month(), row.urgency());
    if (row.missed_in_opt_out() != avoided[one].missed_in_opt_out ||
        row.wards_not_covered() != avoided[one].wards_not_covered ||
        row.stopped_by_suspension() != avoided[one].stopped_by_suspension) {
      course.Problem(absl::StrCat("avoided: reference ", avoided[one].missed_in_opt_out, " and ",
                                  avoided[one].wards_not_covered, " and ",
                                  avoided[one].stopped_by_suspension, " real ",
                                  row.ShortDebugString()));
    }
    avoided.erase(one);
  }
  for (const auto& [one, sums] : avoided) {
    course.Problem(absl::StrCat("avoided by ", std::get<0>(one), ": reference ",
                                sums.missed_in_opt_out, " and ", sums.wards_not_covered, " and ",
                                sums.stopped_by_suspension, ", real nothing"));
  }
}

void CheckPackageCounts(Course& course, const ReferenceHistory& history,
                        const v1::PerformanceQuery& query, const v1::PerformanceRow& row) {
  if (!row.has_packages()) return;
  course.tally("packages beside figures");
  std::vector<std::string> group;
  for (const v1::DimensionValue& value : row.group()) group.push_back(value.value());
  const v1::PackageCounts reference = ReferencePackages(history, query, group);
  if (!Same(reference, row.packages())) {
    course.Problem(absl::StrCat("query ", query.ShortDebugString(), ": reference packages ",
                                reference.ShortDebugString(), " real ", row.ShortDebugString()));
  }
}

void CheckQuery(Course& course, const ReferenceHistory& history) {
  v1::PerformanceQuery query;
  query.set_framework_id(course.framework.rules.framework_id());
  query.set_unit(static_cast<v1::CountUnit>(course.dice.Below(4)));
  query.set_late_as_responded(course.dice.Percent(30));
  const absl::CivilDay today = FromDateNumber(course.directory.Today(course.now));
  auto date = [&](bool whole) {
    const absl::CivilDay day = today - course.dice.Between(-5, 50);
    return FormatDate(ToDateNumber(whole ? absl::CivilDay(absl::CivilMonth(day)) : day));
  };
  const bool whole = course.dice.Percent(50);
  if (course.dice.Percent(50)) query.set_from_date(date(whole));
  if (course.dice.Percent(50)) query.set_to_date(date(whole));
  if (!query.from_date().empty() && !query.to_date().empty() &&
      query.to_date() <= query.from_date()) {
    query.clear_to_date();
  }
  const std::vector<ReferenceUnit> units = ReferenceUnits(history, query.unit());
  std::vector<int> dimensions;
  for (int i = 1; i <= v1::Dimension_MAX; ++i) dimensions.push_back(i);
  course.dice.Shuffle(&dimensions);
  for (int i = 0, many = course.dice.Between(0, 3); i < many; ++i) {
    query.add_group_by(static_cast<v1::Dimension>(dimensions[static_cast<size_t>(i)]));
  }
  if (course.dice.Percent(40) && !units.empty()) {
    const auto dimension = static_cast<v1::Dimension>(dimensions[4]);
    for (int i = 0; i < 2; ++i) {
      v1::DimensionValue* filter = query.add_filters();
      filter->set_dimension(dimension);
      filter->set_value(ReferenceValue(course.directory, course.dice.Of(units), dimension));
    }
  }
  auto response =
      QueryPerformance(query, {}, course.engine.directory(), WrittenFigures(course.rows));
  const std::string where = absl::StrCat("query ", query.ShortDebugString(), ": ");
  if (!response.ok()) return course.Problem(where + response.status().ToString());
  course.tally(response->scanned() ? "query scanned" : "query from roll-ups");
  std::map<std::vector<std::string>, ReferenceTotals> reference = ReferenceQuery(history, query);
  const v1::FrameworkRules& rules = course.directory.Rules(0);
  for (const v1::PerformanceRow& row : response->rows()) {
    std::vector<std::string> group;
    for (const v1::DimensionValue& value : row.group()) group.push_back(value.value());
    const ReferenceTotals totals = reference[group];
    reference.erase(group);
    const std::string which = where + absl::StrJoin(group, ", ");
    CheckPackageCounts(course, history, query, row);
    if (!Same(totals.live, row.live()) || !Same(totals.settled, row.settled())) {
      return course.Problem(absl::StrCat(which, ": reference ", totals.live.ShortDebugString(),
                                         " settled ", totals.settled.ShortDebugString(), "; real ",
                                         row.ShortDebugString()));
    }
    if (!RatesAreRight(row.live_rates(), row.live(), query, rules) ||
        !RatesAreRight(row.settled_rates(), row.settled(), query, rules)) {
      return course.Problem(absl::StrCat(which, ": wrong rates: ", row.ShortDebugString()));
    }
  }
  for (const auto& [group, totals] : reference) {
    course.Problem(absl::StrCat(where, "no row for ", absl::StrJoin(group, ", "), ": ",
                                totals.live.ShortDebugString()));
  }
}

void CheckCompliance(Course& course, const ReferenceHistory& history) {
  v1::QueryComplianceRequest request;
  request.set_framework_id(course.framework.rules.framework_id());
  request.set_without_urgent(course.dice.Percent(30));
  const DateNumber today = course.directory.Today(course.now);
  if (course.dice.Percent(40)) {
    request.set_from_date(
        FormatDate(ToDateNumber(FromDateNumber(today) - course.dice.Between(0, 30))));
  }
  auto response =
      QueryCompliance(request, {}, course.engine.directory(), WrittenFigures(course.rows), today);
  const std::string where = absl::StrCat("compliance ", request.ShortDebugString(), ": ");
  if (!response.ok()) return course.Problem(where + response.status().ToString());
  std::map<std::pair<std::string, std::string>, ReferenceTotals> reference;
  for (const ReferenceUnit& unit : ReferenceUnits(history, v1::COUNT_UNIT_PICK_UP)) {
    if (FormatDate(unit.first().issued_date()) < request.from_date()) continue;
    const bool urgent = unit.package->urgency() == v1::URGENCY_URGENT || unit.first().shortened();
    if (request.without_urgent() && urgent) continue;
    ReferenceTotals& totals = reference[{unit.first().contract_id(), unit.first().provider_id()}];
    AddCounts(unit.Live(), &totals.live);
    AddCounts(unit.Settled(), &totals.settled);
  }
  // In the whole months that the period touches.
  std::map<std::string, ReferenceAvoided> avoided;
  for (const auto& [key, sums] : ReferenceAvoidances(history)) {
    const auto& [contract, month, urgency] = key;
    if (!request.from_date().empty() && month < MonthOf(*ParseDate(request.from_date()))) continue;
    if (request.without_urgent() && urgency == v1::URGENCY_URGENT) continue;
    avoided[contract].missed_in_opt_out += sums.missed_in_opt_out;
    avoided[contract].wards_not_covered += sums.wards_not_covered;
    avoided[contract].stopped_by_suspension += sums.stopped_by_suspension;
  }
  const v1::FrameworkRules& rules = course.directory.Rules(0);
  const int fewest = rules.sanction_minimum_units() > 0 ? rules.sanction_minimum_units() : 10;
  for (const v1::ComplianceRow& row : response->rows()) {
    const ReferenceTotals totals = reference[{row.contract_id(), row.provider_id()}];
    reference.erase({row.contract_id(), row.provider_id()});
    const v1::Rate rate = ReferencePickUp(totals.settled, rules);
    const int64_t minimum = course.directory.Contract(row.contract_id())->minimum_pickup_percent();
    // The least n, by trying one after the other.
    int64_t short_by = 0, to_recover = 0;
    if (rate.denominator() > 0) {
      while ((rate.numerator() + short_by) * 100 < minimum * rate.denominator()) ++short_by;
      while (to_recover >= 0 &&
             (rate.numerator() + to_recover) * 100 < minimum * (rate.denominator() + to_recover)) {
        to_recover = minimum == 100 ? -1 : to_recover + 1;
      }
    }
    const bool below = short_by > 0;
    const bool sanction = below && rate.denominator() >= fewest;
    if (!Same(totals.live, row.live()) || !Same(totals.settled, row.settled()) ||
        !Same(rate, row.pick_up()) || row.minimum_pickup_percent() != minimum ||
        row.short_by() != short_by || row.to_recover() != to_recover ||
        row.below_minimum() != below || row.sanction_proposed() != sanction) {
      return course.Problem(absl::StrCat(
          where, "reference live ", totals.live.ShortDebugString(), " settled ",
          totals.settled.ShortDebugString(), " rate ", rate.ShortDebugString(), " minimum ",
          minimum, " short by ", short_by, " to recover ", to_recover, " below ", below,
          " sanction ", sanction, "; real ", row.ShortDebugString()));
    }
    if (row.missed_in_opt_out() != avoided[row.contract_id()].missed_in_opt_out ||
        row.wards_not_covered() != avoided[row.contract_id()].wards_not_covered ||
        row.stopped_by_suspension() != avoided[row.contract_id()].stopped_by_suspension) {
      return course.Problem(absl::StrCat(where, "other avoidances: ", row.ShortDebugString()));
    }
    if (row.missed_in_opt_out() > 0) course.tally("contract missed packages in an opt-out");
    if (short_by > 0) course.tally("contract short of its minimum");
    if (sanction) course.tally("sanction proposed");
  }
  for (const auto& [key, totals] : reference) {
    course.Problem(absl::StrCat(where, "no row for ", key.first, " of ", key.second));
  }
}

}  // namespace

void CheckFigures(Course& course) {
  CheckSettled(course);
  const ReferenceHistory history = course.History();
  CheckRollups(course, history);
  for (int i = 0; i < 6 && course.problems.empty(); ++i) CheckQuery(course, history);
  for (int i = 0; i < 2 && course.problems.empty(); ++i) CheckCompliance(course, history);
  if (course.problems.empty()) CheckScorecard(course, history);
  if (course.problems.empty()) CheckInterimStays(course, history);
  course.tally("figures compared");
}

void CheckReplay(Course& course) {
  Engine fresh([&course](const std::string&) { return &course.framework.zone; });
  fresh.FinishLoading(0, 0);
  decltype(course.rows) rows;
  for (size_t i = 0; i < course.records.size(); ++i) {
    std::vector<RowWrite> writes;
    fresh.Apply(course.records[i], i + 1, course.texts[i]);
    // Now and then: rows that are taken seldom are the same.
    if (i % 7 != 0 && i + 1 != course.records.size()) continue;
    fresh.TakeRows(&writes);
    for (const RowWrite& write : writes) {
      if (write.value) {
        rows[{write.table, write.key}] = *write.value;
      } else {
        rows.erase({write.table, write.key});
      }
    }
  }
  if (rows == course.rows) return;
  const auto [one, other] =
      std::mismatch(rows.begin(), rows.end(), course.rows.begin(), course.rows.end());
  const auto& [table, key] = other != course.rows.end() ? other->first : one->first;
  course.Problem(absl::StrCat("replay makes other rows: table ", static_cast<int>(table), ", key ",
                              absl::BytesToHexString(key)));
}

}  // namespace brokerage::engine::reference
