// Tables for people, of which more than one command prints.
#pragma once

#include <cstddef>

#include "brokerage/v1/package_service.pb.h"
#include "brokerage/v1/performance_service.pb.h"

namespace brokerage::broker {

// The market, providers (at most `most`, those at risk first), who never answered, and wards that
// are not served (at most `most`), asked for with this QueryScorecardRequest.unserved_due_min.
void PrintScorecard(const v1::QueryScorecardResponse& response, size_t most, int unserved_due_min);

// Where each package of a transfer went.
void PrintTransfer(const v1::GetTransferResponse& report);

}  // namespace brokerage::broker
