// An offer as a caller is shown it today.
#pragma once

#include "absl/time/time.h"
#include "engine/model/caller.h"
#include "engine/model/directory.h"
#include "engine/model/package.h"

namespace brokerage::services::rpc {

// The caller's part of the offer, at that moment: a provider reads the summary of what has ended
// only as long as the framework says.
v1::Offer ShownOffer(const engine::Directory& directory, const engine::PackageAggregate& package,
                     const journal::v1::OfferRow& row, const engine::Caller& caller,
                     absl::Time now);

}  // namespace brokerage::services::rpc
