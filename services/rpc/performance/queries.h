// Figures, over one view of what is durable.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "brokerage/v1/performance_service.pb.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

absl::StatusOr<v1::QueryPerformanceResponse> QueryPerformance(
    const Backend& backend, const CallContext& context, const v1::QueryPerformanceRequest& request);
absl::StatusOr<v1::QueryComplianceResponse> QueryCompliance(
    const Backend& backend, const CallContext& context, const v1::QueryComplianceRequest& request);
absl::StatusOr<v1::QueryScorecardResponse> QueryScorecard(const Backend& backend,
                                                          const CallContext& context,
                                                          const v1::QueryScorecardRequest& request);
absl::StatusOr<v1::QueryDistributionResponse> QueryDistribution(
    const Backend& backend, const CallContext& context,
    const v1::QueryDistributionRequest& request);
absl::StatusOr<v1::QueryInterimStaysResponse> QueryInterimStays(
    const Backend& backend, const CallContext& context,
    const v1::QueryInterimStaysRequest& request);

// All rows first, then those that changed, at most ten times a second.
absl::StatusOr<std::unique_ptr<Stream>> WatchPerformance(
    const Backend& backend, const CallContext& context, const v1::WatchPerformanceRequest& request);

}  // namespace brokerage::services::rpc
