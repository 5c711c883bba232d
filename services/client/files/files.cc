#include "services/client/files/files.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/bounds.h"
#include "engine/base/hash.h"

namespace brokerage::client {

namespace {

constexpr size_t kTokenBytes = 32;

absl::Status FileError(const std::string& path) { return absl::ErrnoToStatus(errno, path); }

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) {
    if (errno == 0) errno = EISDIR;
    return FileError(path);
  }
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) == 0 && (found.st_mode & 077) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": others can read this token: chmod 600 ", path));
  }
  auto content = ReadFile(path);
  if (!content.ok()) return content.status();
  return std::string(absl::StripAsciiWhitespace(*content));
}

absl::StatusOr<std::string> MintToken(const std::string& path) {
  char bytes[kTokenBytes];
  if (getrandom(bytes, sizeof(bytes), 0) != static_cast<ssize_t>(sizeof(bytes)))
    return FileError("getrandom");
  const std::string token = engine::Hex(absl::string_view(bytes, sizeof(bytes)));
  const std::string line = absl::StrCat(token, "\n");
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return FileError(path);
  const bool written = write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  if (close(file) != 0 || !written) return FileError(path);
  return token;
}

std::string TokenHash(const std::string& token) { return engine::HashOf(token); }

absl::StatusOr<v1::ApplyFrameworkRequest> ReadFrameworkFolder(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  const std::filesystem::path root(folder);
  for (std::filesystem::recursive_directory_iterator it(root, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    const bool skipped = absl::StartsWith(name, ".");
    if (skipped && it->is_directory()) it.disable_recursion_pending();
    if (!skipped && it->is_regular_file())
      names.push_back(it->path().lexically_relative(root).string());
  }
  if (error) return absl::NotFoundError(absl::StrCat(folder, ": ", error.message()));
  if (names.empty()) return absl::NotFoundError(absl::StrCat(folder, " holds no files"));
  std::sort(names.begin(), names.end());
  v1::ApplyFrameworkRequest request;
  size_t bytes = 0;
  for (const std::string& name : names) {
    auto content = ReadFile((root / name).string());
    if (!content.ok()) return content.status();
    bytes += content->size();
    if (bytes > engine::limits::kFrameworkBytesMax) {
      return absl::InvalidArgumentError(
          absl::StrCat(folder, " holds more than ", engine::limits::kFrameworkBytesMax, " bytes"));
    }
    v1::FrameworkFile* file = request.add_files();
    file->set_name(name);
    file->set_content(*std::move(content));
  }
  return request;
}

absl::Status WriteNewFolder(const std::string& folder,
                            const google::protobuf::RepeatedPtrField<v1::FrameworkFile>& files) {
  std::error_code error;
  const std::filesystem::path root(folder);
  std::filesystem::create_directories(root, error);
  const bool empty = !error && std::filesystem::is_empty(root, error);
  if (error) return absl::FailedPreconditionError(absl::StrCat(folder, ": ", error.message()));
  if (!empty) {
    return absl::AlreadyExistsError(
        absl::StrCat(folder, " holds files already; name a new folder"));
  }
  for (const v1::FrameworkFile& file : files) {
    const std::string path = (root / file.name()).string();
    std::ofstream stream(path, std::ios::binary);
    stream << file.content();
    stream.close();
    if (!stream) return FileError(path);
  }
  return absl::OkStatus();
}

}  // namespace brokerage::client
