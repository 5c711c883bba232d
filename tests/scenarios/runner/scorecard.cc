#include "tests/scenarios/runner/scorecard.h"

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
#include "tests/scenarios/runner/values.h"

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
  if (name == "resumed") return absl::StrCat(row.restarts_resumed());
  if (absl::StartsWith(name, "opportunities ")) {
    return CountWords(row.opportunities(), name.substr(sizeof("opportunities ") - 1));
  }
  return CountWords(row.offers(), name);
}

template <typename Request, typename Response>
void AskAbout(ScenarioRunner& run, const Words& words,
              absl::StatusOr<Response> (*query)(const Request&, const PerformanceScope&,
                                                const Directory&, const FigureSource&)) {
  Request request;
  request.set_framework_id(words[0].empty() ? run.framework_id() : words[0]);
  request.set_from_date(words[1].empty() ? absl::StrCat(run.Today().year(), "-01-01")
                                         : run.DateOf(words[1]));
  request.set_to_date(words[2].empty() ? absl::StrCat(run.Today().year() + 1, "-01-01")
                                       : run.DateOf(words[2]));
  auto response = query(request, ScopeOf(run.caller()), run.directory(), *run.driver().Figures());
  run.Take(std::move(response));
}

void AskForScorecard(ScenarioRunner& run, const Words& words) {
  AskAbout(run, words, &QueryScorecard);
}

void AskForDistribution(ScenarioRunner& run, const Words& words) {
  AskAbout(run, words, &QueryDistribution);
}

void AskForFigures(ScenarioRunner& run, const Words& words) {
  const std::string framework = words[0].empty() ? run.framework_id() : words[0];
  const Directory& directory = run.directory();
  v1::PerformanceQuery query;
  query.set_framework_id(framework);
  auto performance =
      QueryPerformance(query, ScopeOf(run.caller()), directory, *run.driver().Figures());
  v1::QueryComplianceRequest request;
  request.set_framework_id(framework);
  auto compliance = QueryCompliance(request, ScopeOf(run.caller()), directory,
                                    *run.driver().Figures(), ToDateNumber(run.Today()));
  if (performance.ok() != compliance.ok()) run.Problem("one was refused and the other was not");
  if (!performance.ok()) return run.Take(std::move(performance));
  AskForScorecard(run, {framework, "", ""});
}

void CheckScoreItems(ScenarioRunner& run, const v1::ScorecardRow& row, const std::string& items) {
  for (const std::string& item : SplitList(items)) {
    if (const std::string found = StateWords(row, item); !found.empty()) {
      run.Expect(item, found);
      continue;
    }
    const size_t space = item.rfind(' ');
    if (space == std::string::npos) {
      run.Problem("this is no figure: " + item);
      continue;
    }
    const std::string name = item.substr(0, space);
    const std::string found = FigureWords(row, name, absl::EndsWith(item, "%"));
    if (found.empty()) run.Problem("there is no figure " + name);
    run.Expect(item, absl::StrCat(name, " ", found));
  }
}

void CheckMarketScore(ScenarioRunner& run, const Words& words) {
  const auto* card = run.Reply<v1::QueryScorecardResponse>("nobody asked for a scorecard");
  if (card == nullptr) return;
  CheckScoreItems(run, card->market(), words[0]);
}

void CheckScore(ScenarioRunner& run, const Words& words) {
  const auto* card = run.Reply<v1::QueryScorecardResponse>("nobody asked for a scorecard");
  if (card == nullptr) return;
  for (const v1::ScorecardRow& row : card->providers()) {
    if (row.provider_id() == words[0]) return CheckScoreItems(run, row, words[1]);
  }
  run.Problem("it shows no " + words[0]);
}

void CheckScoresShown(ScenarioRunner& run, const Words& words) {
  const auto* card = run.Reply<v1::QueryScorecardResponse>("nobody asked for a scorecard");
  if (card == nullptr) return;
  std::vector<std::string> ids;
  for (const v1::ScorecardRow& row : card->providers()) ids.push_back(row.provider_id());
  run.Expect(words[0], absl::StrJoin(ids, ", "));
}

void CheckNoScores(ScenarioRunner& run, const Words&) { CheckScoresShown(run, {""}); }

