// Pause and resume: care rests while the person is away, and the branch keeps the package.
#pragma once

#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::PausePackageRequest& request, Decision* out);
v1::PausePackageResponse Reply(const After& after, const v1::PausePackageRequest& request);

absl::Status Decide(const Context& in, const v1::ResumePackageRequest& request, Decision* out);
v1::ResumePackageResponse Reply(const After& after, const v1::ResumePackageRequest& request);

}  // namespace brokerage::engine
