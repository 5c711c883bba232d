// The operators' port: GET /metrics and GET /healthz over HTTP, for loopback and private networks
// only. One thread. It answers also where connections that say nothing take all its places, or the
// process has no descriptor left.
#pragma once

#include <chrono>
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
    // Where the API listens while it takes calls, likewise; empty before and after. /healthz opens
    // a connection there, so that a port that takes no connections any more is known to a service
    // manager: 200 where an HTTP/2 server greets within `patience`, 503 otherwise.
    std::function<std::string()> serving_address;
    std::chrono::milliseconds patience{2000};
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
