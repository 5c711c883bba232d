#include "services/rpc/history/service.h"

#include "brokerage/v1/history_service.grpc.pb.h"
#include "services/rpc/adapter.h"
#include "services/rpc/history/pages.h"
#include "services/rpc/queries.h"

namespace brokerage::services::rpc {

void RegisterHistory(Adapter* adapter) {
  using Service = v1::HistoryService::AsyncService;
  Registration<Service>(adapter).Unary(&Service::RequestListHistory, "HistoryService/ListHistory",
                                       Slow(ListHistory));
}

}  // namespace brokerage::services::rpc
