// Wakes streams that wait for something to happen: one thread for all of them, however many are
// idle.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "absl/time/time.h"
#include "services/core/clock.h"
#include "services/core/sequencer.h"
#include "storage/store.h"

namespace brokerage::services::rpc {

class Watcher {
 public:
  Watcher(Sequencer* sequencer, storage::Store* store, const Clock* clock)
      : sequencer_(sequencer), store_(store), clock_(clock) {}
  ~Watcher() { Stop(); }

  // When the one who waits may go on, as of a view; see Stream::Due.
  using Due = std::function<absl::Time(const storage::View&)>;

  void Start();
  void Stop();

  uint64_t NewId() { return ++last_id_; }
  // Calls `wake` once, when `due` says so after a commit later than `seen`; perhaps before Add
  // returns. Both are called from any thread, with the watcher locked: they must not call it back.
  // REQUIRES: an id of NewId.
  void Add(uint64_t id, uint64_t seen, Due due, std::function<void()> wake);
  // Whether it still waited; then it is not woken any more.
  bool Remove(uint64_t id);
  void WakeAll();

 private:
  struct Waiter {
    uint64_t seen;
    absl::Time not_before = absl::InfinitePast();
    Due due;
    std::function<void()> wake;
  };
  void Run();
  void Sweep();
  absl::Time NextSweep();
  // Whether it was woken. REQUIRES: the lock.
  bool WakeIfDue(const storage::View& view, absl::Time now, Waiter* waiter);

  Sequencer* const sequencer_;
  storage::Store* const store_;
  const Clock* const clock_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stop_ = false;
  std::atomic<uint64_t> last_id_ = 0;
  uint64_t swept_ = 0;  // every waiter was asked about the commits up to here
  absl::Time next_ =
      absl::InfiniteFuture();  // when a waiter that was asked wants to be asked again
  std::map<uint64_t, Waiter> waiters_;
  std::thread thread_;
};

}  // namespace brokerage::services::rpc
