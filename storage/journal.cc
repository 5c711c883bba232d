// The hash chain of the journal.
#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "storage/store.h"

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
