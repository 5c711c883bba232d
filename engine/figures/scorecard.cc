#include "engine/figures/scorecard.h"
#include "engine/figures/counts.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/rejection.h"
#include "engine/figures/outcome.h"
#include "engine/figures/query.h"
#include "engine/figures/rates.h"

namespace brokerage::engine {

namespace {

using journal::v1::OfferFact;

// What is counted of one provider, of one branch, or of the market.
struct Score {
  v1::Counts issued;          // settled or not
  v1::Counts settled;         // restarts are in none but the last
  v1::Counts without_urgent;  // settled
  v1::Counts opportunities;   // settled
  v1::Counts restarts;        // settled
  int64_t resumed = 0;        // of them: without having been asked
  bool any = false;           // an offer of whatever kind

  void Add(const OfferFact& fact) {
    any = true;
    const OfferOutcome outcome = OutcomeOf(fact);
    if (fact.restart()) {
      if (outcome.settled) AddOutcome(outcome, 1, &restarts);
      if (fact.purpose() == v1::OFFER_PURPOSE_RESUMED) ++resumed;
      return;
    }
    AddOutcome(outcome, 1, &issued);
    if (!outcome.settled) return;
    AddOutcome(outcome, 1, &settled);
    const bool urgent = fact.urgency() == v1::URGENCY_URGENT || fact.shortened();
    if (!urgent) AddOutcome(outcome, 1, &without_urgent);
  }
  bool HasRate() const { return DueOf(settled) > 0; }
};

// What became of the settled offers to one branch in one ward.
struct Served {
  std::string provider_id;
  v1::Counts settled;
  bool taken_late = false;
};

// One pass over the offers of a period.
struct Scan {
  std::map<std::string, Score> providers;
  Score market;
  Score branch;                                                 // the scope's, where it has one
  std::map<std::pair<std::string, std::string>, Served> wards;  // by branch and ward: the scope's
};

struct Question {
  const v1::FrameworkRules* rules = nullptr;
  FigurePeriodDates period;
};

v1::Rate ResponseOf(const v1::Counts& counts) { return RateOf(RespondedOf(counts), DueOf(counts)); }

// A provider asks about markets that it is or was in.
template <typename Request>
absl::StatusOr<Question> CheckQuestion(const Request& request, const PerformanceScope& scope,
                                       const Directory& directory) {
  Question question;
  auto rules = CheckFramework("", request.framework_id(), scope, directory);
  if (!rules.ok()) return rules.status();
  question.rules = *rules;
  if (scope.LimitedToProvider() &&
      directory.HoldsContractsSince(scope.provider_id, request.framework_id()) == 0) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "framework_id", request.framework_id(),
                  "a framework in which you hold a contract");
  }
  auto period = CheckClosedPeriod("", request.from_date(), request.to_date());
  if (!period.ok()) return period.status();
  question.period = *period;
  return question;
}

bool InScope(const PerformanceScope& scope, const OfferFact& fact) {
  if (!scope.branch_id.empty()) return fact.branch_id() == scope.branch_id;
  return scope.provider_id.empty() || fact.provider_id() == scope.provider_id;
}

Scan ScanPeriod(const Question& question, const PerformanceScope& scope,
                const FigureSource& source) {
  Scan scan;
  source.ForEachOfferFact(question.rules->framework_id(), question.period.from, question.period.to,
                          [&](const OfferFact& fact) {
                            if (!fact.restart() && IsAsked(fact)) return;
                            scan.providers[fact.provider_id()].Add(fact);
                            scan.market.Add(fact);
                            if (!InScope(scope, fact)) return;
                            if (!scope.branch_id.empty()) scan.branch.Add(fact);
                            if (!IsOfARound(fact) || !fact.settled()) return;
                            Served& served = scan.wards[{fact.branch_id(), fact.ward_code()}];
                            served.provider_id = fact.provider_id();
                            served.taken_late = served.taken_late || fact.accepted_late();
                            AddOutcome(OutcomeOf(fact), 1, &served.settled);
                          });
  return scan;
}

