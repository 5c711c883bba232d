// What is to happen when.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "absl/time/time.h"
#include "demo/council/council.h"

namespace brokerage::demo {

// Acts that are planned, run when the server's clock is there.
class Calendar {
 public:
  using Act = std::function<void()>;

  // `council` outlives the calendar. What is planned within one `slot` happens at its beginning;
  // zero keeps every time.
  Calendar(const Council* council, absl::Duration slot) : council_(council), slot_(slot) {}

  // Plans an act; for now, where the time has passed. Acts of the same moment run in the order in
  // which they were planned.
  void At(absl::Time time, Act act);

  // When the next act is due; infinite future if none is planned.
  absl::Time NextAct() const;
  // Runs the next act if it is due by now. Whether one was.
  bool RunNext();

 private:
  const Council* const council_;
  const absl::Duration slot_;
  int64_t planned_ = 0;
  std::map<std::pair<absl::Time, int64_t>, Act> acts_;
};

}  // namespace brokerage::demo
