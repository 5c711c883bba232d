// Applying a framework's files: only what differs from their last revision changes.
#pragma once

#include "absl/status/statusor.h"
#include "engine/decide/context.h"
#include "engine/model/directory.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const ApplyParsedFramework& apply, Decision* out);
inline NoReply Reply(const After&, const ApplyParsedFramework&) { return {}; }

// Parses the files first, which takes as long as they are large.
absl::Status Decide(const Context& in, const v1::ApplyFrameworkRequest& request, Decision* out);
inline NoReply Reply(const After&, const v1::ApplyFrameworkRequest&) { return {}; }

// The answer of a dry run, from the directory alone: what the files would change in it at `now`.
// REQUIRES: apply.request.validate_only().
absl::StatusOr<v1::ApplyFrameworkResponse> WouldChange(const Directory& directory,
                                                       const ZoneFinder& zones,
                                                       const Caller& caller, absl::Time now,
                                                       const ApplyParsedFramework& apply);

}  // namespace brokerage::engine
