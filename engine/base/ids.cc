#include "engine/base/ids.h"

#include <charconv>

#include "absl/strings/str_format.h"

namespace brokerage::engine {

namespace {

// Takes a plain decimal number off the front of text: at least `digits_min` digits.
template <typename T>
bool TakeNumber(absl::string_view* text, size_t digits_min, T* value) {
  const char* begin = text->data();
  const char* end = begin + text->size();
  auto [after, error] = std::from_chars(begin, end, *value);
  size_t digits = static_cast<size_t>(after - begin);
  if (error != std::errc() || digits < digits_min || *begin == '-') return false;
  if (digits > digits_min && *begin == '0') return false;  // one spelling per id
  text->remove_prefix(digits);
  return true;
}

bool TakeChar(absl::string_view* text, char c) {
  if (text->empty() || text->front() != c) return false;
  text->remove_prefix(1);
  return true;
}

bool TakePackage(absl::string_view* text, PackageId* id) {
  return TakeNumber(text, 4, &id->year) && TakeChar(text, '-') &&
         TakeNumber(text, 6, &id->number) && id->number > 0;
}

}  // namespace

std::string FormatPackageId(const PackageId& id) {
  return absl::StrFormat("P-%04d-%06d", id.year, id.number);
}

std::string FormatOfferId(const OfferId& id) {
  return absl::StrFormat("O-%04d-%06d-%d", id.package.year, id.package.number, id.ordinal);
}

std::optional<PackageId> ParsePackageId(absl::string_view text) {
  PackageId id;
  if (!TakeChar(&text, 'P') || !TakeChar(&text, '-') || !TakePackage(&text, &id) || !text.empty()) {
    return std::nullopt;
  }
  return id;
}

std::optional<OfferId> ParseOfferId(absl::string_view text) {
  OfferId id;
  if (!TakeChar(&text, 'O') || !TakeChar(&text, '-') || !TakePackage(&text, &id.package) ||
      !TakeChar(&text, '-') || !TakeNumber(&text, 1, &id.ordinal) || id.ordinal == 0 ||
      !text.empty()) {
    return std::nullopt;
  }
  return id;
}

bool IsPlainId(absl::string_view text, size_t bytes_max, bool slash_allowed) {
  if (text.empty() || text.size() > bytes_max) return false;
  for (char c : text) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (!plain && !(slash_allowed && c == '/')) return false;
  }
  return true;
}

}  // namespace brokerage::engine
