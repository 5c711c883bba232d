#include "services/client/options.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/client/files/files.h"

namespace brokerage::client {

void Options::AddTo(command_line::Command app, const std::string& otherwise) {
  app.Add("--address", &address, "The server's address").ShowDefault();
  app.Add("--token-file", &token_file,
          absl::StrCat("A file with the account's token; without it ", otherwise));
}

absl::StatusOr<Connection> Options::Connect() const {
  if (token_file.empty()) {
    const char* token = std::getenv("BROKER_TOKEN");
    return Connection(address, token == nullptr ? "" : token);
  }
  auto token = ReadToken(token_file);
  if (!token.ok()) return token.status();
  return Connection(address, *std::move(token));
}

}  // namespace brokerage::client
