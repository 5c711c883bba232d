// `broker scorecard FRAMEWORK`: who answers and who does not, as tables for people.
#include "services/broker/commands/scorecard_command.h"

#include <cstdio>
#include <memory>
#include <string>

#include "brokerage/v1/performance_service.pb.h"
#include "services/client/text/message_text.h"
#include "services/client/text/scorecard.h"

namespace brokerage::broker {

using client::MessageJson;
using client::PrintScorecard;

namespace {

constexpr size_t kAll = 1'000'000;

struct Scorecard {
  std::string framework_id;
  std::string from_date;
  std::string to_date;
  int32_t unserved_due_min = 0;
};

int Run(const Options& options, const Scorecard& scorecard) {
  auto connection = options.Connect();
  if (!connection.ok()) return Refused(connection.status());
  v1::QueryScorecardRequest request;
  request.set_framework_id(scorecard.framework_id);
  request.set_from_date(scorecard.from_date);
  request.set_to_date(scorecard.to_date);
  request.set_unserved_due_min(scorecard.unserved_due_min);
  auto response =
      connection->Call<v1::QueryScorecardResponse>("PerformanceService/QueryScorecard", request);
  if (!response.ok()) return Refused(response.status());
  if (options.json) {
    fputs(MessageJson(*response, false).c_str(), stdout);
    return 0;
  }
  printf("Response to offers of %s issued from %s to before %s, settled\n\n",
         request.framework_id().c_str(), request.from_date().c_str(), request.to_date().c_str());
  PrintScorecard(*response, kAll, scorecard.unserved_due_min);
  return 0;
}

}  // namespace

void AddScorecardCommand(command_line::Command app, const Options* options, Chosen* chosen) {
  command_line::Command command = app.AddCommand(
      "scorecard",
      "Who answers, who takes restarts, who never answers, and which wards are unserved");
  auto scorecard = std::make_shared<Scorecard>();
  command.Add("framework", &scorecard->framework_id, "The framework's id").Required();
  command.Add("--from", &scorecard->from_date, "Offers issued from this date on")
      .TypeName("YYYY-MM-DD")
      .Required();
  command.Add("--to", &scorecard->to_date, "To before this date").TypeName("YYYY-MM-DD").Required();
  command
      .Add("--unserved-due-min", &scorecard->unserved_due_min,
           "Offers due before a ward may be listed as unserved; 3 unless given")
      .TypeName("N");
  command.AfterParse([options, chosen, scorecard] {
    *chosen = [options, scorecard] { return Run(*options, *scorecard); };
  });
}

}  // namespace brokerage::broker
