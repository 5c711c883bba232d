// Reads of accounts, from memory. Tokens, or their hashes, are never shown.
#pragma once

#include "absl/status/statusor.h"
#include "brokerage/v1/account_service.pb.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

absl::StatusOr<v1::ListAccountsResponse> ListAccounts(const Backend& backend,
                                                      const CallContext& context,
                                                      const v1::ListAccountsRequest& request);
absl::StatusOr<v1::GetOwnAccountResponse> GetOwnAccount(const Backend& backend,
                                                        const CallContext& context,
                                                        const v1::GetOwnAccountRequest& request);

}  // namespace brokerage::services::rpc
