#include "storage/encoding.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace brokerage::storage {

std::string OutcomeKey(absl::string_view account_id, absl::string_view request_id) {
  std::string key(account_id);
  key.push_back('\0');
  key.append(request_id.data(), request_id.size());
  return key;
}

std::string EncodeOutcome(const Outcome& outcome) {
  std::string value = EncodeNumber(static_cast<uint64_t>(outcome.time_us));
  value += EncodeNumber(outcome.content_hash.size()).substr(4);
  value += outcome.content_hash;
  value += outcome.reply;
  return value;
}

std::optional<Outcome> DecodeOutcome(absl::string_view account_id, absl::string_view request_id,
                                     absl::string_view value) {
  if (value.size() < 12) return std::nullopt;
  Outcome outcome;
  outcome.account_id = std::string(account_id);
  outcome.request_id = std::string(request_id);
  outcome.time_us = static_cast<int64_t>(DecodeNumber(value));
  const uint64_t hash_bytes = engine::TrailingNumber(value.substr(4, 8)) & 0xffffffff;
  if (value.size() - 12 < hash_bytes) return std::nullopt;
  outcome.content_hash = std::string(value.substr(12, hash_bytes));
  outcome.reply = std::string(value.substr(12 + hash_bytes));
  return outcome;
}

std::string DescribeKey(engine::Table table, absl::string_view key) {
  const std::string name = absl::StrCat(engine::TableName(table), " ");
  switch (table) {
    case engine::Table::kPackages:
      if (key.size() == 8) return absl::StrCat(name, DecodeNumber(key));
      break;
    case engine::Table::kOffers:
      if (key.size() == 12) {
        const auto [number, ordinal] = engine::TrailingOffer(key);
        return absl::StrCat(name, number, "/", ordinal);
      }
      break;
    case engine::Table::kTexts:
      if (key.size() > 8) return absl::StrCat(name, DecodeNumber(key), "/", key.substr(8));
      break;
    default:
      break;
  }
  return absl::StrCat(name, absl::CHexEscape(key));
}

std::string EndOfPrefix(absl::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace brokerage::storage
