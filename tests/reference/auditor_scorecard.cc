#include "tests/reference/auditor_scorecard.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/rejection.h"
#include "engine/figures/scorecard.h"
#include "tests/reference/reference_scorecard.h"
#include "tests/reference/written_figures.h"

namespace brokerage::engine::reference {

namespace {

void CheckDistribution(Course& course, const ReferenceHistory& history,
                       const v1::QueryScorecardRequest& like, const PerformanceScope& scope) {
  v1::QueryDistributionRequest request;
  request.set_framework_id(like.framework_id());
  request.set_from_date(like.from_date());
  request.set_to_date(like.to_date());
  const v1::FrameworkRules& rules = course.directory.Rules(0);
  const WrittenFigures figures(course.rows);
  const std::string where = absl::StrCat("distribution ", request.ShortDebugString(), ": ");
  auto real = QueryDistribution(request, scope, course.engine.directory(), figures);
  if (!scope.provider_id.empty() && !rules.anonymous_comparison()) {
    if (RejectionOf(real.status()).reason() == v1::REJECTION_REASON_NOT_SUPPORTED) return;
    return course.Problem(where + "a provider compares itself without the rules' leave");
  }
  if (!real.ok()) return course.Problem(where + real.status().ToString());
  v1::QueryDistributionResponse reference =
      ReferenceDistribution(history, rules, request, {scope.provider_id, scope.branch_id});
  reference.set_as_known_at(figures.sequence());
  if (reference.SerializeAsString() != real->SerializeAsString()) {
    return course.Problem(absl::StrCat(where, "reference ", reference.ShortDebugString(), " real ",
                                       real->ShortDebugString()));
  }
  if (!real->response_tenths_percent().empty()) course.tally("distribution of five or more");
}

}  // namespace

void CheckScorecard(Course& course, const ReferenceHistory& history) {
  v1::QueryScorecardRequest request;
  request.set_framework_id(course.framework.rules.framework_id());
  const absl::CivilDay today = FromDateNumber(course.directory.Today(course.now));
  const bool whole = course.dice.Percent(50);
  const absl::CivilDay from =
      whole ? absl::CivilDay(absl::CivilMonth(today)) : today - course.dice.Between(0, 40);
  const absl::CivilDay to =
      whole ? absl::CivilDay(absl::CivilMonth(today) + 1) : today + course.dice.Between(1, 2);
  request.set_from_date(FormatDate(ToDateNumber(from)));
  request.set_to_date(FormatDate(ToDateNumber(to)));
  request.set_unserved_due_min(course.dice.Between(0, 3));
  ReferenceViewer viewer;
  PerformanceScope scope;
  const std::vector<ReferenceUnit> units = ReferenceUnits(history, v1::COUNT_UNIT_OFFER);
  const journal::v1::OfferRow* of = nullptr;
  if (course.dice.Percent(50) && !units.empty()) of = &course.dice.Of(units).first();
  // Who runs an imported package may hold no contract of the framework, and is asked about it all
  // the same.
  if (of != nullptr && of->purpose() == v1::OFFER_PURPOSE_UNSPECIFIED) {
    const journal::v1::OfferRow& offer = *of;
    scope.provider_id = viewer.provider_id = offer.provider_id();
    if (course.dice.Percent(50)) scope.branch_id = viewer.branch_id = offer.branch_id();
  }
  const v1::FrameworkRules& rules = course.directory.Rules(0);
  const WrittenFigures figures(course.rows);
  const std::string where = absl::StrCat("scorecard for ", viewer.provider_id, " ",
                                         viewer.branch_id, ": ", request.ShortDebugString(), ": ");
  auto real = QueryScorecard(request, scope, course.engine.directory(), figures);
  if (!real.ok()) return course.Problem(where + real.status().ToString());
  v1::QueryScorecardResponse reference = ReferenceScorecard(history, rules, request, viewer);
  reference.set_as_known_at(figures.sequence());
  if (reference.SerializeAsString() != real->SerializeAsString()) {
    return course.Problem(absl::StrCat(where, "reference ", reference.ShortDebugString(), " real ",
                                       real->ShortDebugString()));
  }
  if (real->market().restarts().rate().denominator() > 0) course.tally("scorecard with restarts");
  if (!real->unserved_wards().empty()) course.tally("scorecard with unserved wards");
  for (const v1::ScorecardRow& row : real->providers()) {
    if (row.never_answered()) course.tally("scorecard with one who never answered");
    if (row.response().in_printed_gap()) course.tally("scorecard with a rate in a printed gap");
    if (row.risk() == v1::RISK_MEDIUM) course.tally("scorecard with a medium risk");
    if (row.risk() != row.risk_without_urgent())
      course.tally("scorecard with another risk but urgent");
  }
  CheckDistribution(course, history, request, scope);
}

}  // namespace brokerage::engine::reference
