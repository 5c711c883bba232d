#include "load-tests/common/chart.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace brokerage::load {

namespace {

constexpr double kWidth = 1040, kMargin = 36, kLabels = 316, kNumbers = 176;
constexpr double kRow = 23, kGroup = 27;
constexpr double kLeft = kMargin + kLabels, kRight = kWidth - kMargin - kNumbers;
constexpr const char* kInk = "#1c2330";
constexpr const char* kFaint = "#6b7484";
constexpr const char* kGrid = "#e5e8ee";
constexpr const char* kGood = "#1a8754";
constexpr const char* kBad = "#c8402f";

// A row of the picture; one without a figure is the title of those that follow.
struct Row {
  const char* label;
  const char* figure = nullptr;
};

constexpr Row kThroughput[] = {
    {"One answer a call, many in flight"},
    {"echo, no work done", "echo.unary"},
    {"brokerd, awarded at close", "brokerd.at_close.unary"},
    {"brokerd, awarded when certain", "brokerd.as_certain.unary"},
    {"PostgreSQL", "postgres.unary"},
    {"A hundred answers a call"},
    {"echo, no work done", "echo.batch_100"},
    {"brokerd, awarded at close", "brokerd.at_close.batch_100"},
    {"brokerd, awarded when certain", "brokerd.as_certain.batch_100"},
    {"PostgreSQL, one statement", "postgres.batch_100"},
    {"The engine alone, one core"},
    {"answers, awarded at close", "engine.at_close"},
    {"answers, awarded when certain", "engine.as_certain"},
    {"verdicts", "engine.verdicts"},
    {"Packages, routed and put out"},
    {"of 30 branches", "brokerd.submit.30"},
    {"of 100 branches", "brokerd.submit.100"},
    {"Live mix"},
    {"all operations, at the peak", "brokerd.mix.peak"},
};

constexpr Row kLatencies[] = {
    {"One answer a call, many in flight"},
    {"echo, no work done", "echo.unary"},
    {"brokerd, awarded at close", "brokerd.at_close.unary"},
    {"brokerd, awarded when certain", "brokerd.as_certain.unary"},
    {"PostgreSQL", "postgres.unary"},
    {"At half the peak, from when each was due"},
    {"brokerd, awarded at close", "brokerd.at_close.unary_half_peak"},
    {"brokerd, awarded when certain", "brokerd.as_certain.unary_half_peak"},
    {"a watcher sees the answer", "brokerd.watch.half_peak"},
    {"One in flight"},
    {"a synced append", "append.at_close.one_in_flight"},
    {"brokerd, awarded at close", "brokerd.at_close.one_in_flight"},
    {"brokerd, awarded when certain", "brokerd.as_certain.one_in_flight"},
    {"PostgreSQL", "postgres.one_in_flight"},
    {"Live mix at half the peak"},
    {"submit", "brokerd.mix.half.submit"},
    {"answer", "brokerd.mix.half.answer"},
    {"award", "brokerd.mix.half.award"},
    {"figures", "brokerd.mix.half.figures"},
    {"Live mix at nine tenths of it"},
    {"submit", "brokerd.mix.most.submit"},
    {"answer", "brokerd.mix.most.answer"},
    {"award", "brokerd.mix.most.award"},
    {"figures", "brokerd.mix.most.figures"},
    {"Figures over the large history"},
    {"a provider's quarter", "brokerd.figures.large.provider_quarter"},
    {"PostgreSQL", "postgres.figures.provider_quarter"},
    {"the market by provider", "brokerd.figures.large.market"},
    {"PostgreSQL", "postgres.figures.market"},
    {"all contracts, all years", "brokerd.figures.large.all"},
    {"PostgreSQL", "postgres.figures.all"},
};

// Whose figure it is.
const char* ColourOf(const std::string& name) {
  if (absl::StartsWith(name, "postgres.")) return "#d9822b";
  if (absl::StartsWith(name, "engine.")) return "#7a55c7";
  if (absl::StartsWith(name, "brokerd.as_certain")) return "#6ea3ea";
  if (absl::StartsWith(name, "brokerd.")) return "#2563c9";
  return "#a3abb9";
}

std::string Escaped(const std::string& text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}});
}

std::string Number(double value) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.1f", value);
  return digits;
}

// "20k", "0.1"
std::string Short(double value) {
  if (value >= 1e6) return absl::StrCat(Text(value / 1e6), "M");
  if (value >= 1e3) return absl::StrCat(Text(value / 1e3), "k");
  return Text(value);
}

// Elements of SVG, one after the other from the top.
class Picture {
 public:
  double y = 0;

