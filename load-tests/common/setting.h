// What the programs that measure a server have in common: where it is, where they write, how often
// they repeat.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "load-tests/common/figures.h"

namespace brokerage::load {

struct Setting {
  // The programs are found beside the one that runs; the scratch directory is made.
  Setting(const std::string& name, const char* program);
  ~Setting();  // the scratch directory is removed
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;

  void AddOptions(CLI::App* app);
  // The scratch directory's own directory of that name.
  std::string Scratch(const std::string& name) const;

  std::string brokerd;
  std::string echo;
  std::string framework = "frameworks/nottinghamshire";
  std::string scratch;  // on the disk that is measured
  std::string figures;  // a file; empty: none
  int repeats = 3;
  int in_flight = 64;
};

}  // namespace brokerage::load
