#include "tests/reference/auditor_stops.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/figures/interim_stays.h"
#include "tests/reference/reference_interim_stays.h"
#include "tests/reference/reference_suspensions.h"
#include "tests/reference/written_figures.h"

namespace brokerage::engine::reference {

using journal::v1::RollupRow;

void CheckStops(Course& course, const ReferenceHistory& history) {
  const WrittenFigures written(course.rows);
  std::map<std::string, int64_t> stopped = ReferenceStopped(history);
  for (const auto& [key, row] : written.rollups()) {
    if (row.kind() != RollupRow::KIND_SUSPENSION) continue;
    if (row.stopped_packages() != stopped[row.suspension_id()]) {
      course.Problem(absl::StrCat("reference stopped ", stopped[row.suspension_id()], " real ",
                                  row.ShortDebugString()));
    }
    stopped.erase(row.suspension_id());
    course.tally("suspension with stops");
  }
  for (const auto& [id, packages] : stopped) {
    if (packages != 0) course.Problem(absl::StrCat(id, " stopped ", packages, ", real nothing"));
  }
}

void CheckInterimStays(Course& course, const ReferenceHistory& history) {
  const absl::CivilDay today = FromDateNumber(course.directory.Today(course.now));
  v1::QueryInterimStaysRequest request;
  request.set_framework_id(course.directory.Rules(0).framework_id());
  request.set_from_date(FormatDate(ToDateNumber(today - course.dice.Between(0, 20))));
  request.set_to_date(FormatDate(ToDateNumber(today + course.dice.Between(1, 3))));
  if (course.dice.Percent(30)) request.set_authority_id(course.framework.authorities.front());
  auto reference = ReferenceInterimStays(history, *ParseDate(request.from_date()),
                                         *ParseDate(request.to_date()), request.authority_id());
  const WrittenFigures written(course.rows);
  const auto answer = QueryInterimStays(request, {}, course.engine.directory(), written);
  if (!answer.ok()) return course.Problem("interim stays: " + answer.status().ToString());
  auto check = [&](const v1::InterimStays& stays) {
    const v1::InterimCounts counts = reference[stays.lot_id()];
    reference.erase(stays.lot_id());
    const bool same = counts.SerializeAsString() == stays.counts().SerializeAsString() &&
                      stays.average_stay().total() == counts.stay_days() &&
                      stays.average_stay().count() == counts.left() &&
                      stays.less_or_no_care().denominator() == counts.left() &&
                      stays.less_or_no_care().numerator() == counts.no_care() + counts.less_care();
    if (!same) {
      course.Problem(absl::StrCat("interim stays: reference ", counts.ShortDebugString(), " real ",
                                  stays.ShortDebugString()));
    }
    if (counts.left() > 0) course.tally("left an interim service");
    if (counts.over_limit() > 0) course.tally("left over the limit");
    if (counts.followed() > 0) course.tally("left and followed");
  };
  check(answer->all());
  for (const v1::InterimStays& lot : answer->lots()) check(lot);
  for (const auto& [lot, counts] : reference) course.Problem("interim stays: no row for " + lot);
}

}  // namespace brokerage::engine::reference
