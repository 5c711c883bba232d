// `broker interim FRAMEWORK`: how people left interim services, as a table for people.
#include "services/broker/commands/interim_command.h"

#include <cstdio>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "brokerage/v1/performance_service.pb.h"
#include "engine/figures/rates.h"
#include "services/client/text/message_text.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::broker {

using client::MessageJson;
using client::SayAverage;
using client::Table;

namespace {

std::vector<std::string> Cells(const std::string& name, const v1::InterimStays& stays) {
  const v1::InterimCounts& counts = stays.counts();
  std::vector<std::string> cells = {name};
  for (int64_t count : {counts.left(), counts.no_care(), counts.less_care(), counts.same_care(),
                        counts.more_care(), counts.other()}) {
    cells.push_back(absl::StrCat(count));
  }
  cells.push_back(engine::PrintRate(stays.less_or_no_care()));
  cells.push_back(SayAverage(stays.average_stay()));
  cells.push_back(absl::StrCat(counts.over_limit()));
  cells.push_back(absl::StrCat(counts.followed()));
  return cells;
}

int Run(const Options& options, const v1::QueryInterimStaysRequest& request) {
  auto connection = options.Connect();
  if (!connection.ok()) return Refused(connection.status());
  auto response = connection->Call<v1::QueryInterimStaysResponse>(
      "PerformanceService/QueryInterimStays", request);
  if (!response.ok()) return Refused(response.status());
  if (options.json) {
    fputs(MessageJson(*response, false).c_str(), stdout);
    return 0;
  }
  printf("People who left interim services of %s from %s to before %s\n\n",
         request.framework_id().c_str(), request.from_date().c_str(), request.to_date().c_str());
  Table table({"lot", "left", "no care", "less", "the same", "more", "other", "no care or less",
               "days stayed", "over the limit", "followed by a package"});
  for (const v1::InterimStays& lot : response->lots()) table.Add(Cells(lot.lot_id(), lot));
  table.Add(Cells("all", response->all()));
  fputs(table.Text(2).c_str(), stdout);
  return 0;
}

}  // namespace

void AddInterimCommand(command_line::Command app, const Options* options, Chosen* chosen) {
  command_line::Command command = app.AddCommand(
      "interim", "How people left interim services: outcome, average stay, and what followed");
  auto request = std::make_shared<v1::QueryInterimStaysRequest>();
  auto text = [&](const char* name, const char* what, std::string* field, const char* type) {
    return command.Add(name, field, what).TypeName(type);
  };
  text("framework", "The framework's id", request->mutable_framework_id(), "ID").Required();
  text("--from", "Left on this date or later", request->mutable_from_date(), "YYYY-MM-DD")
      .Required();
  text("--to", "Left before this date", request->mutable_to_date(), "YYYY-MM-DD").Required();
  text("--authority", "Only packages of this authority", request->mutable_authority_id(), "ID");
  command.AfterParse([options, chosen, request] {
    *chosen = [options, request] { return Run(*options, *request); };
  });
}

}  // namespace brokerage::broker
