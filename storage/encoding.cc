#include "storage/encoding.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace brokerage::storage {

std::string EncodeSign(const SignOfLife& sign) {
  return EncodeNumber(static_cast<uint64_t>(absl::ToUnixMicros(sign.time))) +
         EncodeNumber(static_cast<uint64_t>(absl::ToInt64Microseconds(sign.uptime))) + sign.boot;
}

SignOfLife DecodeSign(absl::string_view value) {
  SignOfLife sign;
  if (value.size() < 8) return sign;
  sign.time = absl::FromUnixMicros(static_cast<int64_t>(DecodeNumber(value)));
  if (value.size() <= 16) return sign;  // of an earlier program
  sign.uptime = absl::Microseconds(static_cast<int64_t>(DecodeNumber(value.substr(8))));
  sign.boot = std::string(value.substr(16));
  return sign;
}

std::string OutcomeKey(absl::string_view account_id, absl::string_view request_id) {
  std::string key(account_id);
  key.push_back('\0');
  key.append(request_id.data(), request_id.size());
  return key;
}

std::string EncodeOutcome(const RequestOutcome& outcome) {
  std::string value = EncodeNumber(static_cast<uint64_t>(outcome.time_us));
  value += EncodeNumber(outcome.content_hash.size()).substr(4);
  value += outcome.content_hash;
  value += outcome.reply;
  return value;
}

std::optional<RequestOutcome> DecodeOutcome(absl::string_view account_id,
                                            absl::string_view request_id, absl::string_view value) {
  if (value.size() < 12) return std::nullopt;
  RequestOutcome outcome;
  outcome.account_id = std::string(account_id);
  outcome.request_id = std::string(request_id);
  outcome.time_us = static_cast<int64_t>(DecodeNumber(value));
  const uint64_t hash_bytes = engine::TrailingNumber(value.substr(4, 8)) & 0xffffffff;
  if (value.size() - 12 < hash_bytes) return std::nullopt;
  outcome.content_hash = std::string(value.substr(12, hash_bytes));
  outcome.reply = std::string(value.substr(12 + hash_bytes));
  return outcome;
}

namespace {
void AppendNumber4(int32_t number, std::string* bytes) {
  const auto value = static_cast<uint32_t>(number);
  for (int shift = 24; shift >= 0; shift -= 8) bytes->push_back(static_cast<char>(value >> shift));
}
int32_t Number4At(absl::string_view bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = at; i < at + 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return static_cast<int32_t>(value);
}
}  // namespace

std::string EncodePostcode(const PostcodePlace& place) {
  std::string bytes;
  bytes.reserve(8 + place.ward_code.size());
  AppendNumber4(place.easting, &bytes);
  AppendNumber4(place.northing, &bytes);
  bytes.append(place.ward_code);
  return bytes;
}

std::optional<PostcodePlace> DecodePostcode(absl::string_view key, absl::string_view value) {
  if (value.size() <= 8) return std::nullopt;
  return PostcodePlace{std::string(key), std::string(value.substr(8)), Number4At(value, 0),
                       Number4At(value, 4)};
}

std::string DescribeKey(engine::Table table, absl::string_view key) {
  const std::string name = absl::StrCat(engine::TableName(table), " ");
  if (table == engine::Table::kPackages && key.size() == 8) {
    return absl::StrCat(name, DecodeNumber(key));
  }
  if ((table == engine::Table::kOffers || table == engine::Table::kVerdicts) && key.size() == 12) {
    const auto [number, ordinal] = engine::TrailingOffer(key);
    return absl::StrCat(name, number, "/", ordinal);
  }
  if (table == engine::Table::kTexts && key.size() > 8) {
    return absl::StrCat(name, DecodeNumber(key), "/", key.substr(8));
  }
  // A key of kPersons names a person.
  if (table == engine::Table::kPersons) return absl::StrCat(name, engine::TrailingNumber(key));
  return absl::StrCat(name, absl::CHexEscape(key));
}

std::string EndOfPrefix(absl::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace brokerage::storage
