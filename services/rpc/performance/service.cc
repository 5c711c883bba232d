#include "services/rpc/performance/service.h"

#include "brokerage/v1/performance_service.pb.h"
#include "services/rpc/adapter.h"
#include "services/rpc/performance/queries.h"
#include "services/rpc/queries.h"

namespace brokerage::services::rpc {

void RegisterPerformance(Adapter* adapter) {
  adapter->Unary("PerformanceService/QueryPerformance", Slow(QueryPerformance));
  adapter->Unary("PerformanceService/QueryCompliance", Slow(QueryCompliance));
  adapter->Unary("PerformanceService/QueryScorecard", Slow(QueryScorecard));
  adapter->Unary("PerformanceService/QueryDistribution", Slow(QueryDistribution));
  adapter->Unary("PerformanceService/QueryInterimStays", Slow(QueryInterimStays));
  adapter->Streaming("PerformanceService/WatchPerformance", StreamHandlerOf(WatchPerformance));
}

}  // namespace brokerage::services::rpc
