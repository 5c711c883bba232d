// What the bench programs measured: a line of JSON for each figure, which `bench_report` reads.
//
//   {"name": "brokerd.at_close.unary", "rate": 5800.1, "unit": "answers/s", "p50_ms": 10.2,
//    "p99_ms": 21.7, "repeats": [5790.0, 5800.1, 5911.3]}
//
// A name's first word says whose figure it is: "brokerd", "echo", "postgres", "engine", "append".
#pragma once

#include <fstream>
#include <optional>
#include <string>
#include <vector>

namespace brokerage::load {

// One measured thing. What is not set has no meaning for it.
struct Figure {
  std::string name;
  std::optional<double> rate;   // in `unit`, such as "answers/s"
  std::optional<double> value;  // in `unit`: what is neither a rate nor a latency
  std::string unit;
  std::optional<double> p50_ms, p90_ms, p99_ms;  // percentiles of latency
  // A share of all, 0 to 1: refused, as was to be expected, and so not in the rate.
  std::optional<double> refused;
  // Of each repeat its rate, or the value, or else the 99th percentile; the figure is their median.
  std::vector<double> repeats;
};

// REQUIRES: not empty.
double Median(std::vector<double> values);

// Tells figures on standard output, and keeps them in a file.
class Figures {
 public:
  // They are added to the file; with an empty name they are only told. It is opened here, so that a
  // process may give up its rights afterwards. Ends the process with a message where it cannot be
  // written.
  explicit Figures(const std::string& file);
  void Add(const Figure& figure) const;

 private:
  const std::string name_;
  mutable std::ofstream file_;
};

// In their order; of two with one name the later. Ends the process with a message where a line
// cannot be read.
std::vector<Figure> ReadFigures(const std::string& file);

// An array of the objects of the lines.
std::string FiguresAsJson(const std::vector<Figure>& figures);

}  // namespace brokerage::load
