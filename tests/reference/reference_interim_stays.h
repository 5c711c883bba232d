// How people left interim services.
#pragma once

#include <map>
#include <string>

#include "tests/reference/reference_figures.h"

namespace brokerage::engine::reference {

// How people left interim services in [from, to), by lot; "" for all. Of one authority unless it is
// empty.
std::map<std::string, v1::InterimCounts> ReferenceInterimStays(const ReferenceHistory& history,
                                                               DateNumber from, DateNumber to,
                                                               const std::string& authority_id);

}  // namespace brokerage::engine::reference
