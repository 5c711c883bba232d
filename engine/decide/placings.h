// Packages that care navigation gives to branches which have not accepted them.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "brokerage/v1/offer_service.pb.h"
#include "brokerage/v1/package_service.pb.h"
#include "engine/decide/context.h"
#include "engine/model/package.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::PlacePackagesRequest& request, Decision* out);
v1::PlacePackagesResponse Reply(const After& after, const v1::PlacePackagesRequest& request);
absl::Status Decide(const Context& in, const v1::RefusePlacingRequest& request, Decision* out);
v1::RefusePlacingResponse Reply(const After& after, const v1::RefusePlacingRequest& request);

// LIMIT_REACHED where so many placings at once are a commissioner's, or more than any caller's.
absl::Status CheckHowMany(const Context& in, const v1::FrameworkRules& rules, int placings);
// Places the package, as it is when it is placed. Errors: FIELD_REQUIRED, NOT_FOUND and
// FIELD_INVALID of the branch or the contract. REQUIRES: it waits; the reason is checked.
absl::Status Place(const Context& in, const PackageAggregate& package, const v1::Placing& placing,
                   const std::string& reason, Decision* out);

}  // namespace brokerage::engine
