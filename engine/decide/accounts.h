// Accounts, and the clock that an administrator confirms.
#pragma once

#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const Bootstrap& request, Decision* out);
v1::CreateAccountResponse Reply(const After& after, const Bootstrap& request);

absl::Status Decide(const Context& in, const v1::CreateAccountRequest& request, Decision* out);
v1::CreateAccountResponse Reply(const After& after, const v1::CreateAccountRequest& request);

absl::Status Decide(const Context& in, const v1::DisableAccountRequest& request, Decision* out);
v1::DisableAccountResponse Reply(const After& after, const v1::DisableAccountRequest& request);

absl::Status Decide(const Context& in, const v1::ReplaceTokenRequest& request, Decision* out);
v1::ReplaceTokenResponse Reply(const After& after, const v1::ReplaceTokenRequest& request);

absl::Status Decide(const Context& in, const v1::ConfirmClockRequest& request, Decision* out);
v1::ConfirmClockResponse Reply(const After& after, const v1::ConfirmClockRequest& request);

}  // namespace brokerage::engine
