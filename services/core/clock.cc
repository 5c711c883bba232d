// The only file that reads the machine's clock.
#include "services/core/clock.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <mutex>

#include "absl/time/clock.h"

namespace brokerage::services {

namespace {

// Asks the kernel itself: no library that plays with the program's time is believed.
absl::Duration SteadyNow() {
  timespec now{};
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  return absl::DurationFromTimespec(now);
}

class LinuxMachine : public Machine {
 public:
  LinuxMachine() {
    std::ifstream("/proc/sys/kernel/random/boot_id") >> boot_;
    // Without it each run is a start of its own.
    if (boot_.empty()) boot_ = absl::FormatTime(absl::Now());
  }
  absl::Time Wall() const override { return absl::Now(); }
  absl::Duration Uptime() const override { return SteadyNow(); }
  std::string Boot() const override { return boot_; }

 private:
  std::string boot_;
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

absl::Time Clock::MachineNow() const { return absl::UnixEpoch() + SteadyNow(); }

std::unique_ptr<Machine> ThisMachine() { return std::make_unique<LinuxMachine>(); }
std::unique_ptr<Clock> SimulatedClock(absl::Time start) {
  return std::make_unique<SteppedClock>(start);
}

}  // namespace brokerage::services
