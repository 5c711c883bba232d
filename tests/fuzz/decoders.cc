#include "tests/fuzz/decoders.h"

#include <memory>
#include <optional>
#include <string>

#include <rocksdb/env.h>

#include "engine/base/check.h"
#include "engine/base/hash.h"
#include "storage/encoding.h"
#include "storage/head_note.h"
#include "storage/log_tail.h"
#include "tests/fuzz/bytes.h"

namespace brokerage::fuzz {

namespace {

using storage::Head;

void CheckHead(absl::string_view bytes) {
  if (const std::optional<Head> head = storage::DecodeHead(bytes)) {
    BROKERAGE_CHECK(storage::EncodeHead(*head) == bytes);
    BROKERAGE_CHECK(storage::ParseHead(head->ToString()).value() == *head);
  }
}

void CheckSign(absl::string_view bytes) {
  const storage::SignOfLife sign = storage::DecodeSign(bytes);
  if (bytes.size() > 16) BROKERAGE_CHECK(storage::EncodeSign(sign) == bytes);
}

void CheckOutcome(absl::string_view bytes) {
  if (const auto outcome = storage::DecodeOutcome("anna", "r", bytes)) {
    BROKERAGE_CHECK(storage::EncodeOutcome(*outcome) == bytes);
  }
}

void CheckPostcode(absl::string_view bytes) {
  if (const auto place = storage::DecodePostcode("NG11AA", bytes)) {
    BROKERAGE_CHECK(storage::EncodePostcode(*place) == bytes);
  }
}

void CheckKeys(absl::string_view bytes) {
  for (int table = 0; table < engine::kTables; ++table) {
    const auto of = static_cast<engine::Table>(table);
    BROKERAGE_CHECK(!storage::DescribeKey(of, bytes).empty());
  }
  const std::string end = storage::EndOfPrefix(bytes);
  BROKERAGE_CHECK(end.empty() || end > bytes);
  BROKERAGE_CHECK(end.empty() || end > std::string(bytes) + "\xff");
}

// A disk in memory. What was written before is written over.
rocksdb::FileSystem* Files() {
  static rocksdb::Env* const kDisk = [] {
    rocksdb::Env* disk = rocksdb::NewMemEnv(rocksdb::Env::Default());
    BROKERAGE_CHECK(disk->CreateDirIfMissing("/store").ok());
    return disk;
  }();
  return kDisk->GetFileSystem().get();
}

void Write(const std::string& path, absl::string_view bytes) {
  const rocksdb::Slice content(bytes.data(), bytes.size());
  BROKERAGE_CHECK(rocksdb::WriteStringToFile(Files(), content, path).ok());
}

void CheckHeadNote(absl::string_view bytes) {
  Write("/store/HEAD", bytes);
  const auto note = storage::ReadHeadNote(Files(), "/store");
  if (!note.ok()) {
    BROKERAGE_CHECK(absl::IsDataLoss(note.status()));
    BROKERAGE_CHECK(note.status().message().find("/store/HEAD") != absl::string_view::npos);
    return;
  }
  BROKERAGE_CHECK(note->has_value());
  BROKERAGE_CHECK(storage::WriteHeadNote(Files(), "/store", **note).ok());
  std::string written;
  BROKERAGE_CHECK(rocksdb::ReadFileToString(Files(), "/store/HEAD", &written).ok());
  BROKERAGE_CHECK(written == bytes);
}

// The bytes after the last whole record of a log.
uint64_t TornBytes(absl::string_view bytes) {
  Write("/store/000001.log", bytes);
  const auto torn = storage::FindTornTails(Files(), "/store");
  BROKERAGE_CHECK(torn.ok() && torn->size() <= 1);
  if (torn->empty()) return 0;
  BROKERAGE_CHECK((*torn)[0].file == "000001.log");
  BROKERAGE_CHECK((*torn)[0].bytes > 0 && (*torn)[0].bytes <= bytes.size());
  return (*torn)[0].bytes;
}

void CheckLog(absl::string_view bytes) {
  const uint64_t torn = TornBytes(bytes);
  BROKERAGE_CHECK(TornBytes(bytes.substr(0, bytes.size() - torn)) == 0);
}

// Blocks are long and what matters lies at their ends: three bytes say how long each run is.
void CheckLongLog(Bytes input) {
  std::string log;
  while (!input.empty() && log.size() < 100'000) {
    const size_t low = input.Byte();
    log.append(low | static_cast<size_t>(input.Byte()) << 8, static_cast<char>(input.Byte()));
  }
  CheckLog(log);
}

}  // namespace

int FuzzDecoders(const uint8_t* data, size_t size) {
  Bytes input(data, size);
  switch (input.Byte() % 8) {
    case 0:
      CheckHead(input.Rest());
      break;
    case 1:
      CheckSign(input.Rest());
      break;
    case 2:
      CheckOutcome(input.Rest());
      break;
    case 3:
      CheckPostcode(input.Rest());
      break;
    case 4:
      CheckKeys(input.Rest());
      break;
    case 5:
      CheckHeadNote(input.Rest());
      break;
    case 6:
      CheckLog(input.Rest());
      break;
    default:
      CheckLongLog(input);
  }
  return 0;
}

}  // namespace brokerage::fuzz
