#include "services/rpc/account/queries.h"

#include <string>

#include "services/rpc/page_token.h"

namespace brokerage::services::rpc {

absl::StatusOr<v1::ListAccountsResponse> ListAccounts(const Backend& backend,
                                                      const CallContext& context,
                                                      const v1::ListAccountsRequest& request) {
  auto size = PageSizeOf(request);
  if (!size.ok()) return size.status();
  auto position = PositionOf(request, context.caller);
  if (!position.ok()) return position.status();
  const auto& accounts = context.published->accounts;
  v1::ListAccountsResponse response;
  for (auto it = accounts.upper_bound(*position); it != accounts.end(); ++it) {
    if (response.accounts_size() == *size) {
      const std::string& last = response.accounts(*size - 1).id();
      response.set_next_page_token(MakePageToken(request, context.caller, last));
      break;
    }
    *response.add_accounts() = it->second.account();
  }
  return response;
}

absl::StatusOr<v1::GetOwnAccountResponse> GetOwnAccount(const Backend& backend,
                                                        const CallContext& context,
                                                        const v1::GetOwnAccountRequest& request) {
  v1::GetOwnAccountResponse response;
  auto own = context.published->accounts.find(context.caller.account_id);
  if (own != context.published->accounts.end()) *response.mutable_account() = own->second.account();
  return response;
}

}  // namespace brokerage::services::rpc
