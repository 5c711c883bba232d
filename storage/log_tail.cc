#include "storage/log_tail.h"

#include <algorithm>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/rocksdb_database.h"

namespace brokerage::storage {

namespace {

// The format of RocksDB's logs: blocks of records, none of which crosses a block. A record has a
// checksum (4 bytes), its length (2 bytes, little endian) and its type (1 byte) before its content;
// a block's last bytes that hold no header are zero.
constexpr size_t kBlockBytes = 32768;
constexpr size_t kHeaderBytes = 7;
constexpr char kWhole = 1, kLastPart = 4;  // the types that end a batch

// The length of a log's part that holds whole batches.
class WholePart {
 public:
  // Takes the next block; false when no batch can follow it.
  bool Add(absl::string_view block) {
    size_t at = 0;
    while (block.size() - at >= kHeaderBytes) {
      const size_t length = static_cast<unsigned char>(block[at + 4]) |
                            static_cast<size_t>(static_cast<unsigned char>(block[at + 5])) << 8;
      const char type = block[at + 6];
      if (type == 0 && length == 0) break;  // the rest of the block is empty
      if (kHeaderBytes + length > block.size() - at) return false;
      at += kHeaderBytes + length;
      if (type == kWhole || type == kLastPart) bytes_ = before_ + at;
    }
    before_ += block.size();
    return block.size() == kBlockBytes;
  }
  uint64_t bytes() const { return bytes_; }

 private:
  uint64_t before_ = 0;  // the blocks before
  uint64_t bytes_ = 0;
};

absl::StatusOr<uint64_t> TornBytesOf(rocksdb::FileSystem* files, const std::string& path) {
  const rocksdb::IOOptions options;
  uint64_t size = 0;
  std::unique_ptr<rocksdb::FSSequentialFile> file;
  rocksdb::IOStatus status = files->GetFileSize(path, options, &size, nullptr);
  if (status.ok()) {
    status = files->NewSequentialFile(path, rocksdb::FileOptions(), &file, nullptr);
  }
  WholePart whole;
  std::string buffer(kBlockBytes, '\0');
  rocksdb::Slice block;
  do {
    if (status.ok()) status = file->Read(kBlockBytes, options, &block, buffer.data(), nullptr);
    if (!status.ok()) return FromRocks(status, absl::StrCat("reading ", path));
  } while (whole.Add(FromSlice(block)));
  return size - std::min(size, whole.bytes());
}

}  // namespace

absl::StatusOr<std::vector<TornTail>> FindTornTails(rocksdb::FileSystem* files,
                                                    const std::string& directory) {
  std::vector<std::string> names;
  const rocksdb::IOStatus listed =
      files->GetChildren(directory, rocksdb::IOOptions(), &names, nullptr);
  if (!listed.ok()) return FromRocks(listed, absl::StrCat("listing ", directory));
  std::sort(names.begin(), names.end());
  std::vector<TornTail> torn;
  for (const std::string& name : names) {
    if (!absl::EndsWith(name, ".log")) continue;
    absl::StatusOr<uint64_t> bytes = TornBytesOf(files, absl::StrCat(directory, "/", name));
    if (!bytes.ok()) return bytes.status();
    if (*bytes > 0) torn.push_back({name, *bytes});
  }
  return torn;
}

}  // namespace brokerage::storage
