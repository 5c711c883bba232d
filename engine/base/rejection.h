// A refusal: one closed list of reasons (v1::RejectionReason), one place that maps each to a status
// code.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "brokerage/v1/vocabulary.pb.h"

namespace brokerage::engine {

// The status code of a reason, as the reason's comment in vocabulary.proto says.
absl::StatusCode CodeOf(v1::RejectionReason reason);

// A refusal. `field` is the request's field as a path ("referral.ward_code"), `value` what was
// given (shortened to limits::kRejectionValueBytesMax; never pass a personal text), `expected` what
// would be right. The status's message is a sentence made of them; the whole Rejection is its
// payload.
absl::Status Reject(v1::RejectionReason reason, absl::string_view field, absl::string_view value,
                    absl::string_view expected);
absl::Status Reject(const v1::Rejection& rejection);

// The Rejection in a status that Reject made; UNSPECIFIED reason for any other status.
v1::Rejection RejectionOf(const absl::Status& status);

// "PACKAGE_STATE": the reason's name without its prefix.
std::string ReasonName(v1::RejectionReason reason);

}  // namespace brokerage::engine
