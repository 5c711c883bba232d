// The verbs of care navigation on a package that was taken in.
#pragma once

#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::ReleasePackagesRequest& request, Decision* out);
v1::ReleasePackagesResponse Reply(const After& after, const v1::ReleasePackagesRequest& request);

absl::Status Decide(const Context& in, const v1::CancelPackageRequest& request, Decision* out);
v1::CancelPackageResponse Reply(const After& after, const v1::CancelPackageRequest& request);

absl::Status Decide(const Context& in, const v1::AwardPackageRequest& request, Decision* out);
v1::AwardPackageResponse Reply(const After& after, const v1::AwardPackageRequest& request);

absl::Status Decide(const Context& in, const v1::ReissuePackageRequest& request, Decision* out);
v1::ReissuePackageResponse Reply(const After& after, const v1::ReissuePackageRequest& request);

absl::Status Decide(const Context& in, const v1::StartPackageRequest& request, Decision* out);
v1::StartPackageResponse Reply(const After& after, const v1::StartPackageRequest& request);

absl::Status Decide(const Context& in, const v1::ReturnPackageRequest& request, Decision* out);
v1::ReturnPackageResponse Reply(const After& after, const v1::ReturnPackageRequest& request);

absl::Status Decide(const Context& in, const v1::HandBackPackageRequest& request, Decision* out);
v1::HandBackPackageResponse Reply(const After& after, const v1::HandBackPackageRequest& request);

absl::Status Decide(const Context& in, const v1::CeasePackageRequest& request, Decision* out);
v1::CeasePackageResponse Reply(const After& after, const v1::CeasePackageRequest& request);

absl::Status Decide(const Context& in, const v1::ErasePackageTextsRequest& request, Decision* out);
v1::ErasePackageTextsResponse Reply(const After& after,
                                    const v1::ErasePackageTextsRequest& request);

}  // namespace brokerage::engine
