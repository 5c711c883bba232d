// Tells answers in a thread of its own: sending a reply takes longer than deciding it, and while a
// group's replies are sent the next is written.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "services/core/executor.h"

namespace brokerage::services {

class Answering {
 public:
  Answering() = default;
  ~Answering() { Stop(); }
  Answering(const Answering&) = delete;
  Answering& operator=(const Answering&) = delete;

  // Without it, Tell tells in the caller's thread.
  void Start();
  // Tells each answer once, in the order of the calls. REQUIRES: one thread, not after Stop. What
  // waits is bounded by who waits for it.
  void Tell(std::vector<CommitGroup::Answer> answers);
  // Returns when all are told.
  void Stop();

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::vector<CommitGroup::Answer>> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace brokerage::services
