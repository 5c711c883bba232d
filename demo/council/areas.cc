#include "demo/council/areas.h"

#include "brokerage/v1/performance_service.pb.h"

namespace brokerage::demo {

using client::Connection;

absl::StatusOr<AreaCounts> CountArea(const Connection& commissioner,
                                     const std::string& framework_id,
                                     const std::string& provider_id, const std::string& area) {
  v1::QueryPerformanceRequest request;
  v1::PerformanceQuery& query = *request.mutable_query();
  query.set_framework_id(framework_id);
  query.add_group_by(v1::DIMENSION_POSTCODE_AREA);
  query.add_filters()->set_dimension(v1::DIMENSION_PROVIDER);
  query.mutable_filters(0)->set_value(provider_id);
  auto response = commissioner.Call<v1::QueryPerformanceResponse>(
      "PerformanceService/QueryPerformance", request);
  if (!response.ok()) return response.status();
  AreaCounts counts;
  for (const v1::PerformanceRow& row : response->rows()) {
    if (row.group(0).value() != area) {
      counts.offers_elsewhere += row.live().issued();
      continue;
    }
    counts.offers += row.live().issued();
    counts.answered += row.live().accepted() + row.live().declined() + row.live().late();
  }
  return counts;
}

}  // namespace brokerage::demo
