#include "services/rpc/history/service.h"

#include "brokerage/v1/history_service.pb.h"
#include "services/rpc/adapter.h"
#include "services/rpc/history/pages.h"
#include "services/rpc/queries.h"

namespace brokerage::services::rpc {

void RegisterHistory(Adapter* adapter) {
  adapter->Unary("HistoryService/ListHistory", Slow(ListHistory));
}

}  // namespace brokerage::services::rpc
