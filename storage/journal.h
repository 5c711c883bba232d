// The hash chain of the journal: each entry holds the hash of the one before it.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "brokerage/journal/v1/record.pb.h"

namespace brokerage::storage {

// The head of a journal: the last record's sequence and hash. An empty journal has sequence 0 and
// 32 zero bytes.
struct Head {
  uint64_t sequence = 0;
  std::string hash = std::string(32, '\0');
  std::string ToString() const;  // "SEQUENCE:HASH", hexadecimal
  friend bool operator==(const Head&, const Head&) = default;
};

// "SEQUENCE:HASH", as Head::ToString writes it; INVALID_ARGUMENT for anything else.
absl::StatusOr<Head> ParseHead(absl::string_view text);

// The entry for a record that follows `head`.
journal::v1::JournalEntry MakeEntry(const Head& head, uint64_t epoch, absl::string_view record);
// Whether the entry follows `head` and its hash is right.
bool EntryFollows(const journal::v1::JournalEntry& entry, const Head& head);

}  // namespace brokerage::storage
