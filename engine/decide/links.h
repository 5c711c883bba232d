// Packages that are linked to each other.
#pragma once

#include "engine/decide/context.h"

namespace brokerage::engine {

absl::Status Decide(const Context& in, const v1::LinkPackagesRequest& request, Decision* out);
v1::LinkPackagesResponse Reply(const After& after, const v1::LinkPackagesRequest& request);

// Links the two to each other, or takes the link between them away.
void AddLink(const journal::v1::PackageRow& a, const journal::v1::PackageRow& b, bool unlink,
             Decision* out);

}  // namespace brokerage::engine
