#include "engine/base/rejection.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"

namespace brokerage::engine {

namespace {
constexpr char kPayload[] = "type.googleapis.com/brokerage.v1.Rejection";

std::string Sentence(const v1::Rejection& rejection) {
  std::string text = ReasonName(rejection.reason());
  if (!rejection.field().empty()) absl::StrAppend(&text, ": ", rejection.field());
  if (!rejection.value().empty()) absl::StrAppend(&text, " is \"", rejection.value(), "\"");
  if (!rejection.expected().empty()) absl::StrAppend(&text, ": ", rejection.expected());
  return text;
}
}  // namespace

absl::StatusCode CodeOf(v1::RejectionReason reason) {
  switch (reason) {
    case v1::REJECTION_REASON_NOT_SIGNED_IN:
      return absl::StatusCode::kUnauthenticated;
    case v1::REJECTION_REASON_ROLE_MAY_NOT:
      return absl::StatusCode::kPermissionDenied;
    case v1::REJECTION_REASON_OVERLOADED:
    case v1::REJECTION_REASON_LIMIT_REACHED:
      return absl::StatusCode::kResourceExhausted;
    case v1::REJECTION_REASON_DEADLINE_PASSED_IN_QUEUE:
      return absl::StatusCode::kDeadlineExceeded;
    case v1::REJECTION_REASON_FIELD_REQUIRED:
    case v1::REJECTION_REASON_FIELD_INVALID:
    case v1::REJECTION_REASON_FRAMEWORK_INVALID:
    case v1::REJECTION_REASON_UNKNOWN_WARD:
    case v1::REJECTION_REASON_TEXT_IDENTIFIES_PERSON:
      return absl::StatusCode::kInvalidArgument;
    case v1::REJECTION_REASON_NOT_FOUND:
      return absl::StatusCode::kNotFound;
    case v1::REJECTION_REASON_REQUEST_ID_REUSED:
    case v1::REJECTION_REASON_DUPLICATE_PERSON:
    case v1::REJECTION_REASON_ALREADY_EXISTS:
      return absl::StatusCode::kAlreadyExists;
    case v1::REJECTION_REASON_PACKAGE_STATE:
    case v1::REJECTION_REASON_OFFER_STATE:
    case v1::REJECTION_REASON_ANSWER_TOO_LATE:
    case v1::REJECTION_REASON_CLAIM_TOO_LATE:
    case v1::REJECTION_REASON_OWN_ISSUE:
    case v1::REJECTION_REASON_CONTRACT_STATUS:
    case v1::REJECTION_REASON_RULE_FAILS_AT_AWARD:
    case v1::REJECTION_REASON_IN_THE_PAST:
    case v1::REJECTION_REASON_CLOCK_IS_REAL:
    case v1::REJECTION_REASON_DIRECTORY_CLASH:
    case v1::REJECTION_REASON_ALREADY_DECIDED:
      return absl::StatusCode::kFailedPrecondition;
    case v1::REJECTION_REASON_NOT_SUPPORTED:
      return absl::StatusCode::kUnimplemented;
    case v1::REJECTION_REASON_UNSPECIFIED:
    case v1::RejectionReason_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::RejectionReason_INT_MAX_SENTINEL_DO_NOT_USE_:
      break;
  }
  return absl::StatusCode::kInternal;
}

absl::Status Reject(const v1::Rejection& rejection) {
  absl::Status status(CodeOf(rejection.reason()), Sentence(rejection));
  status.SetPayload(kPayload, absl::Cord(rejection.SerializeAsString()));
  return status;
}

absl::Status Reject(v1::RejectionReason reason, absl::string_view field, absl::string_view value,
                    absl::string_view expected) {
  v1::Rejection rejection;
  rejection.set_reason(reason);
  rejection.set_field(std::string(field));
  size_t length = std::min(value.size(), limits::kRejectionValueBytesMax);
  while (length > 0 && length < value.size() && (value[length] & 0xc0) == 0x80)
    --length;  // whole characters
  rejection.set_value(std::string(value.substr(0, length)));
  rejection.set_expected(std::string(expected));
  return Reject(rejection);
}

v1::Rejection RejectionOf(const absl::Status& status) {
  v1::Rejection rejection;
  if (auto payload = status.GetPayload(kPayload)) rejection.ParseFromString(std::string(*payload));
  return rejection;
}

std::string ReasonName(v1::RejectionReason reason) {
  constexpr absl::string_view kPrefix = "REJECTION_REASON_";
  return v1::RejectionReason_Name(reason).substr(kPrefix.size());
}

}  // namespace brokerage::engine
