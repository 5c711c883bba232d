#include "services/rpc/authentication.h"

#include <utility>

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

absl::StatusOr<SignedIn> Authenticate(absl::string_view authorization,
                                      const DirectorySnapshot& published) {
  absl::string_view token = authorization;
  if (absl::StartsWithIgnoreCase(token, "bearer ")) {
    token.remove_prefix(7);
    if (!token.empty() && token.size() <= kTokenBytesMax) {
      std::string hash = engine::HashOf(token);
      auto account_id = published.account_by_token.find(hash);
      if (account_id != published.account_by_token.end()) {
        auto account = published.accounts.find(account_id->second);
        if (account != published.accounts.end() && !account->second.account().disabled()) {
          return SignedIn{CallerOf(account->second.account(), published), std::move(hash)};
        }
      }
    }
  }
  return engine::Reject(v1::REJECTION_REASON_NOT_SIGNED_IN, "", "",
                        "metadata \"authorization: Bearer TOKEN\" of an account in use");
}

absl::Status StillSignedIn(const SignedIn& signed_in, const DirectorySnapshot& published) {
  const engine::Caller& caller = signed_in.caller;
  auto found = published.accounts.find(caller.account_id);
  if (found != published.accounts.end() && !found->second.account().disabled() &&
      found->second.token_sha256() == signed_in.token_sha256) {
    const engine::Caller now = CallerOf(found->second.account(), published);
    if (now.role == caller.role && now.authority_id == caller.authority_id &&
        now.provider_id == caller.provider_id && now.branch_id == caller.branch_id) {
      return absl::OkStatus();
    }
  }
  return engine::Reject(v1::REJECTION_REASON_NOT_SIGNED_IN, "", "", "an account in use");
}

}  // namespace brokerage::services::rpc
