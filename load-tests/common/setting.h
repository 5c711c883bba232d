// What the programs that measure a server have in common: where it is, where they write, how often
// they repeat.
#pragma once

#include <string>

#include "load-tests/common/figures.h"
#include "services/command_line/command_line.h"

namespace brokerage::load {

struct Setting {
  // The servers are found beside the program that runs.
  Setting(const std::string& name, const char* program);
  ~Setting();  // removes what lies in scratch
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;

  void AddOptions(command_line::Command app);
  // A name in a directory of this process alone.
  std::string Scratch(const std::string& name) const;

  std::string brokerd;
  std::string echo;
  std::string framework = "frameworks/nottinghamshire";
  std::string scratch;  // on the disk that is measured
  std::string figures;  // a file; empty: none
  int repeats = 3;
  int in_flight = 64;

 private:
  const std::string own_;  // in `scratch`
};

}  // namespace brokerage::load
