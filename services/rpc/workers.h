// A few threads for what may take long: lists, figures, streams' reads. So commands never wait
// behind a report, and nobody behind somebody else's: accounts take turns. The processors' time
// goes to everything else first.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace brokerage::services::rpc {

class Workers {
 public:
  // So many threads. One account's work has at most `each` of them at a time, so that another's
  // finds one free.
  Workers(int threads, int each);
  ~Workers() { Join(); }

  // Runs it soon, for the account. Any thread.
  void Post(const std::string& account_id, std::function<void()> work);
  // The same, unless so many of the account's queries wait already: then false.
  bool PostQuery(const std::string& account_id, std::function<void()> work);
  // Ends the threads when everything posted has run.
  void Join();

 private:
  static constexpr size_t kQueriesMax = 128;
  struct Account {
    std::deque<std::function<void()>> waiting;
    int at_work = 0;
    size_t queries = 0;  // that wait
  };
  using Accounts = std::map<std::string, Account>;

  void PostLocked(Accounts::iterator account, std::function<void()> work);
  // Takes the work of the account whose turn it is; empty when nobody's.
  std::function<void()> Take(Accounts::iterator* account);
  void Run();

  const int each_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Accounts accounts_;                    // that have something to do
  std::list<Accounts::iterator> turns_;  // whose work waits
  bool joining_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace brokerage::services::rpc
