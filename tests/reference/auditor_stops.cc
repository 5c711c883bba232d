// Holds what suspensions stopped, and how people left interim services, against counts over the raw
// rows.
#include "absl/strings/str_cat.h"
#include "engine/figures/interim_stays.h"
#include "tests/reference/workload.h"
#include "tests/reference/written_figures.h"

namespace brokerage::engine::reference {

using journal::v1::RollupRow;

void Workload::CheckStops(const ReferenceHistory& history) {
  const WrittenFigures written(rows_);
  std::map<std::string, int64_t> stopped = ReferenceStopped(history);
  for (const auto& [key, row] : written.rollups()) {
    if (row.kind() != RollupRow::KIND_SUSPENSION) continue;
    if (row.stopped_packages() != stopped[row.suspension_id()]) {
      Problem(absl::StrCat("reference stopped ", stopped[row.suspension_id()], " real ",
                           row.ShortDebugString()));
    }
    stopped.erase(row.suspension_id());
    tally_("suspension with stops");
  }
  for (const auto& [id, packages] : stopped) {
    if (packages != 0) Problem(absl::StrCat(id, " stopped ", packages, ", real nothing"));
  }
}

void Workload::CheckInterimStays(const ReferenceHistory& history) {
  const absl::CivilDay today = FromDateNumber(directory_.Today(now_));
  v1::QueryInterimStaysRequest request;
  request.set_framework_id(directory_.Rules(0).framework_id());
  request.set_from_date(FormatDate(ToDateNumber(today - dice_.Between(0, 20))));
  request.set_to_date(FormatDate(ToDateNumber(today + dice_.Between(1, 3))));
  if (dice_.Percent(30)) request.set_authority_id(framework_.authorities.front());
  auto reference = ReferenceInterimStays(history, *ParseDate(request.from_date()),
                                         *ParseDate(request.to_date()), request.authority_id());
  const WrittenFigures written(rows_);
  const auto answer = QueryInterimStays(request, {}, engine_.directory(), written);
  if (!answer.ok()) return Problem("interim stays: " + answer.status().ToString());
  auto check = [&](const v1::InterimStays& stays) {
    const v1::InterimCounts counts = reference[stays.lot_id()];
    reference.erase(stays.lot_id());
    const bool same = counts.SerializeAsString() == stays.counts().SerializeAsString() &&
                      stays.average_stay().total() == counts.stay_days() &&
                      stays.average_stay().count() == counts.left() &&
                      stays.less_or_no_care().denominator() == counts.left() &&
                      stays.less_or_no_care().numerator() == counts.no_care() + counts.less_care();
    if (!same) {
      Problem(absl::StrCat("interim stays: reference ", counts.ShortDebugString(), " real ",
                           stays.ShortDebugString()));
    }
    if (counts.left() > 0) tally_("left an interim service");
    if (counts.over_limit() > 0) tally_("left over the limit");
    if (counts.followed() > 0) tally_("left and followed");
  };
  check(answer->all());
  for (const v1::InterimStays& lot : answer->lots()) check(lot);
  for (const auto& [lot, counts] : reference) Problem("interim stays: no row for " + lot);
}

}  // namespace brokerage::engine::reference
