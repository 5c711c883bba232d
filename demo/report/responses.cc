#include "demo/report/responses.h"

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "brokerage/v1/performance_service.pb.h"
#include "demo/report/periods.h"
#include "engine/base/calendar.h"
#include "engine/figures/rates.h"
#include "services/client/text/scorecard.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::London;
using client::PrintScorecard;
using client::ShortName;
using client::Table;

namespace {

constexpr size_t kScoresShown = 20;

absl::StatusOr<v1::QueryScorecardResponse> Scorecard(const Council& council, const Period& period,
                                                     int unserved_due_min) {
  v1::QueryScorecardRequest request;
  request.set_framework_id(council.framework().id());
  request.set_from_date(Date(period.from));
  request.set_to_date(Date(period.to));
  request.set_unserved_due_min(unserved_due_min);
  return council.commissioner().Call<v1::QueryScorecardResponse>(
      "PerformanceService/QueryScorecard", request);
}

std::string Share(int64_t count, int64_t of) {
  v1::Rate rate;
  rate.set_numerator(count);
  rate.set_denominator(of);
  return absl::StrCat(count, " (", engine::PrintRate(rate), ")");
}

std::string Met(const v1::Rate& rate, int target) {
  return rate.numerator() * 100 >= rate.denominator() * target ? "met" : "not met";
}

// Of those of low, medium and high risk.
void AddShares(const std::array<int64_t, 3>& by_risk, std::vector<std::string>* cells) {
  const int64_t known = by_risk[0] + by_risk[1] + by_risk[2];
  for (int64_t count : by_risk) cells->push_back(Share(count, known));
}

// The market against its target, and providers by risk, a row for each quarter that has figures;
// then both without urgent packages.
absl::Status PrintQuarters(const Council& council, const Period& all) {
  const int target = council.framework().rules().response_target_percent();
  const std::string of_target = absl::StrCat("of ", target, "%");
  Table table({"quarter", "market by branch", of_target, "without urgent", "by provider",
               "low risk", "medium risk", "high risk"});
  Table without_urgent(
      {"quarter", "market by branch", of_target, "low risk", "medium risk", "high risk"});
  for (Period quarter = QuarterOf(all.from); quarter.from < all.to;
       quarter = QuarterOf(quarter.to)) {
    auto score = Scorecard(council, quarter, 0);
    if (!score.ok()) return score.status();
    const v1::ScorecardRow& market = score->market();
    const v1::Rate& rate = market.response().rate();
    const v1::Rate& rate_without = market.response_without_urgent().rate();
    if (rate.denominator() == 0) continue;
    const std::string name =
        absl::StrCat(QuarterName(quarter), quarter.to > all.to ? ", so far" : "");
    std::vector<std::string> cells = {name, engine::PrintRate(rate), Met(rate, target),
                                      engine::PrintRate(rate_without),
                                      engine::PrintRate(market.response_by_opportunity())};
    AddShares({score->low_risk(), score->medium_risk(), score->high_risk()}, &cells);
    table.Add(cells);
    if (rate_without.denominator() == 0) continue;
    cells = {name, engine::PrintRate(rate_without), Met(rate_without, target)};
    AddShares({score->low_risk_without_urgent(), score->medium_risk_without_urgent(),
               score->high_risk_without_urgent()},
              &cells);
    without_urgent.Add(cells);
  }
  printf(
      "\nThe response rate of the market, and providers by the risk that they do not respond\n\n");
  fputs(table.empty() ? "  nothing is due yet\n" : table.Text(2).c_str(), stdout);
  if (without_urgent.empty()) return absl::OkStatus();
  printf("\nThe same without urgent packages\n\n");
  fputs(without_urgent.Text(2).c_str(), stdout);
  return absl::OkStatus();
}

// How many providers are green, amber and red, and whose rate the printed bands leave out.
void AddBands(const char* kpi, const v1::QueryScorecardResponse& score,
              const v1::BandedRate& (v1::ScorecardRow::*banded)() const, Table* table) {
  int green = 0, amber = 0, red = 0;
  std::string gaps;
  for (const v1::ScorecardRow& row : score.providers()) {
    const v1::BandedRate& rate = (row.*banded)();
    green += rate.band() == v1::BAND_GREEN;
    amber += rate.band() == v1::BAND_AMBER;
    red += rate.band() == v1::BAND_RED;
    if (!rate.in_printed_gap()) continue;
    absl::StrAppend(&gaps, gaps.empty() ? "" : ", ", row.provider_id(), " ",
                    engine::PrintRate(rate.rate()));
  }
  const v1::BandedRate& market = (score.market().*banded)();
  table->Add({kpi, absl::StrCat(market.rate().denominator()),
              absl::StrCat(market.rate().numerator()), engine::PrintRate(market.rate()),
              absl::StrCat(ShortName(market.band()), market.in_printed_gap() ? " (gap)" : ""),
              absl::StrCat(green), absl::StrCat(amber), absl::StrCat(red),
              gaps.empty() ? "nobody" : gaps});
}

void PrintBands(const v1::QueryScorecardResponse& score) {
  printf("\nThe market's KPIs, and providers by their band\n\n");
  Table table(
      {"KPI", "due", "met", "rate", "band", "green", "amber", "red", "between the printed bands"});
  AddBands("4, offers answered in time", score, &v1::ScorecardRow::response, &table);
  AddBands("2, restarts taken", score, &v1::ScorecardRow::restarts, &table);
  fputs(table.Text(2).c_str(), stdout);
}

}  // namespace

absl::Status PrintResponses(const Council& council, int unserved_due_min) {
  const v1::FrameworkRules& rules = council.framework().rules();
  const auto began = engine::ParseDate(rules.commencement_date());
  if (!began) return absl::InternalError("the framework has no commencement");
  const Period all = {engine::FromDateNumber(*began),
                      absl::ToCivilDay(council.now(), London()) + 1};
  auto response = Scorecard(council, all, unserved_due_min);
  if (!response.ok()) return response.status();
  if (rules.response_target_percent() > 0) {
    if (absl::Status status = PrintQuarters(council, all); !status.ok()) return status;
  }
  if (!rules.bands().empty()) PrintBands(*response);
  printf("\nWho responds%s: offers whose deadline has passed, those at risk first\n\n",
         rules.response_target_percent() > 0
             ? absl::StrCat(", against ", rules.response_target_percent(), "%").c_str()
             : "");
  PrintScorecard(*response, kScoresShown, unserved_due_min);
  return absl::OkStatus();
}

}  // namespace brokerage::demo
