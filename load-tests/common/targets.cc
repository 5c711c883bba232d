#include "load-tests/common/targets.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "absl/strings/str_cat.h"

namespace brokerage::load {

namespace {

constexpr auto kRate = &Figure::rate;
constexpr auto kValue = &Figure::value;
constexpr auto kP50 = &Figure::p50_ms;
constexpr auto kP99 = &Figure::p99_ms;
constexpr double kTenMillion = 10'000'000;

// A question over the larger history against the same over the smaller one.
Target Growth(const char* what, const char* figure, const char* by) {
  return {.what = what,
          .figure = figure,
          .number = kP99,
          .by = by,
          .sense = Target::kAtMost,
          .bound = 1.2,
          .stretch = 1.05,
          .unit = "×",
          .at = "brokerd.history.large.offers",
          .at_value = kTenMillion,
          .at_unit = "offers"};
}

// PostgreSQL's answer to a question against the server's.
Target AgainstPostgres(const char* what, const char* figure, const char* by) {
  return {.what = what,
          .figure = figure,
          .number = kP50,
          .by = by,
          .bound = 100,
          .stretch = 1000,
          .unit = "×",
          .at = "brokerd.history.large.offers",
          .at_value = kTenMillion,
          .at_unit = "offers"};
}

Target AtLeast(const char* what, const char* figure, std::optional<double> Figure::*number,
               const char* by, double bound, double stretch, const char* unit) {
  return {.what = what,
          .figure = figure,
          .number = number,
          .by = by,
          .bound = bound,
          .stretch = stretch,
          .unit = unit};
}

Target AtMost(const char* what, const char* figure, std::optional<double> Figure::*number,
              const char* by, double bound, std::optional<double> stretch, const char* unit) {
  return {.what = what,
          .figure = figure,
          .number = number,
          .by = by,
          .sense = Target::kAtMost,
          .bound = bound,
          .stretch = stretch,
          .unit = unit};
}

Target At(Target target, const char* figure, double value, const char* unit) {
  target.at = figure;
  target.at_value = value;
  target.at_unit = unit;
  return target;
}

// Answers to rounds of one kind: what it is called, and its figures.
void AddAnswers(const char* kind, const char* unary, const char* batch, const char* one,
                const char* append, std::vector<Target>* targets) {
  targets->push_back(AtLeast(kind, unary, kRate, "echo.unary", 0.5, 0.6, "×"));
  targets->push_back(
      AtMost("  99th percentile against echo's", unary, kP99, "echo.unary", 2, std::nullopt, "×"));
  targets->push_back(AtLeast("  against PostgreSQL's", unary, kRate, "postgres.unary", 3, 5, "×"));
  targets->push_back(AtLeast("  by a hundred, against PostgreSQL's by a hundred", batch, kRate,
                             "postgres.batch_100", 2, 5, "×"));
  targets->push_back(AtLeast("  by a hundred, against PostgreSQL's single ones", batch, kRate,
                             "postgres.unary", 12, 25, "×"));
  targets->push_back(
      AtMost("  one in flight, p50 against a synced append", one, kP50, append, 3, 2, "×"));
}

std::vector<Target> MakeTargets() {
  std::vector<Target> targets;
  AddAnswers("Answers, awarded at close: against echo", "brokerd.at_close.unary",
             "brokerd.at_close.batch_100", "brokerd.at_close.one_in_flight",
             "append.at_close.one_in_flight", &targets);
  AddAnswers("Answers, awarded when certain: against echo", "brokerd.as_certain.unary",
             "brokerd.as_certain.batch_100", "brokerd.as_certain.one_in_flight",
             "append.as_certain.one_in_flight", &targets);
  const std::vector<Target> others = {
      AtLeast("The engine alone, awarded at close", "engine.at_close", kRate, nullptr, 300'000,
              1'000'000, "answers/s"),
      AtLeast("  awarded when certain", "engine.as_certain", kRate, nullptr, 150'000, 500'000,
              "answers/s"),
      AtLeast("  verdicts", "engine.verdicts", kRate, nullptr, 1'000'000, 10'000'000, "verdicts/s"),
      Growth("A provider's quarter, large history by small, p99",
             "brokerd.figures.large.provider_quarter", "brokerd.figures.small.provider_quarter"),
      Growth("  the market by provider", "brokerd.figures.large.market",
             "brokerd.figures.small.market"),
      Growth("  all contracts, all years", "brokerd.figures.large.all",
             "brokerd.figures.small.all"),
      AgainstPostgres("A provider's quarter, against PostgreSQL's, p50",
                      "postgres.figures.provider_quarter",
                      "brokerd.figures.large.provider_quarter"),
      AgainstPostgres("  the market by provider", "postgres.figures.market",
                      "brokerd.figures.large.market"),
      AgainstPostgres("  all contracts, all years", "postgres.figures.all",
                      "brokerd.figures.large.all"),
      At(AtMost("A watcher sees an acknowledged answer, p99", "brokerd.watch.half_peak", kP99,
                nullptr, 100, 20, "ms"),
         "brokerd.watch.streams", 1000, "streams"),
      At(AtMost("Start-up over the large history", "brokerd.start.seconds", kValue, nullptr, 2, 1,
                "s"),
         "brokerd.history.large.offers", kTenMillion, "offers"),
      At(AtMost("  resident memory then", "brokerd.start.memory", kValue, nullptr, 512, 256, "MiB"),
         "brokerd.history.large.offers", kTenMillion, "offers"),
      AtMost("Ten years of Lancashire in one process", "brokerd.ten_years", kValue, nullptr, 120,
             60, "s"),
      AtMost("Two quarters of it over the API", "brokerd.two_quarters", kValue, nullptr, 30, 15,
             "s"),
      AtMost("Bytes of rows an answer, awarded at close", "engine.at_close.bytes", kValue, nullptr,
             800, 500, "bytes"),
      AtMost("  awarded when certain", "engine.as_certain.bytes", kValue, nullptr, 1500, 800,
             "bytes"),
      AtMost("Disk an offer over its life, compacted", "brokerd.disk_an_offer", kValue, nullptr,
             600, 400, "bytes"),
      AtMost("Resident memory, its slope an hour at half the peak", "brokerd.memory_slope", kValue,
             nullptr, 1, std::nullopt, "%"),
  };
  targets.insert(targets.end(), others.begin(), others.end());
  return targets;
}

std::optional<double> ValueOf(const Target& target, const std::vector<Figure>& figures) {
  const Figure* figure = Find(figures, target.figure);
  if (figure == nullptr || !(figure->*target.number)) return std::nullopt;
  if (target.by == nullptr) return *(figure->*target.number);
  const Figure* by = Find(figures, target.by);
  if (by == nullptr || !(by->*target.number) || *(by->*target.number) == 0) return std::nullopt;
  return *(figure->*target.number) / *(by->*target.number);
}

bool Meets(const Target& target, double value, double bound) {
  return target.sense == Target::kAtLeast ? value >= bound : value <= bound;
}

}  // namespace

const Figure* Find(const std::vector<Figure>& figures, const std::string& name) {
  for (const Figure& figure : figures) {
    if (figure.name == name) return &figure;
  }
  return nullptr;
}

std::vector<Judged> Judge(const std::vector<Figure>& figures) {
  static const std::vector<Target> targets = MakeTargets();
  std::vector<Judged> judged;
  for (const Target& target : targets) {
    Judged one{.target = &target, .value = ValueOf(target, figures)};
    if (one.value) {
      one.verdict = !Meets(target, *one.value, target.bound) ? Verdict::kMissed
                    : target.stretch && Meets(target, *one.value, *target.stretch)
                        ? Verdict::kStretched
                        : Verdict::kMet;
      const Figure* at = target.at == nullptr ? nullptr : Find(figures, target.at);
      if (target.at != nullptr) one.at = at == nullptr ? 0 : at->value.value_or(0);
      if (one.at && *one.at >= target.at_value) one.at.reset();
    }
    judged.push_back(one);
  }
  return judged;
}

double Score(const Judged& judged) {
  const double value = std::max(*judged.value, 1e-9);
  return judged.target->sense == Target::kAtLeast ? value / judged.target->bound
                                                  : judged.target->bound / value;
}

std::string Text(double value, const std::string& unit) {
  char digits[64];
  const double size = std::fabs(value);
  std::snprintf(digits, sizeof digits, "%.*f", size >= 100 ? 0 : size >= 10 ? 1 : 2, value);
  std::string text = digits;
  if (const size_t point = text.find('.'); point != std::string::npos) {
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
  } else {
    for (int at = static_cast<int>(text.size()) - 3; at > (value < 0 ? 1 : 0); at -= 3) {
      text.insert(static_cast<size_t>(at), ",");
    }
  }
  return unit.empty() ? text : unit == "×" ? text + "×" : absl::StrCat(text, " ", unit);
}

std::string Words(const Judged& judged) {
  std::string words;
  switch (judged.verdict) {
    case Verdict::kNotMeasured:
      return "not measured";
    case Verdict::kMissed:
      words = "missed";
      break;
    case Verdict::kMet:
      words = "met";
      break;
    case Verdict::kStretched:
      words = "met, stretch too";
      break;
  }
  if (judged.at) {
    absl::StrAppend(&words, " at ", Text(*judged.at), " of ", Text(judged.target->at_value), " ",
                    judged.target->at_unit);
  }
  return words;
}

}  // namespace brokerage::load
