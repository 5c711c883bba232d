#include "storage/directories.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"

namespace brokerage::storage {

namespace fs = std::filesystem;

absl::Status SyncDirectory(const std::string& directory) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  return synced ? absl::OkStatus() : absl::UnavailableError(absl::StrCat("syncing ", directory));
}

absl::Status RenameDurably(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) {
    return absl::UnavailableError(absl::StrCat("renaming ", from, ": ", error.message()));
  }
  return SyncDirectory(fs::absolute(to).parent_path());
}

absl::Status ExchangeDurably(const std::string& one, const std::string& other) {
  if (::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0) {
    return SyncDirectory(fs::absolute(one).parent_path());
  }
  return absl::UnavailableError(
      absl::StrCat("exchanging ", one, " and ", other, ": ", std::strerror(errno), "; ", other,
                   " is whole and verified, and may be moved there by hand"));
}

}  // namespace brokerage::storage
