// Finds what looks as if it identified a person in a text that every offered branch will see.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace brokerage::engine {

struct PersonalTextFinding {
  std::string kind;   // "a name", "a phone number", "an NHS number", "a full postcode", "an e-mail
                      // address", "a date of birth"
  size_t offset = 0;  // byte offset of the place, from 0
  size_t length = 0;
};

// The first finding, or nothing. Deliberately strict: the sender can confirm a text that is none.
std::optional<PersonalTextFinding> FindPersonalText(absl::string_view text);

}  // namespace brokerage::engine
