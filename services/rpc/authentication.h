// From a bearer token to the account that calls.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/model/caller.h"
#include "services/core/directory_snapshot.h"

namespace brokerage::services::rpc {

// An account that calls, and the token that it came with.
struct SignedIn {
  engine::Caller caller;
  std::string token_sha256;
};

// `authorization` is the header "Bearer TOKEN". Errors: NOT_SIGNED_IN, in the same words whether
// the token is unknown or its account is disabled.
absl::StatusOr<SignedIn> Authenticate(absl::string_view authorization,
                                      const DirectorySnapshot& published);

// Whether what was admitted may go on: the account is there, not disabled, has the same token, and
// still acts for the same. Errors: NOT_SIGNED_IN.
absl::Status StillSignedIn(const SignedIn& signed_in, const DirectorySnapshot& published);

}  // namespace brokerage::services::rpc
