// Reads what the bench programs of a run measured, and tells it: a table of the targets on standard
// output, everything as JSON, and a chart.
#include <boost/json.hpp>
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "load-tests/common/chart.h"
#include "load-tests/common/figures.h"
#include "load-tests/common/targets.h"
#include "services/command_line/command_line.h"

namespace brokerage::load {
namespace {

namespace json = boost::json;

// What is said of the machine and the run, in order: {"cpu", "..."}, {"commit", "..."}.
using About = std::vector<std::pair<std::string, std::string>>;

void Write(const std::string& file, const std::string& content) {
  std::ofstream out(file, std::ios::binary);
  out << content;
  out.close();
  if (out) return;
  std::fprintf(stderr, "bench_report: %s cannot be written\n", file.c_str());
  std::exit(1);
}

// As wide as it looks: bytes that go on a character of UTF-8 take no room.
std::string Padded(const std::string& text, size_t width, bool right) {
  size_t seen = 0;
  for (const char byte : text) seen += (byte & 0xc0) != 0x80;
  const std::string room(seen < width ? width - seen : 0, ' ');
  return right ? room + text : text + room;
}

void PrintTable(const std::vector<Judged>& judged) {
  std::printf("%s\n", absl::StrCat(Padded("target", 58, false), Padded("figure", 18, true),
                                   Padded("at least", 14, true), Padded("stretch", 14, true), "  ")
                          .c_str());
  for (const Judged& one : judged) {
    const std::string sense = one.target->sense == Target::kAtLeast ? "≥ " : "≤ ";
    const std::string stretch = one.target->stretch ? sense + Text(*one.target->stretch) : "";
    std::printf("%s\n",
                absl::StrCat(Padded(one.target->what, 58, false),
                             Padded(one.value ? Text(*one.value, one.target->unit) : "-", 18, true),
                             Padded(sense + Text(one.target->bound), 14, true),
                             Padded(stretch, 14, true), "  ", Words(one))
                    .c_str());
  }
}

const char* NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kNotMeasured:
      return "not measured";
    case Verdict::kMissed:
      return "missed";
    case Verdict::kMet:
      return "met";
    case Verdict::kStretched:
      return "stretch met";
  }
  return "";
}

json::array TargetsOf(const std::vector<Judged>& judged) {
  json::array targets;
  for (const Judged& one : judged) {
    json::object target;
    target["what"] = one.target->what;
    target["figure"] = one.target->figure;
    if (one.target->by != nullptr) target["by"] = one.target->by;
    if (one.value) target["value"] = *one.value;
    target[one.target->sense == Target::kAtLeast ? "at_least" : "at_most"] = one.target->bound;
    if (one.target->stretch) target["stretch"] = *one.target->stretch;
    target["unit"] = one.target->unit;
    target["verdict"] = NameOf(one.verdict);
    if (one.at) target["measured_at_only"] = *one.at;
    targets.push_back(std::move(target));
  }
  return targets;
}

}  // namespace
}  // namespace brokerage::load

int main(int argc, char** argv) {
  using namespace brokerage::load;
  std::string figures_file, json_file, chart_file;
  About about;
  brokerage::command_line::Program app(
      "Tells what the bench programs measured, against the targets.");
  app.Add("--figures", &figures_file, "lines of JSON, one a figure").Required();
  app.Add("--json", &json_file, "written: figures, targets, machine");
  app.Add("--chart", &chart_file, "written: SVG");
  app.Add("--about", &about, "NAME VALUE, such as: --about commit 1a2b3c").TakeAll();
  if (const auto status = app.Parse(argc, argv)) return *status;
  const std::vector<Figure> figures = ReadFigures(figures_file);
  const std::vector<Judged> judged = Judge(figures);
  PrintTable(judged);
  if (!json_file.empty()) {
    boost::json::object run;
    for (const auto& [name, value] : about) run[name] = value;
    run["targets"] = TargetsOf(judged);
    run["figures"] = boost::json::parse(FiguresAsJson(figures));
    Write(json_file, boost::json::serialize(run) + "\n");
  }
  if (!chart_file.empty()) {
    Write(chart_file,
          Chart(figures, judged, absl::StrJoin(about, " · ", [](std::string* out, const auto& one) {
                  absl::StrAppend(out, one.second);
                })));
  }
  return 0;
}
