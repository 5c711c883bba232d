// `broker scorecard FRAMEWORK`: who answers and who does not, as tables for people.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "brokerage/v1/performance_service.pb.h"
#include "services/broker/options.h"
#include "services/client/text/message_text.h"
#include "services/client/text/reports.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::broker {

namespace {

constexpr size_t kAll = 1'000'000;
constexpr int kUnservedDueMin = 3;  // the server's, where it is asked for none

struct Scorecard {
  std::string framework_id;
  std::string from_date;
  std::string to_date;
  int32_t unserved_due_min = 0;
};

std::string SayBand(const v1::BandedRate& banded) {
  return absl::StrCat(ShortName(banded.band()), banded.in_printed_gap() ? " (gap)" : "");
}

std::string SayFraction(const v1::Rate& rate) {
  return rate.denominator() == 0 ? "" : absl::StrCat(rate.numerator(), "/", rate.denominator());
}

// Responded of due.
std::vector<std::string> Cells(const std::string& name, const v1::ScorecardRow& row) {
  return {name,
          ShortName(row.risk()),
          SayFraction(row.response().rate()),
          SayRate(row.response().rate()),
          SayBand(row.response()),
          SayRate(row.response_without_urgent().rate()),
          ShortName(row.risk_without_urgent()),
          SayRate(row.response_by_opportunity()),
          SayFraction(row.restarts().rate()),
          row.restarts().rate().denominator() == 0 ? "" : SayRate(row.restarts().rate()),
          SayBand(row.restarts())};
}

// High risk first, then the lowest rate; those without a rate last.
bool WorseFirst(const v1::ScorecardRow& a, const v1::ScorecardRow& b) {
  if (a.risk() != b.risk()) return a.risk() > b.risk();
  const v1::Rate& x = a.response().rate();
  const v1::Rate& y = b.response().rate();
  if ((x.denominator() == 0) != (y.denominator() == 0)) return y.denominator() == 0;
  return x.numerator() * y.denominator() < y.numerator() * x.denominator();
}

void PrintProviders(const v1::QueryScorecardResponse& response, size_t most) {
  Table table({"provider", "risk", "answered", "response", "band", "without urgent", "risk then",
               "by opportunity", "restarts", "taken", "restart band"});
  if (response.market().ByteSizeLong() > 0) table.Add(Cells("the market", response.market()));
  std::vector<v1::ScorecardRow> rows(response.providers().begin(), response.providers().end());
  std::stable_sort(rows.begin(), rows.end(), WorseFirst);
  const size_t shown = std::min(rows.size(), most);
  for (size_t i = 0; i < shown; ++i) table.Add(Cells(rows[i].provider_id(), rows[i]));
  table.DropEmptyColumns();
  fputs(table.empty() ? "  nobody was offered anything\n" : table.Text(2).c_str(), stdout);
  if (shown < rows.size()) printf("  and %zu more\n", rows.size() - shown);
  printf("\n  %ld of low risk, %ld of medium risk, %ld of high risk\n",
         static_cast<long>(response.low_risk()), static_cast<long>(response.medium_risk()),
         static_cast<long>(response.high_risk()));
  printf("  without urgent packages %ld of low risk, %ld of medium risk, %ld of high risk\n",
         static_cast<long>(response.low_risk_without_urgent()),
         static_cast<long>(response.medium_risk_without_urgent()),
         static_cast<long>(response.high_risk_without_urgent()));
}

void PrintNeverAnswered(const v1::QueryScorecardResponse& response) {
  printf("\nNever answered an offer\n\n");
  Table table({"provider", "due", "closed unanswered"});
  for (const v1::ScorecardRow& row : response.providers()) {
    if (!row.never_answered()) continue;
    table.Add({row.provider_id(), absl::StrCat(row.response().rate().denominator()),
               absl::StrCat(row.offers().closed_unanswered())});
  }
  fputs(table.empty() ? "  nobody\n" : table.Text(2).c_str(), stdout);
}

// How all offers there were met; "never accepts" where now one way and now the other.
const char* MannerOf(const v1::UnservedWard& ward) {
  if (ward.declined() == ward.due()) return "always declines";
  return ward.unanswered() == ward.due() ? "never answers" : "never accepts";
}

// Those that are met one way first, then the most offers.
bool MoreTellingFirst(const v1::UnservedWard& a, const v1::UnservedWard& b) {
  auto mixed = [](const v1::UnservedWard& ward) {
    return ward.declined() != ward.due() && ward.unanswered() != ward.due();
  };
  if (mixed(a) != mixed(b)) return mixed(b);
  return a.due() > b.due();
}

void PrintUnservedWards(const v1::QueryScorecardResponse& response, size_t most, int due_min) {
  printf("\nWards that a branch covers and never takes, of those with %d offers due or more\n\n",
         due_min > 0 ? due_min : kUnservedDueMin);
  std::set<std::string> never;
  for (const v1::ScorecardRow& row : response.providers()) {
    if (row.never_answered()) never.insert(row.provider_id());
  }
  std::vector<v1::UnservedWard> wards;
  for (const v1::UnservedWard& ward : response.unserved_wards()) {
    if (!never.contains(ward.provider_id())) wards.push_back(ward);
  }
  std::stable_sort(wards.begin(), wards.end(), MoreTellingFirst);
  Table table({"branch", "ward", "due", "declined", "unanswered", "it"});
  const size_t shown = std::min(wards.size(), most);
  for (size_t i = 0; i < shown; ++i) {
    const v1::UnservedWard& ward = wards[i];
    table.Add({ward.branch_id(), ward.ward_code(), absl::StrCat(ward.due()),
               absl::StrCat(ward.declined()), absl::StrCat(ward.unanswered()), MannerOf(ward)});
  }
  fputs(table.empty() ? "  none\n" : table.Text(2).c_str(), stdout);
  if (shown < wards.size()) printf("  and %zu more\n", wards.size() - shown);
  const size_t theirs = static_cast<size_t>(response.unserved_wards_size()) - wards.size();
  if (theirs > 0) printf("  and %zu of those who never answered at all\n", theirs);
}

}  // namespace

void PrintScorecard(const v1::QueryScorecardResponse& response, size_t most, int unserved_due_min) {
  PrintProviders(response, most);
  PrintNeverAnswered(response);
  PrintUnservedWards(response, most, unserved_due_min);
}

namespace {

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

void AddScorecardCommand(CLI::App* app, const Options* options, Chosen* chosen) {
  CLI::App* command = app->add_subcommand(
      "scorecard",
      "Who answers, who takes restarts, who never answers, and which wards are unserved");
  auto scorecard = std::make_shared<Scorecard>();
  command->add_option("framework", scorecard->framework_id, "The framework's id")->required();
  command->add_option("--from", scorecard->from_date, "Offers issued from this date on")
      ->type_name("YYYY-MM-DD")
      ->required();
  command->add_option("--to", scorecard->to_date, "To before this date")
      ->type_name("YYYY-MM-DD")
      ->required();
  command
      ->add_option("--unserved-due-min", scorecard->unserved_due_min,
                   "Offers due before a ward may be listed as unserved; 3 unless given")
      ->type_name("N");
  command->callback([options, chosen, scorecard] {
    *chosen = [options, scorecard] { return Run(*options, *scorecard); };
  });
}

}  // namespace brokerage::broker
