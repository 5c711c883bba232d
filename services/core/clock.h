// The one source of time: the machine's as judged, or a simulation's that is moved by hand.
#pragma once

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "storage/store.h"

namespace brokerage::services {

// Any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  // The time of the packages: what commands are stamped with and deadlines pass by.
  virtual absl::Time Now() const = 0;
  virtual bool simulated() const = 0;
  virtual void AdvanceTo(absl::Time time) {}  // a simulation's only; never backwards
  // A time that runs evenly from no moment in particular, in a simulation too, whatever is done to
  // the machine's clock: what callers' deadlines and spans are measured by.
  virtual absl::Time MachineNow() const;

  // What only a real clock has. Once, before anything is decided: when something is next due, and
  // whether the clock was in doubt before.
  virtual void Begin(absl::Time next_due, bool in_doubt) {}
  // Whether it is not known what time it is, or what was missed: Now goes on by what passed since
  // it was known.
  virtual bool in_doubt() const { return false; }
  // What the machine's clock shows, right or wrong.
  virtual absl::Time Shown() const { return Now(); }
  // Takes that for the time, from now on.
  virtual void Trust() {}
  // What a later start can judge its clock by.
  virtual storage::SignOfLife sign() const { return {Now(), "", absl::ZeroDuration()}; }
};

// What a machine tells of time. Any thread.
class Machine {
 public:
  virtual ~Machine() = default;
  virtual absl::Time Wall() const = 0;  // of its clock, which may be set
  // Since it was started, without the time that it was suspended.
  virtual absl::Duration Uptime() const = 0;
  virtual std::string Boot() const = 0;  // which start of it that was; never empty
};

std::unique_ptr<Machine> ThisMachine();
// Stands at `start` until it is advanced.
std::unique_ptr<Clock> SimulatedClock(absl::Time start);

}  // namespace brokerage::services
