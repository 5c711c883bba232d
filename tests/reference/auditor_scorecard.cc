// Holds the scorecard and the distribution against counts over the raw rows.
#include "absl/strings/str_cat.h"
#include "engine/base/rejection.h"
#include "engine/figures/scorecard.h"
#include "tests/reference/reference_scorecard.h"
#include "tests/reference/workload.h"
#include "tests/reference/written_figures.h"

namespace brokerage::engine::reference {

void Workload::CheckScorecard(const ReferenceHistory& history) {
  v1::QueryScorecardRequest request;
  request.set_framework_id(framework_.rules.framework_id());
  const absl::CivilDay today = FromDateNumber(directory_.Today(now_));
  const bool whole = dice_.Percent(50);
  const absl::CivilDay from =
      whole ? absl::CivilDay(absl::CivilMonth(today)) : today - dice_.Between(0, 40);
  const absl::CivilDay to =
      whole ? absl::CivilDay(absl::CivilMonth(today) + 1) : today + dice_.Between(1, 2);
  request.set_from_date(FormatDate(ToDateNumber(from)));
  request.set_to_date(FormatDate(ToDateNumber(to)));
  request.set_unserved_due_min(dice_.Between(0, 3));
  ReferenceViewer viewer;
  PerformanceScope scope;
  const std::vector<ReferenceUnit> units = ReferenceUnits(history, v1::COUNT_UNIT_OFFER);
  if (dice_.Percent(50) && !units.empty()) {
    const journal::v1::OfferRow& offer = dice_.Of(units).first();
    scope.provider_id = viewer.provider_id = offer.provider_id();
    if (dice_.Percent(50)) scope.branch_id = viewer.branch_id = offer.branch_id();
  }
  const v1::FrameworkRules& rules = directory_.Rules(0);
  const WrittenFigures figures(rows_);
  const std::string where = absl::StrCat("scorecard for ", viewer.provider_id, " ",
                                         viewer.branch_id, ": ", request.ShortDebugString(), ": ");
  auto real = QueryScorecard(request, scope, engine_.directory(), figures);
  if (!real.ok()) return Problem(where + real.status().ToString());
  v1::QueryScorecardResponse reference = ReferenceScorecard(history, rules, request, viewer);
  reference.set_as_known_at(figures.sequence());
  if (reference.SerializeAsString() != real->SerializeAsString()) {
    return Problem(absl::StrCat(where, "reference ", reference.ShortDebugString(), " real ",
                                real->ShortDebugString()));
  }
  if (real->market().restarts().rate().denominator() > 0) tally_("scorecard with restarts");
  if (!real->unserved_wards().empty()) tally_("scorecard with unserved wards");
  for (const v1::ScorecardRow& row : real->providers()) {
    if (row.never_answered()) tally_("scorecard with one who never answered");
    if (row.response().in_printed_gap()) tally_("scorecard with a rate in a printed gap");
    if (row.risk() == v1::RISK_MEDIUM) tally_("scorecard with a medium risk");
    if (row.risk() != row.risk_without_urgent()) tally_("scorecard with another risk but urgent");
  }
  CheckDistribution(history, request, scope);
}

void Workload::CheckDistribution(const ReferenceHistory& history,
                                 const v1::QueryScorecardRequest& like,
                                 const PerformanceScope& scope) {
  v1::QueryDistributionRequest request;
  request.set_framework_id(like.framework_id());
  request.set_from_date(like.from_date());
  request.set_to_date(like.to_date());
  const v1::FrameworkRules& rules = directory_.Rules(0);
  const WrittenFigures figures(rows_);
  const std::string where = absl::StrCat("distribution ", request.ShortDebugString(), ": ");
  auto real = QueryDistribution(request, scope, engine_.directory(), figures);
  if (!scope.provider_id.empty() && !rules.anonymous_comparison()) {
    if (RejectionOf(real.status()).reason() == v1::REJECTION_REASON_NOT_SUPPORTED) return;
    return Problem(where + "a provider compares itself without the rules' leave");
  }
  if (!real.ok()) return Problem(where + real.status().ToString());
  v1::QueryDistributionResponse reference =
      ReferenceDistribution(history, rules, request, {scope.provider_id, scope.branch_id});
  reference.set_as_known_at(figures.sequence());
  if (reference.SerializeAsString() != real->SerializeAsString()) {
    return Problem(absl::StrCat(where, "reference ", reference.ShortDebugString(), " real ",
                                real->ShortDebugString()));
  }
  if (!real->response_tenths_percent().empty()) tally_("distribution of five or more");
}

}  // namespace brokerage::engine::reference
