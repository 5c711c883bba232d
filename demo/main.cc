// `broker play FOLDER`: the next weeks of a framework, over the API and nothing else.
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "demo/files.h"
#include "demo/report.h"
#include "demo/tables.h"
#include "demo/weeks.h"
#include "services/broker/options.h"
#include "services/client/files/files.h"
#include "services/client/text/words.h"

namespace brokerage::broker {

namespace {

constexpr int kMorningHour = 7;

struct Play {
  std::string folder;
  std::string data = ".data";
  uint64_t seed = 2018;
  int weeks = 0;  // 0: as the plan says
  bool story = false;
  bool once = false;
};

// The Monday whose morning is next, the plan's first at the earliest.
absl::CivilDay NextMonday(absl::Time now, const PlayPlan& plan) {
  const absl::CivilHour local = absl::ToCivilHour(now, London());
  absl::CivilDay day(local);
  if (local.hour() >= kMorningHour) ++day;
  while (absl::GetWeekday(day) != absl::Weekday::monday) ++day;
  return std::max(day, plan.first_monday);
}

// How many weeks this run plays, of which `first` have passed. A story goes on where it stands, and
// when it is told, weeks go on as they do without one.
int WeeksOf(const Play& play, const PlayPlan& plan, int first) {
  if (play.weeks > 0) return play.weeks;
  return play.story && first < plan.story_weeks ? plan.story_weeks - first : plan.weeks_a_run;
}

// What ran before the contracts began, if the folder says.
absl::StatusOr<std::vector<ReferralRow>> ReadRunning(const std::string& folder) {
  const std::string name = absl::StrCat(folder, "/played/running.csv");
  if (!std::filesystem::exists(name)) return std::vector<ReferralRow>();
  auto content = ReadFile(name);
  if (!content.ok()) return content.status();
  return ParseReferrals("played/running.csv", *content);
}

absl::Status PlayWeeks(const Options& options, const Play& play) {
  auto content = ReadFile(absl::StrCat(play.folder, "/played/referrals.csv"));
  if (!content.ok()) return content.status();
  auto rows = ParseReferrals("played/referrals.csv", *content);
  if (!rows.ok()) return rows.status();
  auto running = ReadRunning(play.folder);
  if (!running.ok()) return running.status();
  auto plan = ReadPlayPlan(play.folder);
  auto manners = ReadBranchManners(play.folder);
  auto events = ReadPlayEvents(play.folder);
  for (const absl::Status& status : {plan.status(), manners.status(), events.status()}) {
    if (!status.ok()) return status;
  }
  auto token = ReadToken(options.token_file.empty() ? absl::StrCat(play.data, "/admin.token")
                                                    : options.token_file);
  if (!token.ok()) return token.status();
  Connection administrator(options.address, *std::move(token));
  if (absl::Status status = administrator.WaitUntilReady(absl::Seconds(60)); !status.ok())
    return status;
  auto world = World::Open(administrator, play.folder, absl::StrCat(play.data, "/tokens"));
  if (!world.ok()) return world.status();
  const v1::Framework& framework = (*world)->framework();
  const absl::CivilDay monday = NextMonday((*world)->now(), *plan);
  const int first = static_cast<int>((monday - plan->first_monday) / 7);
  const int count = WeeksOf(play, *plan, first);
  printf("%s, revision %d: the %s of %s, played over the API. Branches and people are invented.\n",
         framework.rules().name().c_str(), framework.revision(),
         count == 1 ? "week" : absl::StrCat(count, " weeks from that").c_str(),
         absl::FormatCivilTime(monday).c_str());
  if (first + count > plan->weeks) {
    printf("There are referrals for %d weeks: after them they come again, with other people.\n",
           plan->weeks);
  }
  Weeks weeks(world->get(), *std::move(manners), Chance(play.seed), count == 1);
  if (first == 0) weeks.MoveIn(*running);
  absl::Status status;
  for (int week = 0; week < count && status.ok(); ++week) {
    const absl::CivilDay begin = monday + absl::civil_diff_t{7} * week;
    status = weeks.Play(begin, first + week, *plan, *rows, *events);
    if (status.ok()) status = PrintQuarterOf(**world, begin);
  }
  if (status.ok())
    status = PrintReport(**world, weeks.packages(), weeks.notes(), plan->unserved_due_min);
  if (!status.ok() || play.once) return status;
  return PrintNextCommands(**world, "build/services/broker", options.address, weeks.packages());
}

int Run(const Options& options, const Play& play) {
  absl::Status status = PlayWeeks(options, play);
  fflush(stdout);
  if (!status.ok()) return Refused(status);
  if (!play.once) pause();  // whoever started the server with us stops both
  return 0;
}

}  // namespace

void AddPlayCommand(CLI::App* app, const Options* options, Chosen* chosen) {
  CLI::App* command =
      app->add_subcommand("play", "Play the next weeks against a simulation server");
  auto play = std::make_shared<Play>();
  command
      ->add_option("folder", play->folder,
                   "The framework's folder, such as frameworks/nottinghamshire")
      ->required();
  command
      ->add_option("--data", play->data, "Where admin.token is and the other accounts' tokens go")
      ->capture_default_str();
  command->add_option("--seed", play->seed, "Another seed, other answers")->capture_default_str();
  command->add_option("--weeks", play->weeks, "So many weeks; as the plan says unless given");
  command->add_flag("--story", play->story,
                    "All weeks of the plan's story that were not played yet");
  command->add_flag("--once", play->once, "End after them");
  command->callback(
      [options, chosen, play] { *chosen = [options, play] { return Run(*options, *play); }; });
}

}  // namespace brokerage::broker
