// What is kept about a person, in one call: for the person who asks for it.
#pragma once

#include "absl/status/statusor.h"
#include "brokerage/v1/package_service.pb.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

absl::StatusOr<v1::DescribePersonResponse> DescribePerson(const Backend& backend,
                                                          const CallContext& context,
                                                          const v1::DescribePersonRequest& request);

}  // namespace brokerage::services::rpc
