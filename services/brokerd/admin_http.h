// The operators' port: GET /metrics and GET /healthz over HTTP, for loopback and private networks
// only. One thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace brokerage::services {

// "ADDRESS:PORT" ("[ADDRESS]:PORT" for IPv6) whose address is loopback or of a private network
// (10/8, 172.16/12, 192.168/16, fc00::/7, or "localhost"). INVALID_ARGUMENT for anything else:
// nothing of this server is meant to face the internet.
absl::Status CheckPrivateAddress(absl::string_view listen_address);

class AdminHttp {
 public:
  struct Options {
    std::string listen_address;            // "127.0.0.1:9464"; port 0 takes any free one
    std::function<std::string()> metrics;  // called from the port's thread
    std::function<bool()> healthy;
  };

  explicit AdminHttp(Options options);
  ~AdminHttp();  // stops

  // Errors: INVALID_ARGUMENT for the address, UNAVAILABLE when it cannot be bound.
  absl::Status Start();
  void Stop();
  int port() const;  // after Start

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace brokerage::services
