#include "storage/journal.h"

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"

namespace brokerage::storage {

namespace {
std::string EntryHash(uint64_t sequence, uint64_t epoch, absl::string_view previous_hash,
                      absl::string_view record) {
  return engine::Sha256()
      .AddBigEndian64(sequence)
      .AddBigEndian64(epoch)
      .Add(previous_hash)
      .Add(record)
      .Finish();
}
}  // namespace

std::string Head::ToString() const { return absl::StrCat(sequence, ":", engine::Hex(hash)); }

absl::StatusOr<Head> ParseHead(absl::string_view text) {
  const size_t colon = text.find(':');
  Head head;
  if (colon == absl::string_view::npos ||
      !absl::SimpleAtoi(text.substr(0, colon), &head.sequence)) {
    return absl::InvalidArgumentError("a head is written SEQUENCE:HASH");
  }
  const absl::string_view hash = text.substr(colon + 1);
  const bool hexadecimal =
      hash.size() == 2 * engine::kHashBytes &&
      hash.find_first_not_of("0123456789abcdefABCDEF") == absl::string_view::npos;
  if (!hexadecimal) {
    return absl::InvalidArgumentError("a head's hash has 64 hexadecimal digits");
  }
  head.hash = absl::HexStringToBytes(hash);
  return head;
}

journal::v1::JournalEntry MakeEntry(const Head& head, uint64_t epoch, absl::string_view record) {
  journal::v1::JournalEntry entry;
  entry.set_sequence(head.sequence + 1);
  entry.set_epoch(epoch);
  entry.set_previous_hash(head.hash);
  entry.set_record(record.data(), record.size());
  entry.set_hash(EntryHash(entry.sequence(), epoch, head.hash, record));
  return entry;
}

bool EntryFollows(const journal::v1::JournalEntry& entry, const Head& head) {
  return entry.sequence() == head.sequence + 1 && entry.previous_hash() == head.hash &&
         entry.hash() ==
             EntryHash(entry.sequence(), entry.epoch(), entry.previous_hash(), entry.record());
}

}  // namespace brokerage::storage
