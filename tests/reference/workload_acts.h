// What people do in a workload. An act is registered in the file that implements it: that file's
// table, at its end, names the function and how often it is drawn.
#pragma once

#include <vector>

// In a file that registers acts, a function that its table forgets is an error.
#pragma GCC diagnostic error "-Wunused-function"

namespace brokerage::engine::reference {

class Workload;

struct WorkloadAct {
  int lots;  // of ActLots()
  void (*act)(Workload& work);
};

// Of every file that registers acts. Their order and their lots decide what a seed plays: whoever
// changes them changes every seed's course.
const std::vector<WorkloadAct>& AllActs();
int ActLots();

}  // namespace brokerage::engine::reference
