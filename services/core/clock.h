// The one source of time: the machine's, or a simulation's that is moved by hand.
#pragma once

#include <memory>

#include "absl/time/time.h"

namespace brokerage::services {

// Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  // The time of the packages: what commands are stamped with and deadlines pass by.
  virtual absl::Time Now() const = 0;
  virtual bool simulated() const = 0;
  virtual void AdvanceTo(absl::Time time) {}  // a simulation's only; never backwards
  // The machine's time, in a simulation too: what callers' deadlines and spans are measured by.
  virtual absl::Time MachineNow() const;
};

std::unique_ptr<Clock> RealClock();
// Stands at `start` until it is advanced.
std::unique_ptr<Clock> SimulatedClock(absl::Time start);

}  // namespace brokerage::services
