// The methods of the API, for targets that take a byte for one.
#pragma once

#include <cstddef>
#include <memory>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace brokerage::fuzz {

// Every byte is a method.
const google::protobuf::MethodDescriptor& MethodOf(size_t number);
// The number of a method by its name, "PackageService/SubmitPackage". REQUIRES: there is one.
size_t NumberOf(absl::string_view method);
// An empty message.
std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor& type);
// Sets one field of the message, at any depth, to a value at the border of what its type has or of
// what is taken; none for the value 0. So a byte changes what would else take many at once.
void Spoil(google::protobuf::Message* message, size_t field, size_t value);

}  // namespace brokerage::fuzz
