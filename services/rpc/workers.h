// A few threads for what may take long: lists, figures, streams' reads. So commands never wait
// behind a report.
#pragma once

#include <atomic>
#include <functional>

#include <boost/asio/thread_pool.hpp>

namespace brokerage::services::rpc {

class Workers {
 public:
  explicit Workers(int threads) : pool_(threads) {}
  ~Workers() { pool_.join(); }

  // Runs it soon. Any thread.
  void Post(std::function<void()> work);
  // The same, unless so many queries wait already: then false.
  bool PostQuery(std::function<void()> work);
  // Ends the threads when everything posted has run.
  void Join() { pool_.join(); }

 private:
  static constexpr int kQueriesMax = 256;
  boost::asio::thread_pool pool_;
  std::atomic<int> queries_ = 0;
};

}  // namespace brokerage::services::rpc
