// What the demo is told on its command line.
#pragma once

#include <cstdint>
#include <string>

#include "services/client/options.h"
#include "services/command_line/command_line.h"

namespace brokerage::demo {

struct Options : client::Options {
  std::string framework;       // the framework's folder
  std::string folder;          // of its weeks: plan.csv, referrals.csv, ...
  std::string data = ".data";  // admin.token is there, and the other accounts' tokens go there
  uint64_t seed = 2018;
  int weeks = 0;  // 0: as the plan says
  bool story = false;
  bool once = false;

  // Adds every option, those of client::Options among them. This outlives the parse.
  void AddTo(command_line::Command app);
};

}  // namespace brokerage::demo
