#include "demo/report/figures.h"

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/figures/rates.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::ShortName;
using client::Spaced;
using client::Table;

namespace {

std::string Column(const Council& council, v1::Dimension dimension, const std::string& value) {
  if (dimension == v1::DIMENSION_LOT) return council.names().Lot(value);
  if (dimension == v1::DIMENSION_SERVICE_TYPE) return Spaced(value);
  for (const v1::Authority& authority : council.framework().rules().authorities()) {
    if (dimension == v1::DIMENSION_AUTHORITY && authority.id() == value) return authority.name();
  }
  return value;
}

}  // namespace

absl::Status PrintFigures(const Council& council, v1::Dimension dimension, const char* heading) {
  v1::QueryPerformanceRequest request;
  request.mutable_query()->set_framework_id(council.framework().id());
  request.mutable_query()->add_group_by(dimension);
  auto response = council.commissioner().Call<v1::QueryPerformanceResponse>(
      "PerformanceService/QueryPerformance", request);
  if (!response.ok()) return response.status();
  printf("\n%s: packages, and offers whose deadline has passed\n\n", heading);
  Table table({Spaced(ShortName(dimension)), "referred", "sourced", "waiting", "cancelled",
               "issued", "due", "responded", "late", "silent", "response", "accepted",
               "acceptance"});
  for (const v1::PerformanceRow& row : response->rows()) {
    const v1::Counts& settled = row.settled();
    table.Add(
        {Column(council, dimension, row.group(0).value()), absl::StrCat(row.packages().referred()),
         absl::StrCat(row.packages().sourced()), absl::StrCat(row.packages().waiting()),
         absl::StrCat(row.packages().cancelled()), absl::StrCat(settled.issued()),
         absl::StrCat(row.settled_rates().response().denominator()),
         absl::StrCat(row.settled_rates().response().numerator()), absl::StrCat(settled.late()),
         absl::StrCat(settled.silent()), engine::PrintRate(row.settled_rates().response()),
         absl::StrCat(settled.accepted()), engine::PrintRate(row.settled_rates().acceptance())});
  }
  fputs(table.Text(2).c_str(), stdout);
  return absl::OkStatus();
}

}  // namespace brokerage::demo
