#include "storage/head_note.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "storage/rocksdb_database.h"

namespace brokerage::storage {

namespace {

// "SEQUENCE:HASH", and the SHA-256 of that line.
std::string TextOf(const Head& head) {
  const std::string line = head.ToString() + "\n";
  return absl::StrCat(line, engine::Hex(engine::HashOf(line)), "\n");
}

rocksdb::IOStatus WriteSynced(rocksdb::FileSystem* files, const std::string& path,
                              const std::string& text) {
  const rocksdb::IOOptions options;
  std::unique_ptr<rocksdb::FSWritableFile> file;
  rocksdb::IOStatus status = files->NewWritableFile(path, rocksdb::FileOptions(), &file, nullptr);
  if (status.ok()) status = file->Append(text, options, nullptr);
  if (status.ok()) status = file->Fsync(options, nullptr);
  if (status.ok()) status = file->Close(options, nullptr);
  return status;
}

}  // namespace

absl::Status WriteHeadNote(rocksdb::FileSystem* files, const std::string& directory,
                           const Head& head) {
  const rocksdb::IOOptions options;
  const std::string path = absl::StrCat(directory, "/", kHeadNote);
  const std::string temporary = path + ".tmp";
  rocksdb::IOStatus status = WriteSynced(files, temporary, TextOf(head));
  if (status.ok()) status = files->RenameFile(temporary, path, options, nullptr);
  std::unique_ptr<rocksdb::FSDirectory> parent;
  if (status.ok()) status = files->NewDirectory(directory, options, &parent, nullptr);
  if (status.ok()) status = parent->Fsync(options, nullptr);
  return FromRocks(status, absl::StrCat("noting the journal's head in ", path));
}

absl::StatusOr<std::optional<Head>> ReadHeadNote(rocksdb::FileSystem* files,
                                                 const std::string& directory) {
  const std::string path = absl::StrCat(directory, "/", kHeadNote);
  const rocksdb::IOStatus there = files->FileExists(path, rocksdb::IOOptions(), nullptr);
  if (there.IsNotFound()) return std::optional<Head>();
  std::string text;
  rocksdb::Status status = there;
  if (status.ok()) status = rocksdb::ReadFileToString(files, path, &text);
  if (!status.ok()) return FromRocks(status, absl::StrCat("reading ", path));
  absl::StatusOr<Head> head = ParseHead(text.substr(0, text.find('\n')));
  if (!head.ok() || text != TextOf(*head)) {
    return absl::DataLossError(absl::StrCat(path, " is damaged"));
  }
  return std::optional<Head>(*std::move(head));
}

}  // namespace brokerage::storage
