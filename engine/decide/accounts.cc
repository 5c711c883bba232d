#include "engine/decide/accounts.h"

#include <memory>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/hash.h"
#include "engine/base/ids.h"
#include "engine/base/rejection.h"

namespace brokerage::engine {

using journal::v1::AccountRow;
using v1::Account;

namespace {

absl::Status CheckAccountId(absl::string_view field, absl::string_view id) {
  if (id.empty()) return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, field, "", "an account's id");
  if (id.size() >= 3 && IsPlainId(id, limits::kIdBytesMax)) return absl::OkStatus();
  return Reject(
      v1::REJECTION_REASON_FIELD_INVALID, field, id,
      absl::StrCat("3 to ", limits::kIdBytesMax, " lower case letters, digits, hyphens and dots"));
}

bool AuthorityExists(const Directory& directory, absl::string_view id) {
  for (const journal::v1::FrameworkRow* framework : directory.Frameworks()) {
    if (Directory::AuthorityOf(framework->rules(), id) != nullptr) return true;
  }
  return false;
}

// Checks what the account acts for, and completes it.
absl::Status CheckActsFor(const Directory& directory, Account* account) {
  auto only = [account](bool authority, bool provider, bool branch) {
    if (!authority) account->clear_authority_id();
    if (!provider) account->clear_provider_id();
    if (!branch) account->clear_branch_id();
  };
  switch (account->role()) {
    case v1::ROLE_CARE_NAVIGATOR:
    case v1::ROLE_COMMISSIONER:
      only(true, false, false);
      if (AuthorityExists(directory, account->authority_id())) return absl::OkStatus();
      return Reject(v1::REJECTION_REASON_NOT_FOUND, "account.authority_id", account->authority_id(),
                    "an authority of a framework that was applied");
    case v1::ROLE_PROVIDER_ORGANISATION:
      only(false, true, false);
      if (directory.Provider(account->provider_id()) != nullptr) return absl::OkStatus();
      return Reject(v1::REJECTION_REASON_NOT_FOUND, "account.provider_id", account->provider_id(),
                    "a provider's id");
    case v1::ROLE_PROVIDER_BRANCH: {
      only(false, false, true);
      const v1::Branch* branch = directory.Branch(account->branch_id());
      if (branch == nullptr) {
        return Reject(v1::REJECTION_REASON_NOT_FOUND, "account.branch_id", account->branch_id(),
                      "a branch's id");
      }
      account->set_provider_id(branch->provider_id());
      return absl::OkStatus();
    }
    case v1::ROLE_ADMINISTRATOR:
      only(false, false, false);
      return absl::OkStatus();
    case v1::ROLE_UNSPECIFIED:
    case v1::Role_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::Role_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return Reject(v1::REJECTION_REASON_FIELD_REQUIRED, "account.role", "", "a role");
}

// What whoever wants to get in tries first, besides nothing and one character.
constexpr absl::string_view kFirstGuesses[] = {
    "0000",     "1111",      "1234",   "12345",    "123456",  "1234567",   "12345678", "123456789",
    "abc",      "abc123",    "admin",  "changeme", "default", "letmein",   "null",     "pass",
    "password", "password1", "qwerty", "root",     "secret",  "undefined", "welcome"};

// A token's hash says nothing about the token, except where it is that of a token that is guessed.
bool IsGuessed(absl::string_view token_sha256) {
  // No token's at all: a buffer that was not filled.
  if (token_sha256.find_first_not_of(token_sha256[0]) == token_sha256.npos) return true;
  auto is_of = [&](absl::string_view token) {
    // With the end of a line, as a file of it has.
    return token_sha256 == HashOf(token) || token_sha256 == HashOf(absl::StrCat(token, "\n"));
  };
  for (char c = ' '; c <= '~'; ++c) {
    if (is_of(absl::string_view(&c, 1))) return true;
  }
  return is_of("") || absl::c_any_of(kFirstGuesses, is_of);
}

// A token that no account has or had, and that is not guessed.
absl::Status CheckToken(const Context& in, absl::string_view token_sha256) {
  if (token_sha256.size() != kHashBytes) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "token_sha256",
                  absl::StrCat(token_sha256.size(), " bytes"), "the SHA-256 of a token, 32 bytes");
  }
  if (IsGuessed(token_sha256)) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "token_sha256", "a token that is guessed",
                  "the SHA-256 of a token of 32 random bytes");
  }
  for (const auto& [id, row] : in.state.accounts) {
    if (row.token_sha256() == token_sha256 ||
        absl::c_linear_search(row.replaced_token_sha256(), token_sha256)) {
      return Reject(v1::REJECTION_REASON_ALREADY_EXISTS, "token_sha256", "", "a new token");
    }
  }
  return absl::OkStatus();
}

template <typename Response>
Response WithAccount(const After& after) {
  Response response;
  *response.mutable_account() = after.record.facts(0).account_changed().account().account();
  return response;
}

}  // namespace