FigureQuery ByProvider(const Question& question, v1::CountUnit unit) {
  FigureQuery query;
  query.rules = question.rules;
  query.period = question.period;
  query.unit = unit;
  query.group_by = {v1::DIMENSION_PROVIDER};
  return query;
}

v1::Counts SettledOfScope(FigureQuery query, const PerformanceScope& scope,
                          const Directory& directory, const FigureSource& source) {
  query.group_by.clear();
  Narrow(scope, &query);
  FigureAnswer answer = CountFigures(query, directory, source);
  return answer.groups[FigureGroup()].settled;
}

void AddOpportunities(const Question& question, const PerformanceScope& scope,
                      const Directory& directory, const FigureSource& source, Scan* scan) {
  const FigureQuery query = ByProvider(question, v1::COUNT_UNIT_PROVIDER_OPPORTUNITY);
  const FigureAnswer answer = CountFigures(query, directory, source);
  for (const auto& [group, totals] : answer.groups) {
    scan->providers[group.front()].opportunities = totals.settled;
    AddCounts(totals.settled, &scan->market.opportunities);
  }
  if (!scope.branch_id.empty()) {
    scan->branch.opportunities = SettledOfScope(query, scope, directory, source);
  }
}

// Never in time nor late. What was issued in error does not count, and what is still open may yet
// be answered; early closes do count, so that nobody hides behind them.
bool NeverAnswered(const v1::Counts& issued) {
  const bool asked = issued.issued() - issued.error_upheld() - issued.pending() > 0;
  return asked && RespondedOf(issued) + issued.late() == 0;
}

v1::ScorecardRow RowOf(const std::string& provider_id, const Score& score,
                       const v1::FrameworkRules& rules) {
  const v1::RateBands* response_bands = BandsOf(rules, v1::KPI_RESPONSE);
  const v1::Rate response = ResponseOf(score.settled);
  v1::ScorecardRow row;
  row.set_provider_id(provider_id);
  *row.mutable_offers() = score.settled;
  *row.mutable_opportunities() = score.opportunities;
  *row.mutable_response() = BandedRateOf(response, response_bands);
  const v1::Rate without_urgent = ResponseOf(score.without_urgent);
  *row.mutable_response_without_urgent() = BandedRateOf(without_urgent, response_bands);
  *row.mutable_response_by_opportunity() = ResponseOf(score.opportunities);
  row.set_risk(RiskOf(response, rules));
  row.set_risk_without_urgent(RiskOf(without_urgent, rules));
  *row.mutable_restarts() = BandedRateOf(RateOf(score.restarts.accepted(), DueOf(score.restarts)),
                                         BandsOf(rules, v1::KPI_RESTARTS));
  row.set_restarts_resumed(score.resumed);
  row.set_never_answered(NeverAnswered(score.issued));
  return row;
}

bool EnoughToBeUnnamed(const std::map<std::string, Score>& providers) {
  return std::count_if(providers.begin(), providers.end(), [](const auto& provider) {
           return provider.second.HasRate();
         }) >= kUnnamedProvidersMin;
}

// Counts would say whether others accepted: a provider is told rates alone.
v1::ScorecardRow MarketFor(const PerformanceScope& scope, const Scan& scan,
                           const v1::FrameworkRules& rules) {
  if (scope.LimitedToProvider() && !EnoughToBeUnnamed(scan.providers)) return {};
  v1::ScorecardRow row = RowOf("", scan.market, rules);
  if (scope.LimitedToProvider()) {
    row.clear_offers();
    row.clear_opportunities();
  }
  return row;
}

void CountRisks(v1::QueryScorecardResponse* response) {
  std::map<v1::Risk, int64_t> all, without_urgent;
  for (const v1::ScorecardRow& row : response->providers()) {
    ++all[row.risk()];
    ++without_urgent[row.risk_without_urgent()];
  }
  response->set_low_risk(all[v1::RISK_LOW]);
  response->set_medium_risk(all[v1::RISK_MEDIUM]);
  response->set_high_risk(all[v1::RISK_HIGH]);
  response->set_low_risk_without_urgent(without_urgent[v1::RISK_LOW]);
  response->set_medium_risk_without_urgent(without_urgent[v1::RISK_MEDIUM]);
  response->set_high_risk_without_urgent(without_urgent[v1::RISK_HIGH]);
}

