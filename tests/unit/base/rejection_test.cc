#include "engine/base/rejection.h"

#include <gtest/gtest.h>

#include "engine/base/bounds.h"

namespace brokerage::engine {
namespace {

// By hand, from the comments in vocabulary.proto: the two are to agree.
absl::StatusCode ExpectedCode(v1::RejectionReason reason) {
  switch (reason) {
    case v1::REJECTION_REASON_UNSPECIFIED:
      return absl::StatusCode::kInternal;
    case v1::REJECTION_REASON_NOT_SIGNED_IN:
      return absl::StatusCode::kUnauthenticated;
    case v1::REJECTION_REASON_ROLE_MAY_NOT:
      return absl::StatusCode::kPermissionDenied;
    case v1::REJECTION_REASON_OVERLOADED:
      return absl::StatusCode::kResourceExhausted;
    case v1::REJECTION_REASON_DEADLINE_PASSED_IN_QUEUE:
      return absl::StatusCode::kDeadlineExceeded;
    case v1::REJECTION_REASON_FIELD_REQUIRED:
    case v1::REJECTION_REASON_FIELD_INVALID:
      return absl::StatusCode::kInvalidArgument;
    case v1::REJECTION_REASON_REQUEST_ID_REUSED:
      return absl::StatusCode::kAlreadyExists;
    case v1::REJECTION_REASON_NOT_FOUND:
      return absl::StatusCode::kNotFound;
    case v1::REJECTION_REASON_FRAMEWORK_INVALID:
    case v1::REJECTION_REASON_UNKNOWN_WARD:
    case v1::REJECTION_REASON_TEXT_IDENTIFIES_PERSON:
      return absl::StatusCode::kInvalidArgument;
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
      return absl::StatusCode::kFailedPrecondition;
    case v1::REJECTION_REASON_LIMIT_REACHED:
      return absl::StatusCode::kResourceExhausted;
    case v1::REJECTION_REASON_NOT_SUPPORTED:
      return absl::StatusCode::kUnimplemented;
    case v1::REJECTION_REASON_ALREADY_DECIDED:
      return absl::StatusCode::kFailedPrecondition;
    case v1::RejectionReason_INT_MIN_SENTINEL_DO_NOT_USE_:
    case v1::RejectionReason_INT_MAX_SENTINEL_DO_NOT_USE_:  // a new reason: say its code here, too
      break;
  }
  return absl::StatusCode::kOk;
}

TEST(Reasons, EachHaveTheStatusCodeOfTheirComment) {
  const google::protobuf::EnumDescriptor* reasons = v1::RejectionReason_descriptor();
  for (int i = 0; i < reasons->value_count(); ++i) {
    auto reason = static_cast<v1::RejectionReason>(reasons->value(i)->number());
    EXPECT_EQ(CodeOf(reason), ExpectedCode(reason)) << ReasonName(reason);
  }
}

TEST(ARejection, SaysFieldValueAndWhatWouldBeRight) {
  absl::Status status = Reject(v1::REJECTION_REASON_UNKNOWN_WARD, "referral.ward_code", "E0500",
                               "nearest: E05006377 Beckingham");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(),
            "UNKNOWN_WARD: referral.ward_code is \"E0500\": nearest: E05006377 Beckingham");
  v1::Rejection rejection = RejectionOf(status);
  EXPECT_EQ(rejection.reason(), v1::REJECTION_REASON_UNKNOWN_WARD);
  EXPECT_EQ(rejection.field(), "referral.ward_code");
  EXPECT_EQ(rejection.value(), "E0500");
  EXPECT_EQ(rejection.expected(), "nearest: E05006377 Beckingham");
}

TEST(ARejection, ShortensALongValueAtACharactersBorder) {
  std::string value = std::string(limits::kRejectionValueBytesMax - 1, 'a') + "é" + "b";
  v1::Rejection rejection =
      RejectionOf(Reject(v1::REJECTION_REASON_FIELD_INVALID, "name", value, ""));
  EXPECT_EQ(rejection.value(), std::string(limits::kRejectionValueBytesMax - 1, 'a'));
}

TEST(ARejection, KeepsEveryFileError) {
  v1::Rejection rejection;
  rejection.set_reason(v1::REJECTION_REASON_FRAMEWORK_INVALID);
  rejection.add_file_errors()->set_line(7);
  EXPECT_EQ(RejectionOf(Reject(rejection)).file_errors(0).line(), 7);
}

TEST(AStatusThatIsNoRejection, HasNoReason) {
  EXPECT_EQ(RejectionOf(absl::OkStatus()).reason(), v1::REJECTION_REASON_UNSPECIFIED);
  EXPECT_EQ(RejectionOf(absl::InternalError("x")).reason(), v1::REJECTION_REASON_UNSPECIFIED);
}

}  // namespace
}  // namespace brokerage::engine
