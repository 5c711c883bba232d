// The fields of a request as flags of a command line.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace brokerage::client {

// One field that can be set by a flag, at any depth: "referral.terms.weekly_minutes".
struct FlagField {
  std::vector<const google::protobuf::FieldDescriptor*> path;

  const google::protobuf::FieldDescriptor& leaf() const { return *path.back(); }
  std::string DottedName() const;  // "referral.terms.weekly-minutes"
  std::string Hint() const;        // what may be given, for --help
};

// Every field of the request, those of nested messages in their place. A repeated message is one
// field, and so is a time.
std::vector<FlagField> FlagFields(const google::protobuf::Descriptor& request);

// Sets the field, or adds to it when it is repeated. Messages are given as JSON ("{…}") or as
// "name=value,name=value". INVALID_ARGUMENT says what would be right.
absl::Status SetField(const FlagField& field, const std::string& value,
                      google::protobuf::Message* request);

}  // namespace brokerage::client
