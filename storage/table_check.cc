#include "storage/table_check.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/io/coded_stream.h"
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

using google::protobuf::io::CodedInputStream;

CodedInputStream Reading(absl::string_view bytes) {
  return CodedInputStream(reinterpret_cast<const uint8_t*>(bytes.data()),
                          static_cast<int>(bytes.size()));
}

struct Handle {
  uint64_t offset = 0, size = 0;
};

std::optional<Handle> ReadHandle(CodedInputStream* stream) {
  Handle handle;
  if (!stream->ReadVarint64(&handle.offset) || !stream->ReadVarint64(&handle.size)) {
    return std::nullopt;
  }
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
  const absl::string_view entries = block.substr(0, block.size() - 4 * (restarts + 1));
  CodedInputStream stream = Reading(entries);
  std::string key, rest, value;
  uint32_t shared = 0, more = 0, size = 0;
  while (stream.ReadVarint32(&shared) && stream.ReadVarint32(&more) && stream.ReadVarint32(&size)) {
    if (shared > key.size() || more > entries.size() || size > entries.size() ||
        !stream.ReadString(&rest, static_cast<int>(more)) ||
        !stream.ReadString(&value, static_cast<int>(size))) {
      return std::nullopt;
    }
    key.resize(shared);
    key += rest;
    if (key != kProperties) continue;
    CodedInputStream handle = Reading(value);
    return ReadHandle(&handle);
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
    CodedInputStream stream = Reading(footer.substr(1));
    const std::optional<Handle> metaindex = ReadHandle(&stream);
    if (!metaindex.has_value() || metaindex->size > kMetaindexBytesMax) return false;
    const std::optional<Handle> properties = FindProperties(Read(*metaindex));
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
