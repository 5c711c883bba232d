// demo: the next weeks of a framework, over the API and nothing else.
#include <sys/stat.h>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "demo/council/chance.h"
#include "demo/council/council.h"
#include "demo/council/files.h"
#include "demo/options.h"
#include "demo/report/compliance.h"
#include "demo/report/next_commands.h"
#include "demo/report/report.h"
#include "demo/weeks.h"
#include "services/client/files/files.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::London;
using client::ParseReferrals;
using client::ReadFile;
using client::ReferralRow;
using client::SayError;

namespace {

constexpr int kMorningHour = 7;

// The Monday whose morning is next, the plan's first at the earliest.
absl::CivilDay NextMonday(absl::Time now, const Plan& plan) {
  const absl::CivilHour local = absl::ToCivilHour(now, London());
  absl::CivilDay day(local);
  if (local.hour() >= kMorningHour) ++day;
  while (absl::GetWeekday(day) != absl::Weekday::monday) ++day;
  return std::max(day, plan.first_monday);
}

// How many weeks run now, of which `first` have passed. A story goes on where it stands, and
// when it is told, weeks go on as they do without one.
int WeeksOf(const Options& options, const Plan& plan, int first) {
  if (options.weeks > 0) return options.weeks;
  return options.story && first < plan.story_weeks ? plan.story_weeks - first : plan.weeks_a_run;
}

// What ran before the contracts began, if the folder says.
absl::StatusOr<std::vector<ReferralRow>> ReadRunning(const std::string& folder) {
  const std::string name = absl::StrCat(folder, "/running.csv");
  if (!std::filesystem::exists(name)) return std::vector<ReferralRow>();
  auto content = ReadFile(name);
  if (!content.ok()) return content.status();
  return ParseReferrals("running.csv", *content);
}

absl::Status RunWeeks(const Options& options) {
  auto content = ReadFile(absl::StrCat(options.folder, "/referrals.csv"));
  if (!content.ok()) return content.status();
  auto rows = ParseReferrals("referrals.csv", *content);
  if (!rows.ok()) return rows.status();
  auto running = ReadRunning(options.folder);
  if (!running.ok()) return running.status();
  auto plan = ReadPlan(options.folder);
  auto behaviours = ReadBehaviours(options.folder);
  auto events = ReadEvents(options.folder);
  for (const absl::Status& status : {plan.status(), behaviours.status(), events.status()}) {
    if (!status.ok()) return status;
  }
  auto administrator = options.Connect();
  if (!administrator.ok()) return administrator.status();
  if (absl::Status status = administrator->WaitUntilReady(absl::Seconds(60)); !status.ok())
    return status;
  auto council =
      Council::Open(*administrator, options.framework, absl::StrCat(options.data, "/tokens"));
  if (!council.ok()) return council.status();
  const v1::Framework& framework = (*council)->framework();
  const absl::CivilDay monday = NextMonday((*council)->now(), *plan);
  const int first = static_cast<int>((monday - plan->first_monday) / 7);
  const int count = WeeksOf(options, *plan, first);
  printf("%s, revision %d: the %s of %s, played over the API. Branches and people are invented.\n",
         framework.rules().name().c_str(), framework.revision(),
         count == 1 ? "week" : absl::StrCat(count, " weeks from that").c_str(),
         absl::FormatCivilTime(monday).c_str());
  if (first + count > plan->weeks) {
    printf("There are referrals for %d weeks: after them they come again, with other people.\n",
           plan->weeks);
  }
  DemoWeeks weeks(council->get(), *std::move(behaviours), Chance(options.seed), count == 1);
  if (first == 0) weeks.MoveIn(*running);
  absl::Status status;
  for (int week = 0; week < count && status.ok(); ++week) {
    const absl::CivilDay begin = monday + absl::civil_diff_t{7} * week;
    status = weeks.Run(begin, first + week, *plan, *rows, *events);
    if (status.ok()) status = PrintQuarterOf(**council, begin);
  }
  if (status.ok())
    status = PrintReport(**council, weeks.packages(), weeks.notes(), plan->unserved_due_min);
  if (!status.ok() || options.once) return status;
  return PrintNextCommands(**council, "build/services/broker", options.address, weeks.packages());
}

int Main(int argc, char** argv) {
  command_line::Program app(
      "The next weeks of a framework, against a server whose clock is a simulation's.", "demo");
  Options options;
  options.AddTo(app);
  if (const auto status = app.Parse(argc, argv)) return *status == 0 ? 0 : client::kExitUsage;
  if (options.token_file.empty()) options.token_file = absl::StrCat(options.data, "/admin.token");
  absl::Status status = RunWeeks(options);
  fflush(stdout);
  if (!status.ok()) {
    fprintf(stderr, "demo: %s\n", SayError(status).c_str());
    return client::kExitRefused;
  }
  if (!options.once) pause();  // whoever started the server with us stops both
  return 0;
}

}  // namespace

}  // namespace brokerage::demo

int main(int argc, char** argv) {
  umask(077);  // whatever is written is for its owner alone
  return brokerage::demo::Main(argc, argv);
}
