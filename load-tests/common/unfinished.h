// Callers that begin to send large requests and never end them, as nobody's client does.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

namespace brokerage::load {

// Each connection begins so many requests of `message_bytes` of a method and sends of each all that
// the server takes, but for the last byte. Until this goes.
class UnfinishedRequests {
 public:
  // `port` is of loopback; `token` may be empty; `path` is such as
  // "/brokerage.v1.DirectoryService/ApplyFramework".
  UnfinishedRequests(int connections, int requests, int port, const std::string& path,
                     const std::string& token, uint32_t message_bytes);
  ~UnfinishedRequests();
  UnfinishedRequests(const UnfinishedRequests&) = delete;
  UnfinishedRequests& operator=(const UnfinishedRequests&) = delete;

  int64_t bytes_sent() const { return bytes_sent_; }
  // Requests that the server ended, and connections.
  int64_t ended() const { return ended_; }
  int64_t closed() const { return closed_; }

 private:
  void Connect(int requests, int port, const std::string& path, const std::string& token,
               uint32_t message_bytes);

  std::atomic<bool> stop_ = false;
  std::atomic<int64_t> bytes_sent_ = 0, ended_ = 0, closed_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace brokerage::load
