#include "tests/fuzz/texts.h"

#include <string>

#include "absl/strings/string_view.h"
#include "engine/base/bounds.h"
#include "engine/base/calendar.h"
#include "engine/base/check.h"
#include "engine/base/ids.h"
#include "engine/base/personal_text.h"
#include "engine/base/postcode.h"
#include "engine/base/text.h"
#include "storage/journal.h"

namespace brokerage::fuzz {

namespace {

void CheckIds(absl::string_view text) {
  if (const auto package = engine::ParsePackageId(text)) {
    BROKERAGE_CHECK(engine::FormatPackageId(*package) == text);
  }
  if (const auto offer = engine::ParseOfferId(text)) {
    BROKERAGE_CHECK(engine::FormatOfferId(*offer) == text);
  }
  if (engine::IsPlainId(text, engine::limits::kIdBytesMax)) {
    BROKERAGE_CHECK(engine::IsUtf8(text) && !engine::HasControlCharacter(text));
  }
  if (const auto head = storage::ParseHead(text); head.ok()) {
    BROKERAGE_CHECK(storage::ParseHead(head->ToString()).value() == *head);
  }
}

void CheckTimes(absl::string_view text) {
  if (const auto date = engine::ParseDate(text)) {
    BROKERAGE_CHECK(engine::FormatDate(*date) == text);
    BROKERAGE_CHECK(engine::ToDateNumber(engine::FromDateNumber(*date)) == *date);
  }
  if (const auto minutes = engine::ParseLocalTime(text)) {
    BROKERAGE_CHECK(*minutes >= 0 && *minutes < 24 * 60);
  }
}

void CheckPostcodes(absl::string_view text) {
  const std::string key = engine::PostcodeKey(text);
  if (!key.empty()) {
    const std::string postcode = engine::PostcodeOfKey(key);
    BROKERAGE_CHECK(engine::PostcodeKey(postcode) == key);
    BROKERAGE_CHECK(engine::IsPostcodeArea(engine::PostcodeArea(postcode)));
    BROKERAGE_CHECK(!engine::PostcodeSector(postcode).empty());
  }
  const std::string sector = engine::PostcodeSector(text);
  if (!sector.empty()) {
    BROKERAGE_CHECK(engine::PostcodeArea(sector) == engine::PostcodeArea(text));
  }
}

void CheckWords(absl::string_view text) {
  const std::string quoted = engine::Quoted(text);
  BROKERAGE_CHECK(engine::IsUtf8(quoted) && !engine::HasControlCharacter(quoted));
  if (const auto found = engine::FindPersonalText(text)) {
    BROKERAGE_CHECK(!found->kind.empty() && found->length > 0);
    BROKERAGE_CHECK(found->offset <= text.size() && found->length <= text.size() - found->offset);
  }
  const absl::string_view half = text.substr(0, text.size() / 2);
  const size_t distance = engine::EditDistance(text, half, 8);
  BROKERAGE_CHECK(distance == engine::EditDistance(half, text, 8) && distance <= 9);
  BROKERAGE_CHECK(engine::EditDistance(text, text, 8) == 0);
}

}  // namespace

int FuzzTexts(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  CheckIds(text);
  CheckTimes(text);
  CheckPostcodes(text);
  CheckWords(text);
  return 0;
}

}  // namespace brokerage::fuzz
