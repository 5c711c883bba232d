#include "services/rpc/admin/service.h"

#include "brokerage/v1/admin_service.grpc.pb.h"
#include "services/rpc/adapter.h"
#include "services/rpc/admin/operations.h"
#include "services/rpc/admin/outages.h"
#include "services/rpc/commands.h"
#include "services/rpc/queries.h"

namespace brokerage::services::rpc {

void RegisterAdmin(Adapter* adapter) {
  using Service = v1::AdminService::AsyncService;
  Registration<Service>(adapter)
      .Unary(&Service::RequestGetStatus, "AdminService/GetStatus", Slow(GetStatus))
      .Unary(&Service::RequestAdvanceClock, "AdminService/AdvanceClock",
             Handler<v1::AdvanceClockRequest>(AdvanceClock))
      .Unary(&Service::RequestConfirmClock, "AdminService/ConfirmClock",
             Command<v1::ConfirmClockRequest>())
      .Unary(&Service::RequestExtendDeadlines, "AdminService/ExtendDeadlines",
             Handler<v1::ExtendDeadlinesRequest>(ExtendDeadlines))
      .Unary(&Service::RequestCreateBackup, "AdminService/CreateBackup",
             OnWorker<v1::CreateBackupRequest>(CreateBackup))
      .Unary(&Service::RequestVerifyJournal, "AdminService/VerifyJournal", Slow(VerifyJournal));
}

}  // namespace brokerage::services::rpc