  void Text(double x, const std::string& text, const std::string& style,
            const char* anchor = "start") {
    absl::StrAppend(&svg_, "<text x=\"", Number(x), "\" y=\"", Number(y), "\" text-anchor=\"",
                    anchor, "\" ", style, ">", Escaped(text), "</text>\n");
  }
  void Bar(double from, double to, double height, const char* colour, const char* more = "") {
    absl::StrAppend(&svg_, "<rect x=\"", Number(from), "\" y=\"", Number(y - height / 2),
                    "\" width=\"", Number(std::max(to - from, 1.0)), "\" height=\"", Number(height),
                    "\" fill=\"", colour, "\" ", more, "/>\n");
  }
  void Line(double x, double from, double to, const char* colour, const char* more = "") {
    absl::StrAppend(&svg_, "<line x1=\"", Number(x), "\" x2=\"", Number(x), "\" y1=\"",
                    Number(from), "\" y2=\"", Number(to), "\" stroke=\"", colour, "\" ", more,
                    "/>\n");
  }
  void Dot(double x, double radius, const std::string& style) {
    absl::StrAppend(&svg_, "<circle cx=\"", Number(x), "\" cy=\"", Number(y), "\" r=\"",
                    Number(radius), "\" ", style, "/>\n");
  }
  std::string Take() { return std::move(svg_); }
  void Append(const std::string& svg) { svg_ += svg; }

 private:
  std::string svg_;
};

const std::string kTitle = absl::StrCat("font-size=\"16\" font-weight=\"600\" fill=\"", kInk, "\"");
const std::string kHead = absl::StrCat("font-size=\"12\" font-weight=\"600\" fill=\"", kInk, "\"");
const std::string kPlain = absl::StrCat("font-size=\"12\" fill=\"", kInk, "\"");
const std::string kSmall = absl::StrCat("font-size=\"11\" fill=\"", kFaint, "\"");

// A logarithmic axis over decades.
class Axis {
 public:
  Axis(double least, double most)
      : from_(std::floor(std::log10(least))),
        to_(std::max(from_ + 1, std::ceil(std::log10(most)))) {}
  double At(double value) const {
    const double share = (std::log10(std::max(value, 1e-9)) - from_) / (to_ - from_);
    return kLeft + std::clamp(share, 0.0, 1.0) * (kRight - kLeft);
  }
  // The decades' lines, from `top` to where the picture is; their numbers below the title.
  void Draw(Picture* picture, double top, double bottom, const std::string& unit) const {
    for (double decade = from_; decade <= to_; ++decade) {
      const double value = std::pow(10, decade);
      picture->Line(At(value), top, bottom, kGrid);
      picture->y = top - 6;
      picture->Text(At(value), decade == to_ ? absl::StrCat(Short(value), unit) : Short(value),
                    kSmall, "middle");
    }
  }

 private:
  const double from_, to_;
};

// The rows that were measured, with the titles that still have any.
template <typename Rows>
std::vector<std::pair<Row, const Figure*>> Measured(const Rows& rows,
                                                    const std::vector<Figure>& figures) {
  std::vector<std::pair<Row, const Figure*>> measured;
  const auto drop_empty_title = [&] {
    if (!measured.empty() && measured.back().second == nullptr) measured.pop_back();
  };
  for (const Row& row : rows) {
    if (row.figure == nullptr) {
      drop_empty_title();
      measured.emplace_back(row, nullptr);
    } else if (const Figure* figure = Find(figures, row.figure)) {
      measured.emplace_back(row, figure);
    }
  }
  drop_empty_title();
  return measured;
}

using Draw = void (*)(const Axis&, const Figure&, Picture*);

void DrawRate(const Axis& axis, const Figure& figure, Picture* picture) {
  const char* colour = ColourOf(figure.name);
  picture->Bar(kLeft, axis.At(*figure.rate), 3, colour, "opacity=\"0.4\"");
  if (figure.repeats.size() > 1) {  // the repeats' spread
    const auto [least, most] = std::minmax_element(figure.repeats.begin(), figure.repeats.end());
    picture->Bar(axis.At(*least), axis.At(*most), 9, colour, "opacity=\"0.4\" rx=\"2\"");
  }
  picture->Dot(axis.At(*figure.rate), 5, absl::StrCat("fill=\"", colour, "\""));
}

void DrawLatency(const Axis& axis, const Figure& figure, Picture* picture) {
  const char* colour = ColourOf(figure.name);
  picture->Bar(axis.At(*figure.p50_ms), axis.At(*figure.p99_ms), 3, colour, "opacity=\"0.55\"");
  picture->Dot(axis.At(*figure.p50_ms), 5, absl::StrCat("fill=\"", colour, "\""));
  if (figure.p90_ms) {
    picture->Dot(axis.At(*figure.p90_ms), 3.2, absl::StrCat("fill=\"", colour, "\""));
  }
  picture->Dot(axis.At(*figure.p99_ms), 4.4,
               absl::StrCat("fill=\"#fff\" stroke-width=\"2\" stroke=\"", colour, "\""));
}

