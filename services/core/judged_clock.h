// The machine's clock, as far as it can be believed. What passes is known from the machine's
// uptime; a clock that says otherwise by more than kClockJumpMax, in one step or in many small
// ones, is in doubt until a person says what time it is, and is not asked meanwhile. A time service
// that slews is followed for ever, at up to a second a minute.
#pragma once

#include <memory>
#include <mutex>

#include "absl/time/time.h"
#include "services/core/clock.h"
#include "storage/store.h"

namespace brokerage::services {

class JudgedClock : public Clock {
 public:
  // Of the time before the start: the last sign of life, and the last moment that the store knows
  // of (InfinitePast for a new one).
  JudgedClock(std::unique_ptr<Machine> machine, const storage::SignOfLife& sign,
              absl::Time last_known);

  absl::Time Now() const override;
  bool simulated() const override { return false; }
  absl::Time MachineNow() const override { return absl::UnixEpoch() + machine_->Uptime(); }
  // Over a restart of the program alone the clock is judged by what passed. Over one of the machine
  // nobody knows what passed: the clock is in doubt when it went back, or went on by more than
  // kClockJumpMax over something that was due, or by more than a day. A long outage over something
  // due is in doubt as well: it is not known who could answer.
  void Begin(absl::Time next_due, bool in_doubt) override;
  bool in_doubt() const override;
  absl::Time Shown() const override { return machine_->Wall(); }
  void Trust() override;
  storage::SignOfLife sign() const override;

 private:
  absl::Time Judge() const;  // REQUIRES: the lock

  const std::unique_ptr<Machine> machine_;
  const absl::Time last_known_;
  const bool same_boot_;
  mutable std::mutex mutex_;
  // The time at uptime zero: as it was last believed, and as the clock shows it while it is.
  mutable absl::Time believed_;
  mutable absl::Duration judged_at_;  // uptime
  mutable bool in_doubt_ = false;
};

}  // namespace brokerage::services
