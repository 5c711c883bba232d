// Who asks for figures in a scenario, and what the scorecard must say.
#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "engine/figures/compliance.h"
#include "engine/figures/interim_stays.h"
#include "engine/figures/rates.h"
#include "engine/figures/scorecard.h"
#include "tests/scenarios/runner/runner.h"

namespace brokerage::engine {

namespace {

std::string Say(const v1::Rate& rate, bool in_percent) {
  if (in_percent || rate.denominator() == 0) return PrintRate(rate);
  return absl::StrCat(rate.numerator(), "/", rate.denominator());
}

std::string Word(const std::string& name, absl::string_view prefix) {
  return absl::AsciiStrToLower(absl::StripPrefix(name, prefix));
}

std::string BandWords(v1::Band band) {
  return band == v1::BAND_UNSPECIFIED ? "no band" : Word(v1::Band_Name(band), "BAND_");
}

// The rate's own band, or whether it lies in a gap, where the word asks for one of them; else
// nothing.
std::string BandFound(const v1::BandedRate& rate, absl::string_view word) {
  if (word == "gap" || word == "no gap") return rate.in_printed_gap() ? "gap" : "no gap";
  for (int band = 0; band < v1::Band_ARRAYSIZE; ++band) {
    if (word == BandWords(static_cast<v1::Band>(band))) return BandWords(rate.band());
  }
  return "";
}

std::string RiskWords(v1::Risk risk) {
  return risk == v1::RISK_UNSPECIFIED ? "no risk" : Word(v1::Risk_Name(risk), "RISK_") + " risk";
}

// "due" and every count by its name; nothing if there is none.
std::string CountWords(const v1::Counts& counts, const std::string& name) {
  if (name == "due") return absl::StrCat(DueOf(counts));
  const auto* field =
      v1::Counts::descriptor()->FindFieldByName(absl::StrReplaceAll(name, {{" ", "_"}}));
  return field == nullptr ? "" : absl::StrCat(counts.GetReflection()->GetInt64(counts, field));
}

// What the row says where the item is a word of its own; nothing where it is a figure.
std::string StateWords(const v1::ScorecardRow& row, const std::string& item) {
  if (item == "nothing") return row.ByteSizeLong() == 0 ? "nothing" : "something";
  if (item == "no counts") {
    return row.has_offers() || row.has_opportunities() ? "counts" : "no counts";
  }
  if (item == "never answered" || item == "answered") {
    return row.never_answered() ? "never answered" : "answered";
  }
  if (absl::EndsWith(item, " risk")) return RiskWords(row.risk());
  if (absl::EndsWith(item, " risk without urgent")) {
    return RiskWords(row.risk_without_urgent()) + " without urgent";
  }
  absl::string_view bare = item;
  const bool of_restarts = absl::ConsumePrefix(&bare, "restarts ");
  const std::string found = BandFound(of_restarts ? row.restarts() : row.response(), bare);
  return of_restarts && !found.empty() ? "restarts " + found : found;
}

std::string FigureWords(const v1::ScorecardRow& row, const std::string& name, bool in_percent) {
  if (name == "response") return Say(row.response().rate(), in_percent);
  if (name == "without urgent") return Say(row.response_without_urgent().rate(), in_percent);
  if (name == "by opportunity") return Say(row.response_by_opportunity(), in_percent);
  if (name == "restarts") return Say(row.restarts().rate(), in_percent);
  if (absl::StartsWith(name, "opportunities ")) {
    return CountWords(row.opportunities(), name.substr(sizeof("opportunities ") - 1));
  }
  return CountWords(row.offers(), name);
}

}  // namespace

void ScenarioRunner::Take(const absl::Status& refused,
                          std::unique_ptr<google::protobuf::Message> reply) {
  if (!refused.ok() && refused_.ok()) refused_ = refused;
  if (refused.ok()) reply_ = std::move(reply);
}

template <typename Request, typename Response>
void ScenarioRunner::AskAbout(
    const Words& words, absl::StatusOr<Response> (*query)(const Request&, const PerformanceScope&,
                                                          const Directory&, const FigureSource&)) {
  Request request;
  request.set_framework_id(words[0].empty() ? framework_id_ : words[0]);
  request.set_from_date(words[1].empty() ? absl::StrCat(Today().year(), "-01-01")
                                         : DateOf(words[1]));
  request.set_to_date(words[2].empty() ? absl::StrCat(Today().year() + 1, "-01-01")
                                       : DateOf(words[2]));
  auto response =
      query(request, ScopeOf(caller_), driver_->engine().directory(), *driver_->Figures());
  if (!response.ok()) return Take(response.status(), nullptr);
  Take(absl::OkStatus(), std::make_unique<Response>(*std::move(response)));
}

void ScenarioRunner::AskForScorecard(const Words& words) { AskAbout(words, &QueryScorecard); }

void ScenarioRunner::AskForDistribution(const Words& words) { AskAbout(words, &QueryDistribution); }

void ScenarioRunner::AskForFigures(const Words& words) {
  const std::string framework = words[0].empty() ? framework_id_ : words[0];
  const Directory& directory = driver_->engine().directory();
  v1::PerformanceQuery query;
  query.set_framework_id(framework);
  auto performance = QueryPerformance(query, ScopeOf(caller_), directory, *driver_->Figures());
  v1::QueryComplianceRequest request;
  request.set_framework_id(framework);
  auto compliance = QueryCompliance(request, ScopeOf(caller_), directory, *driver_->Figures(),
                                    ToDateNumber(Today()));
  if (performance.ok() != compliance.ok()) Problem("one was refused and the other was not");
  if (!performance.ok()) return Take(performance.status(), nullptr);
  AskForScorecard({framework, "", ""});
}

void ScenarioRunner::CheckScoreItems(const v1::ScorecardRow& row, const std::string& items) {
  for (const std::string& item : SplitList(items)) {
    if (const std::string found = StateWords(row, item); !found.empty()) {
      Expect(item, found);
      continue;
    }
    const size_t space = item.rfind(' ');
    if (space == std::string::npos) {
      Problem("this is no figure: " + item);
      continue;
    }
    const std::string name = item.substr(0, space);
    const std::string found = FigureWords(row, name, absl::EndsWith(item, "%"));
    if (found.empty()) Problem("there is no figure " + name);
    Expect(item, absl::StrCat(name, " ", found));
  }
}

void ScenarioRunner::CheckMarketScore(const Words& words) {
  const auto* card = dynamic_cast<const v1::QueryScorecardResponse*>(reply_.get());
  if (card == nullptr) return Problem("nobody asked for a scorecard");
  CheckScoreItems(card->market(), words[0]);
}

void ScenarioRunner::CheckScore(const Words& words) {
  const auto* card = dynamic_cast<const v1::QueryScorecardResponse*>(reply_.get());
  if (card == nullptr) return Problem("nobody asked for a scorecard");
  for (const v1::ScorecardRow& row : card->providers()) {
    if (row.provider_id() == words[0]) return CheckScoreItems(row, words[1]);
  }
  Problem("it shows no " + words[0]);
}

void ScenarioRunner::CheckScoresShown(const Words& words) {
  const auto* card = dynamic_cast<const v1::QueryScorecardResponse*>(reply_.get());
  if (card == nullptr) return Problem("nobody asked for a scorecard");
  std::vector<std::string> ids;
  for (const v1::ScorecardRow& row : card->providers()) ids.push_back(row.provider_id());
  Expect(words[0], absl::StrJoin(ids, ", "));
}

void ScenarioRunner::CheckNoScores(const Words&) { CheckScoresShown({""}); }

void ScenarioRunner::CheckUnserved(const Words& words) {
  const auto* card = dynamic_cast<const v1::QueryScorecardResponse*>(reply_.get());
  if (card == nullptr) return Problem("nobody asked for a scorecard");
  for (const v1::UnservedWard& one : card->unserved_wards()) {
    if (one.branch_id() != words[0] || one.ward_code() != WardCode(words[1])) continue;
    return Expect(absl::StrCat(words[2], " ", words[3], " ", words[4]),
                  absl::StrCat(one.due(), " ", one.declined(), " ", one.unanswered()));
  }
  Problem("it lists no such branch and ward");
}

void ScenarioRunner::CheckUnservedCount(const Words& words) {
  const auto* card = dynamic_cast<const v1::QueryScorecardResponse*>(reply_.get());
  if (card == nullptr) return Problem("nobody asked for a scorecard");
  Expect(words[0], absl::StrCat(card->unserved_wards_size()));
}

void ScenarioRunner::CheckDistribution(const Words& words) {
  const auto* answer = dynamic_cast<const v1::QueryDistributionResponse*>(reply_.get());
  if (answer == nullptr) return Problem("nobody asked for the distribution");
  std::vector<std::string> found;
  for (int32_t tenths : answer->response_tenths_percent()) {
    found.push_back(absl::StrCat(tenths / 10, ".", tenths % 10, "%"));
  }
  if (found.empty()) found.emplace_back("nobody");
  found.push_back(answer->has_own() ? "own " + Say(answer->own(), false) : "no own");
  found.push_back(answer->has_market() ? "market " + Say(answer->market(), false) : "no market");
  Expect(words[0], absl::StrJoin(found, ", "));
}

void ScenarioRunner::AskForInterimStays(const Words& words) {
  v1::QueryInterimStaysRequest request;
  request.set_framework_id(words[0].empty() ? framework_id_ : words[0]);
  request.set_from_date(words[1].empty() ? absl::StrCat(Today().year(), "-01-01")
                                         : DateOf(words[1]));
  request.set_to_date(words[2].empty() ? absl::StrCat(Today().year() + 1, "-01-01")
                                       : DateOf(words[2]));
  request.set_authority_id(words[3]);
  auto response = QueryInterimStays(request, ScopeOf(caller_), driver_->engine().directory(),
                                    *driver_->Figures());
  if (!response.ok()) return Take(response.status(), nullptr);
  Take(absl::OkStatus(), std::make_unique<v1::QueryInterimStaysResponse>(*std::move(response)));
}

void ScenarioRunner::CheckInterimStays(const Words& words) {
  const auto* answer = dynamic_cast<const v1::QueryInterimStaysResponse*>(reply_.get());
  if (answer == nullptr) return Problem("nobody asked for the interim stays");
  v1::InterimStays stays;
  if (words[0].empty()) stays = answer->all();
  for (const v1::InterimStays& lot : answer->lots()) {
    if (lot.lot_id() == words[0]) stays = lot;
  }
  for (const std::string& item : SplitList(words[1])) {
    const size_t space = item.rfind(' ');
    const std::string name = item.substr(0, space);
    const auto* field =
        v1::InterimCounts::descriptor()->FindFieldByName(absl::StrReplaceAll(name, {{" ", "_"}}));
    std::string found = "no such figure";
    if (name == "no or less care") {
      found = Say(stays.less_or_no_care(), absl::EndsWith(item, "%"));
    } else if (name == "average stay") {
      found = absl::StrCat(stays.average_stay().total(), "/", stays.average_stay().count());
    } else if (field != nullptr) {
      found = absl::StrCat(stays.counts().GetReflection()->GetInt64(stays.counts(), field));
    }
    Expect(item, absl::StrCat(name, " ", found));
  }
}

void ScenarioRunner::CheckFiguresGiven(const Words&) {
  if (dynamic_cast<const v1::QueryScorecardResponse*>(reply_.get()) == nullptr) {
    Problem("no figures were given");
  }
}

}  // namespace brokerage::engine
