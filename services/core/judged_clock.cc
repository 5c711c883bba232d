#include "services/core/judged_clock.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "engine/base/bounds.h"

namespace brokerage::services {

namespace {

// The longest time without a sign of life, over a start of the machine, that needs no person when
// nothing was due in it.
constexpr absl::Duration kIdleMax = absl::Hours(24);
constexpr int kSlewShare = 60;  // what is believed follows the clock by at most this part of a span

}  // namespace

JudgedClock::JudgedClock(std::unique_ptr<Machine> machine, const storage::SignOfLife& sign,
                         absl::Time last_known)
    : machine_(std::move(machine)),
      last_known_(last_known),
      same_boot_(!sign.boot.empty() && sign.boot == machine_->Boot()),
      judged_at_(machine_->Uptime()) {
  // Until Begin: what passed, where that is known, and else what the clock shows.
  believed_ = same_boot_ ? std::max(sign.time - sign.uptime, last_known - judged_at_)
                         : machine_->Wall() - judged_at_;
}

void JudgedClock::Begin(absl::Time next_due, bool in_doubt) {
  std::lock_guard lock(mutex_);
  if (last_known_ == absl::InfinitePast()) return;
  const absl::Time shown = machine_->Wall();
  const absl::Duration uptime = machine_->Uptime();
  const absl::Duration gone = shown - last_known_;
  const bool over_something = gone > engine::limits::kClockJumpMax && next_due <= shown;
  in_doubt_ = in_doubt_ || in_doubt || over_something || gone < -engine::limits::kClockJumpMax;
  if (!same_boot_) {
    in_doubt_ = in_doubt_ || gone > kIdleMax;
    if (in_doubt_) believed_ = last_known_ - uptime;
  }
  judged_at_ = uptime;
  const absl::Time now = Judge();
  if (in_doubt_) {
    spdlog::error("event=clock_in_doubt shown={} believed={} next=\"confirm the clock\"",
                  absl::FormatTime(shown, absl::UTCTimeZone()),
                  absl::FormatTime(now, absl::UTCTimeZone()));
  }
}

absl::Time JudgedClock::Judge() const {
  const absl::Duration uptime = machine_->Uptime();
  if (in_doubt_) return believed_ + uptime;
  const absl::Time shown = machine_->Wall();
  const absl::Duration off = shown - (believed_ + uptime);
  if (absl::AbsDuration(off) > engine::limits::kClockJumpMax) {
    in_doubt_ = true;
    spdlog::error("event=clock_jumped seconds={} next=\"confirm the clock\"",
                  absl::ToInt64Seconds(off));
    return believed_ + uptime;
  }
  const absl::Duration slew = (uptime - judged_at_) / kSlewShare;
  believed_ += std::clamp(off, -slew, slew);
  judged_at_ = uptime;
  return shown;
}

absl::Time JudgedClock::Now() const {
  std::lock_guard lock(mutex_);
  return Judge();
}

bool JudgedClock::in_doubt() const {
  std::lock_guard lock(mutex_);
  Judge();
  return in_doubt_;
}

void JudgedClock::Trust() {
  std::lock_guard lock(mutex_);
  judged_at_ = machine_->Uptime();
  believed_ = machine_->Wall() - judged_at_;
  in_doubt_ = false;
}

storage::SignOfLife JudgedClock::sign() const {
  std::lock_guard lock(mutex_);
  const absl::Time now = Judge();
  return {now, machine_->Boot(), machine_->Uptime()};
}

}  // namespace brokerage::services
