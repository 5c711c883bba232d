// `broker framework apply`: a framework's folder, checked or put into effect; `broker framework
// check`: checked here, without a server; `broker framework new`: a starting point for one's own.
#include "services/broker/commands/framework_commands.h"

#include <algorithm>
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/rejection.h"
#include "engine/framework/parse.h"
#include "google/protobuf/struct.pb.h"
#include "services/client/files/files.h"
#include "services/client/files/framework_template.h"
#include "services/client/text/message_text.h"
#include "services/client/text/words.h"

namespace brokerage::broker {

using client::FrameworkTemplate;
using client::FreshRequestId;
using client::kExitRefused;
using client::London;
using client::MessageJson;
using client::ReadFrameworkFolder;
using client::SayFileError;
using client::Spaced;
using client::WriteNewFolder;

namespace {

struct Apply {
  std::string folder;
  bool dry_run = false;
  std::string from_date;
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

bool HostKnowsZone(const std::string& name) {
  absl::TimeZone zone;
  return absl::LoadTimeZone(name, &zone);
}

struct Kind {
  const char* one;
  const char* many;  // also its name in JSON
  journal::v1::DirectoryFact::ValueCase value;
};
constexpr Kind kCounted[] = {
    {"ward", "wards", journal::v1::DirectoryFact::kWard},
    {"lot", "lots", journal::v1::DirectoryFact::kLot},
    {"provider", "providers", journal::v1::DirectoryFact::kProvider},
    {"branch", "branches", journal::v1::DirectoryFact::kBranch},
    {"contract", "contracts", journal::v1::DirectoryFact::kContract},
    {"coverage line", "coverage_lines", journal::v1::DirectoryFact::kCoverage}};

int TellRight(const engine::ParsedFramework& parsed, bool json) {
  google::protobuf::Struct document;
  (*document.mutable_fields())["framework_id"].set_string_value(parsed.rules.framework_id());
  std::string line = absl::StrCat(parsed.rules.framework_id(), " is right:");
  const char* separator = " ";
  for (const Kind& kind : kCounted) {
    const auto count = std::count_if(parsed.facts.begin(), parsed.facts.end(),
                                     [&kind](const journal::v1::DirectoryFact& fact) {
                                       return fact.value_case() == kind.value;
                                     });
    (*document.mutable_fields())[kind.many].set_number_value(static_cast<double>(count));
    absl::StrAppend(&line, separator, count, " ", count == 1 ? kind.one : Spaced(kind.many));
    separator = ", ";
  }
  fputs(json ? MessageJson(document, false).c_str() : absl::StrCat(line, "\n").c_str(), stdout);
  return 0;
}

// The errors are what was asked for: they go to standard output, one a line.
int TellWrong(const absl::Status& status, bool json) {
  const v1::Rejection rejection = engine::RejectionOf(status);
  if (json) {
    fputs(MessageJson(rejection, false).c_str(), stdout);
    return kExitRefused;
  }
  for (const v1::FileError& error : rejection.file_errors()) puts(SayFileError(error).c_str());
  return kExitRefused;
}

struct New {
  std::string folder;
  std::string id;
  std::string name;
};

// The first of April to come: most contracts begin with a financial year.
absl::CivilDay NextFinancialYear() {
  const absl::CivilDay today = absl::ToCivilDay(absl::Now(), London());
  const absl::CivilDay begin(today.year(), 4, 1);
  return today < begin ? begin : absl::CivilDay(today.year() + 1, 4, 1);
}

// What is written is checked first, so that a wrong id or name leaves nothing behind.
int RunNew(const Options& options, const New& wanted) {
  google::protobuf::RepeatedPtrField<v1::FrameworkFile> files;
  for (v1::FrameworkFile& file : FrameworkTemplate(wanted.id, wanted.name, NextFinancialYear())) {
    *files.Add() = std::move(file);
  }
  auto parsed = engine::ParseFramework(files, HostKnowsZone);
  if (!parsed.ok()) return TellWrong(parsed.status(), options.json);
  if (absl::Status status = WriteNewFolder(wanted.folder, files); !status.ok()) {
    return Refused(status);
  }
  for (const v1::FrameworkFile& file : files) {
    printf("%s/%s\n", wanted.folder.c_str(), file.name().c_str());
  }
  return 0;
}

int RunCheck(const Options& options, const std::string& folder) {
  auto request = ReadFrameworkFolder(folder);
  if (!request.ok()) return Refused(request.status());
  auto parsed = engine::ParseFramework(request->files(), HostKnowsZone);
  return parsed.ok() ? TellRight(*parsed, options.json) : TellWrong(parsed.status(), options.json);
}

int Run(const Options& options, const Apply& apply) {
  auto request = ReadFrameworkFolder(apply.folder);
  if (!request.ok()) return Refused(request.status());
  request->set_request_id(FreshRequestId());
  request->set_validate_only(apply.dry_run);
  request->set_refusal_in_response(apply.dry_run);
  request->set_from_date(apply.from_date);
  auto connection = options.Connect();
  if (!connection.ok()) return Refused(connection.status());
  auto response =
      connection->Call<v1::ApplyFrameworkResponse>("DirectoryService/ApplyFramework", *request);
  if (!response.ok()) return Refused(response.status());
  if (response->has_refusal()) return Refused(engine::Reject(response->refusal()));
  if (options.json) {
    fputs(MessageJson(*response, false).c_str(), stdout);
  } else {
    PrintDifferences(*response, apply.dry_run);
  }
  return 0;
}

}  // namespace

void AddFrameworkCommands(command_line::Command app, const Options* options, Chosen* chosen) {
  command_line::Command framework = app.AddCommand("framework", "A framework's files");
  framework.RequireCommand();
  command_line::Command command =
      framework.AddCommand("apply", "Put a framework's folder into effect, whole or not at all");
  auto apply = std::make_shared<Apply>();
  command.Add("folder", &apply->folder, "The folder, such as frameworks/nottinghamshire")
      .Required();
  command.Add("--from", &apply->from_date,
              "Since when what changes is so, YYYY-MM-DD; an earlier date than today, "
              "which is meant otherwise, corrects");
  command.AddFlag("--dry-run", &apply->dry_run, "Only check, and show what would change");
  command.AfterParse(
      [options, chosen, apply] { *chosen = [options, apply] { return Run(*options, *apply); }; });
  command_line::Command check = framework.AddCommand(
      "check", "Find everything that is wrong in a framework's folder, without a server");
  auto folder = std::make_shared<std::string>();
  check.Add("folder", folder.get(), "The folder, such as frameworks/nottinghamshire").Required();
  command_line::Command fresh = framework.AddCommand(
      "new", "Write a folder to start from: every rule explained, every table with examples");
  auto wanted = std::make_shared<New>();
  fresh.Add("folder", &wanted->folder, "The folder; it must not exist, or be empty").Required();
  fresh.Add("--id", &wanted->id, "The framework's id: lower case letters, digits, hyphens")
      .Required();
  fresh.Add("--name", &wanted->name, "The framework's name").Required();
  fresh.AfterParse([options, chosen, wanted] {
    *chosen = [options, wanted] { return RunNew(*options, *wanted); };
  });
  check.AfterParse([options, chosen, folder] {
    *chosen = [options, folder] { return RunCheck(*options, *folder); };
  });
}

}  // namespace brokerage::broker
