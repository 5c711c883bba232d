// What every command of the broker program is told: which server, as whom, and in what form to
// answer.
#pragma once

#include <functional>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "services/client/connection.h"

namespace brokerage::broker {

inline constexpr int kExitRefused = 1;
inline constexpr int kExitUsage = 2;

struct Options {
  std::string address = "127.0.0.1:7443";
  std::string token_file;  // empty: the environment's BROKER_TOKEN
  bool json = false;

  absl::StatusOr<Connection> Connect() const;
};

// What the command line asks for; runs after it was parsed whole. Returns the exit code.
using Chosen = std::function<int()>;

// Prints the refusal to standard error and returns kExitRefused.
int Refused(const absl::Status& status);

// Each adds its commands and sets `chosen` when one of them is asked for. `app`, `options` and
// `chosen` outlive the parse.
void AddApiCommands(CLI::App* app, const Options* options, Chosen* chosen);
void AddFrameworkCommands(CLI::App* app, const Options* options, Chosen* chosen);
void AddCoverageCommands(CLI::App* app, const Options* options, Chosen* chosen);
void AddScorecardCommand(CLI::App* app, const Options* options, Chosen* chosen);
void AddInterimCommand(CLI::App* app, const Options* options, Chosen* chosen);
void AddSubmitCommand(CLI::App* app, const Options* options, Chosen* chosen);
void AddPostcodesCommand(CLI::App* app, const Options* options, Chosen* chosen);
void AddTransferCommand(CLI::App* app, const Options* options, Chosen* chosen);
void AddPlayCommand(CLI::App* app, const Options* options, Chosen* chosen);
void AddWhatIfCommand(CLI::App* app, const Options* options, Chosen* chosen);

}  // namespace brokerage::broker
