#include "load-tests/common/figures.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <utility>

namespace brokerage::load {

namespace {

namespace json = boost::json;

struct Number {
  const char* name;
  std::optional<double> Figure::*member;
};
constexpr Number kNumbers[] = {{"rate", &Figure::rate},     {"value", &Figure::value},
                               {"p50_ms", &Figure::p50_ms}, {"p90_ms", &Figure::p90_ms},
                               {"p99_ms", &Figure::p99_ms}, {"refused", &Figure::refused}};

[[noreturn]] void Die(const std::string& file, const std::string& what) {
  std::fprintf(stderr, "figures: %s: %s\n", file.c_str(), what.c_str());
  std::exit(1);
}

json::object ToJson(const Figure& figure) {
  json::object object;
  object["name"] = figure.name;
  for (const Number& number : kNumbers) {
    if (figure.*number.member) object[number.name] = *(figure.*number.member);
  }
  if (!figure.unit.empty()) object["unit"] = figure.unit;
  if (!figure.repeats.empty()) {
    object["repeats"] = json::array(figure.repeats.begin(), figure.repeats.end());
  }
  return object;
}

Figure FromJson(const json::object& object) {
  Figure figure;
  figure.name = object.at("name").as_string().c_str();
  for (const Number& number : kNumbers) {
    if (const json::value* found = object.if_contains(number.name)) {
      figure.*number.member = found->to_number<double>();
    }
  }
  if (const json::value* unit = object.if_contains("unit")) figure.unit = unit->as_string().c_str();
  if (const json::value* repeats = object.if_contains("repeats")) {
    for (const json::value& one : repeats->as_array()) {
      figure.repeats.push_back(one.to_number<double>());
    }
  }
  return figure;
}

// Of the repeats: the greatest less the least, as a share of their median.
double Spread(const Figure& figure) {
  const auto [least, most] = std::minmax_element(figure.repeats.begin(), figure.repeats.end());
  const double median = Median(figure.repeats);
  return median == 0 ? 0 : (*most - *least) / median;
}

void Print(const Figure& figure) {
  std::printf("%-38s", figure.name.c_str());
  const std::optional<double> number = figure.rate ? figure.rate : figure.value;
  if (number) {
    std::printf(" %12.*f %-12s", *number < 100 ? 2 : 0, *number, figure.unit.c_str());
  } else {
    std::printf(" %25s", "");
  }
  if (figure.p50_ms) std::printf("  p50 %8.3f ms", *figure.p50_ms);
  if (figure.p99_ms) std::printf("  p99 %8.3f ms", *figure.p99_ms);
  if (figure.repeats.size() > 1) std::printf("  spread %3.0f %%", 100 * Spread(figure));
  if (figure.refused) std::printf("  refused %.0f %%", 100 * *figure.refused);
  std::printf("\n");
  std::fflush(stdout);
}

}  // namespace

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

Figures::Figures(const std::string& file) : name_(file) {
  if (name_.empty()) return;
  file_.open(name_, std::ios::app);
  if (!file_) Die(name_, "cannot be written");
}

void Figures::Add(const Figure& figure) const {
  Print(figure);
  if (name_.empty()) return;
  file_ << json::serialize(ToJson(figure)) << std::endl;
  if (!file_) Die(name_, "cannot be written");
}

std::vector<Figure> ReadFigures(const std::string& file) {
  std::ifstream lines(file);
  if (!lines) Die(file, "cannot be read");
  std::vector<Figure> figures;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    Figure figure;
    try {
      figure = FromJson(json::parse(line).as_object());
    } catch (const std::exception& error) {
      Die(file, line + ": " + error.what());
    }
    const auto same = std::find_if(figures.begin(), figures.end(),
                                   [&](const Figure& one) { return one.name == figure.name; });
    if (same == figures.end()) {
      figures.push_back(std::move(figure));
    } else {
      *same = std::move(figure);
    }
  }
  return figures;
}

std::string FiguresAsJson(const std::vector<Figure>& figures) {
  json::array array;
  for (const Figure& figure : figures) array.push_back(ToJson(figure));
  return json::serialize(array);
}

}  // namespace brokerage::load
