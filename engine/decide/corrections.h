// Corrections of packages that have not gone out.
#pragma once

#include "brokerage/v1/package_service.pb.h"
#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::CorrectPackageRequest& request, Decision* out);
v1::CorrectPackageResponse Reply(const After& after, const v1::CorrectPackageRequest& request);

}  // namespace brokerage::engine
