// The only file that reads the machine's clock.
#include <algorithm>
#include <mutex>

#include "brokerage/journal/v1/record.pb.h"
#include "services/core/sequencer.h"

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

absl::Time LastKnownTime(const storage::Store& store) {
  std::unique_ptr<storage::View> view = store.Read();
  const uint64_t last = view->head().sequence;
  absl::Time known = store.LastAlive();
  if (last == 0) return known > absl::UnixEpoch() ? known : absl::InfinitePast();
  absl::Status read = view->Tail(last, [&known](const journal::v1::JournalEntry& entry) {
    journal::v1::Record record;
    if (record.ParseFromString(entry.record()))
      known = std::max(known, absl::FromUnixMicros(record.time_us()));
    return false;
  });
  return known;
}

}  // namespace brokerage::services
