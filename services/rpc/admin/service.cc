#include "services/rpc/admin/service.h"

#include "brokerage/v1/admin_service.pb.h"
#include "services/rpc/adapter.h"
#include "services/rpc/admin/operations.h"
#include "services/rpc/admin/outages.h"
#include "services/rpc/commands.h"
#include "services/rpc/queries.h"

namespace brokerage::services::rpc {

void RegisterAdmin(Adapter* adapter) {
  adapter->Unary("AdminService/GetStatus", OnLongWorker(Cheap(GetStatus)));
  adapter->Unary("AdminService/AdvanceClock", HandlerOf(AdvanceClock));
  adapter->Unary("AdminService/ConfirmClock", Command<v1::ConfirmClockRequest>());
  adapter->Unary("AdminService/ExtendDeadlines", HandlerOf(ExtendDeadlines));
  adapter->Unary("AdminService/CreateBackup", OnLongWorker(HandlerOf(CreateBackup)));
  adapter->Unary("AdminService/VerifyJournal", OnLongWorker(Cheap(VerifyJournal)));
}

}  // namespace brokerage::services::rpc
