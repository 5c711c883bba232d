#include "engine/base/postcode.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace brokerage::engine {

namespace {

bool IsLetter(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }
bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

// The letters, at most two, that a postcode begins with.
size_t AreaLength(absl::string_view text) {
  size_t length = 0;
  while (length < text.size() && IsLetter(text[length])) ++length;
  return length <= 2 ? length : 0;
}

// "NG18", "N1", "W1A": area, one or two digits, or a digit and a letter.
bool IsOutwardCode(absl::string_view text) {
  size_t area = AreaLength(text);
  if (area == 0 || area >= text.size()) return false;
  absl::string_view district = text.substr(area);
  if (district.size() > 2 || !IsDigit(district[0])) return false;
  return district.size() == 1 || IsDigit(district[1]) || IsLetter(district[1]);
}

}  // namespace

std::string PostcodeSector(absl::string_view postcode) {
  if (postcode.size() < 5) return "";
  absl::string_view inward = postcode.substr(postcode.size() - 3);
  absl::string_view outward = postcode.substr(0, postcode.size() - 3);
  if (outward.back() == ' ') outward.remove_suffix(1);
  if (!IsOutwardCode(outward) || !IsDigit(inward[0]) || !IsLetter(inward[1]) ||
      !IsLetter(inward[2])) {
    return "";
  }
  return absl::StrCat(absl::AsciiStrToUpper(outward), " ", inward.substr(0, 1));
}

std::string PostcodeKey(absl::string_view postcode) {
  constexpr size_t kBytesMax = 16;  // files pad postcodes with spaces, by no more than a few
  if (postcode.size() > kBytesMax) return "";
  std::string key;
  for (char c : postcode) {
    if (c != ' ') key.push_back(absl::ascii_toupper(static_cast<unsigned char>(c)));
  }
  return PostcodeSector(key).empty() ? "" : key;
}

std::string PostcodeOfKey(absl::string_view key) {
  return absl::StrCat(key.substr(0, key.size() - 3), " ", key.substr(key.size() - 3));
}

std::string PostcodeArea(absl::string_view postcode_or_sector) {
  size_t length = AreaLength(postcode_or_sector);
  bool is_area =
      length > 0 && length < postcode_or_sector.size() && IsDigit(postcode_or_sector[length]);
  return is_area ? absl::AsciiStrToUpper(postcode_or_sector.substr(0, length)) : "";
}

bool IsPostcodeArea(absl::string_view text) {
  return (text.size() == 1 || text.size() == 2) && AreaLength(text) == text.size() &&
         absl::AsciiStrToUpper(text) == text;
}

}  // namespace brokerage::engine
