// `broker whatif DIR --since DATE`: a past period replayed under other files.
#include "services/broker/commands/what_if_command.h"

#include <cstdio>
#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "brokerage/v1/directory_service.pb.h"
#include "engine/base/rejection.h"
#include "engine/figures/rates.h"
#include "services/client/files/files.h"
#include "services/client/text/message_text.h"
#include "services/client/text/progress.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::broker {

using client::MessageJson;
using client::ReadFrameworkFolder;
using client::SayDuration;
using client::ShowProgress;
using client::Table;

namespace {

struct Ask {
  std::string folder;
  std::string since;
  std::string until;
};

std::string Hours(int64_t minutes) { return absl::StrCat((minutes + 30) / 60); }

// "13/20 65.0%"
std::string SayPickUp(const v1::Rate& rate) {
  if (rate.denominator() == 0) return engine::PrintRate(rate);
  return absl::StrCat(rate.numerator(), "/", rate.denominator(), " ", engine::PrintRate(rate));
}

void PrintTotals(const v1::PreviewFrameworkResponse& response) {
  const v1::WhatIfTotals* columns[] = {&response.was(), &response.replayed(), &response.would()};
  Table table({"", "was", "replayed", "would have been"});
  auto add = [&](const char* name, absl::FunctionRef<std::string(const v1::WhatIfTotals&)> say) {
    table.Add({name, say(*columns[0]), say(*columns[1]), say(*columns[2])});
  };
  auto count = [&](const char* name, int64_t (v1::WhatIfTotals::*number)() const) {
    add(name, [&](const v1::WhatIfTotals& one) { return absl::StrCat((one.*number)()); });
  };
  count("packages", &v1::WhatIfTotals::packages);
  count("awarded", &v1::WhatIfTotals::awarded);
  count("nobody took them", &v1::WhatIfTotals::unfilled);
  count("offers", &v1::WhatIfTotals::offers);
  count("accepted", &v1::WhatIfTotals::accepted);
  count("accepted in part", &v1::WhatIfTotals::in_part);
  count("declined", &v1::WhatIfTotals::declined);
  count("not answered in time", &v1::WhatIfTotals::unanswered);
  count("closed early, unanswered", &v1::WhatIfTotals::closed_unanswered);
  count("issued in error", &v1::WhatIfTotals::error_upheld);
  count("not yet due", &v1::WhatIfTotals::pending);
  count("answer not known", &v1::WhatIfTotals::unknown);
  add("picked up of due, each package once",
      [](const v1::WhatIfTotals& one) { return SayPickUp(one.pick_up()); });
  add("release to award, median", [](const v1::WhatIfTotals& one) {
    return SayDuration(absl::Minutes(one.median_minutes_to_source()));
  });
  add("release to award, 90th percentile", [](const v1::WhatIfTotals& one) {
    return SayDuration(absl::Minutes(one.p90_minutes_to_source()));
  });
  fputs(table.Text(2).c_str(), stdout);
}

void PrintProviders(const v1::PreviewFrameworkResponse& response) {
  printf("\nProviders: offers, packages awarded, and their weekly hours\n\n");
  Table table({"provider", "offers", "replayed", "would", "awarded", "replayed", "would", "hours",
               "replayed", "would"});
  Table pick_up({"provider", "was", "replayed", "would have been"});
  for (const v1::WhatIfProvider& provider : response.providers()) {
    table.Add({provider.provider_id(), absl::StrCat(provider.offers_was()),
               absl::StrCat(provider.offers_replayed()), absl::StrCat(provider.offers_would()),
               absl::StrCat(provider.awarded_was()), absl::StrCat(provider.awarded_replayed()),
               absl::StrCat(provider.awarded_would()), Hours(provider.minutes_was()),
               Hours(provider.minutes_replayed()), Hours(provider.minutes_would())});
    pick_up.Add({provider.provider_id(), SayPickUp(provider.pick_up_was()),
                 SayPickUp(provider.pick_up_replayed()), SayPickUp(provider.pick_up_would())});
  }
  fputs(table.Text(2).c_str(), stdout);
  printf("\nProviders: accepted in time of due, each package once\n\n");
  fputs(pick_up.Text(2).c_str(), stdout);
}

void Print(const v1::PreviewFrameworkResponse& response) {
  PrintTotals(response);
  printf(
      "\n\"Replayed\" is the past under the files as they are: what differs there from what was is "
      "the replay's own\ndoing, for it repeats no release, award or reissue by hand. What the "
      "files "
      "do is the difference between\nthe last two columns.\n\n");
  printf("%lld packages would have gone to somebody else.\n",
         static_cast<long long>(response.moved()));
  printf(
      "%lld packages have a winner that cannot be known: a branch whose answer is not known might "
      "have "
      "won.\n",
      static_cast<long long>(response.undecidable()));
  PrintProviders(response);
}

int Run(const Options& options, const Ask& ask) {
  auto files = ReadFrameworkFolder(ask.folder);
  if (!files.ok()) return Refused(files.status());
  v1::PreviewFrameworkRequest request;
  *request.mutable_files() = std::move(*files->mutable_files());
  request.set_from_date(ask.since);
  request.set_to_date(ask.until);
  request.set_refusal_in_response(true);
  auto connection = options.Connect();
  if (!connection.ok()) return Refused(connection.status());
  v1::PreviewFrameworkResponse last;
  const auto* method = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      "brokerage.v1.DirectoryService.PreviewFramework");
  absl::Status status =
      connection->Watch(*method, request, [&last](const google::protobuf::Message& message) {
        last = static_cast<const v1::PreviewFrameworkResponse&>(message);
        if (last.has_refusal()) return true;
        ShowProgress(static_cast<size_t>(last.packages_done()),
                     static_cast<size_t>(last.packages_all()));
        return true;
      });
  if (!status.ok()) return Refused(status);
  if (last.has_refusal()) return Refused(engine::Reject(last.refusal()));
  if (options.json) {
    fputs(MessageJson(last, false).c_str(), stdout);
  } else {
    Print(last);
  }
  return 0;
}

}  // namespace

void AddWhatIfCommand(command_line::Command app, const Options* options, Chosen* chosen) {
  command_line::Command command = app.AddCommand(
      "whatif", "What a past period's packages would have come to under other files");
  auto ask = std::make_shared<Ask>();
  command.Add("folder", &ask->folder, "The framework's folder as it would be").Required();
  command.Add("--since", &ask->since, "Packages submitted from this date on, YYYY-MM-DD")
      .Required();
  command.Add("--until", &ask->until, "Packages submitted before this date; today unless given");
  command.AfterParse(
      [options, chosen, ask] { *chosen = [options, ask] { return Run(*options, *ask); }; });
}

}  // namespace brokerage::broker
