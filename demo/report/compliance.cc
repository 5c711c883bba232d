#include "demo/report/compliance.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "absl/strings/str_cat.h"
#include "brokerage/v1/performance_service.pb.h"
#include "demo/report/periods.h"
#include "engine/base/calendar.h"
#include "engine/figures/rates.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::demo {

using client::London;
using client::SayTime;
using client::Table;

namespace {

absl::StatusOr<v1::QueryComplianceResponse> Compliance(const Council& council,
                                                       const std::optional<Period>& period) {
  v1::QueryComplianceRequest request;
  request.set_framework_id(council.framework().id());
  if (period) {
    request.set_from_date(Date(period->from));
    request.set_to_date(Date(period->to));
  }
  return council.commissioner().Call<v1::QueryComplianceResponse>(
      "PerformanceService/QueryCompliance", request);
}

// Whether pick-up counts what was won, not all that was accepted.
bool CountsWon(const Council& council) {
  return council.framework().rules().pick_up_numerator() == v1::PICK_UP_NUMERATOR_WON;
}

// How the columns of the table make its rate.
void PrintHowPickUpIsComputed(const Council& council) {
  printf(
      "\n  pick-up = (%s - returned) / due\n"
      "  due: issued, less closed before the deadline without an answer and issued in error\n"
      "  returned: won, given back before the start for the provider's own cause, and not won "
      "again\n",
      CountsWon(council) ? "won" : "accepted");
}

Table ComplianceTable(const Council& council, const v1::QueryComplianceResponse& response,
                      bool only_contracted) {
  const bool by_won = CountsWon(council);
  Table table({"lot", "provider", "tier", "issued", "due", by_won ? "won" : "accepted", "returned",
               "pick-up", "minimum", "short by", "to recover", only_contracted ? "sanction" : ""});
  for (const v1::ComplianceRow& row : response.rows()) {
    const v1::Counts& settled = row.settled();
    const bool contracted = row.minimum_pickup_percent() > 0;
    if (!contracted && (only_contracted || settled.issued() == 0)) continue;
    if (only_contracted && row.pick_up().denominator() == 0) continue;
    table.Add({council.names().Lot(row.lot_id()), council.names().Provider(row.provider_id()),
               council.names().Tier(row.tier_id()), absl::StrCat(settled.issued()),
               absl::StrCat(row.pick_up().denominator()),
               absl::StrCat(by_won ? settled.won() : settled.accepted()),
               absl::StrCat(settled.accepted_returned_by_provider()),
               engine::PrintRate(row.pick_up()),
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

}  // namespace

bool HasMinimum(const v1::FrameworkRules& rules) {
  return std::any_of(rules.tiers().begin(), rules.tiers().end(),
                     [](const v1::Tier& tier) { return tier.minimum_pickup_percent() > 0; });
}

absl::Status PrintCompliance(const Council& council) {
  const absl::CivilDay today = absl::ToCivilDay(council.now(), London());
  const auto began = engine::ParseDate(council.framework().rules().commencement_date());
  const Period quarter = QuarterOf(today);
  if (began && quarter.from <= engine::FromDateNumber(*began) && quarter.to == today + 1)
    return absl::OkStatus();  // the quarter's table has just said it
  auto response = Compliance(council, std::nullopt);
  if (!response.ok()) return response.status();
  printf(
      "\nContracts since the beginning: pick-up of packages whose deadline has passed (a package "
      "counts once, however often it was put)\n\n");
  fputs(ComplianceTable(council, *response, false).Text(2).c_str(), stdout);
  PrintHowPickUpIsComputed(council);
  return absl::OkStatus();
}

absl::Status PrintQuarterOf(const Council& council, absl::CivilDay monday) {
  const Period quarter = QuarterOf(monday);
  if (quarter.to > monday + 7 || !HasMinimum(council.framework().rules())) return absl::OkStatus();
  auto response = Compliance(council, quarter);
  if (!response.ok()) return response.status();
  printf("\nThe end of %s: contracts against their minimum, as of %s\n\n",
         QuarterName(quarter).c_str(), SayTime(council.now()).c_str());
  fputs(ComplianceTable(council, *response, true).Text(2).c_str(), stdout);
  PrintHowPickUpIsComputed(council);
  printf("\n");
  int proposed = 0;
  for (const v1::ComplianceRow& row : response->rows()) {
    if (!row.sanction_proposed()) continue;
    ++proposed;
    printf("  sanction proposed: %s, %s in %s, picked up %s of at least %d%%\n",
           council.names().Provider(row.provider_id()).c_str(),
           council.names().Tier(row.tier_id()).c_str(), council.names().Lot(row.lot_id()).c_str(),
           engine::PrintRate(row.pick_up()).c_str(), row.minimum_pickup_percent());
  }
  if (proposed == 0) printf("  no sanction is proposed\n");
  printf("\n");
  return absl::OkStatus();
}

}  // namespace brokerage::demo