void AddProviders(const PerformanceScope& scope, const Scan& scan, const v1::FrameworkRules& rules,
                  v1::QueryScorecardResponse* response) {
  for (const auto& [id, score] : scan.providers) {
    if (scope.LimitedToProvider() && id != scope.provider_id) continue;
    const bool of_branch = !scope.branch_id.empty();
    if (of_branch && !scan.branch.any) continue;
    *response->add_providers() = RowOf(id, of_branch ? scan.branch : score, rules);
  }
  CountRisks(response);
}

void AddUnservedWards(const Scan& scan, int64_t due_min, v1::QueryScorecardResponse* response) {
  for (const auto& [place, served] : scan.wards) {
    const v1::Counts& settled = served.settled;
    const bool taken = settled.accepted() > 0 || settled.in_part() > 0 || served.taken_late;
    if (DueOf(settled) < due_min || taken) continue;
    v1::UnservedWard& ward = *response->add_unserved_wards();
    ward.set_branch_id(place.first);
    ward.set_provider_id(served.provider_id);
    ward.set_ward_code(place.second);
    ward.set_due(DueOf(settled));
    ward.set_declined(settled.declined());
    ward.set_unanswered(settled.late() + settled.silent());
  }
}

}  // namespace

absl::StatusOr<v1::QueryScorecardResponse> QueryScorecard(const v1::QueryScorecardRequest& request,
                                                          const PerformanceScope& scope,
                                                          const Directory& directory,
                                                          const FigureSource& source) {
  auto question = CheckQuestion(request, scope, directory);
  if (!question.ok()) return question.status();
  if (request.unserved_due_min() < 0) {
    return Reject(v1::REJECTION_REASON_FIELD_INVALID, "unserved_due_min",
                  absl::StrCat(request.unserved_due_min()),
                  absl::StrCat("1 or more, or 0 for ", kUnservedDueMinDefault));
  }
  Scan scan = ScanPeriod(*question, scope, source);
  AddOpportunities(*question, scope, directory, source, &scan);
  v1::QueryScorecardResponse response;
  *response.mutable_market() = MarketFor(scope, scan, *question->rules);
  AddProviders(scope, scan, *question->rules, &response);
  const int32_t due_min = request.unserved_due_min();
  AddUnservedWards(scan, due_min == 0 ? kUnservedDueMinDefault : due_min, &response);
  response.set_as_known_at(source.sequence());
  return response;
}

absl::StatusOr<v1::QueryDistributionResponse> QueryDistribution(
    const v1::QueryDistributionRequest& request, const PerformanceScope& scope,
    const Directory& directory, const FigureSource& source) {
  auto question = CheckQuestion(request, scope, directory);
  if (!question.ok()) return question.status();
  const bool to_provider = scope.LimitedToProvider();
  if (to_provider && !question->rules->anonymous_comparison()) {
    return Reject(v1::REJECTION_REASON_NOT_SUPPORTED, "framework_id", request.framework_id(),
                  "a framework whose rules let providers be compared without their names");
  }
  const FigureQuery query = ByProvider(*question, v1::COUNT_UNIT_OFFER);
  v1::QueryDistributionResponse response;
  response.set_as_known_at(source.sequence());
  v1::Counts market;
  const FigureAnswer answer = CountFigures(query, directory, source);
  for (const auto& [group, totals] : answer.groups) {
    AddCounts(totals.settled, &market);
    const v1::Rate rate = ResponseOf(totals.settled);
    if (rate.denominator() == 0) continue;
    response.add_response_tenths_percent(static_cast<int32_t>(TenthsOfPercent(rate)));
  }
  auto* tenths = response.mutable_response_tenths_percent();
  std::sort(tenths->begin(), tenths->end());
  const bool enough = tenths->size() >= kUnnamedProvidersMin;
  if (!enough) tenths->Clear();
  if (enough || !to_provider) *response.mutable_market() = ResponseOf(market);
  if (to_provider) {
    *response.mutable_own() = ResponseOf(SettledOfScope(query, scope, directory, source));
  }
  return response;
}

}  // namespace brokerage::engine
