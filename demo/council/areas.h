// How much a provider is offered in a postcode area.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "demo/council/notes.h"
#include "services/client/connection.h"

namespace brokerage::demo {

// What the provider was offered and answered so far in one postcode area, and was offered
// elsewhere.
absl::StatusOr<AreaCounts> CountArea(const client::Connection& commissioner,
                                     const std::string& framework_id,
                                     const std::string& provider_id, const std::string& area);

}  // namespace brokerage::demo
