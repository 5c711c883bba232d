// broker: the whole API on the command line, and what a council does with files.
#include <sys/stat.h>

#include <cstdio>

#include "services/broker/commands/api_commands.h"
#include "services/broker/commands/coverage_command.h"
#include "services/broker/commands/framework_commands.h"
#include "services/broker/commands/interim_command.h"
#include "services/broker/commands/postcodes_command.h"
#include "services/broker/commands/scorecard_command.h"
#include "services/broker/commands/submit_command.h"
#include "services/broker/commands/transfer_command.h"
#include "services/broker/commands/what_if_command.h"
#include "services/broker/options.h"

namespace brokerage::broker {

namespace {

int Main(int argc, char** argv) {
  command_line::Program app("Care packages, offers and figures of a brokerage, over its API.",
                            "broker");
  Options options;
  Chosen chosen;
  options.AddTo(app, "the environment's BROKER_TOKEN");
  app.AddFlag("--json", &options.json,
              "Answer in JSON: one document, or a line for each message of a stream");
  app.RequireCommand();
  app.OptionsMayFollow();
  app.HelpColumn(44);
  AddApiCommands(app, &options, &chosen);
  AddFrameworkCommands(app, &options, &chosen);
  AddCoverageCommands(app, &options, &chosen);
  AddScorecardCommand(app, &options, &chosen);
  AddInterimCommand(app, &options, &chosen);
  AddSubmitCommand(app, &options, &chosen);
  AddPostcodesCommand(app, &options, &chosen);
  AddTransferCommand(app, &options, &chosen);
  AddWhatIfCommand(app, &options, &chosen);
  if (argc == 1) {
    fputs(app.Help().c_str(), stderr);
    return client::kExitUsage;
  }
  if (const auto status = app.Parse(argc, argv)) return *status == 0 ? 0 : client::kExitUsage;
  return chosen();
}

}  // namespace

}  // namespace brokerage::broker

int main(int argc, char** argv) {
  umask(077);  // whatever is written is for its owner alone
  return brokerage::broker::Main(argc, argv);
}
