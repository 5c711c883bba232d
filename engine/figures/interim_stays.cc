#include "engine/figures/interim_stays.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/rejection.h"
#include "engine/figures/query.h"
#include "engine/figures/rates.h"
#include "engine/model/rollup_table.h"

namespace brokerage::engine {

namespace {

using journal::v1::RollupRow;

struct Question {
  std::string framework_id;
  FigurePeriodDates period;
  std::string authority_id;  // empty: all
};

absl::StatusOr<Question> CheckQuestion(const v1::QueryInterimStaysRequest& request,
                                       const PerformanceScope& scope, const Directory& directory) {
  auto rules = CheckFramework("", request.framework_id(), scope, directory);
  if (!rules.ok()) return rules.status();
  auto period = CheckClosedPeriod("", request.from_date(), request.to_date());
  if (!period.ok()) return period.status();
  const std::string& authority_id = request.authority_id();
  if (!authority_id.empty() && Directory::AuthorityOf(**rules, authority_id) == nullptr) {
    return Reject(v1::REJECTION_REASON_NOT_FOUND, "authority_id", authority_id,
                  "an authority of the framework, or nothing for all");
  }
  return Question{request.framework_id(), *period, authority_id};
}

void Add(const v1::InterimCounts& more, v1::InterimCounts* to) {
  to->set_left(to->left() + more.left());
  to->set_no_care(to->no_care() + more.no_care());
  to->set_less_care(to->less_care() + more.less_care());
  to->set_same_care(to->same_care() + more.same_care());
  to->set_more_care(to->more_care() + more.more_care());
  to->set_other(to->other() + more.other());
  to->set_stay_days(to->stay_days() + more.stay_days());
  to->set_over_limit(to->over_limit() + more.over_limit());
  to->set_followed(to->followed() + more.followed());
}

v1::InterimStays StaysOf(const std::string& lot_id, const v1::InterimCounts& counts) {
  v1::InterimStays stays;
  stays.set_lot_id(lot_id);
  *stays.mutable_counts() = counts;
  stays.mutable_average_stay()->set_total(counts.stay_days());
  stays.mutable_average_stay()->set_count(counts.left());
  *stays.mutable_less_or_no_care() = RateOf(counts.no_care() + counts.less_care(), counts.left());
  return stays;
}

}  // namespace

absl::StatusOr<v1::QueryInterimStaysResponse> QueryInterimStays(
    const v1::QueryInterimStaysRequest& request, const PerformanceScope& scope,
    const Directory& directory, const FigureSource& source) {
  auto question = CheckQuestion(request, scope, directory);
  if (!question.ok()) return question.status();
  v1::InterimCounts all;
  std::map<std::string, v1::InterimCounts> lots;
  source.ForEachRollup(
      RollupTable::Prefix(RollupRow::KIND_INTERIM, question->framework_id),
      [&](const RollupRow& row) {
        if (!question->period.Holds(row.date())) return;
        if (!question->authority_id.empty() && row.authority_id() != question->authority_id) {
          return;
        }
        Add(row.interim(), &all);
        Add(row.interim(), &lots[row.lot_id()]);
      });
  v1::QueryInterimStaysResponse response;
  *response.mutable_all() = StaysOf("", all);
  for (const auto& [lot_id, counts] : lots) *response.add_lots() = StaysOf(lot_id, counts);
  response.set_as_known_at(source.sequence());
  return response;
}

}  // namespace brokerage::engine
