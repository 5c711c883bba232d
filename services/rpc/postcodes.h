// The postcode directory: taken in, asked, and used where a referral names no ward.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "brokerage/v1/directory_service.pb.h"
#include "brokerage/v1/package.pb.h"
#include "services/rpc/call.h"

namespace brokerage::services::rpc {

absl::StatusOr<v1::ImportPostcodesResponse> ImportPostcodes(
    const Backend& backend, const CallContext& context, const v1::ImportPostcodesRequest& request);
absl::StatusOr<v1::GetPostcodeResponse> GetPostcode(const Backend& backend,
                                                    const CallContext& context,
                                                    const v1::GetPostcodeRequest& request);

// Gives a referral without a ward the ward of its postcode. One that names a ward stays as it is:
// the sender knows better than a directory that lags behind new boundaries. So does one that names
// neither, which the engine refuses. Errors: FIELD_INVALID for a postcode that is none or was not
// imported; UNKNOWN_WARD, with the ward's name, where its ward is not in the framework.
absl::Status FillWard(const Backend& backend, const CallContext& context,
                      v1::PackageReferral* referral);

}  // namespace brokerage::services::rpc
