// broker: the whole API on the command line, and a week of it played.
#include <cstdio>
#include <cstdlib>

#include "services/broker/options.h"
#include "services/client/files/files.h"
#include "services/client/text/words.h"

namespace brokerage::broker {

absl::StatusOr<Connection> Options::Connect() const {
  if (token_file.empty()) {
    const char* token = std::getenv("BROKER_TOKEN");
    return Connection(address, token == nullptr ? "" : token);
  }
  auto token = ReadToken(token_file);
  if (!token.ok()) return token.status();
  return Connection(address, *std::move(token));
}

int Refused(const absl::Status& status) {
  fprintf(stderr, "broker: %s\n", SayError(status).c_str());
  return kExitRefused;
}

namespace {

int Main(int argc, char** argv) {
  CLI::App app("Care packages, offers and figures of a brokerage, over its API.", "broker");
  Options options;
  Chosen chosen;
  app.add_option("--address", options.address, "The server's address")->capture_default_str();
  app.add_option("--token-file", options.token_file,
                 "A file with the account's token; without it the environment's BROKER_TOKEN");
  app.add_flag("--json", options.json,
               "Answer in JSON: one document, or a line for each message of a stream");
  app.require_subcommand(1);
  app.fallthrough();
  app.get_formatter()->column_width(44);
  AddApiCommands(&app, &options, &chosen);
  AddFrameworkCommands(&app, &options, &chosen);
  AddCoverageCommands(&app, &options, &chosen);
  AddScorecardCommand(&app, &options, &chosen);
  AddInterimCommand(&app, &options, &chosen);
  AddSubmitCommand(&app, &options, &chosen);
  AddPostcodesCommand(&app, &options, &chosen);
  AddTransferCommand(&app, &options, &chosen);
  AddPlayCommand(&app, &options, &chosen);
  AddWhatIfCommand(&app, &options, &chosen);
  if (argc == 1) {
    fputs(app.help().c_str(), stderr);
    return kExitUsage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  return chosen();
}

}  // namespace

}  // namespace brokerage::broker

int main(int argc, char** argv) { return brokerage::broker::Main(argc, argv); }