absl::Status Decide(const Context& in, const Bootstrap& request, Decision* out) {
  if (!in.state.accounts.empty()) {
    return Reject(v1::REJECTION_REASON_ALREADY_EXISTS, "account", request.account_id,
                  "a system without accounts: its administrator makes more");
  }
  if (absl::Status status = CheckAccountId("account", request.account_id); !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckToken(in, request.token_sha256); !status.ok()) return status;
  AccountRow& row = *out->Add().mutable_account_changed()->mutable_account();
  row.mutable_account()->set_id(request.account_id);
  row.mutable_account()->set_role(v1::ROLE_ADMINISTRATOR);
  row.mutable_account()->mutable_create_time()->set_seconds(in.now_us() / 1000000);
  row.set_token_sha256(request.token_sha256);
  return absl::OkStatus();
}

v1::CreateAccountResponse Reply(const After& after, const Bootstrap&) {
  return WithAccount<v1::CreateAccountResponse>(after);
}

absl::Status Decide(const Context& in, const v1::CreateAccountRequest& request, Decision* out) {
  Account account = request.account();
  if (absl::Status status = CheckAccountId("account.id", account.id()); !status.ok()) return status;
  if (in.state.accounts.contains(account.id())) {
    return Reject(v1::REJECTION_REASON_ALREADY_EXISTS, "account.id", account.id(), "a new id");
  }
  if (absl::Status status = CheckActsFor(in.state.directory, &account); !status.ok()) return status;
  if (absl::Status status = CheckToken(in, request.token_sha256()); !status.ok()) return status;
  account.set_disabled(false);
  account.mutable_create_time()->set_seconds(in.now_us() / 1000000);
  account.mutable_create_time()->set_nanos(0);
  AccountRow& row = *out->Add().mutable_account_changed()->mutable_account();
  *row.mutable_account() = std::move(account);
  row.set_token_sha256(request.token_sha256());
  return absl::OkStatus();
}

v1::CreateAccountResponse Reply(const After& after, const v1::CreateAccountRequest&) {
  return WithAccount<v1::CreateAccountResponse>(after);
}

absl::Status Decide(const Context& in, const v1::DisableAccountRequest& request, Decision* out) {
  auto it = in.state.accounts.find(request.account_id());
  if (it == in.state.accounts.end()) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "account_id", request.account_id(),
                  "an account's id");
  }
  if (it->first == in.caller.account_id) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "account_id", request.account_id(),
                  "another account than your own");
  }
  AccountRow& row = *out->Add().mutable_account_changed()->mutable_account();
  row = it->second;
  row.mutable_account()->set_disabled(true);
  return absl::OkStatus();
}

v1::DisableAccountResponse Reply(const After& after, const v1::DisableAccountRequest&) {
  return WithAccount<v1::DisableAccountResponse>(after);
}

absl::Status Decide(const Context& in, const v1::ReplaceTokenRequest& request, Decision* out) {
  auto it = in.state.accounts.find(request.account_id());
  const bool may =
      request.account_id() == in.caller.account_id || in.caller.role == v1::ROLE_ADMINISTRATOR;
  if (!may || it == in.state.accounts.end()) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "account_id", request.account_id(),
                  "your own account's id");
  }
  if (absl::Status status = CheckToken(in, request.token_sha256()); !status.ok()) return status;
  if (it->second.replaced_token_sha256_size() >= limits::kReplacedTokensMax) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "account_id", request.account_id(),
                  absl::StrCat("an account whose token was replaced less than ",
                               limits::kReplacedTokensMax, " times: create another one"));
  }
  AccountRow& row = *out->Add().mutable_account_changed()->mutable_account();
  row = it->second;
  row.add_replaced_token_sha256(std::move(*row.mutable_token_sha256()));
  row.set_token_sha256(request.token_sha256());
  return absl::OkStatus();
}

v1::ReplaceTokenResponse Reply(const After& after, const v1::ReplaceTokenRequest&) {
  return WithAccount<v1::ReplaceTokenResponse>(after);
}

absl::Status Decide(const Context& in, const v1::ConfirmClockRequest&, Decision* out) {
  if (in.state.system.clock_jumped()) {
    out->Add().mutable_clock_judged()->set_jumped(false);
    return absl::OkStatus();
  }
  auto reply = std::make_unique<v1::ConfirmClockResponse>();
  reply->mutable_current_time()->set_seconds(in.now_us() / 1000000);
  out->reply = std::move(reply);
  return absl::OkStatus();
}

v1::ConfirmClockResponse Reply(const After& after, const v1::ConfirmClockRequest&) {
  v1::ConfirmClockResponse response;
  response.mutable_current_time()->set_seconds(after.record.time_us() / 1000000);
  return response;
}

}  // namespace brokerage::engine
