#include "demo/report/areas.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "brokerage/v1/performance_service.pb.h"
#include "demo/council/areas.h"
#include "engine/figures/rates.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::SayTime;
using client::Table;

namespace {

constexpr size_t kAreasShown = 12;
constexpr int64_t kDueMin = 5;

struct Area {
  std::string provider_id;
  std::string postcode_area;
  v1::Counts settled;
  int64_t due = 0;
  int64_t unanswered = 0;  // in time
  int64_t due_elsewhere = 0;
  int64_t unanswered_elsewhere = 0;

  // Silent in at least half, and more so than elsewhere.
  bool ForReview() const {
    return due >= kDueMin && due_elsewhere > 0 && unanswered * 2 >= due &&
           unanswered * due_elsewhere > unanswered_elsewhere * due;
  }
  // How much more is unanswered here than elsewhere, in thousandths of what is due.
  int64_t Contrast() const {
    return unanswered * 1000 / due - unanswered_elsewhere * 1000 / due_elsewhere;
  }
};

v1::Rate RateOf(int64_t numerator, int64_t denominator) {
  v1::Rate rate;
  rate.set_numerator(numerator);
  rate.set_denominator(denominator);
  return rate;
}

absl::StatusOr<std::vector<Area>> AreasOf(const Council& council) {
  v1::QueryPerformanceRequest request;
  request.mutable_query()->set_framework_id(council.framework().id());
  request.mutable_query()->add_group_by(v1::DIMENSION_PROVIDER);
  request.mutable_query()->add_group_by(v1::DIMENSION_POSTCODE_AREA);
  auto response = council.commissioner().Call<v1::QueryPerformanceResponse>(
      "PerformanceService/QueryPerformance", request);
  if (!response.ok()) return response.status();
  std::vector<Area> areas;
  std::map<std::string, std::pair<int64_t, int64_t>> all;
  for (const v1::PerformanceRow& row : response->rows()) {
    Area& area = areas.emplace_back();
    area.provider_id = row.group(0).value();
    area.postcode_area = row.group(1).value();
    area.settled = row.settled();
    area.due = row.settled_rates().response().denominator();
    area.unanswered = row.settled().late() + row.settled().silent();
    all[area.provider_id].first += area.due;
    all[area.provider_id].second += area.unanswered;
  }
  for (Area& area : areas) {
    area.due_elsewhere = all[area.provider_id].first - area.due;
    area.unanswered_elsewhere = all[area.provider_id].second - area.unanswered;
  }
  return areas;
}

absl::Status PrintEnded(const Council& council, const EndedArea& area) {
  auto now = CountArea(council.commissioner(), council.framework().id(), area.provider_id,
                       area.postcode_area);
  if (!now.ok()) return now.status();
  const bool lifted = area.to < absl::InfiniteFuture();
  const AreaCounts by_to = lifted ? area.by_to : *now;
  printf("\n  %s, area %s: offers ended by a commissioner %s%s\n\n",
         council.names().Provider(area.provider_id).c_str(), area.postcode_area.c_str(),
         SayTime(area.from).c_str(),
         lifted ? absl::StrCat(", let in again ", SayTime(area.to)).c_str() : "");
  Table table({"", absl::StrCat("offers in ", area.postcode_area), "answered", "offers elsewhere"});
  auto add = [&table](const char* when, const AreaCounts& from, const AreaCounts& to) {
    table.Add({when, absl::StrCat(to.offers - from.offers),
               absl::StrCat(to.answered - from.answered),
               absl::StrCat(to.offers_elsewhere - from.offers_elsewhere)});
  };
  add("before", {}, area.before);
  add("while ended", area.before, by_to);
  if (lifted) add("since", by_to, *now);
  fputs(table.Text(4).c_str(), stdout);
  return absl::OkStatus();
}

}  // namespace

absl::Status PrintAreas(const Council& council, const std::vector<EndedArea>& ended) {
  auto areas = AreasOf(council);
  if (!areas.ok()) return areas.status();
  std::erase_if(*areas, [](const Area& area) { return !area.ForReview(); });
  std::stable_sort(areas->begin(), areas->end(),
                   [](const Area& a, const Area& b) { return a.Contrast() > b.Contrast(); });
  printf(
      "\nSilences by postcode area, for review: half or more of what is due there unanswered, and "
      "more than elsewhere\n\n");
  Table table({"provider", "area", "due", "accepted", "declined", "late", "silent", "unanswered",
               "elsewhere"});
  for (size_t i = 0; i < std::min(areas->size(), kAreasShown); ++i) {
    const Area& area = (*areas)[i];
    table.Add({council.names().Provider(area.provider_id), area.postcode_area,
               absl::StrCat(area.due), absl::StrCat(area.settled.accepted()),
               absl::StrCat(area.settled.declined()), absl::StrCat(area.settled.late()),
               absl::StrCat(area.settled.silent()),
               engine::PrintRate(RateOf(area.unanswered, area.due)),
               engine::PrintRate(RateOf(area.unanswered_elsewhere, area.due_elsewhere))});
  }
  fputs(table.empty() ? "  none\n" : table.Text(2).c_str(), stdout);
  if (areas->size() > kAreasShown) printf("  and %zu more\n", areas->size() - kAreasShown);
  for (const EndedArea& area : ended) {
    if (absl::Status status = PrintEnded(council, area); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace brokerage::demo
