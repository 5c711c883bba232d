#include "storage/table_check.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/rocksdb_database.h"

namespace brokerage::storage {

namespace {

// The end of a table of RocksDB's format versions 1 to 5: the kind of checksum (1 byte), two
// handles padded to 40 bytes, the version (4), the magic number (8). A handle is an offset and a
// size, varints.
constexpr size_t kFooterBytes = 53;
constexpr uint64_t kMagic = 0x88e241b785f4cff7;
constexpr uint64_t kMetaindexBytesMax = 64 << 10;
constexpr absl::string_view kProperties = "rocksdb.properties";
constexpr uint32_t kHasHashIndex = 1u << 31;  // of the number at a block's end

// Reads on from the front; fails once and for all where there is too little.
class Reader {
 public:
  explicit Reader(absl::string_view bytes) : bytes_(bytes) {}

  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const absl::string_view byte = Bytes(1);
      if (byte.empty()) return 0;
      value |= uint64_t{static_cast<uint8_t>(byte[0]) & 0x7fu} << shift;
      if ((static_cast<uint8_t>(byte[0]) & 0x80u) == 0) return value;
    }
    ok_ = false;
    return 0;
  }
  absl::string_view Bytes(uint64_t count) {
    if (!ok_ || count > bytes_.size()) {
      ok_ = false;
      return {};
    }
    const absl::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }
  bool ok() const { return ok_; }
  bool empty() const { return bytes_.empty(); }

 private:
  absl::string_view bytes_;
  bool ok_ = true;
};

struct Handle {
  uint64_t offset = 0, size = 0;
};

Handle ReadHandle(Reader* reader) {
  Handle handle;
  handle.offset = reader->Varint();
  handle.size = reader->Varint();
  return handle;
}

uint64_t LittleEndian(absl::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = bytes.size(); i > 0; --i) value = value << 8 | static_cast<uint8_t>(bytes[i - 1]);
  return value;
}

// Where the metaindex has the properties.
std::optional<Handle> FindProperties(absl::string_view block) {
  if (block.size() < 4) return std::nullopt;
  const uint64_t restarts = LittleEndian(block.substr(block.size() - 4));
  if (restarts >= block.size() / 4) return std::nullopt;
  Reader reader(block.substr(0, block.size() - 4 * (restarts + 1)));
  std::string key;
  while (reader.ok() && !reader.empty()) {
    const uint64_t shared = reader.Varint(), more = reader.Varint(), value = reader.Varint();
    if (shared > key.size()) return std::nullopt;
    key.resize(shared);
    absl::StrAppend(&key, reader.Bytes(more));
    Reader handle(reader.Bytes(value));
    if (reader.ok() && key == kProperties) {
      const Handle found = ReadHandle(&handle);
      return handle.ok() ? std::optional(found) : std::nullopt;
    }
  }
  return std::nullopt;
}

class Table {
 public:
  Table(rocksdb::FSRandomAccessFile* file, uint64_t size) : file_(file), size_(size) {}

  // False where that is not found out.
  bool EndsTheProcess() {
    if (size_ < kFooterBytes) return false;
    const absl::string_view footer = Read({size_ - kFooterBytes, kFooterBytes});
    if (footer.size() != kFooterBytes || LittleEndian(footer.substr(45)) != kMagic) return false;
    Reader reader(footer.substr(1));
    const Handle metaindex = ReadHandle(&reader);
    if (!reader.ok() || metaindex.size > kMetaindexBytesMax) return false;
    const std::optional<Handle> properties = FindProperties(Read(metaindex));
    if (!properties.has_value() || properties->size < 4) return false;
    const absl::string_view end = Read({properties->offset + properties->size - 4, 4});
    return end.size() == 4 && (LittleEndian(end) & kHasHashIndex) != 0;
  }
  const rocksdb::IOStatus& status() const { return status_; }

 private:
  // What lies there; empty where it does not.
  absl::string_view Read(Handle at) {
    if (at.offset > size_ || at.size > size_ - at.offset) return {};
    buffer_.resize(at.size);
    rocksdb::Slice read;
    status_ = file_->Read(at.offset, at.size, rocksdb::IOOptions(), &read, buffer_.data(), nullptr);
    return status_.ok() && read.size() == at.size ? FromSlice(read) : absl::string_view();
  }

  rocksdb::FSRandomAccessFile* const file_;
  const uint64_t size_;
  std::string buffer_;
  rocksdb::IOStatus status_;
};

}  // namespace

absl::Status CheckTables(rocksdb::FileSystem* files, const std::string& directory) {
  const rocksdb::IOOptions options;
  std::vector<std::string> names;
  rocksdb::IOStatus status = files->GetChildren(directory, options, &names, nullptr);
  if (!status.ok()) return FromRocks(status, absl::StrCat("reading ", directory));
  for (const std::string& name : names) {
    if (!absl::EndsWith(name, ".sst")) continue;
    const std::string path = absl::StrCat(directory, "/", name);
    uint64_t size = 0;
    std::unique_ptr<rocksdb::FSRandomAccessFile> file;
    status = files->GetFileSize(path, options, &size, nullptr);
    if (status.ok()) {
      status = files->NewRandomAccessFile(path, rocksdb::FileOptions(), &file, nullptr);
    }
    if (status.IsNotFound() || status.IsPathNotFound()) continue;  // of a server that runs
    if (!status.ok()) return FromRocks(status, absl::StrCat("reading ", path));
    Table table(file.get(), size);
    if (table.EndsTheProcess()) {
      return absl::DataLossError(absl::StrCat(path, " is damaged: its properties' checksum"));
    }
    if (!table.status().ok()) return FromRocks(table.status(), absl::StrCat("reading ", path));
  }
  return absl::OkStatus();
}

}  // namespace brokerage::storage
