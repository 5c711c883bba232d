// Taking a package in: the checks of a referral, the preview, the submission.
#pragma once

#include <cstdint>

#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::PreviewPackageRequest& request, Decision* out);
inline NoReply Reply(const After&, const v1::PreviewPackageRequest&) { return {}; }

absl::Status Decide(const Context& in, const v1::SubmitPackageRequest& request, Decision* out);
v1::SubmitPackageResponse Reply(const After& after, const v1::SubmitPackageRequest& request);

// FIELD_REQUIRED or FIELD_INVALID unless the terms are whole and within bounds. `field` is where
// they stand in the request.
absl::Status CheckTerms(const v1::PackageTerms& terms, absl::string_view field,
                        DateNumber earliest_start);
// When the limit of a service that started on the date, today or before, passes; 0 if it is no
// interim service.
int64_t LimitDue(const Context& in, const v1::FrameworkRules& rules, v1::ServiceType service,
                 DateNumber started);

}  // namespace brokerage::engine
