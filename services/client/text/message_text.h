// Any message of the API as people read it: a table where it holds many of a kind, else names and
// values.
#pragma once

#include <string>

#include "google/protobuf/message.h"

namespace brokerage::client {

// `width` is the terminal's; 0 where there is none.
std::string MessageText(const google::protobuf::Message& message, int width);
// One JSON document, with line breaks or on one line.
std::string MessageJson(const google::protobuf::Message& message, bool on_one_line);

}  // namespace brokerage::client