template <typename Rows>
void DrawPanel(const char* title, const char* explained, const char* unit, const Rows& rows,
               const std::vector<Figure>& figures, bool rates, Picture* picture) {
  const auto measured = Measured(rows, figures);
  if (measured.empty()) return;
  double least = 1e12, most = 1e-12, height = 0;
  for (const auto& [row, figure] : measured) {
    height += figure == nullptr ? kGroup : kRow;
    if (figure == nullptr) continue;
    least = std::min(least, rates ? *figure->rate : *figure->p50_ms);
    most = std::max(most, rates ? *figure->rate : *figure->p99_ms);
  }
  const Axis axis(least * 0.999, most);
  picture->Text(kMargin, title, kTitle);
  picture->y += 18;
  picture->Text(kMargin, explained, kSmall);
  const double top = picture->y + 24;
  axis.Draw(picture, top, top + height + 4, unit);
  picture->y = top;
  for (const auto& [row, figure] : measured) {
    const double step = figure == nullptr ? kGroup : kRow;
    picture->y += step - 6;
    picture->Text(figure == nullptr ? kMargin : kMargin + 14, row.label,
                  figure == nullptr ? kHead : kPlain);
    if (figure != nullptr) {
      const std::string numbers =
          rates ? Text(*figure->rate, std::string(absl::StripSuffix(figure->unit, "/s")))
                : absl::StrCat(Text(*figure->p50_ms), " / ", Text(*figure->p99_ms), " ms");
      picture->Text(kWidth - kMargin, numbers, kPlain, "end");
      picture->y -= 4;
      (rates ? DrawRate : DrawLatency)(axis, *figure, picture);
      picture->y += 4;
    }
    picture->y += 6;
  }
  picture->y += 48;
}

void DrawTarget(const Axis& axis, const Judged& judged, Picture* picture) {
  const bool met = judged.verdict == Verdict::kMet || judged.verdict == Verdict::kStretched;
  const char* colour = met ? kGood : kBad;
  const double one = axis.At(1), at = axis.At(Score(judged));
  picture->Bar(std::min(one, at), std::max(one, at), 3, colour, "opacity=\"0.35\"");
  picture->Dot(at, 5,
               judged.at ? absl::StrCat("fill=\"#fff\" stroke-width=\"2\" stroke=\"", colour, "\"")
                         : absl::StrCat("fill=\"", colour, "\""));
  if (judged.target->stretch) {
    Judged stretch = judged;
    stretch.value = judged.target->stretch;
    const double x = axis.At(Score(stretch));
    picture->Line(x, picture->y - 5, picture->y + 5, kFaint, "stroke-width=\"1.5\"");
  }
}

// Of the same thing as the target above it.
bool IsPart(const Judged& judged) { return judged.target->what[0] == ' '; }

void DrawTargets(const std::vector<Judged>& judged, Picture* picture) {
  double least = 0.1, most = 10, height = 0;
  for (const Judged& one : judged) {
    height += IsPart(one) ? kRow : kGroup;
    if (!one.value) continue;
    least = std::min(least, Score(one));
    most = std::max(most, Score(one));
  }
  const Axis axis(std::max(least, 1e-3), std::min(most, 1e3));
  picture->Text(kMargin, "Targets", kTitle);
  picture->y += 18;
  picture->Text(kMargin,
                "How many times better than its target each figure is, the small stroke being the "
                "stretch; hollow: measured at less than the target asks for",
                kSmall);
  const double top = picture->y + 24;
  axis.Draw(picture, top, top + height + 4, "×");
  picture->Line(axis.At(1), top - 2, top + height + 4, kInk, "stroke-width=\"1.5\"");
  picture->y = top;
  for (const Judged& one : judged) {
    const bool part = IsPart(one);
    picture->y += (part ? kRow : kGroup) - 6;
    picture->Text(part ? kMargin + 14 : kMargin,
                  std::string(absl::StripAsciiWhitespace(one.target->what)),
                  one.value ? kPlain : kSmall);
    picture->Text(kWidth - kMargin,
                  one.value ? absl::StrCat(Text(*one.value, one.target->unit),
                                           one.target->sense == Target::kAtLeast ? "  ≥ " : "  ≤ ",
                                           Text(one.target->bound))
                            : "not measured",
                  one.value ? kPlain : kSmall, "end");
    picture->y -= 4;
    if (one.value) DrawTarget(axis, one, picture);
    picture->y += 10;
  }
  picture->y += 40;
}

}  // namespace

std::string Chart(const std::vector<Figure>& figures, const std::vector<Judged>& judged,
                  const std::string& about) {
  Picture picture;
  picture.y = 44;
  picture.Text(kMargin, "What the broker does in a second, and how long it takes",
               absl::StrCat("font-size=\"21\" font-weight=\"650\" fill=\"", kInk, "\""));
  picture.y += 22;
  picture.Text(kMargin, about, kSmall);
  picture.y += 46;
  DrawPanel("Throughput",
            "A second, on a logarithmic scale: the median of the repeats, in their spread", "/s",
            kThroughput, figures, true, &picture);
  DrawPanel("Latency",
            "Milliseconds, on a logarithmic scale: median, 90th and, hollow, 99th percentile; "
            "at the right median / 99th",
            " ms", kLatencies, figures, false, &picture);
  DrawTargets(judged, &picture);
  const std::string height = Number(picture.y);
  return absl::StrCat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", Number(kWidth), " ", height,
      "\" width=\"", Number(kWidth), "\" height=\"", height,
      "\" font-family=\"Inter, 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', sans-serif\">\n"
      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
      picture.Take(), "</svg>\n");
}

}  // namespace brokerage::load
