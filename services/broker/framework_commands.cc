// `broker framework apply`: a framework's folder, checked or put into effect.
#include <cstdio>
#include <memory>

#include "services/broker/files.h"
#include "services/broker/message_text.h"
#include "services/broker/options.h"
#include "services/broker/words.h"

namespace brokerage::broker {

namespace {

struct Apply {
  std::string folder;
  bool dry_run = false;
};

void PrintDifferences(const v1::ApplyFrameworkResponse& response, bool dry_run) {
  for (const v1::DirectoryDifference& difference : response.differences()) {
    const char* sign = difference.kind() == v1::DirectoryDifference::KIND_ADDED   ? "+"
                       : difference.kind() == v1::DirectoryDifference::KIND_ENDED ? "-"
                                                                                  : "~";
    printf("%s %s\n", sign, difference.key().c_str());
  }
  printf("%s %s revision %d: %d %s\n", response.framework().id().c_str(),
         dry_run ? "would be" : "is now", response.framework().revision(),
         response.differences_size(),
         response.differences_size() == 1 ? "difference" : "differences");
}

int Run(const Options& options, const Apply& apply) {
  auto request = ReadFrameworkFolder(apply.folder);
  if (!request.ok()) return Refused(request.status());
  request->set_request_id(FreshRequestId());
  request->set_validate_only(apply.dry_run);
  auto connection = options.Connect();
  if (!connection.ok()) return Refused(connection.status());
  auto response =
      connection->Call<v1::ApplyFrameworkResponse>("DirectoryService/ApplyFramework", *request);
  if (!response.ok()) return Refused(response.status());
  if (options.json) {
    fputs(MessageJson(*response, false).c_str(), stdout);
  } else {
    PrintDifferences(*response, apply.dry_run);
  }
  return 0;
}

}  // namespace

void AddFrameworkCommands(CLI::App* app, const Options* options, Chosen* chosen) {
  CLI::App* framework = app->add_subcommand("framework", "A framework's files");
  framework->require_subcommand(1);
  CLI::App* command = framework->add_subcommand(
      "apply", "Put a framework's folder into effect, whole or not at all");
  auto apply = std::make_shared<Apply>();
  command->add_option("folder", apply->folder, "The folder, such as frameworks/nottinghamshire")
      ->required();
  command->add_flag("--dry-run", apply->dry_run, "Only check, and show what would change");
  command->callback(
      [options, chosen, apply] { *chosen = [options, apply] { return Run(*options, *apply); }; });
}

}  // namespace brokerage::broker
