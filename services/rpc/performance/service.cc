#include "services/rpc/performance/service.h"

#include "brokerage/v1/performance_service.grpc.pb.h"
#include "services/rpc/adapter.h"
#include "services/rpc/performance/queries.h"
#include "services/rpc/queries.h"

namespace brokerage::services::rpc {

void RegisterPerformance(Adapter* adapter) {
  using Service = v1::PerformanceService::AsyncService;
  Registration<Service>(adapter)
      .Unary(&Service::RequestQueryPerformance, "PerformanceService/QueryPerformance",
             Slow(QueryPerformance))
      .Unary(&Service::RequestQueryCompliance, "PerformanceService/QueryCompliance",
             Slow(QueryCompliance))
      .Unary(&Service::RequestQueryScorecard, "PerformanceService/QueryScorecard",
             Slow(QueryScorecard))
      .Unary(&Service::RequestQueryDistribution, "PerformanceService/QueryDistribution",
             Slow(QueryDistribution))
      .Unary(&Service::RequestQueryInterimStays, "PerformanceService/QueryInterimStays",
             Slow(QueryInterimStays))
      .Streaming(&Service::RequestWatchPerformance, "PerformanceService/WatchPerformance",
                 StreamHandler<v1::WatchPerformanceRequest>(WatchPerformance));
}

}  // namespace brokerage::services::rpc
