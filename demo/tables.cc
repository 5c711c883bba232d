#include "demo/tables.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "absl/strings/str_cat.h"
#include "engine/base/calendar.h"
#include "services/client/text/scorecard.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::London;
using client::PrintScorecard;
using client::SayRate;
using client::SayTime;
using client::ShortName;
using client::Spaced;
using client::Table;

namespace {

constexpr size_t kScoresShown = 20;

struct Period {
  absl::CivilDay from;
  absl::CivilDay to;  // the first day after it
};

std::string Date(absl::CivilDay day) { return engine::FormatDate(engine::ToDateNumber(day)); }

Period QuarterOf(absl::CivilDay day) {
  const absl::CivilMonth first(day.year(), (day.month() - 1) / 3 * 3 + 1);
  return {absl::CivilDay(first), absl::CivilDay(first + 3)};
}

std::string QuarterName(const Period& quarter) {
  return absl::StrCat(quarter.from.year(), " Q", (quarter.from.month() - 1) / 3 + 1);
}

std::string Column(const World& world, v1::Dimension dimension, const std::string& value) {
  if (dimension == v1::DIMENSION_LOT) return world.names().Lot(value);
  if (dimension == v1::DIMENSION_SERVICE_TYPE) return Spaced(value);
  for (const v1::Authority& authority : world.framework().rules().authorities()) {
    if (dimension == v1::DIMENSION_AUTHORITY && authority.id() == value) return authority.name();
  }
  return value;
}

absl::StatusOr<v1::QueryComplianceResponse> Compliance(const World& world,
                                                       const std::optional<Period>& period) {
  v1::QueryComplianceRequest request;
  request.set_framework_id(world.framework().id());
  if (period) {
    request.set_from_date(Date(period->from));
    request.set_to_date(Date(period->to));
  }
  return world.commissioner().Call<v1::QueryComplianceResponse>(
      "PerformanceService/QueryCompliance", request);
}

// Whether pick-up counts what was won, not all that was accepted.
bool CountsWon(const World& world) {
  return world.framework().rules().pick_up_numerator() == v1::PICK_UP_NUMERATOR_WON;
}

// How the columns of the table make its rate.
void PrintHowPickUpIsComputed(const World& world) {
  printf(
      "\n  pick-up = (%s - returned) / due\n"
      "  due: issued, less closed before the deadline without an answer and issued in error\n"
      "  returned: won, given back before the start for the provider's own cause, and not won "
      "again\n",
      CountsWon(world) ? "won" : "accepted");
}

Table ComplianceTable(const World& world, const v1::QueryComplianceResponse& response,
                      bool only_contracted) {
  const bool by_won = CountsWon(world);
  Table table({"lot", "provider", "tier", "issued", "due", by_won ? "won" : "accepted", "returned",
               "pick-up", "minimum", "short by", "to recover", only_contracted ? "sanction" : ""});
  for (const v1::ComplianceRow& row : response.rows()) {
    const v1::Counts& settled = row.settled();
    const bool contracted = row.minimum_pickup_percent() > 0;
    if (!contracted && (only_contracted || settled.issued() == 0)) continue;
    if (only_contracted && row.pick_up().denominator() == 0) continue;
    table.Add({world.names().Lot(row.lot_id()), world.names().Provider(row.provider_id()),
               world.names().Tier(row.tier_id()), absl::StrCat(settled.issued()),
               absl::StrCat(row.pick_up().denominator()),
               absl::StrCat(by_won ? settled.won() : settled.accepted()),
               absl::StrCat(settled.accepted_returned_by_provider()), SayRate(row.pick_up()),
               contracted ? absl::StrCat(row.minimum_pickup_percent(), "%") : "none",
               contracted ? absl::StrCat(row.short_by()) : "",
               !contracted            ? ""
               : row.to_recover() < 0 ? "n/a"
                                      : absl::StrCat(row.to_recover()),
               row.sanction_proposed() ? (only_contracted ? "proposed" : "below minimum")
               : row.below_minimum()   ? "too few yet"
                                       : ""});
  }
  return table;
}

absl::StatusOr<v1::QueryScorecardResponse> Scorecard(const World& world, const Period& period,
                                                     int unserved_due_min) {
  v1::QueryScorecardRequest request;
  request.set_framework_id(world.framework().id());
  request.set_from_date(Date(period.from));
  request.set_to_date(Date(period.to));
  request.set_unserved_due_min(unserved_due_min);
  return world.commissioner().Call<v1::QueryScorecardResponse>("PerformanceService/QueryScorecard",
                                                               request);
}

std::string Share(int64_t count, int64_t of) {
  v1::Rate rate;
  rate.set_numerator(count);
  rate.set_denominator(of);
  return absl::StrCat(count, " (", SayRate(rate), ")");
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
absl::Status PrintQuarters(const World& world, const Period& all) {
  const int target = world.framework().rules().response_target_percent();
  const std::string of_target = absl::StrCat("of ", target, "%");
  Table table({"quarter", "market by branch", of_target, "without urgent", "by provider",
               "low risk", "medium risk", "high risk"});
  Table without_urgent(
      {"quarter", "market by branch", of_target, "low risk", "medium risk", "high risk"});
  for (Period quarter = QuarterOf(all.from); quarter.from < all.to;
       quarter = QuarterOf(quarter.to)) {
    auto score = Scorecard(world, quarter, 0);
    if (!score.ok()) return score.status();
    const v1::ScorecardRow& market = score->market();
    const v1::Rate& rate = market.response().rate();
    const v1::Rate& rate_without = market.response_without_urgent().rate();
    if (rate.denominator() == 0) continue;
    const std::string name =
        absl::StrCat(QuarterName(quarter), quarter.to > all.to ? ", so far" : "");
    std::vector<std::string> cells = {name, SayRate(rate), Met(rate, target), SayRate(rate_without),
                                      SayRate(market.response_by_opportunity())};
    AddShares({score->low_risk(), score->medium_risk(), score->high_risk()}, &cells);
    table.Add(cells);
    if (rate_without.denominator() == 0) continue;
    cells = {name, SayRate(rate_without), Met(rate_without, target)};
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
    absl::StrAppend(&gaps, gaps.empty() ? "" : ", ", row.provider_id(), " ", SayRate(rate.rate()));
  }
  const v1::BandedRate& market = (score.market().*banded)();
  table->Add({kpi, absl::StrCat(market.rate().denominator()),
              absl::StrCat(market.rate().numerator()), SayRate(market.rate()),
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

std::string DateOf(absl::Time time) { return Date(absl::ToCivilDay(time, London())); }

bool HasMinimum(const v1::FrameworkRules& rules) {
  return std::any_of(rules.tiers().begin(), rules.tiers().end(),
                     [](const v1::Tier& tier) { return tier.minimum_pickup_percent() > 0; });
}

absl::Status PrintFigures(const World& world, v1::Dimension dimension, const char* heading) {
  v1::QueryPerformanceRequest request;
  request.mutable_query()->set_framework_id(world.framework().id());
  request.mutable_query()->add_group_by(dimension);
  auto response = world.commissioner().Call<v1::QueryPerformanceResponse>(
      "PerformanceService/QueryPerformance", request);
  if (!response.ok()) return response.status();
  printf("\n%s: packages, and offers whose deadline has passed\n\n", heading);
  Table table({Spaced(ShortName(dimension)), "referred", "sourced", "waiting", "cancelled",
               "issued", "due", "responded", "late", "silent", "response", "accepted",
               "acceptance"});
  for (const v1::PerformanceRow& row : response->rows()) {
    const v1::Counts& settled = row.settled();
    table.Add(
        {Column(world, dimension, row.group(0).value()), absl::StrCat(row.packages().referred()),
         absl::StrCat(row.packages().sourced()), absl::StrCat(row.packages().waiting()),
         absl::StrCat(row.packages().cancelled()), absl::StrCat(settled.issued()),
         absl::StrCat(row.settled_rates().response().denominator()),
         absl::StrCat(row.settled_rates().response().numerator()), absl::StrCat(settled.late()),
         absl::StrCat(settled.silent()), SayRate(row.settled_rates().response()),
         absl::StrCat(settled.accepted()), SayRate(row.settled_rates().acceptance())});
  }
  fputs(table.Text(2).c_str(), stdout);
  return absl::OkStatus();
}

absl::Status PrintCompliance(const World& world) {
  const absl::CivilDay today = absl::ToCivilDay(world.now(), London());
  const auto began = engine::ParseDate(world.framework().rules().commencement_date());
  const Period quarter = QuarterOf(today);
  if (began && quarter.from <= engine::FromDateNumber(*began) && quarter.to == today + 1)
    return absl::OkStatus();  // the quarter's table has just said it
  auto response = Compliance(world, std::nullopt);
  if (!response.ok()) return response.status();
  printf(
      "\nContracts since the beginning: pick-up of packages whose deadline has passed (a package "
      "counts once, however often it was put)\n\n");
  fputs(ComplianceTable(world, *response, false).Text(2).c_str(), stdout);
  PrintHowPickUpIsComputed(world);
  return absl::OkStatus();
}

absl::Status PrintQuarterOf(const World& world, absl::CivilDay monday) {
  const Period quarter = QuarterOf(monday);
  if (quarter.to > monday + 7 || !HasMinimum(world.framework().rules())) return absl::OkStatus();
  auto response = Compliance(world, quarter);
  if (!response.ok()) return response.status();
  printf("\nThe end of %s: contracts against their minimum, as of %s\n\n",
         QuarterName(quarter).c_str(), SayTime(world.now()).c_str());
  fputs(ComplianceTable(world, *response, true).Text(2).c_str(), stdout);
  PrintHowPickUpIsComputed(world);
  printf("\n");
  int proposed = 0;
  for (const v1::ComplianceRow& row : response->rows()) {
    if (!row.sanction_proposed()) continue;
    ++proposed;
    printf("  sanction proposed: %s, %s in %s, picked up %s of at least %d%%\n",
           world.names().Provider(row.provider_id()).c_str(),
           world.names().Tier(row.tier_id()).c_str(), world.names().Lot(row.lot_id()).c_str(),
           SayRate(row.pick_up()).c_str(), row.minimum_pickup_percent());
  }
  if (proposed == 0) printf("  no sanction is proposed\n");
  printf("\n");
  return absl::OkStatus();
}

absl::Status PrintResponses(const World& world, int unserved_due_min) {
  const v1::FrameworkRules& rules = world.framework().rules();
  const auto began = engine::ParseDate(rules.commencement_date());
  if (!began) return absl::InternalError("the framework has no commencement");
  const Period all = {engine::FromDateNumber(*began), absl::ToCivilDay(world.now(), London()) + 1};
  auto response = Scorecard(world, all, unserved_due_min);
  if (!response.ok()) return response.status();
  if (rules.response_target_percent() > 0) {
    if (absl::Status status = PrintQuarters(world, all); !status.ok()) return status;
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
