// What every program that calls the server is told: where it is, and as whom to call.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/client/connection.h"
#include "services/command_line/command_line.h"

namespace brokerage::client {

inline constexpr int kExitRefused = 1;
inline constexpr int kExitUsage = 2;

struct Options {
  std::string address = "127.0.0.1:7443";
  std::string token_file;  // empty: the environment's BROKER_TOKEN

  // Adds --address and --token-file; `otherwise` says for their help what is used without a token
  // file. This outlives the parse.
  void AddTo(command_line::Command app, const std::string& otherwise);

  // Errors: a token file that cannot be read. Whether a server answers is not asked.
  absl::StatusOr<Connection> Connect() const;
};

}  // namespace brokerage::client
