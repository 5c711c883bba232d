#include "services/client/text/scorecard.h"

#include <algorithm>
#include <cstdio>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/figures/rates.h"
#include "services/client/text/table.h"
#include "services/client/text/words.h"

namespace brokerage::client {

namespace {

constexpr int kUnservedDueMin = 3;  // the server's, where it is asked for none

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
          engine::PrintRate(row.response().rate()),
          SayBand(row.response()),
          engine::PrintRate(row.response_without_urgent().rate()),
          ShortName(row.risk_without_urgent()),
          engine::PrintRate(row.response_by_opportunity()),
          SayFraction(row.restarts().rate()),
          row.restarts().rate().denominator() == 0 ? "" : engine::PrintRate(row.restarts().rate()),
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
const char* BehaviourOf(const v1::UnservedWard& ward) {
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
               absl::StrCat(ward.declined()), absl::StrCat(ward.unanswered()), BehaviourOf(ward)});
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

}  // namespace brokerage::client
