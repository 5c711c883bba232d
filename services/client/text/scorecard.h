// A scorecard as tables for people.
#pragma once

#include <cstddef>

#include "brokerage/v1/performance_service.pb.h"

namespace brokerage::client {

// Prints the market, providers (at most `most`, those at risk first), who never answered, and wards
// that are not served (at most `most`), asked for with this
// QueryScorecardRequest.unserved_due_min.
void PrintScorecard(const v1::QueryScorecardResponse& response, size_t most, int unserved_due_min);

}  // namespace brokerage::client
