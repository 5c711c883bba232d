#include "services/brokerd/bootstrap.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "services/brokerd/data_directory.h"
#include "services/core/sequencer.h"

namespace brokerage::services::brokerd {

namespace {

constexpr size_t kTokenBytes = 32;
constexpr size_t kTokenTextMin = 32;  // of a token that somebody else made
constexpr size_t kTokenTextMax = 512;

absl::Status Failed(absl::string_view what, const std::string& path) {
  return absl::FailedPreconditionError(absl::StrCat(what, " ", path, ": ", std::strerror(errno)));
}

absl::StatusOr<std::string> ReadToken(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) return Failed("cannot read", path);
  if ((found.st_mode & 077) != 0) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": others can read this token: chmod 600 ", path));
  }
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) return Failed("cannot read", path);
  std::string token(absl::StripAsciiWhitespace(text));
  bool printable = true;
  for (char c : token) printable = printable && absl::ascii_isgraph(c);
  if (token.size() < kTokenTextMin || token.size() > kTokenTextMax || !printable) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": a token has ", kTokenTextMin, " to ",
                                                   kTokenTextMax,
                                                   " printable characters without spaces"));
  }
  return token;
}

// Writes a new token; never over a file that is there.
absl::StatusOr<std::string> MakeToken(const std::string& path) {
  std::string bytes(kTokenBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), kTokenBytes) != 1) {
    return absl::InternalError("no random bytes");
  }
  const std::string token = engine::Hex(bytes);
  const std::string line = token + "\n";
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return Failed("cannot write", path);
  const bool written = write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                       fsync(file) == 0;
  if (close(file) != 0 || !written) return Failed("cannot write", path);
  return token;
}

absl::Status Commit(const BootstrapOptions& options, const std::string& token,
                    OpenedDirectory* opened) {
  Sequencer sequencer(opened->engine.get(), opened->store.get(), opened->clock.get(), {});
  absl::Status done = absl::InternalError("not decided");
  sequencer.Submit({}, engine::Bootstrap{options.account, engine::HashOf(token)}, "", "",
                   absl::InfiniteFuture(),
                   [&done](const Sequencer::Reply& reply) { done = reply.status(); });
  sequencer.Stop();
  if (done.ok()) {
    spdlog::info("event=bootstrapped account={} head={}", options.account,
                 sequencer.head().ToString());
  }
  return done;
}

}  // namespace

absl::Status MakeFirstAdministrator(const BootstrapOptions& options) {
  absl::StatusOr<OpenedDirectory> opened = OpenDirectory(options.data, options.simulation_start);
  if (!opened.ok()) return opened.status();
  if (!opened->engine->state().accounts.empty()) {
    return absl::AlreadyExistsError(
        "there are accounts already: an administrator creates the others");
  }
  const bool given = access(options.token_file.c_str(), F_OK) == 0;
  absl::StatusOr<std::string> token =
      given ? ReadToken(options.token_file) : MakeToken(options.token_file);
  if (!token.ok()) return token.status();
  absl::Status done = Commit(options, *token, &*opened);
  if (!done.ok() && !given) unlink(options.token_file.c_str());
  return done;
}

}  // namespace brokerage::services::brokerd
