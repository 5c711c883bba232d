// The only file that reads the machine's clock.
#include "services/core/clock.h"

#include <algorithm>
#include <mutex>

#include "absl/time/clock.h"

namespace brokerage::services {

namespace {

class MachineClock : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
  bool simulated() const override { return false; }
};

class SteppedClock : public Clock {
 public:
  explicit SteppedClock(absl::Time start) : now_(start) {}
  absl::Time Now() const override {
    std::lock_guard lock(mutex_);
    return now_;
  }
  bool simulated() const override { return true; }
  void AdvanceTo(absl::Time time) override {
    std::lock_guard lock(mutex_);
    now_ = std::max(now_, time);
  }

 private:
  mutable std::mutex mutex_;
  absl::Time now_;
};

}  // namespace

absl::Time Clock::MachineNow() const { return absl::Now(); }

std::unique_ptr<Clock> RealClock() { return std::make_unique<MachineClock>(); }
std::unique_ptr<Clock> SimulatedClock(absl::Time start) {
  return std::make_unique<SteppedClock>(start);
}

}  // namespace brokerage::services
