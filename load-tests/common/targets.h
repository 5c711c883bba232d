// What the server is to be, in figures: each target as a ratio of two of them, or as one by itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "load-tests/common/figures.h"

namespace brokerage::load {

struct Target {
  const char* what;
  // Of which figure which number, and by which other figure's same number it is divided.
  const char* figure;
  std::optional<double> Figure::*number;
  const char* by = nullptr;
  // More is better, or less.
  enum Sense { kAtLeast, kAtMost } sense = kAtLeast;
  double bound = 0;
  std::optional<double> stretch = std::nullopt;
  const char* unit = "";
  // The target holds at this much of another figure, such as the offers of a history: a run with
  // less of it says something, but not whether the target is met.
  const char* at = nullptr;
  double at_value = 0;
  const char* at_unit = "";
};

enum class Verdict { kNotMeasured, kMissed, kMet, kStretched };

struct Judged {
  const Target* target;
  std::optional<double> value;
  Verdict verdict = Verdict::kNotMeasured;
  // Where it was measured at less than the target asks for: at how much.
  std::optional<double> at;
};

// Every target, in the order in which they are told.
std::vector<Judged> Judge(const std::vector<Figure>& figures);

// How many times better than the bound the value is; below 1 it is missed. REQUIRES: a value.
double Score(const Judged& judged);

// "0.32", "5,800", "12.1 ms"
std::string Text(double value, const std::string& unit = "");

// "met", "missed", "not measured", "met and more"; with the reservation of a smaller measurement.
std::string Words(const Judged& judged);

// Null where there is none of the name.
const Figure* Find(const std::vector<Figure>& figures, const std::string& name);

}  // namespace brokerage::load
