#include "services/rpc/account/service.h"

#include "brokerage/v1/account_service.grpc.pb.h"
#include "services/rpc/account/queries.h"
#include "services/rpc/adapter.h"
#include "services/rpc/commands.h"
#include "services/rpc/queries.h"

namespace brokerage::services::rpc {

void RegisterAccounts(Adapter* adapter) {
  using Service = v1::AccountService::AsyncService;
  Registration<Service>(adapter)
      .Unary(&Service::RequestCreateAccount, "AccountService/CreateAccount",
             Command<v1::CreateAccountRequest>())
      .Unary(&Service::RequestListAccounts, "AccountService/ListAccounts", Cheap(ListAccounts))
      .Unary(&Service::RequestDisableAccount, "AccountService/DisableAccount",
             Command<v1::DisableAccountRequest>())
      .Unary(&Service::RequestReplaceToken, "AccountService/ReplaceToken",
             Command<v1::ReplaceTokenRequest>())
      .Unary(&Service::RequestGetOwnAccount, "AccountService/GetOwnAccount", Cheap(GetOwnAccount));
}

}  // namespace brokerage::services::rpc
