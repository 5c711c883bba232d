#include "services/rpc/authentication.h"

#include "absl/strings/match.h"
#include "engine/base/hash.h"
#include "engine/base/rejection.h"

namespace brokerage::services::rpc {

namespace {

constexpr size_t kTokenBytesMax = 512;

engine::Caller CallerOf(const v1::Account& account, const DirectorySnapshot& published) {
  engine::Caller caller;
  caller.account_id = account.id();
  caller.role = account.role();
  caller.authority_id = account.authority_id();
  caller.provider_id = account.provider_id();
  caller.branch_id = account.branch_id();
  if (account.role() == v1::ROLE_PROVIDER_BRANCH) {
    const v1::Branch* branch = published.directory.Branch(account.branch_id());
    if (branch != nullptr) caller.provider_id = branch->provider_id();
  }
  return caller;
}

}  // namespace

absl::StatusOr<engine::Caller> Authenticate(absl::string_view authorization,
                                            const DirectorySnapshot& published) {
  absl::string_view token = authorization;
  if (absl::StartsWithIgnoreCase(token, "bearer ")) {
    token.remove_prefix(7);
    if (!token.empty() && token.size() <= kTokenBytesMax) {
      auto account_id = published.account_by_token.find(engine::HashOf(token));
      if (account_id != published.account_by_token.end()) {
        auto account = published.accounts.find(account_id->second);
        if (account != published.accounts.end() && !account->second.account().disabled()) {
          return CallerOf(account->second.account(), published);
        }
      }
    }
  }
  return engine::Reject(v1::REJECTION_REASON_NOT_SIGNED_IN, "", "",
                        "metadata \"authorization: Bearer TOKEN\" of an account in use");
}

bool StillAdmitted(const engine::Caller& caller, const DirectorySnapshot& published) {
  auto found = published.accounts.find(caller.account_id);
  if (found == published.accounts.end() || found->second.account().disabled()) return false;
  engine::Caller now = CallerOf(found->second.account(), published);
  return now.role == caller.role && now.authority_id == caller.authority_id &&
         now.provider_id == caller.provider_id && now.branch_id == caller.branch_id;
}

}  // namespace brokerage::services::rpc