void CheckUnserved(ScenarioRunner& run, const Words& words) {
  const auto* card = run.Reply<v1::QueryScorecardResponse>("nobody asked for a scorecard");
  if (card == nullptr) return;
  for (const v1::UnservedWard& one : card->unserved_wards()) {
    if (one.branch_id() != words[0] || one.ward_code() != run.WardCode(words[1])) continue;
    return run.Expect(absl::StrCat(words[2], " ", words[3], " ", words[4]),
                      absl::StrCat(one.due(), " ", one.declined(), " ", one.unanswered()));
  }
  run.Problem("it lists no such branch and ward");
}

void CheckUnservedCount(ScenarioRunner& run, const Words& words) {
  const auto* card = run.Reply<v1::QueryScorecardResponse>("nobody asked for a scorecard");
  if (card == nullptr) return;
  run.Expect(words[0], absl::StrCat(card->unserved_wards_size()));
}

void CheckDistribution(ScenarioRunner& run, const Words& words) {
  const auto* answer =
      run.Reply<v1::QueryDistributionResponse>("nobody asked for the distribution");
  if (answer == nullptr) return;
  std::vector<std::string> found;
  for (int32_t tenths : answer->response_tenths_percent()) {
    found.push_back(absl::StrCat(tenths / 10, ".", tenths % 10, "%"));
  }
  if (found.empty()) found.emplace_back("nobody");
  found.push_back(answer->has_own() ? "own " + Say(answer->own(), false) : "no own");
  found.push_back(answer->has_market() ? "market " + Say(answer->market(), false) : "no market");
  run.Expect(words[0], absl::StrJoin(found, ", "));
}

void AskForInterimStays(ScenarioRunner& run, const Words& words) {
  v1::QueryInterimStaysRequest request;
  request.set_framework_id(words[0].empty() ? run.framework_id() : words[0]);
  request.set_from_date(words[1].empty() ? absl::StrCat(run.Today().year(), "-01-01")
                                         : run.DateOf(words[1]));
  request.set_to_date(words[2].empty() ? absl::StrCat(run.Today().year() + 1, "-01-01")
                                       : run.DateOf(words[2]));
  request.set_authority_id(words[3]);
  auto response =
      QueryInterimStays(request, ScopeOf(run.caller()), run.directory(), *run.driver().Figures());
  run.Take(std::move(response));
}

void CheckInterimStays(ScenarioRunner& run, const Words& words) {
  const auto* answer =
      run.Reply<v1::QueryInterimStaysResponse>("nobody asked for the interim stays");
  if (answer == nullptr) return;
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
    run.Expect(item, absl::StrCat(name, " ", found));
  }
}

void CheckFiguresGiven(ScenarioRunner& run, const Words&) {
  run.Reply<v1::QueryScorecardResponse>("no figures were given");
}

}  // namespace

const PhraseTable& ScorecardPhrases() {
  static const auto& kPhrases = *new PhraseTable{
      {
          {Phrase("asks for the scorecard[ of NAME][ from DATE to DATE]"), AskForScorecard},
          {Phrase("asks for the distribution[ of NAME][ from DATE to DATE]"), AskForDistribution},
          {Phrase("asks for the figures[ of NAME]"), AskForFigures},
          {Phrase("asks for the interim stays[ of NAME][ from DATE to DATE][ for NAME]"),
           AskForInterimStays},
      },
      {
          {Phrase("scorecard of the market: REST"), CheckMarketScore},
          {Phrase("scorecard of NAME: REST"), CheckScore},
          {Phrase("scorecard shows NAMES"), CheckScoresShown},
          {Phrase("scorecard names nobody"), CheckNoScores},
          {Phrase("NAME never takes WORD: due N, declined N, unanswered N"), CheckUnserved},
          {Phrase("N ward[s] unserved"), CheckUnservedCount},
          {Phrase("distribution: REST"), CheckDistribution},
          {Phrase("the figures are given"), CheckFiguresGiven},
          {Phrase("interim stays[ in lot NAME]: REST"), CheckInterimStays},
      }};
  return kPhrases;
}

}  // namespace brokerage::engine
