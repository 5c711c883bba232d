#include "services/rpc/watcher.h"

#include <algorithm>
#include <utility>

namespace brokerage::services::rpc {

namespace {
// How long the thread sleeps at most: bounds how late a waiter that came with a time is asked, and
// how long Stop takes.
constexpr absl::Duration kNap = absl::Milliseconds(100);
// Of all time, sweeps take at most a tenth: under a stream of commits, waiters are asked less
// often, never without end.
constexpr int kRestPerSweep = 9;
}  // namespace

void Watcher::Start() {
  swept_ = sequencer_->head().sequence;
  thread_ = std::thread([this] { Run(); });
}

void Watcher::Stop() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopped_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Watcher::Add(uint64_t id, uint64_t seen, Due due, std::function<void()> wake) {
  std::lock_guard lock(mutex_);
  Waiter waiter{seen, absl::InfinitePast(), std::move(due), std::move(wake)};
  // What was swept already it must ask about itself; what comes later, Sweep does.
  if (seen < swept_ && WakeIfDue(*store_->Read(), clock_->MachineNow(), &waiter)) return;
  if (seen < swept_) next_ = std::min(next_, waiter.not_before);
  waiters_.emplace(id, std::move(waiter));
}

bool Watcher::Remove(uint64_t id) {
  std::lock_guard lock(mutex_);
  return waiters_.erase(id) > 0;
}

void Watcher::WakeAll() {
  std::lock_guard lock(mutex_);
  for (auto& [id, waiter] : waiters_) waiter.wake();
  waiters_.clear();
}

bool Watcher::WakeIfDue(const storage::View& view, absl::Time now, Waiter* waiter) {
  const absl::Time due = waiter->due(view);
  if (due <= now) {
    waiter->wake();
    return true;
  }
  waiter->not_before = due;
  if (due == absl::InfiniteFuture()) waiter->seen = view.head().sequence;
  return false;
}

void Watcher::Sweep() {
  std::lock_guard lock(mutex_);
  auto view = store_->Read();
  swept_ = std::max(swept_, view->head().sequence);
  const absl::Time now = clock_->MachineNow();
  next_ = absl::InfiniteFuture();
  for (auto it = waiters_.begin(); it != waiters_.end();) {
    Waiter& waiter = it->second;
    if (waiter.seen < swept_ && WakeIfDue(*view, now, &waiter)) {
      it = waiters_.erase(it);
      continue;
    }
    if (waiter.seen < swept_) next_ = std::min(next_, waiter.not_before);
    ++it;
  }
}

absl::Time Watcher::NextSweep() {
  std::lock_guard lock(mutex_);
  return next_;
}

void Watcher::Run() {
  while (true) {
    // Real time, whatever the clock of the packages is: it only paces.
    const absl::Time until = std::min(NextSweep(), clock_->MachineNow() + kNap);
    const uint64_t head = sequencer_->WaitForCommit(swept_, until);
    absl::Duration rest = until - clock_->MachineNow();  // a stopped sequencer does not wait
    if (head > swept_ || NextSweep() <= clock_->MachineNow()) {
      const absl::Time began = clock_->MachineNow();
      Sweep();
      rest = std::min((clock_->MachineNow() - began) * kRestPerSweep, kNap);
    }
    std::unique_lock lock(mutex_);
    if (stopped_.wait_for(lock, absl::ToChronoNanoseconds(rest), [this] { return stop_; })) return;
  }
}

}  // namespace brokerage::services::rpc
