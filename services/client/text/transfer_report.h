// The report of a transfer as a table for people.
#pragma once

#include "brokerage/v1/package_service.pb.h"

namespace brokerage::client {

// Prints where each package of a transfer went.
void PrintTransfer(const v1::GetTransferResponse& report);

}  // namespace brokerage::client
