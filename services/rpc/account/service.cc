#include "services/rpc/account/service.h"

#include "brokerage/v1/account_service.pb.h"
#include "services/rpc/account/queries.h"
#include "services/rpc/adapter.h"
#include "services/rpc/commands.h"
#include "services/rpc/queries.h"

namespace brokerage::services::rpc {

void RegisterAccounts(Adapter* adapter) {
  adapter->Unary("AccountService/CreateAccount", Command<v1::CreateAccountRequest>());
  adapter->Unary("AccountService/ListAccounts", Cheap(ListAccounts));
  adapter->Unary("AccountService/DisableAccount", Command<v1::DisableAccountRequest>());
  adapter->Unary("AccountService/ReplaceToken", Command<v1::ReplaceTokenRequest>());
  adapter->Unary("AccountService/GetOwnAccount", Cheap(GetOwnAccount));
}

}  // namespace brokerage::services::rpc
