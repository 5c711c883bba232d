// From a bearer token to the account that calls.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/model/caller.h"
#include "services/core/directory_snapshot.h"

namespace brokerage::services::rpc {

// `authorization` is the header "Bearer TOKEN". Errors: NOT_SIGNED_IN, in the same words whether
// the token is unknown or its account is disabled.
absl::StatusOr<engine::Caller> Authenticate(absl::string_view authorization,
                                            const DirectorySnapshot& published);

// Whether the account is there, not disabled, and still acts for the same: what was admitted may go
// on.
bool StillAdmitted(const engine::Caller& caller, const DirectorySnapshot& published);

}  // namespace brokerage::services::rpc
