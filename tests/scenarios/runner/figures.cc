// Figures in a scenario: performance in any slice, and how a contract stands against its minimum.
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

}  // namespace

void ScenarioRunner::CheckCompliance(const Words& words) {
  v1::QueryComplianceRequest request;
  request.set_framework_id(framework_id_);
  if (!words[1].empty()) request.set_from_date(DateOf(words[1]));
  if (!words[2].empty()) request.set_to_date(DateOf(words[2]));
  const DateNumber today = ToDateNumber(Today());
  auto answer =
      QueryCompliance(request, {}, driver_->engine().directory(), *driver_->Figures(), today);
  if (!answer.ok()) return Problem(answer.status().ToString());
  for (const v1::ComplianceRow& row : answer->rows()) {
    if (row.contract_id() != words[0]) continue;
    return CheckCounts(words[3], row.settled(), row.live(), row.settled(),
                       RatesOf(row.settled(), false), {}, &row);
  }
  Problem("the contract has no row");
}

void ScenarioRunner::CheckAllFigures(const Words& words) {
  QueryFigures("", "", words[0], words[1]);
}

void ScenarioRunner::CheckFigures(const Words& words) {
  QueryFigures(words[0], words[1], words[2], words[3]);
}

void ScenarioRunner::QueryFigures(const std::string& dimension, const std::string& value,
                                  const std::string& unit, const std::string& items) {
  v1::PerformanceQuery query;
  query.set_framework_id(framework_id_);
  if (!unit.empty()) {
    query.set_unit(ValueOf<v1::CountUnit>(v1::CountUnit_descriptor(), "COUNT_UNIT_", unit));
    if (query.unit() == v1::COUNT_UNIT_UNSPECIFIED) return Problem("there is no unit " + unit);
  }
  if (!dimension.empty()) {
    v1::DimensionValue& filter = *query.add_filters();
    filter.set_dimension(DimensionNamed(dimension));
    filter.set_value(value);
  }
  auto answer = QueryPerformance(query, {}, driver_->engine().directory(), *driver_->Figures());
  if (!answer.ok()) return Problem(answer.status().ToString());
  const v1::PerformanceRow& row = answer->rows(0);
  CheckCounts(items, row.live(), row.live(), row.settled(), row.live_rates(), row.packages(),
              nullptr);
}

v1::Dimension ScenarioRunner::DimensionNamed(const std::string& word) {
  const auto found = ValueOf<v1::Dimension>(v1::Dimension_descriptor(), "DIMENSION_", word);
  if (found == v1::DIMENSION_UNSPECIFIED) Problem("there is no dimension " + word);
  return found;
}

// As the caller is told them.
void ScenarioRunner::AskForFiguresBy(const Words& words) {
  v1::PerformanceQuery query;
  query.set_framework_id(framework_id_);
  query.add_group_by(DimensionNamed(words[0]));
  if (!words[1].empty()) {
    v1::DimensionValue& filter = *query.add_filters();
    filter.set_dimension(DimensionNamed(words[1]));
    filter.set_value(words[2]);
  }
  auto response =
      QueryPerformance(query, ScopeOf(caller_), driver_->engine().directory(), *driver_->Figures());
  if (!response.ok()) return Take(response.status(), nullptr);
  Take(absl::OkStatus(), std::make_unique<v1::QueryPerformanceResponse>(*std::move(response)));
}

void ScenarioRunner::CheckToldOf(const Words& words) {
  const auto* told = dynamic_cast<const v1::QueryPerformanceResponse*>(reply_.get());
  if (told == nullptr) return Problem("nobody asked for figures by something");
  std::vector<std::string> values;
  for (const v1::PerformanceRow& row : told->rows()) values.push_back(row.group(0).value());
  Expect(words[0], absl::StrJoin(values, ", "));
}

void ScenarioRunner::CheckTold(const Words& words) {
  const auto* told = dynamic_cast<const v1::QueryPerformanceResponse*>(reply_.get());
  if (told == nullptr) return Problem("nobody asked for figures by something");
  for (const v1::PerformanceRow& row : told->rows()) {
    if (row.group(0).value() != words[0]) continue;
    return CheckCounts(words[1], row.live(), row.live(), row.settled(), row.live_rates(),
                       row.packages(), nullptr);
  }
  Problem("nothing is told of " + words[0]);
}

void ScenarioRunner::CheckCounts(const std::string& items, const v1::Counts& plain,
                                 const v1::Counts& live, const v1::Counts& settled,
                                 const v1::Rates& rates, const v1::PackageCounts& packages,
                                 const v1::ComplianceRow* compliance) {
  for (const std::string& item : SplitList(items)) {
    if (item == "below minimum" || item == "not below minimum") {
      Expect(item, compliance != nullptr && compliance->below_minimum() ? "below minimum"
                                                                        : "not below minimum");
      continue;
    }
    if (item == "sanction proposed" || item == "no sanction proposed") {
      Expect(item, compliance != nullptr && compliance->sanction_proposed()
                       ? "sanction proposed"
                       : "no sanction proposed");
      continue;
    }
    const size_t space = item.rfind(' ');
    if (space == std::string::npos) return Problem("this is no figure: " + item);
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
      Problem("there is no figure " + name);
      continue;
    }
    Expect(absl::StrCat(name, " ", value), absl::StrCat(name, " ", found));
  }
}

}  // namespace brokerage::engine
