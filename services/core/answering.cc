#include "services/core/answering.h"

#include <pthread.h>

#include <utility>

namespace brokerage::services {

namespace {

void TellAll(const std::vector<CommitGroup::Answer>& answers) {
  for (const CommitGroup::Answer& answer : answers) {
    if (answer.done) answer.done(answer.reply);
  }
}

}  // namespace

void Answering::Start() {
  thread_ = std::thread([this] { Run(); });
  pthread_setname_np(thread_.native_handle(), "answering");
}

void Answering::Tell(std::vector<CommitGroup::Answer> answers) {
  if (answers.empty()) return;
  if (!thread_.joinable()) return TellAll(answers);
  {
    std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(answers));
  }
  changed_.notify_one();
}

void Answering::Stop() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Answering::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    std::vector<CommitGroup::Answer> answers = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    TellAll(answers);
    answers.clear();  // which takes its time, too
    lock.lock();
  }
}

}  // namespace brokerage::services
