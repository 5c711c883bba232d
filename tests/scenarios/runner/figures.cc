#include "tests/scenarios/runner/figures.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "engine/figures/compliance.h"
#include "engine/figures/performance.h"
#include "engine/figures/rates.h"
#include "tests/scenarios/runner/runner.h"
#include "tests/scenarios/runner/values.h"

namespace brokerage::engine {

namespace {

std::string Fraction(const v1::Rate& rate) {
  if (rate.denominator() == 0) return "n/a";
  return absl::StrCat(rate.numerator(), "/", rate.denominator());
}

// Counts, by the name that a person writes ("closed unanswered").
std::optional<int64_t> CountOf(const google::protobuf::Message& counts, const std::string& name) {
  const auto* field =
      counts.GetDescriptor()->FindFieldByName(absl::StrReplaceAll(name, {{" ", "_"}}));
  if (field == nullptr) return std::nullopt;
  return counts.GetReflection()->GetInt64(counts, field);
}

std::optional<v1::Rate> RateNamed(const v1::Rates& rates, const std::string& name) {
  if (name == "response") return rates.response();
  if (name == "acceptance") return rates.acceptance();
  if (name == "pick-up") return rates.pick_up();
  if (name == "award rate") return rates.award();
  if (name == "hand-back rate") return rates.hand_back();
  return std::nullopt;
}

v1::Dimension DimensionNamed(ScenarioRunner& run, const std::string& word) {
  const auto found = ValueOf<v1::Dimension>(v1::Dimension_descriptor(), "DIMENSION_", word);
  if (found == v1::DIMENSION_UNSPECIFIED) run.Problem("there is no dimension " + word);
  return found;
}

void CheckCounts(ScenarioRunner& run, const std::string& items, const v1::Counts& plain,
                 const v1::Counts& live, const v1::Counts& settled, const v1::Rates& rates,
                 const v1::PackageCounts& packages, const v1::ComplianceRow* compliance) {
  for (const std::string& item : SplitList(items)) {
    if (item == "below minimum" || item == "not below minimum") {
      run.Expect(item, compliance != nullptr && compliance->below_minimum() ? "below minimum"
                                                                            : "not below minimum");
      continue;
    }
    if (item == "sanction proposed" || item == "no sanction proposed") {
      run.Expect(item, compliance != nullptr && compliance->sanction_proposed()
                           ? "sanction proposed"
                           : "no sanction proposed");
      continue;
    }
    const size_t space = item.rfind(' ');
    if (space == std::string::npos) return run.Problem("this is no figure: " + item);
    std::string name = item.substr(0, space);
    const std::string value = item.substr(space + 1);
    const v1::Counts* counts = &plain;
    if (absl::StartsWith(name, "live ")) counts = &live;
    if (absl::StartsWith(name, "settled ")) counts = &settled;
    absl::string_view bare = name;
    absl::ConsumePrefix(&bare, "live ") || absl::ConsumePrefix(&bare, "settled ");
    name = std::string(bare);
    std::string found;
    if (name == "short by" && compliance != nullptr) {
      found = absl::StrCat(compliance->short_by());
    } else if (name == "to recover" && compliance != nullptr) {
      found = absl::StrCat(compliance->to_recover());
    } else if (name == "minimum" && compliance != nullptr) {
      found = absl::StrCat(compliance->minimum_pickup_percent(), "%");
    } else if (name == "stopped by suspension" && compliance != nullptr) {
      found = absl::StrCat(compliance->stopped_by_suspension());
    } else if (name == "missed in opt-out" && compliance != nullptr) {
      found = absl::StrCat(compliance->missed_in_opt_out());
    } else if (name == "wards not covered" && compliance != nullptr) {
      found = absl::StrCat(compliance->wards_not_covered());
    } else if (name == "due") {
      found = absl::StrCat(DueOf(*counts));
    } else if (name == "responded") {
      found = absl::StrCat(RespondedOf(*counts));
    } else if (name == "excluded") {
      found = absl::StrCat(ExcludedOf(*counts));
    } else if (name == "pick-up" && compliance != nullptr) {
      found = absl::EndsWith(value, "%") ? PrintRate(compliance->pick_up())
                                         : Fraction(compliance->pick_up());
    } else if (auto rate = RateNamed(counts == &settled ? RatesOf(settled, false) : rates, name)) {
      found = absl::EndsWith(value, "%") ? PrintRate(*rate) : Fraction(*rate);
    } else if (auto count = CountOf(*counts, name)) {
      found = absl::StrCat(*count);
    } else if (auto count = CountOf(packages, name)) {
      found = absl::StrCat(*count);
    } else {
      run.Problem("there is no figure " + name);
      continue;
    }
    run.Expect(absl::StrCat(name, " ", value), absl::StrCat(name, " ", found));
  }
}

void QueryFigures(ScenarioRunner& run, const std::string& dimension, const std::string& value,
                  const std::string& unit, const std::string& items) {
  v1::PerformanceQuery query;
  query.set_framework_id(run.framework_id());
  if (!unit.empty()) {
    query.set_unit(ValueOf<v1::CountUnit>(v1::CountUnit_descriptor(), "COUNT_UNIT_", unit));
    if (query.unit() == v1::COUNT_UNIT_UNSPECIFIED) return run.Problem("there is no unit " + unit);
  }
  if (!dimension.empty()) {
    v1::DimensionValue& filter = *query.add_filters();
    filter.set_dimension(DimensionNamed(run, dimension));
    filter.set_value(value);
  }
  auto answer = QueryPerformance(query, {}, run.directory(), *run.driver().Figures());
  if (!answer.ok()) return run.Problem(answer.status().ToString());
  const v1::PerformanceRow& row = answer->rows(0);
  CheckCounts(run, items, row.live(), row.live(), row.settled(), row.live_rates(), row.packages(),
              nullptr);
}

// As the caller is told them.
void AskForFiguresBy(ScenarioRunner& run, const Words& words) {
  v1::PerformanceQuery query;
  query.set_framework_id(run.framework_id());
  query.add_group_by(DimensionNamed(run, words[0]));
  if (!words[1].empty()) {
    v1::DimensionValue& filter = *query.add_filters();
    filter.set_dimension(DimensionNamed(run, words[1]));
    filter.set_value(words[2]);
  }
  auto response =
      QueryPerformance(query, ScopeOf(run.caller()), run.directory(), *run.driver().Figures());
  run.Take(std::move(response));
}

void CheckCompliance(ScenarioRunner& run, const Words& words) {
  v1::QueryComplianceRequest request;
  request.set_framework_id(run.framework_id());
  if (!words[1].empty()) request.set_from_date(run.DateOf(words[1]));
  if (!words[2].empty()) request.set_to_date(run.DateOf(words[2]));
  const DateNumber today = ToDateNumber(run.Today());
  auto answer = QueryCompliance(request, {}, run.directory(), *run.driver().Figures(), today);
  if (!answer.ok()) return run.Problem(answer.status().ToString());
  for (const v1::ComplianceRow& row : answer->rows()) {
    if (row.contract_id() != words[0]) continue;
    return CheckCounts(run, words[3], row.settled(), row.live(), row.settled(),
                       RatesOf(row.settled(), false), {}, &row);
  }
  run.Problem("the contract has no row");
}

void CheckAllFigures(ScenarioRunner& run, const Words& words) {
  QueryFigures(run, "", "", words[0], words[1]);
}

void CheckFigures(ScenarioRunner& run, const Words& words) {
  QueryFigures(run, words[0], words[1], words[2], words[3]);
}

void CheckToldOf(ScenarioRunner& run, const Words& words) {
  const auto* told =
      run.Reply<v1::QueryPerformanceResponse>("nobody asked for figures by something");
  if (told == nullptr) return;
  std::vector<std::string> values;
  for (const v1::PerformanceRow& row : told->rows()) values.push_back(row.group(0).value());
  run.Expect(words[0], absl::StrJoin(values, ", "));
}

void CheckTold(ScenarioRunner& run, const Words& words) {
  const auto* told =
      run.Reply<v1::QueryPerformanceResponse>("nobody asked for figures by something");
  if (told == nullptr) return;
  for (const v1::PerformanceRow& row : told->rows()) {
    if (row.group(0).value() != words[0]) continue;
    return CheckCounts(run, words[1], row.live(), row.live(), row.settled(), row.live_rates(),
                       row.packages(), nullptr);
  }
  run.Problem("nothing is told of " + words[0]);
}

}  // namespace

const PhraseTable& FigurePhrases() {
  static const auto& kPhrases = *new PhraseTable{
      {
          {Phrase("asks for the figures by WORD[ of WORD VALUE]"), AskForFiguresBy},
      },
      {
          {Phrase("contract NAME[ from DATE to DATE]: REST"), CheckCompliance},
          {Phrase("figures of all[ by WORD]: REST"), CheckAllFigures},
          {Phrase("figures of WORD NAME[ by WORD]: REST"), CheckFigures},
          {Phrase("told of VALUES and no other"), CheckToldOf},
          {Phrase("told of VALUE: REST"), CheckTold},
      }};
  return kPhrases;
}

}  // namespace brokerage::engine
