// `broker whatif DIR --since DATE`: a past period replayed under other files.
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "brokerage/v1/directory_service.pb.h"
#include "services/broker/files.h"
#include "services/broker/message_text.h"
#include "services/broker/options.h"
#include "services/broker/progress.h"
#include "services/broker/table.h"
#include "services/broker/words.h"

namespace brokerage::broker {

namespace {

struct Ask {
  std::string folder;
  std::string since;
  std::string until;
};

std::string Hours(int64_t minutes) { return absl::StrCat((minutes + 30) / 60); }

std::string Share(int64_t part, int64_t whole) {
  v1::Rate rate;
  rate.set_numerator(part);
  rate.set_denominator(whole);
  return SayRate(rate);
}

void PrintTotals(const v1::WhatIfTotals& was, const v1::WhatIfTotals& would) {
  Table table({"", "was", "would have been"});
  auto add = [&table](const char* name, int64_t a, int64_t b) {
    table.Add({name, absl::StrCat(a), absl::StrCat(b)});
  };
  add("packages", was.packages(), would.packages());
  add("awarded", was.awarded(), would.awarded());
  add("nobody took them", was.unfilled(), would.unfilled());
  add("offers", was.offers(), would.offers());
  add("accepted", was.accepted(), would.accepted());
  add("declined", was.declined(), would.declined());
  add("not answered in time", was.unanswered(), would.unanswered());
  add("never asked: answer not known", was.unknown(), would.unknown());
  const int64_t known_was = was.offers() - was.unknown();
  const int64_t known_would = would.offers() - would.unknown();
  table.Add({"accepted of known", Share(was.accepted(), known_was),
             Share(would.accepted(), known_would)});
  table.Add({"release to award, median", SayDuration(absl::Minutes(was.median_minutes_to_source())),
             SayDuration(absl::Minutes(would.median_minutes_to_source()))});
  table.Add({"release to award, 90th percentile",
             SayDuration(absl::Minutes(was.p90_minutes_to_source())),
             SayDuration(absl::Minutes(would.p90_minutes_to_source()))});
  fputs(table.Text(2).c_str(), stdout);
}

void Print(const v1::PreviewFrameworkResponse& response) {
  PrintTotals(response.was(), response.would());
  printf(
      "\n%lld packages have a winner that cannot be known: a branch that was never asked might "
      "have "
      "won.\n",
      static_cast<long long>(response.undecidable()));
  printf("%d packages would have gone to somebody else%s.\n", response.packages_size(),
         response.packages_size() == 1000 ? ", or more" : "");
  printf("\nProviders: offers, and weekly hours awarded\n\n");
  Table table({"provider", "offers", "would", "hours", "would"});
  for (const v1::WhatIfProvider& provider : response.providers()) {
    table.Add({provider.provider_id(), absl::StrCat(provider.offers_was()),
               absl::StrCat(provider.offers_would()), Hours(provider.minutes_was()),
               Hours(provider.minutes_would())});
  }
  fputs(table.Text(2).c_str(), stdout);
}

int Run(const Options& options, const Ask& ask) {
  auto files = ReadFrameworkFolder(ask.folder);
  if (!files.ok()) return Refused(files.status());
  v1::PreviewFrameworkRequest request;
  *request.mutable_files() = std::move(*files->mutable_files());
  request.set_from_date(ask.since);
  request.set_to_date(ask.until);
  auto connection = options.Connect();
  if (!connection.ok()) return Refused(connection.status());
  v1::PreviewFrameworkResponse last;
  const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      "brokerage.v1.DirectoryService.PreviewFramework");
  absl::Status status =
      connection->Watch(*method, request, [&last](const google::protobuf::Message& message) {
        last = static_cast<const v1::PreviewFrameworkResponse&>(message);
        ShowProgress(static_cast<size_t>(last.packages_done()),
                     static_cast<size_t>(last.packages_all()));
        return true;
      });
  if (!status.ok()) return Refused(status);
  if (options.json) {
    fputs(MessageJson(last, false).c_str(), stdout);
  } else {
    Print(last);
  }
  return 0;
}

}  // namespace

void AddWhatIfCommand(CLI::App* app, const Options* options, Chosen* chosen) {
  CLI::App* command = app->add_subcommand(
      "whatif", "What a past period's packages would have come to under other files");
  auto ask = std::make_shared<Ask>();
  command->add_option("folder", ask->folder, "The framework's folder as it would be")->required();
  command->add_option("--since", ask->since, "Packages submitted from this date on, YYYY-MM-DD")
      ->required();
  command->add_option("--until", ask->until,
                      "Packages submitted before this date; today unless given");
  command->callback(
      [options, chosen, ask] { *chosen = [options, ask] { return Run(*options, *ask); }; });
}

}  // namespace brokerage::broker
