// A mistake that is undone: the last step of a package.
#pragma once

#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::UndoPackageRequest& request, Decision* out);
v1::UndoPackageResponse Reply(const After& after, const v1::UndoPackageRequest& request);

}  // namespace brokerage::engine
