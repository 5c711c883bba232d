// The parts of UK postcodes, by their form alone: whether one exists is not known here.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace brokerage::engine {

// "NG18 1AB" -> "NG18 1"; "NG". Empty unless the text is of the form of a full UK postcode.
std::string PostcodeSector(absl::string_view postcode);
std::string PostcodeArea(absl::string_view postcode_or_sector);
// One or two capital letters: of the form of a postcode area.
bool IsPostcodeArea(absl::string_view text);
// "ng18 1ab" and "NG181AB" -> "NG181AB", as keys have it. Empty unless the text, its spaces left
// out, is of the form of a full UK postcode.
std::string PostcodeKey(absl::string_view postcode);
// "NG181AB" -> "NG18 1AB". REQUIRES: a key of PostcodeKey.
std::string PostcodeOfKey(absl::string_view key);

}  // namespace brokerage::engine
