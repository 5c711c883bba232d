#include "storage/rocksdb_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>

#include "absl/strings/str_cat.h"

namespace brokerage::storage {

namespace {

class RocksLog : public rocksdb::Logger {
 public:
  explicit RocksLog(int file) : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL), file_(file) {}
  ~RocksLog() override {
    if (file_ >= 0) ::close(file_);
  }
  void Logv(const char* format, std::va_list arguments) override {
    std::array<char, 2000> line;
    const int length = std::vsnprintf(line.data(), line.size() - 1, format, arguments);
    if (file_ < 0 || length < 0) return;
    const size_t bytes = std::min(static_cast<size_t>(length), line.size() - 2);
    line[bytes] = '\n';
    [[maybe_unused]] const ssize_t written = ::write(file_, line.data(), bytes + 1);
  }
  void LogHeader(const char*, std::va_list) override {}  // every option of every table

 private:
  const int file_;  // -1: none
};

}  // namespace

std::shared_ptr<rocksdb::Logger> OpenRocksLog(const std::string& directory) {
  const std::string path = absl::StrCat(directory, "/LOG");
  std::rename(path.c_str(), (path + ".old").c_str());  // where there is one
  return std::make_shared<RocksLog>(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
}

}  // namespace brokerage::storage
