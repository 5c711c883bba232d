// How the API's names and values are said on a command line and to people: kebab-case names, short
// enum values, local times.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "brokerage/v1/performance_service.pb.h"
#include "brokerage/v1/vocabulary.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/timestamp.pb.h"

namespace brokerage::client {

// "AcceptOffer" and "accept_offer" as "accept-offer".
std::string Kebab(absl::string_view name);

// "no_capacity" of DECLINE_REASON_NO_CAPACITY; "" of the zero value.
std::string ShortName(const google::protobuf::EnumValueDescriptor& value);
template <class Enum>
std::string ShortName(Enum value) {
  const auto* descriptor =
      google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(static_cast<int>(value));
  return descriptor == nullptr ? std::to_string(static_cast<int>(value)) : ShortName(*descriptor);
}
// The value of a short name, with hyphens or underscores, or of a full name. INVALID_ARGUMENT lists
// the names.
absl::StatusOr<int> EnumNumber(const google::protobuf::EnumDescriptor& type,
                               absl::string_view name);
// Every short name, in the order of the list.
std::vector<std::string> ShortNames(const google::protobuf::EnumDescriptor& type);
// "accepted_rate" as "accepted rate".
std::string Spaced(absl::string_view name);

// What people read: Europe/London, "Mon 2 Jul 2018 09:05".
absl::TimeZone London();
absl::Time TimeOf(const google::protobuf::Timestamp& timestamp);
google::protobuf::Timestamp TimestampOf(absl::Time time);
std::string SayTime(absl::Time time);
std::string SayTime(const google::protobuf::Timestamp& timestamp);
// "23 h", "3 d 4 h", "20 min": at most two units, rounded down.
std::string SayDuration(absl::Duration duration);
// RFC 3339, or local time as "2018-07-02 09:05" or "2018-07-02T09:05".
absl::StatusOr<absl::Time> ParseTime(absl::string_view text);

// "13.0", one decimal, half away from zero; "n/a" of nothing.
std::string SayAverage(const v1::Average& average);

// A refusal as people read it, file errors one a line as "file:line: field: message".
std::string SayError(const absl::Status& status);
std::string SayFileError(const v1::FileError& error);

// A name for a request that nobody used before.
std::string FreshRequestId();

}  // namespace brokerage::client
