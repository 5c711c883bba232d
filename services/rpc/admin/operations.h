// Running the system.
#pragma once

#include "absl/status/statusor.h"
#include "brokerage/v1/admin_service.pb.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

absl::StatusOr<v1::GetStatusResponse> GetStatus(const Backend& backend, const CallContext& context,
                                                const v1::GetStatusRequest& request);
void AdvanceClock(const Backend& backend, const CallContext& context,
                  v1::AdvanceClockRequest& request, Done done);
void CreateBackup(const Backend& backend, const CallContext& context,
                  v1::CreateBackupRequest& request, Done done);
absl::StatusOr<v1::VerifyJournalResponse> VerifyJournal(const Backend& backend,
                                                        const CallContext& context,
                                                        const v1::VerifyJournalRequest& request);

}  // namespace brokerage::services::rpc
