#include "services/rpc/performance/service.h"

#include "brokerage/v1/performance_service.pb.h"
#include "services/rpc/adapter.h"
#include "services/rpc/performance/queries.h"
#include "services/rpc/queries.h"

namespace brokerage::services::rpc {

namespace {

// An earlier state is replayed.
template <typename Request>
bool AsksForAnEarlierState(const Request& request) {
  if constexpr (requires { request.query(); }) {
    return request.query().as_known_at() != 0;
  } else {
    return request.as_known_at() != 0;
  }
}

template <typename Request, typename Response>
Handler Figures(Query<Request, Response> query) {
  return OnWorker(Cheap(query), [](const google::protobuf::Message& request) {
    return AsksForAnEarlierState(static_cast<const Request&>(request)) ? Work::kLong : Work::kShort;
  });
}

}  // namespace

void RegisterPerformance(Adapter* adapter) {
  adapter->Unary("PerformanceService/QueryPerformance", Figures(QueryPerformance));
  adapter->Unary("PerformanceService/QueryCompliance", Figures(QueryCompliance));
  adapter->Unary("PerformanceService/QueryScorecard", Figures(QueryScorecard));
  adapter->Unary("PerformanceService/QueryDistribution", Figures(QueryDistribution));
  adapter->Unary("PerformanceService/QueryInterimStays", Figures(QueryInterimStays));
  adapter->Streaming("PerformanceService/WatchPerformance", StreamHandlerOf(WatchPerformance));
}

}  // namespace brokerage::services::rpc
