// What the phrases of scenarios have in common: enums, times and texts as a person writes them.
#pragma once

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "brokerage/v1/vocabulary.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/timestamp.pb.h"

namespace brokerage::engine {

// Where a phrase asks for a reason that it does not name.
inline constexpr char kReason[] = "as agreed by telephone";

// The value of an enum that a person writes in lower case; 0 if there is none.
template <typename Enum>
Enum ValueOf(const google::protobuf::EnumDescriptor* type, const std::string& prefix,
             std::string word) {
  for (char& c : word) c = c == ' ' ? '_' : absl::ascii_toupper(c);
  const auto* value = type->FindValueByName(prefix + word);
  return static_cast<Enum>(value == nullptr ? 0 : value->number());
}

inline v1::ServiceType ServiceOf(const std::string& word) {
  return ValueOf<v1::ServiceType>(v1::ServiceType_descriptor(), "SERVICE_TYPE_", word);
}

// To whole seconds.
inline google::protobuf::Timestamp TimestampOf(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(absl::ToUnixSeconds(time));
  return timestamp;
}

// "AWARD_CRITERION_TIER" -> "tier".
inline std::string InLowerCase(const std::string& name, absl::string_view prefix) {
  return absl::AsciiStrToLower(absl::StripPrefix(name, prefix));
}

inline std::string Name(v1::AwardCriterion criterion) {
  return InLowerCase(v1::AwardCriterion_Name(criterion), "AWARD_CRITERION_");
}

inline std::string Name(v1::HardRule rule) {
  return InLowerCase(v1::HardRule_Name(rule), "HARD_RULE_");
}

inline std::string Unquoted(absl::string_view text) {
  absl::ConsumePrefix(&text, "\"");
  absl::ConsumeSuffix(&text, "\"");
  return std::string(text);
}

}  // namespace brokerage::engine
