#include "services/rpc/workers.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace brokerage::services::rpc {

namespace {

// A thread of it gets a tenth of the processor's time that another would.
constexpr int kNiceness = 10;

}  // namespace

Workers::Workers(int threads, int each) : each_(each) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

void Workers::Post(const std::string& account_id, std::function<void()> work) {
  std::lock_guard lock(mutex_);
  PostLocked(accounts_.try_emplace(account_id).first, std::move(work));
}

bool Workers::PostQuery(const std::string& account_id, std::function<void()> work) {
  std::lock_guard lock(mutex_);
  const auto account = accounts_.try_emplace(account_id).first;
  if (account->second.queries >= kQueriesMax) return false;
  ++account->second.queries;
  PostLocked(account, [this, account, work = std::move(work)] {
    {
      std::lock_guard lock(mutex_);
      --account->second.queries;
    }
    work();
  });
  return true;
}

void Workers::PostLocked(Accounts::iterator account, std::function<void()> work) {
  if (account->second.waiting.empty()) turns_.push_back(account);
  account->second.waiting.push_back(std::move(work));
  changed_.notify_one();
}

std::function<void()> Workers::Take(Accounts::iterator* account) {
  const auto turn = std::find_if(turns_.begin(), turns_.end(), [this](const auto& candidate) {
    return candidate->second.at_work < each_;
  });
  if (turn == turns_.end()) return nullptr;
  *account = *turn;
  turns_.erase(turn);
  Account& taken = (*account)->second;
  std::function<void()> work = std::move(taken.waiting.front());
  taken.waiting.pop_front();
  ++taken.at_work;
  if (!taken.waiting.empty()) turns_.push_back(*account);
  return work;
}

void Workers::Run() {
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNiceness);
  std::unique_lock lock(mutex_);
  while (!(joining_ && turns_.empty())) {
    Accounts::iterator account;
    std::function<void()> work = Take(&account);
    if (work == nullptr) {
      changed_.wait(lock);
      continue;
    }
    lock.unlock();
    work();
    work = nullptr;  // what it holds goes without the lock
    lock.lock();
    if (--account->second.at_work == 0 && account->second.waiting.empty()) accounts_.erase(account);
    changed_.notify_all();
  }
}

void Workers::Join() {
  {
    std::lock_guard lock(mutex_);
    joining_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace brokerage::services::rpc
